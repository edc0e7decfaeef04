package inspector

import (
	"html/template"
	"net/http"
	"strings"
	"time"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// pageSize is how many payments a page of the list shows.
const pageSize = 50

// listScreen is the home page.
type listScreen struct {
	frame
	Welcome Welcome
	Own     string // the account's key, shortened, if it is not the one of the welcome
	Curl    string
	Query   string
	Wrong   string // what is wrong with the search
	Rows    template.HTML
	Count   int
	Older   string // address of the next page, or ""
	Newest  string // address of the first page, if this is another one
	Back    string // id of the charge of a payer who came back to this page
	Shop    string
	Diff    string
	Evicted int
}

// List serves the home page: where the mock is, and the payments of an account, the latest first.
func (p *Pages) List() http.Handler {
	return p.page(func(v *visit) error {
		key := v.cacheKey()
		if page := p.cache.find(key); page != nil {
			v.write(http.StatusOK, page)
			return nil
		}
		page, err := v.listPage()
		if err == nil {
			p.cache.put(key, page)
			v.write(http.StatusOK, page)
		}
		return err
	})
}

// listPage makes the home page.
func (v *visit) listPage() ([]byte, error) {
	s := &listScreen{frame: v.frame("Payments"), Welcome: v.welcome, Query: v.query.Get("q"), Shop: v.link("ui/shop/"), Diff: v.root() + "ui/diff", Back: returned(v)}
	s.Curl = s.Welcome.Curl
	if v.account != "" && v.account != v.welcome.Account && len(s.Accounts) > 0 {
		s.Own, s.Curl = s.Accounts[0].Key, strings.Replace(s.Curl, "Bearer "+s.Welcome.Key+"'", "Bearer YOUR_KEY'", 1)
	}
	filter, err := ParseFilter(s.Query)
	switch {
	case err != nil:
		s.Wrong = err.Error()
	case v.account != "":
		if err := v.list(s, &filter); err != nil {
			return nil, err
		}
	}
	return render("list.html.tmpl", s)
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

// list fills in the payments.
func (v *visit) list(s *listScreen, filter *Filter) error {
	after := v.query.Get("after")
	some, more, err := v.pages.mock.Payments(v.account, filter.Matches, after, pageSize)
	if err != nil {
		return err
	}
	s.Count, s.Evicted = len(some), v.state.EvictedCharges
	b := make([]byte, 0, 1024*len(some))
	to := v.link("ui/payments/\x00")
	for i := range some {
		b = appendRow(b, &some[i], s.Now, to)
	}
	s.Rows = template.HTML(b)
	if more {
		s.Older = v.link("", "q", s.Query, "after", some[len(some)-1].ID)
	}
	if after != "" {
		s.Newest = v.link("", "q", s.Query)
	}
	return nil
}

// appendRow appends a line of the list. The list is the page that is shown most, and a template takes ten times as long. Each text goes through
// escape, ids and addresses too. to is the address of a payment with a zero byte for its id.
func appendRow(b []byte, p *Payment, now time.Time, to string) []byte {
	b = append(b, `<tr id="`...)
	b = escape(b, p.ID)
	b = append(b, `" class="line"><td class="mark"><input type="checkbox" name="id" value="`...)
	b = escape(b, p.ID)
	b = append(b, `" aria-label="Mark `...)
	b = escape(b, title(p))
	b = append(b, ` to compare it"></td><th scope="row"><a class="open" dir="auto" href="`...)
	for i := range len(to) {
		if to[i] == 0 {
			b = escape(b, p.ID)
		} else {
			b = escape(b, to[i:i+1])
		}
	}
	b = append(b, `">`...)
	b = escape(b, title(p))
	b = append(b, `</a></th><td class="amount">`...)
	places, _ := tap.Decimals(p.Currency)
	b = escape(b, p.Amount.Text(places))
	b = append(b, " <small>"...)
	b = escape(b, p.Currency)
	b = append(b, `</small></td><td><span class="status `...)
	b = escape(b, tone(p.Status))
	b = append(b, `">`...)
	b = escape(b, string(p.Status))
	b = append(b, `</span></td><td class="wide" dir="auto">`...)
	b = escape(b, method(p.Method))
	b = append(b, `</td><td><time datetime="`...)
	b = p.Created.UTC().AppendFormat(b, time.RFC3339)
	b = append(b, `">`...)
	b = append(b, sinceText(now, p.Created)...)
	b = append(b, `</time></td><td>`...)
	b = appendWebhook(b, p)
	b = append(b, `</td><td class="wide" dir="auto">`...)
	b = escape(b, p.Scenario)
	return append(b, "</td></tr>\n"...)
}

// appendWebhook appends the state of a payment's webhook and what needs attention.
func appendWebhook(b []byte, p *Payment) []byte {
	tone, text := hookText(p)
	b = append(append(append(append(b, `<span class="hook `...), tone...), `">`...), text...)
	b = append(b, "</span>"...)
	for _, text := range p.Attention.Words() {
		b = append(b, ` <span class="attention">`...)
		b = append(b, text...)
		b = append(b, "</span>"...)
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

// escape appends a text so that it is safe in HTML and in quoted attributes.
func escape(b []byte, text string) []byte {
	from := 0
	for i := range len(text) {
		var with string
		switch text[i] {
		case '&':
			with = "&amp;"
		case '<':
			with = "&lt;"
		case '>':
			with = "&gt;"
		case '"':
			with = "&#34;"
		case '\'':
			with = "&#39;"
		case 0:
			with = "\uFFFD"
		default:
			continue
		}
		b = append(append(b, text[from:i]...), with...)
		from = i + 1
	}
	return append(b, text[from:]...)
}
