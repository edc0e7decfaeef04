package fakepage

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"html/template"
	"net/http"
	"path"
	"strconv"
	"strings"

	"github.com/tapmock/tapmock/mockserver/tap"
)

//go:embed templates/*.html.tmpl
var templateFiles embed.FS

//go:embed assets
var assetFiles embed.FS

var templates = template.Must(template.New("").Option("missingkey=error").ParseFS(templateFiles, "templates/*.html.tmpl"))

// frame is what every screen needs.
type frame struct {
	Title string
	Root  string // leads from the screen's address to /kpg/
	CSS   string
}

type knetScreen struct {
	frame
	Payment  Payment
	Token    string
	Message  string // of a failed check
	Advice   string // what the mock adds to it
	Wrong    string // id of the field it is about
	Paid     string // expiries with which a test card is paid
	Lists    lists
	Prefix   string
	Amount   string
	CardMask string
}

type choiceScreen struct {
	frame
	Token  string
	Amount string
	KNET   bool // offered for KWD only
	Other  string
}

type notice struct {
	frame
	Title, Text           string
	Status, Code, Message string // of an ended payment
	Error                 string // Tap's code for a page that is used or expired
	Return                string // the merchant's address
}

func showKNET(w http.ResponseWriter, p Payment, token, message string, form entryForm) {
	s := knetScreen{
		frame: frame{Title: "KNET Payment Page", CSS: styleName}, Payment: p, Token: token, Message: message,
		Prefix: tap.TestPrefix, Amount: money(p), CardMask: p.Card.Masked(),
	}
	s.Wrong, s.Advice = advice(message)
	s.Paid = paidExpiries(p.Captured)
	if p.Screen == Confirm {
		show(w, http.StatusOK, "confirm.html.tmpl", s)
		return
	}
	s.Lists = listsFor(p.Year, form)
	show(w, http.StatusOK, "entry.html.tmpl", s)
}

// paidExpiries says which expiries are paid: "09/2030 or 09/2025", or "none".
func paidExpiries(all []tap.CardExpiry) string {
	if len(all) == 0 {
		return "none"
	}
	words := make([]string, len(all))
	for i, e := range all {
		words[i] = fmt.Sprintf("%02d/%d", e.Month, e.Year)
	}
	return strings.Join(words, " or ")
}

func showChoice(w http.ResponseWriter, p Payment, token string) {
	show(w, http.StatusOK, "choice.html.tmpl", choiceScreen{
		frame: frame{Title: "Choose a payment method", Root: knetFromLink, CSS: styleName},
		Token: token, Amount: money(p), KNET: p.Currency == "KWD", Other: p.Currency,
	})
}

// money prints an amount as KNET's page does: KD 12.345.
func money(p Payment) string {
	if p.Currency == "KWD" {
		return "KD " + p.Amount
	}
	return p.Currency + " " + p.Amount
}

func showNotice(w http.ResponseWriter, status int, root string, n notice) {
	n.frame = frame{Title: n.Title, Root: root, CSS: styleName}
	show(w, status, "notice.html.tmpl", n)
}

// ReturnLink is the merchant's address as a link. Its scheme was checked when the charge was created, and custom schemes
// are meant to work, so the template need not distrust it.
func (n notice) ReturnLink() template.URL { return template.URL(asciiURL(n.Return)) }

// show renders a screen completely before it sends anything.
func show(w http.ResponseWriter, status int, name string, view any) {
	var page bytes.Buffer
	if err := templates.ExecuteTemplate(&page, name, view); err != nil {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(page.Len()))
	w.WriteHeader(status)
	w.Write(page.Bytes())
}

// styleName names the style sheet by its content, so that it may be cached for good.
var styleName = versioned("page.css")

func versioned(name string) string {
	content, err := assetFiles.ReadFile("assets/" + name)
	if err != nil {
		panic("fakepage: " + err.Error())
	}
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:6]) + "-" + name
}

// Asset serves the pages' style sheet.
func (p *Pages) Asset() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if path.Base(r.URL.Path) != styleName {
			showNotice(w, http.StatusNotFound, "../", notice{Title: "No such file", Text: "The pages have no file of this name."})
			return
		}
		content, _ := assetFiles.ReadFile("assets/page.css")
		w.Header().Set("Content-Type", "text/css; charset=utf-8")
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
		w.Write(content)
	})
}
