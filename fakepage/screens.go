package fakepage

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"html/template"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tapmock/tapmock/mockserver/tap"
)

//go:embed templates/*.html.tmpl
var templateFiles embed.FS

//go:embed assets
var assetFiles embed.FS

var templates = template.Must(template.New("").Option("missingkey=error").ParseFS(templateFiles, "templates/*.html.tmpl"))

// frame is the data of every screen.
type frame struct {
	Title       string
	Lang, Dir   string
	Root        string // relative path from the screen's address to /kpay/kpg/
	CSS, JS     string // file names; screens without fields have no JS
	PrefixDelay int64  // ms
	Foot        string
}

// plainFrame is the frame of a screen without fields.
func plainFrame(t *words, title, root string) frame {
	return frame{Title: title, Lang: t.Lang, Dir: t.Dir, Root: root, CSS: styleName, Foot: t.Foot}
}

// knetScreen is the KNET page. It contains both screens and shows one.
type knetScreen struct {
	frame
	W               *words
	Payment         Payment
	Token           string
	View            string
	Confirming      bool
	Off, OffConfirm template.HTMLAttr // for the fields of the entry and the confirm screen; see off
	Message         string            // of the failed check
	Advice          string            // added by the mock
	Wrong           []string          // ids of the fields that the message is about, see Mark
	returned        bool              // the payer went back to the entry screen
	Lists           lists
	Amount          string
	CardMask        string
	Month, Year     string
	Paid            string // expiries with which a payment by a test card is captured
	OTPLeft         int    // seconds
	Timer           string
	LimitLeft       string // seconds until the page's limit has passed
}

// Mark is the attributes of a field if the message is about it. The first such field has the focus.
func (s knetScreen) Mark(id string) template.HTMLAttr {
	switch slices.Index(s.Wrong, id) {
	case -1:
		return ""
	case 0:
		return ` aria-invalid="true" aria-describedby="ValidationMessage" autofocus`
	}
	return ` aria-invalid="true" aria-describedby="ValidationMessage"`
}

// focus gives a heading the focus, so that a screen reader begins with the new screen.
const focus template.HTMLAttr = ` tabindex="-1" autofocus`

// ConfirmFocus gives the heading of the confirm screen the focus, unless the one-time password has it.
func (s knetScreen) ConfirmFocus() template.HTMLAttr {
	if s.Confirming && s.Payment.OTP == nil {
		return focus
	}
	return ""
}

// EntryFocus gives the heading of the entry screen the focus if the payer returned to it. A page that is loaded first has no focus.
func (s knetScreen) EntryFocus() template.HTMLAttr {
	if s.returned {
		return focus
	}
	return ""
}

type choiceScreen struct {
	frame
	Token  string
	Amount string
	KNET   bool // whether KNET is offered: only for KWD
	W      *words
}

type notice struct {
	frame
	W                     *words // nil means English
	Title, Text           string
	Status, Code, Message string // of an ended payment
	Error                 string // Tap's error code for a used or expired page
	Return                string // the merchant's address
	Waits                 bool   // the page reloads itself, so its heading does not get the focus
}

