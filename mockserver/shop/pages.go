package shop

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"html/template"
	"net/http"
	"strconv"
	"sync"
)

//go:embed templates/*.html.tmpl
var templateFiles embed.FS

var templates = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("").Option("missingkey=error").ParseFS(templateFiles, "templates/*.html.tmpl"))
})

//go:embed assets/shop.css
var style []byte

// styleName contains a hash of the content, so that browsers can cache the file forever.
var styleName = func() string {
	sum := sha256.Sum256(style)
	return hex.EncodeToString(sum[:6]) + "-shop.css"
}()

// frame is the data of every page. Links are relative to [Path].
type frame struct {
	Title   string
	Styles  []string
	Classes string // of the main element
	Account string // that the visitor has named in the address; every link names it again
	Key     string // of the account in which the visitor pays, shortened; "": not shown
}

func (s *Shop) frame(r *http.Request, title, classes string) frame {
	f := frame{Title: title, Styles: []string{"../../" + s.config.Style, "assets/" + styleName}, Classes: classes, Account: accountIn(r)}
	if key, known := s.config.Key(r); known && s.config.Short != nil {
		f.Key = s.config.Short(key)
	}
	return f
}

type formPage struct {
	frame
	Form    orderForm
	Choices []choice
}

func (s *Shop) showForm(w http.ResponseWriter, r *http.Request, status int, f orderForm) {
	show(w, status, "form.html.tmpl", formPage{s.frame(r, "Example shop", "panel wide"), f, choices})
}

type failurePage struct {
	frame
	Order string
	*apiError
}

// showFailure shows an error of the API as it came.
func (s *Shop) showFailure(w http.ResponseWriter, r *http.Request, number string, failed *apiError) {
	show(w, http.StatusBadGateway, "failure.html.tmpl", failurePage{s.frame(r, "The payment could not be started", "panel wide"), number, failed})
}

type returnPage struct {
	frame
	Charge     string
	Order      string // with its amount; "": the shop has none
	Behaviour  string
	Conclusion conclusion
	Why        string // what the payment's page answers about the webhook; "": nothing
	Checks     []check
	Failed     *apiError
}

func (s *Shop) showReturn(w http.ResponseWriter, r *http.Request, p returned) {
	page := returnPage{s.frame(r, "The payer is back", "panel wide"), p.id, "", p.order.behaviour.title(), p.conclude(), p.why(), p.checks(), p.failed}
	if p.known {
		page.Order = p.order.String()
	}
	show(w, http.StatusOK, "return.html.tmpl", page)
}

// notice is a page with a sentence.
type notice struct {
	frame
	Title, Text string
	Again, Home bool // which links it has: to the order form, to the mock's home page
}

func (s *Shop) showNotice(w http.ResponseWriter, r *http.Request, status int, n notice) {
	n.frame = s.frame(r, n.Title, "panel")
	show(w, status, "notice.html.tmpl", n)
}

// show renders a page and then sends it, so that an error sends no part of it.
func show(w http.ResponseWriter, status int, name string, view any) {
	var page bytes.Buffer
	if err := templates().ExecuteTemplate(&page, name, view); err != nil {
		http.Error(w, "the page of the example shop cannot be rendered", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(page.Len()))
	w.WriteHeader(status)
	w.Write(page.Bytes())
}

func serveAsset(w http.ResponseWriter, name string) {
	if name != styleName {
		http.Error(w, "the example shop has no file with this name", http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", "text/css; charset=utf-8")
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	w.Write(style)
}
