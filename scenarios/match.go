package scenarios

import (
	"fmt"
	"strings"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// Match says which charges follow a scenario. All conditions that are set must hold.
type Match struct {
	Amount      *AmountMatch    `key:"amount" doc:"The amount: exactly, such as 1.500, or a mapping with min, max or both."`
	Currency    Glob            `key:"currency" doc:"Pattern for the currency."`
	Order       Glob            `key:"reference.order" doc:"Pattern for reference.order; * stands for any text."`
	Transaction Glob            `key:"reference.transaction" doc:"Pattern for reference.transaction."`
	Description Glob            `key:"description" doc:"Pattern for the description."`
	Source      Glob            `key:"source.id" doc:"Pattern for source.id."`
	CustomerID  Glob            `key:"customer.id" doc:"Pattern for customer.id."`
	Email       Glob            `key:"customer.email" doc:"Pattern for customer.email."`
	Phone       Glob            `key:"customer.phone" doc:"Pattern for the phone, country code and number together without plus."`
	Nth         int             `key:"nth" min:"1" max:"1000000000" doc:"Only the account's n-th call that creates a charge."`
	Metadata    map[string]Glob `key:"metadata.*" doc:"Pattern for a key of metadata, such as metadata.color: red*."`
	Header      map[string]Glob `key:"header.*" doc:"Pattern for a header of the create request, such as header.X-Test: a*."`
}

// AmountMatch is a condition on an amount: the amount itself, or bounds that are included.
type AmountMatch struct {
	Is  Money
	Min Money `key:"min" doc:"The least amount."`
	Max Money `key:"max" doc:"The largest amount."`
}

func (a *AmountMatch) read(text string) error { return a.Is.read(text) }
func (a *AmountMatch) write() string          { return a.Is.write() }
func (a *AmountMatch) schema() object         { return a.Is.schema() }

func (a *AmountMatch) holds(amount tap.Amount) bool {
	if a.Is.set {
		return amount == a.Is.amount
	}
	return (!a.Min.set || amount >= a.Min.amount) && (!a.Max.set || amount <= a.Max.amount)
}

// Money is an amount as decimal text; see [MoneyOf].
type Money struct {
	amount tap.Amount
	set    bool
}

// MoneyOf makes a Money of an amount.
func MoneyOf(a tap.Amount) Money { return Money{a, true} }

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

// Glob is a pattern in which * stands for any text, none included.
type Glob string

func (g *Glob) read(text string) error {
	if text == "" || len(text) > 1000 || strings.Count(text, "*") > 8 {
		return fmt.Errorf("%q is no pattern: 1 to 1000 characters with at most 8 *", clip(text))
	}
	*g = Glob(text)
	return nil
}
func (g *Glob) write() string { return string(*g) }
func (g *Glob) schema() object {
	return object{"type": []string{"string", "number", "boolean"}, "examples": []string{"storm-*"}}
}

// Holds reports whether the pattern fits the whole text.
func (g Glob) Holds(text string) bool {
	first, rest, wild := strings.Cut(string(g), "*")
	if !wild {
		return text == first
	}
	text, ok := strings.CutPrefix(text, first)
	if !ok {
		return false
	}
	for {
		part, more, another := strings.Cut(rest, "*")
		if !another {
			return strings.HasSuffix(text, part)
		}
		i := strings.Index(text, part)
		if i < 0 {
			return false
		}
		text, rest = text[i+len(part):], more
	}
}

// Candidate is a charge about to be created, as conditions see it.
type Candidate struct {
	Request *tap.ChargeRequest
	Header  func(name string) string // of the create request
	Nth     int                      // which call of the account that creates a charge it is, from 1
}

// field is what a condition of a [Match] looks at, by its key in a file.
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
