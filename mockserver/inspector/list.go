package inspector

import (
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// pageSize is how many payments a page of the list shows.
const pageSize = 50

// listScreen is the home page. What it shows of payments and clock are holes, which [payments] fills.
type listScreen struct {
	frame
	Welcome Welcome
	Own     string // the account's key, shortened, if it is not the one of the welcome
	Curl    string
	Query   string
	Wrong   string // what is wrong with the search
	Some    bool   // whether there are payments to show
	Rows    hole
	Older   string // address of the next page, or ""
	Newest  string // address of the first page, if this is another one
	Back    string // id of the charge of a payer who came back to this page
	Shop    string
	Diff    string
	Evicted bool
	Hole    hole // of the number of evicted payments
}

// payments is what a home page shows of an account's payments.
type payments struct {
	wrong string // what is wrong with the search
	rows  []byte
	last  string // id of the last one that is shown, if there are older ones

	buffer *[]byte // of rows and page, or nil
}

// listBuffers are reused: a list has 30 kB, its page a little more, and each viewer asks for it twice a second.
var listBuffers = sync.Pool{New: func() any { return new([]byte) }}

// page puts the rows into a shell. It stands behind them in the buffer.
func (s *payments) page(of shell, in *texts) []byte {
	if s.buffer == nil {
		return of.fill(nil, in)
	}
	*s.buffer = of.fill(s.rows, in)
	return (*s.buffer)[len(s.rows):]
}

// free gives rows and page back; they must not be used any more.
func (s *payments) free() {
	if s.buffer != nil {
		listBuffers.Put(s.buffer)
	}
}

// List serves the home page: where the mock is, and the payments of an account, the latest first.
func (p *Pages) List() http.Handler {
	return p.page(func(v *visit) error {
		some, err := v.payments()
		if err != nil {
			return err
		}
		defer some.free()
		page, err := v.shell(some)
		if err == nil {
			v.write(http.StatusOK, some.page(page, v.texts(some)))
		}
		return err
	})
}

// listPage makes the home page with holes.
func (v *visit) listPage(some *payments) ([]byte, error) {
	s := &listScreen{frame: v.frame("Payments"), Welcome: v.welcome, Query: v.query.Get("q"), Wrong: some.wrong, Some: len(some.rows) > 0, Rows: rowsHole,
		Shop: v.link("ui/shop/"), Diff: v.root() + "ui/diff", Back: returned(v), Evicted: v.state.EvictedCharges > 0, Hole: evictedHole}
	s.Place, s.Stamp, s.Second, s.Pending = placeHole.String(), stampHole.String(), secondHole.String(), pendingHole.String()
	if s.Findings != "" {
		s.Findings = findingsHole.String()
	}
	s.Curl = s.Welcome.Curl
	if v.account != "" && v.account != v.welcome.Account && len(s.Accounts) > 0 {
		s.Own, s.Curl = s.Accounts[0].Key, strings.Replace(s.Curl, "Bearer "+s.Welcome.Key+"'", "Bearer YOUR_KEY'", 1)
	}
	if some.last != "" {
		s.Older = v.link("", "q", s.Query, "after", olderHole.String())
	}
	if v.query.Get("after") != "" {
		s.Newest = v.link("", "q", s.Query)
	}
	return render("list.html.tmpl", s)
}

// texts are what stands in the holes of the home page.
func (v *visit) texts(some *payments) *texts {
	s := &v.state
	return &texts{
		placeHole: []byte(v.place.String()), stampHole: []byte(stampText(s.Now)), secondHole: []byte(secondText(s.Now)), pendingHole: strconv.AppendInt(nil, int64(s.ScheduledCount), 10),
		findingsHole: strconv.AppendInt(nil, int64(s.Findings), 10), evictedHole: strconv.AppendInt(nil, int64(s.EvictedCharges), 10), rowsHole: some.rows, olderHole: []byte(escaped(some.last)),
	}
}

// returned is the id of the charge with which a payer was sent back to the home page, which stands in for a shop that does not exist yet.
func returned(v *visit) string {
	if id := v.query.Get("tap_id"); tap.KindOf(id) != "" && isID(id) {
		return id
	}
	return ""
}

// isID reports whether a text can be the id of an object: letters, digits and underscores.
func isID(text string) bool {
	for i := range len(text) {
		if c := text[i]; c != '_' && (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') {
			return false
		}
	}
	return text != "" && len(text) <= 60
}

// payments finds the payments to show.
func (v *visit) payments() (*payments, error) {
	some := &payments{}
	filter, err := ParseFilter(v.query.Get("q"))
	if err != nil {
		some.wrong = err.Error()
		return some, nil
	}
	if v.account == "" {
		return some, nil
	}
	all, more, err := v.pages.mock.Payments(v.account, filter.Matches, v.query.Get("after"), pageSize)
	if err != nil {
		return nil, err
	}
	some.buffer = listBuffers.Get().(*[]byte)
	some.rows = (*some.buffer)[:0]
	before, after, _ := strings.Cut(v.link("ui/payments/\x00"), "\x00")
	to := &[2]string{escaped(before), escaped(after)}
	for i := range all {
		some.rows = appendRow(some.rows, &all[i], v.state.Now, to)
	}
	if more {
		some.last = all[len(all)-1].ID
	}
	return some, nil
}

// appendRow appends a line of the list. The list is the page that is shown most, and a template takes ten times as long. Each text goes through
// escaped, ids and addresses too. to is the address of a payment in two parts, between which its id stands.
func appendRow(b []byte, p *Payment, now time.Time, to *[2]string) []byte {
	id, order := escaped(p.ID), escaped(title(p))
	places, _ := tap.Decimals(p.Currency)
	b = appendTexts(b, `<tr id="`, id, `" class="line"><td class="mark"><input type="checkbox" name="id" value="`, id, `" aria-label="Mark `, order, ` to compare it"></td><th scope="row"><a class="open" dir="auto" href="`,
		to[0], id, to[1], `">`, order, `</a></th><td class="amount">`, p.Amount.Text(places), " <small>", escaped(p.Currency), `</small></td><td><span class="status `, tone(p.Status), `">`,
		string(p.Status), `</span></td><td class="wide" dir="auto">`, escaped(method(p.Method)), `</td><td><time datetime="`)
	b = p.Created.UTC().AppendFormat(b, time.RFC3339)
	b = appendSince(append(b, `">`...), now, p.Created)
	b = appendWebhook(append(b, `</time></td><td>`...), p)
	return appendTexts(b, `</td><td class="wide" dir="auto">`, escaped(p.Scenario), "</td></tr>\n")
}

// appendTexts appends texts.
func appendTexts(b []byte, texts ...string) []byte {
	for _, text := range texts {
		b = append(b, text...)
	}
	return b
}

// appendWebhook appends the state of a payment's webhook and what needs attention.
func appendWebhook(b []byte, p *Payment) []byte {
	tone, text := hookText(p)
	b = appendTexts(b, `<span class="hook `, tone, `">`, text, "</span>")
	for _, text := range p.Attention.Words() {
		b = appendTexts(b, ` <span class="attention">`, text, "</span>")
	}
	return b
}

// hookText is the state of a payment's webhook in a word, with its tone.
func hookText(p *Payment) (tone, text string) {
	switch {
	case !p.Posts:
		return "none", "no post.url"
	case p.PostStatus == tap.DeliverySuccess:
		return "good", "delivered"
	case p.PostStatus == tap.DeliveryPending:
		return "open", "pending"
	}
	return "bad", "failed"
}

// title names a payment: by its order, else by its id.
func title(p *Payment) string {
	if p.Order != "" {
		return p.Order
	}
	return p.ID
}

// method names a source.
func method(source string) string {
	if source == tap.SourceKNET {
		return "KNET"
	}
	return source
}

// tone is the class of a status: good, bad, or open while it is undecided.
func tone(s tap.Status) string {
	switch {
	case s == tap.Captured, s == tap.Authorized:
		return "good"
	case !s.Final():
		return "open"
	}
	return "bad"
}

// escaper makes a text safe in HTML and in quoted attributes.
var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&#34;", "'", "&#39;", "\x00", "\uFFFD")

// isUnsafe are the bytes that escaper replaces.
var isUnsafe = [256]bool{'&': true, '<': true, '>': true, '"': true, '\'': true, 0: true}

// escaped is a text that is safe in HTML and in quoted attributes. Nearly all texts are as they are.
func escaped(text string) string {
	for i := range len(text) {
		if isUnsafe[text[i]] {
			return escaper.Replace(text)
		}
	}
	return text
}
