package inspector

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"

	"github.com/tapmock/tapmock/fakepage"
	"github.com/tapmock/tapmock/mockserver/control"
)

//go:embed templates
var templateFiles embed.FS

// templates are parsed with the first page, because most mocks of tests are never looked at.
var templates = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("").Funcs(template.FuncMap{
		"short": short, "clock": clockText, "pretty": pretty, "sorted": sorted,
	}).ParseFS(templateFiles, "templates/*.tmpl"))
})

// Pages serves the home page and the pages behind it.
type Pages struct {
	mock     Mock
	sessions sessions
	results  results
	shells   shells
}

// New returns the pages of a mock.
func New(m Mock) *Pages { return &Pages{mock: m} }

// visit is one request for a page.
type visit struct {
	pages    *Pages
	w        http.ResponseWriter
	r        *http.Request
	query    url.Values
	welcome  Welcome
	session  session
	signedIn bool
	account  string          // that the page is about
	client   *control.Client // of it
	state    control.Account // of it
	place    Place           // of it, before the page was made
}

// page makes the handler of a page. A visitor that may not see it is asked to sign in.
func (p *Pages) page(show func(*visit) error) http.Handler {
	return guarded(func(w http.ResponseWriter, r *http.Request) {
		v := p.visit(w, r)
		if !v.welcome.Open && !v.signedIn {
			v.show(http.StatusUnauthorized, "signin.html.tmpl", &signIn{frame: v.frame("Sign in"), Published: v.welcome.Key})
			return
		}
		if err := v.choose(); err != nil {
			v.fail(err)
			return
		}
		if err := show(v); err != nil {
			v.fail(err)
		}
	})
}

func (p *Pages) visit(w http.ResponseWriter, r *http.Request) *visit {
	v := &visit{pages: p, w: w, r: r, query: r.URL.Query(), welcome: p.mock.Welcome(r)}
	v.session, v.signedIn = p.sessions.find(r)
	return v
}

var errNoAccount = &control.Error{Status: http.StatusNotFound, Code: "not_found", Message: "there is no such account; it may have been evicted, or the server was started again"}

// choose finds the account that the page is about: that of the parameter account, else the session's, the published key's, or the last used one.
func (v *visit) choose() error {
	named := v.query.Get("account")
	switch {
	case v.session.account != "":
		if named != "" && named != v.session.account {
			return errNoAccount
		}
		v.account = v.session.account
	case named != "":
		v.account = named
	case v.welcome.Account != "":
		v.account = v.welcome.Account
	default:
		if all := v.pages.mock.Accounts(); len(all) > 0 {
			v.account = all[0].Name
		}
	}
	if v.account == "" {
		return nil
	}
	var ok bool
	v.place, _ = v.pages.mock.Moved(expired, v.account, Place{})
	if v.state, ok = v.pages.mock.Overview(v.account); !ok {
		v.account = ""
		return errNoAccount
	}
	v.client = v.pages.mock.Client(v.account)
	return nil
}

// Visitor is the account that a visitor may use: the named one, or the visitor's own. It reports false for a visitor who must sign in first.
func (p *Pages) Visitor(r *http.Request, named string) (account string, ok bool) {
	v := p.visit(nil, r)
	if !v.welcome.Open && !v.signedIn {
		return "", false
	}
	v.query = url.Values{"account": {named}}
	err := v.choose()
	return v.account, err == nil && v.account != ""
}

// guarded refuses posts from other sites and large ones, and adds the headers that forbid everything that the pages do not need.
func guarded(h http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fakepage.Protect(w.Header(), "script-src 'self'; worker-src 'self'; connect-src 'self'; form-action 'self'")
		if !fakepage.FromSameSite(r) {
			http.Error(w, "Another site sent this form. Use the buttons on this page only.", http.StatusForbidden)
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, 1<<20)
		h(w, r)
	})
}

// root is the relative address of the mock from the page: "./" from /, "../" from /ui/payments, and so on.
func (v *visit) root() string {
	path, _, _ := strings.Cut(v.r.RequestURI, "?")
	depth := strings.Count(path, "/") - 1
	if depth <= 0 || !strings.HasPrefix(path, "/") {
		return "./"
	}
	return strings.Repeat("../", depth)
}

// link is the relative address of another page of the same account.
func (v *visit) link(path string, parameters ...string) string {
	q := url.Values{}
	if v.account != "" && v.account != v.welcome.Account {
		q.Set("account", v.account)
	}
	for i := 0; i+1 < len(parameters); i += 2 {
		if parameters[i+1] != "" {
			q.Set(parameters[i], parameters[i+1])
		}
	}
	if len(q) == 0 {
		return v.root() + path
	}
	return v.root() + path + "?" + q.Encode()
}

// pairLink is the address of a comparison.
func (v *visit) pairLink(a, b string) string {
	to := v.link("ui/diff")
	return to + map[bool]string{true: "&", false: "?"}[strings.Contains(to, "?")] + url.Values{"id": {a, b}}.Encode()
}

// show makes a page and writes it.
func (v *visit) show(status int, name string, view any) {
	if page, err := render(name, view); err != nil {
		http.Error(v.w, err.Error(), http.StatusInternalServerError)
	} else {
		v.write(status, page)
	}
}

// render makes a page.
func render(name string, view any) ([]byte, error) {
	var page bytes.Buffer
	if err := templates().ExecuteTemplate(&page, name, view); err != nil {
		return nil, fmt.Errorf("the page could not be made: %w", err)
	}
	return page.Bytes(), nil
}

func (v *visit) write(status int, page []byte) {
	h := v.w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(len(page)))
	h.Set("Vary", "Accept")
	v.w.WriteHeader(status)
	v.w.Write(page)
}

// notice is a page with one message.
type notice struct {
	frame
	Text string
}

// fail shows an error.
func (v *visit) fail(err error) {
	status, text := http.StatusBadRequest, err.Error()
	if e, ok := errors.AsType[*control.Error](err); ok && e.Status >= 400 {
		status = e.Status
	}
	v.show(status, "notice.html.tmpl", &notice{frame: v.frame("That did not work"), Text: text})
}
