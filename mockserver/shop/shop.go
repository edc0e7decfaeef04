package shop

import (
	"net/http"
	"strings"

	"github.com/tapmock/tapmock/fakepage"
)

// Path is where the shop is mounted, below the address of the mock.
const Path = "/ui/shop/"

// Host is the host of the shop's post.url. The mock delivers webhooks for it to [Shop.Webhook], without a network: in a container the
// address that the browser uses cannot be reached from inside.
const Host = "shop.tapmock.test"

// Config is what the shop needs of the mock.
type Config struct {
	API   http.RoundTripper                            // makes the shop's calls, to Base + /v2/…
	Base  func(*http.Request) string                   // address of the mock as the visitor's browser reaches it, without a slash at its end
	Key   func(*http.Request) (key string, known bool) // secret key of the visitor's account; not known: 403
	Style string                                       // address of the style sheet of the mock's pages, relative to that of the mock
}

// Shop is an example shop. It keeps the latest 1,000 orders in memory.
type Shop struct {
	config Config
	api    *http.Client
	orders orders
}

// New returns a shop without orders.
func New(c Config) *Shop {
	return &Shop{config: c, orders: orders{last: 1000}, api: &http.Client{Transport: c.API, Timeout: patience,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// ServeHTTP serves the pages below [Path]. It accepts the path with and without the slash at its end.
func (s *Shop) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	protect(w.Header())
	name := strings.TrimPrefix(strings.TrimPrefix(r.URL.Path, strings.TrimSuffix(Path, "/")), "/")
	if file, ok := strings.CutPrefix(name, "assets/"); ok {
		serveAsset(w, file)
		return
	}
	if !fakepage.FromSameSite(r) {
		s.showNotice(w, http.StatusForbidden, notice{Title: "Form refused", Text: "Another site sent this form. Order on the page of the shop only."})
		return
	}
	key, known := s.config.Key(r)
	if !known {
		s.showNotice(w, http.StatusForbidden, notice{Title: "Sign in first",
			Text: "This mock takes only the secret keys that it was started with. Sign in with one of them on the mock's home page, then open the shop again.", Home: true})
		return
	}
	s.serve(w, r, name, key)
}

// serve serves a page to the visitor of an account.
func (s *Shop) serve(w http.ResponseWriter, r *http.Request, name, key string) {
	switch {
	case name == "" && !endsInSlash(r):
		seeOther(w, "shop/") // the links of the page are relative
	case name == "":
		s.showForm(w, http.StatusOK, blankForm())
	case name == "orders" && r.Method == http.MethodPost:
		s.place(w, r, key)
	case name == "orders":
		seeOther(w, "./")
	case name == "return":
		s.welcomeBack(w, r, key)
	default:
		s.showNotice(w, http.StatusNotFound, notice{Title: "No such page", Text: "The shop has no page with this address.", Again: true})
	}
}

// endsInSlash reports whether the address that the browser has ends in a slash. The mock drops the slash from the path.
func endsInSlash(r *http.Request) bool {
	sent, _, _ := strings.Cut(r.RequestURI, "?")
	return strings.HasSuffix(sent, "/")
}

func seeOther(w http.ResponseWriter, address string) {
	w.Header().Set("Location", address)
	w.WriteHeader(http.StatusSeeOther)
}
