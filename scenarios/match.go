package scenarios

import (
	"fmt"
	"strings"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// Match says which charges follow a scenario. All conditions that are set must hold.
type Match struct {
	Amount      *AmountMatch         `key:"amount" doc:"The amount: a value such as 1.500, a list of values, or a mapping with is, not, min or max."`
	Currency    *Condition           `key:"currency" doc:"Condition on the currency."`
	Order       *Condition           `key:"reference.order" doc:"Condition on reference.order."`
	Transaction *Condition           `key:"reference.transaction" doc:"Condition on reference.transaction."`
	Description *Condition           `key:"description" doc:"Condition on the description."`
	Source      *Condition           `key:"source.id" doc:"Condition on source.id."`
	CustomerID  *Condition           `key:"customer.id" doc:"Condition on customer.id."`
	FirstName   *Condition           `key:"customer.first_name" doc:"Condition on customer.first_name."`
	LastName    *Condition           `key:"customer.last_name" doc:"Condition on customer.last_name."`
	Email       *Condition           `key:"customer.email" doc:"Condition on customer.email."`
	Phone       *Condition           `key:"customer.phone" doc:"Condition on the phone: country code and number together, without plus."`
	Calls       Calls                `key:"calls" doc:"Only these create calls of the account, counted from 1: 3, 1-2 or 4-."`
	Metadata    map[string]Condition `key:"metadata.*" doc:"Condition on a key of metadata, such as metadata.color: red*."`
	Header      map[string]Condition `key:"header.*" doc:"Condition on a header of the create request, such as header.X-Test: a*."`
}

// Condition is a condition on a text of the request. In a file a single pattern or a list of patterns stands for Is alone.
type Condition struct {
	Is      []Glob `key:"is" doc:"Patterns of which one must match the whole text; * stands for any text, \\* for the character."`
	Not     []Glob `key:"not" doc:"Patterns of which none may match the whole text."`
	Present *bool  `key:"present" doc:"Whether the request must have the field, with a value that is not empty."`
}

func (c *Condition) short() any { return &c.Is }

// Is makes the condition that one of the patterns matches.
func Is(patterns ...Glob) *Condition { return &Condition{Is: patterns} }

// Holds reports whether a text fulfils the condition.
func (c *Condition) Holds(text string) bool {
	if c.Present != nil && *c.Present != (text != "") {
		return false
	}
	for _, g := range c.Not {
		if g.Holds(text) {
			return false
		}
	}
	for _, g := range c.Is {
		if g.Holds(text) {
			return true
		}
	}
	return len(c.Is) == 0
}

// AmountMatch is a condition on an amount, whose bounds are included. In a file a single amount or a list stands for Is alone.
type AmountMatch struct {
	Is  []Money `key:"is" doc:"Amounts of which one must be equal."`
	Not []Money `key:"not" doc:"Amounts of which none may be equal."`
	Min Money   `key:"min" doc:"The smallest amount."`
	Max Money   `key:"max" doc:"The largest amount."`
}

func (a *AmountMatch) short() any { return &a.Is }

func (a *AmountMatch) holds(amount tap.Amount) bool {
	equal := func(list []Money) bool {
		for _, m := range list {
			if m.amount == amount {
				return true
			}
		}
		return false
	}
	switch {
	case len(a.Is) > 0 && !equal(a.Is), equal(a.Not), a.Min.set && amount < a.Min.amount, a.Max.set && amount > a.Max.amount:
		return false
	}
	return true
}

// Money is an amount as decimal text; see [MoneyOf].
type Money struct {
	amount tap.Amount
	set    bool
}

// MoneyOf makes a Money of an amount.
func MoneyOf(a tap.Amount) Money { return Money{a, true} }

// Amount is the amount, and whether it is set.
func (m Money) Amount() (a tap.Amount, set bool) { return m.amount, m.set }

func (m *Money) read(text string) error {
	a, err := tap.ParseAmount(text)
	*m = Money{a, err == nil}
	return err
}
func (m *Money) write() string {
	if !m.set {
		return ""
	}
	return m.amount.Text(3)
}
func (m *Money) schema() object {
	return object{"type": []string{"number", "string"}, "minimum": 0, "pattern": `^[0-9]+(\.[0-9]+)?$`}
}

// Glob is a pattern for a whole text: * stands for any text, none included, \* for an asterisk and \\ for a backslash.
type Glob string

func (g *Glob) read(text string) error {
	parts, err := globParts(text)
	if err == nil && (text == "" || len(text) > 1000 || len(parts) > 9) {
		err = fmt.Errorf("%q is not a pattern: 1 to 1000 characters with at most 8 *", clip(text))
	}
	if err != nil {
		return err
	}
	*g = Glob(text)
	return nil
}
func (g *Glob) write() string { return string(*g) }
func (g *Glob) schema() object {
	return object{"type": []string{"string", "number", "boolean"}, "examples": []string{"storm-*"}}
}

// globParts are the literal texts between the asterisks of a pattern: one more than there are asterisks.
func globParts(text string) ([]string, error) {
	parts, part := []string{}, []byte(nil)
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '*':
			parts, part = append(parts, string(part)), nil
		case c != '\\':
			part = append(part, c)
		case i+1 < len(text) && (text[i+1] == '*' || text[i+1] == '\\'):
			i++
			part = append(part, text[i])
		default:
			return nil, fmt.Errorf(`"%s": write \\ for a backslash, and \* for an asterisk`, clip(text))
		}
	}
	return append(parts, string(part)), nil
}

// Holds reports whether the pattern matches the whole text.
func (g Glob) Holds(text string) bool {
	parts, err := globParts(string(g))
	return err == nil && matches(parts, text)
}

// matches reports whether a text consists of the parts in their order, with any text between them.
func matches(parts []string, text string) bool {
	last := len(parts) - 1
	if last == 0 {
		return text == parts[0]
	}
	text, ok := strings.CutPrefix(text, parts[0])
	if !ok {
		return false
	}
	for _, part := range parts[1:last] {
		i := strings.Index(text, part)
		if i < 0 {
			return false
		}
		text = text[i+len(part):]
	}
	return strings.HasSuffix(text, parts[last])
}

// Candidate is a charge about to be created, as conditions see it.
type Candidate struct {
	Object  tap.Kind // "" is a charge
	Request *tap.PaymentRequest
	Header  func(name string) string // of the create request
	Call    int                      // number of the account's create call, from 1
}

// field is the text that a condition of a [Match] is about, by its key in a file.
func (c *Candidate) field(key string) string {
	r := c.Request
	switch key {
	case "currency":
		return r.Currency
	case "reference.order":
		return r.Order
	case "reference.transaction":
		return r.Transaction
	case "description":
		return r.Description
	case "source.id":
		return r.Source
	case "customer.id":
		return r.Customer.ID
	case "customer.first_name":
		return r.Customer.FirstName
	case "customer.last_name":
		return r.Customer.LastName
	case "customer.email":
		return r.Customer.Email
	case "customer.phone":
		return r.Customer.CountryCode + r.Customer.Number
	}
	if name, ok := strings.CutPrefix(key, "metadata."); ok {
		return c.Metadata(name)
	}
	if name, ok := strings.CutPrefix(key, "header."); ok && c.Header != nil {
		return c.Header(name)
	}
	return ""
}

// Metadata is the text of a key of the request's metadata; a number or boolean as it is written.
func (c *Candidate) Metadata(key string) string { return tap.MetadataText(c.Request.Metadata, key) }