// showKNET shows the KNET page with the payment's screen.
func showKNET(w http.ResponseWriter, r *http.Request, p Payment, token, message string, form entryForm) {
	shape := p.Look.layoutFor(r.UserAgent())
	if message != "" || form != (entryForm{}) || p.OTP != nil || p.KFAST {
		view := knetView(p, shape, token, message, form)
		show(w, http.StatusOK, string(shape)+".html.tmpl", view)
		return
	}
	s, err := skeletonFor(p, shape)
	if err != nil {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	view := paymentView(p, token)
	var page bytes.Buffer
	page.Grow(12 << 10)
	s.fill(&page, &view)
	send(w, http.StatusOK, &page)
}

// paymentView is the view with the values of the payment itself.
func paymentView(p Payment, token string) knetScreen {
	s := knetScreen{Payment: p, Token: token, View: strconv.Itoa(p.View), Confirming: p.Screen == Confirm, Amount: money(p),
		LimitLeft: strconv.FormatInt(int64((p.Left+time.Second-1)/time.Second), 10)}
	if s.Confirming {
		s.CardMask, s.Month, s.Year = p.Card.Masked(), fmt.Sprintf("%02d", p.Expiry.Month), fmt.Sprint(p.Expiry.Year)
	}
	return s
}

// off takes the fields of the hidden screen out of the form, so that Enter presses the first button of the visible screen.
const off template.HTMLAttr = ` disabled form="none"`

func knetView(p Payment, shape layout, token, message string, form entryForm) knetScreen {
	t := wordsIn(p.Look.Lang)
	s := paymentView(p, token)
	if p.OTP != nil {
		s.OTPLeft = int(p.OTP.Left.Seconds())
		s.Timer = fmt.Sprintf("%s %d:%02d", t.Timeout, s.OTPLeft/60, s.OTPLeft%60)
	}
	s.W, s.Paid = t, paidExpiries(p.Captured)
	s.frame = frame{Title: t.Title, Lang: t.Lang, Dir: t.Dir, CSS: styleName, JS: scriptName,
		PrefixDelay: p.Look.PrefixDelay.Milliseconds(), Foot: t.Foot}
	if shape == mobile {
		s.Title = t.MobileTitle
	}
	if message != "" {
		s.Message, s.Wrong, s.Advice = t.message(message), wrongFields(message, shape, form), advice(t, message, p, form)
	}
	s.returned = message == "" && form != (entryForm{})
	if s.Confirming {
		s.Off = off // the lists are hidden and stay empty
	} else {
		s.OffConfirm = off
		s.Lists = listsFor(&p.Look, p.Year, form)
	}
	return s
}

// advice is what the mock adds to the message of a failed check.
func advice(t *words, message string, p Payment, form entryForm) string {
	switch {
	case message == msgNumber:
		return t.Advice
	case message == msgBank && form.Bank != "" && form.Bank != "bankname":
		return t.AdviceBank
	case message == msgPIN:
		return fmt.Sprintf(t.OnlyTries, p.PINTriesLeft)
	}
	return ""
}

// paidExpiries lists the expiries, such as "09/2030, 09/2025", or is a dash for none.
func paidExpiries(all []tap.CardExpiry) string {
	if len(all) == 0 {
		return "–"
	}
	words := make([]string, len(all))
	for i, e := range all {
		words[i] = fmt.Sprintf("%02d/%d", e.Month, e.Year)
	}
	return strings.Join(words, ", ")
}

func showChoice(w http.ResponseWriter, p Payment, token string) {
	t := wordsIn(p.Look.Lang)
	show(w, http.StatusOK, "choice.html.tmpl", choiceScreen{
		frame: plainFrame(t, t.ChoiceTitle, knetFromLink), W: t, Token: token, Amount: money(p), KNET: p.Currency == "KWD",
	})
}

// money prints an amount as KNET's page does, such as KD 12.345.
func money(p Payment) string {
	if p.Currency == "KWD" {
		return "KD " + p.Amount
	}
	return p.Currency + " " + p.Amount
}

func showNotice(w http.ResponseWriter, status int, root string, n notice) {
	n.W = cmp.Or(n.W, &english)
	n.frame = plainFrame(n.W, n.Title, root)
	show(w, status, "notice.html.tmpl", n)
}

// ReturnLink is the merchant's address as a link that the template does not filter: its scheme was checked when the charge was created,
// and custom schemes are allowed.
func (n notice) ReturnLink() template.URL { return template.URL(asciiURL(n.Return)) }

// show renders a screen and then sends it, so that an error sends no part of it.
func show(w http.ResponseWriter, status int, name string, view any) {
	var page bytes.Buffer
	if err := templates.ExecuteTemplate(&page, name, view); err != nil {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	send(w, status, &page)
}

func send(w http.ResponseWriter, status int, page *bytes.Buffer) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(page.Len()))
	w.WriteHeader(status)
	w.Write(page.Bytes())
}

// The names of the assets contain a hash of their content, so that browsers can cache them forever.
var styleName, scriptName = versioned("page.css"), versioned("page.js")

func versioned(name string) string {
	content, err := assetFiles.ReadFile("assets/" + name)
	if err != nil {
		panic("fakepage: " + err.Error())
	}
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:6]) + "-" + name
}

// StyleSheet is the address of the style sheet of the pages, relative to that of the mock.
func StyleSheet() string { return "kpay/kpg/assets/" + styleName }

// Asset serves the pages' style sheet and script.
func (p *Pages) Asset() http.Handler {
	types := map[string]string{styleName: "text/css; charset=utf-8", scriptName: "text/javascript; charset=utf-8"}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := path.Base(r.URL.Path)
		if types[name] == "" {
			showNotice(w, http.StatusNotFound, "../", notice{Title: "No such file", Text: "The pages have no file with this name."})
			return
		}
		_, file, _ := strings.Cut(name, "-")
		content, _ := assetFiles.ReadFile("assets/" + file)
		w.Header().Set("Content-Type", types[name])
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Write(content)
	})
}
