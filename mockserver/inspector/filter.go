package inspector

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// Filter selects payments of the list by the text in the search box: words that must all match. A word alone is looked for in order, id,
// customer, status and scenario; field:value looks in one field, and amount:>10 compares.
type Filter struct {
	Text  string
	terms []term
}

type term struct {
	matches func(*Payment) bool
}

// fields are the fields of a search by their names.
var fields = map[string]func(*Payment) string{
	"order":    func(p *Payment) string { return p.Order },
	"id":       func(p *Payment) string { return p.ID },
	"customer": customerText,
	"status":   func(p *Payment) string { return string(p.Status) },
	"method":   func(p *Payment) string { return p.Method },
	"scenario": func(p *Payment) string { return p.Scenario },
	"webhook":  func(p *Payment) string { _, text := hookText(p); return text },
	"currency": func(p *Payment) string { return p.Currency },
}

// customerText is what can be found of a customer.
func customerText(p *Payment) string {
	c := p.Customer
	if c == nil {
		return ""
	}
	return strings.Join(slices.DeleteFunc([]string{c.FirstName, c.MiddleName, c.LastName, c.Email, c.Number, c.ID}, func(s string) bool { return s == "" }), " ")
}

// maxFilter bounds the text of a search, in bytes.
const maxFilter = 200

// ParseFilter reads the text of a search. The error says which word is wrong, and what can be written instead.
func ParseFilter(text string) (Filter, error) {
	f := Filter{Text: strings.TrimSpace(text)}
	if len(f.Text) > maxFilter {
		return f, fmt.Errorf("the search has %d bytes; the limit is %d", len(f.Text), maxFilter)
	}
	for _, word := range splitWords(f.Text) {
		one, err := parseTerm(word)
		if err != nil {
			return Filter{Text: f.Text}, err
		}
		f.terms = append(f.terms, one)
	}
	return f, nil
}

// splitWords splits a text at its spaces, except inside double quotes, which are removed.
func splitWords(text string) []string {
	quoted := false
	return slices.DeleteFunc(strings.FieldsFunc(text, func(r rune) bool {
		if r == '"' {
			quoted = !quoted
		}
		return r == ' ' && !quoted
	}), func(word string) bool { return strings.Trim(word, `"`) == "" })
}

func parseTerm(word string) (term, error) {
	word = strings.ReplaceAll(word, `"`, "")
	name, value, named := strings.Cut(word, ":")
	name = strings.ToLower(name)
	switch field := fields[name]; {
	case !named:
		return anywhere(word), nil
	case name == "amount":
		return amountTerm(value)
	case name == "is" && (value == "attention" || value == "open" || value == "paid"):
		return isTerm(value), nil
	case name == "is":
		return term{}, fmt.Errorf("%.60q: write is:attention, is:open or is:paid", word)
	case field == nil:
		return term{}, fmt.Errorf("%.60q: there is no field %.40q; the fields are %s", word, name, fieldNames())
	case name == "status":
		return term{func(p *Payment) bool { return strings.EqualFold(string(p.Status), value) }}, nil
	default:
		return term{func(p *Payment) bool { return contains(field(p), value) }}, nil
	}
}

// fieldNames lists what can be written before a colon.
func fieldNames() string {
	names := []string{"amount", "is"}
	for name := range fields {
		names = append(names, name)
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}

func anywhere(word string) term {
	return term{func(p *Payment) bool {
		return contains(p.Order, word) || contains(p.ID, word) || contains(customerText(p), word) || contains(string(p.Status), word) || contains(p.Scenario, word)
	}}
}

func isTerm(what string) term {
	return term{func(p *Payment) bool {
		switch what {
		case "attention":
			return p.Attention != 0
		case "paid":
			return p.Status == tap.Captured
		}
		return p.Status == tap.Initiated
	}}
}

// amountTerm is a comparison of amounts: >10, >=10, <10, <=10 or 10.
func amountTerm(value string) (term, error) {
	number := strings.TrimLeft(value, "<>=")
	op := value[:len(value)-len(number)]
	limit, err := tap.ParseNumber(number)
	if err != nil || !slices.Contains([]string{"", "=", ">", "<", ">=", "<="}, op) {
		return term{}, fmt.Errorf("amount:%.40s is not a comparison; write amount:12.345, amount:>10 or amount:<=0.5", value)
	}
	return term{func(p *Payment) bool {
		switch op {
		case ">":
			return p.Amount > limit
		case "<":
			return p.Amount < limit
		case ">=":
			return p.Amount >= limit
		case "<=":
			return p.Amount <= limit
		}
		return p.Amount == limit
	}}, nil
}

// contains reports whether a text has a part, whatever the case of its letters.
func contains(text, part string) bool {
	return len(part) <= len(text) && (strings.Contains(text, part) || strings.Contains(strings.ToLower(text), strings.ToLower(part)))
}

// containsAll reports whether a text has each word of another, which spaces or commas separate.
func containsAll(text, words string) bool {
	for _, word := range strings.FieldsFunc(words, func(r rune) bool { return r == ' ' || r == ',' }) {
		if !contains(text, word) {
			return false
		}
	}
	return true
}

// Matches reports whether a payment is wanted.
func (f *Filter) Matches(p *Payment) bool {
	for i := range f.terms {
		if !f.terms[i].matches(p) {
			return false
		}
	}
	return true
}
