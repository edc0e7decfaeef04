package shop

import (
	"net/http"
	"regexp"
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
	Key   func(*http.Request) (key string, known bool) // secret key of the account that the parameter account names, or of the visitor's; not known: 403
	Short func(key string) string                      // a secret key as the mock's pages show it; nil: the pages do not name the account
	Due   func(key, charge string) (Due, bool)         // the next webhook of a charge that is scheduled, if there is one; nil: not known
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
	fakepage.Protect(w.Header(), "") // no form-action: browsers would also apply it to the redirect to KNET's page
	name := strings.TrimPrefix(strings.TrimPrefix(r.URL.Path, strings.TrimSuffix(Path, "/")), "/")
	if file, ok := strings.CutPrefix(name, "assets/"); ok {
		serveAsset(w, file)
		return
	}
	if !fakepage.FromSameSite(r) {
		s.showNotice(w, r, http.StatusForbidden, notice{Title: "Form refused", Text: "Another site sent this form. Order on the page of the shop only."})
		return
	}
	key, known := s.config.Key(r)
	if !known {
		s.showNotice(w, r, http.StatusForbidden, notice{Title: "Sign in first",
			Text: "The account is not known, or this mock takes only the secret keys that it was started with. Open the account on the mock's home page, then open the shop from there.", Home: true})
		return
	}
	s.serve(w, r, name, key)
}

// serve serves a page to the visitor of an account.
func (s *Shop) serve(w http.ResponseWriter, r *http.Request, name, key string) {
	switch {
	case name == "" && !endsInSlash(r):
		seeOther(w, "shop/"+named(r)) // the links of the page are relative
	case name == "":
		s.showForm(w, r, http.StatusOK, blankForm())
	case name == "orders" && r.Method == http.MethodPost:
		s.place(w, r, key)
	case name == "orders":
		seeOther(w, "./"+named(r))
	case name == "return":
		s.welcomeBack(w, r, key)
	default:
		s.showNotice(w, r, http.StatusNotFound, notice{Title: "No such page", Text: "The shop has no page with this address.", Again: true})
	}
}

// endsInSlash reports whether the address that the browser has ends in a slash. The mock drops the slash from the path.
func endsInSlash(r *http.Request) bool {
	sent, _, _ := strings.Cut(r.RequestURI, "?")
	return strings.HasSuffix(sent, "/")
}

// accountName is what the name of an account looks like.
var accountName = regexp.MustCompile(`^[0-9a-f]{16}$`)

// accountIn is the account that the address names, so that two tabs can pay in two accounts; "" is the visitor's own.
func accountIn(r *http.Request) string {
	if name := r.URL.Query().Get("account"); accountName.MatchString(name) {
		return name
	}
	return ""
}

// named is the query of an address that names the account of another one.
func named(r *http.Request) string {
	if name := accountIn(r); name != "" {
		return "?account=" + name
	}
	return ""
}

func seeOther(w http.ResponseWriter, address string) {
	w.Header().Set("Location", address)
	w.WriteHeader(http.StatusSeeOther)
}
