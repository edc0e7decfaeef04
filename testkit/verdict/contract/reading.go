package contract

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/testkit/verdict"
)

// reading is an answer that is being read.
type reading struct {
	step   string
	answer *answer
}

// broken is the error for an answer that does not keep the contract.
func (r *reading) broken(came, wanted string) error {
	return &verdict.BrokenError{Step: r.step, Came: came, Wanted: wanted}
}

// accept is nil for a 2xx answer, and for a redirect if that is one. A shop that says that it could not do what it was asked for, with 4xx or
// 5xx, has an ordinary error; an address that does not exist, or leads elsewhere, breaks the contract.
func (r *reading) accept(redirects bool) error {
	a := r.answer
	switch status := a.status; {
	case status/100 == 2, redirects && status/100 == 3:
		return nil
	case status/100 == 3:
		return r.broken(a.String(), "HTTP 200; a page that wants a login cannot be checked: let the test build leave it out, or send headers in check.yaml")
	case status == http.StatusNotFound || status == http.StatusMethodNotAllowed:
		return r.broken(a.String(), "HTTP 200; does the shop have this call, in a test build?")
	}
	return errors.New(a.String())
}

func (w Where) isHeader() bool { return strings.HasPrefix(string(w), "header ") }

// value reads a value, which must be there unless its place ends with ?.
func (r *reading) value(what string, where Where) (value, error) {
	v, err := where.in(r.answer)
	if err != nil {
		return v, r.broken(r.answer.String(), fmt.Sprintf("JSON with %s at %s", what, where))
	}
	if !v.found && !where.optional() {
		return v, r.broken(fmt.Sprintf("%s is missing at %s in %s", what, where, r.answer), "an answer that has it")
	}
	return v, nil
}

// payURL is the address of the payment page; "" if nothing is left to pay.
func (r *reading) payURL(where Where) (string, error) {
	v, err := r.value("the address of the payment page", where)
	if err != nil || v.json == nil {
		return "", err
	}
	text, ok := v.json.(string)
	text = unescaped.Replace(strings.TrimSpace(text))
	if !ok || text != "" && !strings.HasPrefix(text, "http://") && !strings.HasPrefix(text, "https://") {
		return "", r.broken("the address of the payment page is "+v.shown(), "the transaction.url of the charge, such as http://127.0.0.1:8080/…")
	}
	return text, nil
}

// unescaped is how HTML and JSON in pages write an address.
var unescaped = strings.NewReplacer("&amp;", "&", `\/`, "/")

// state reads the state of an order.
func (r *reading) state(call *Call, id, amount string) (s verdict.State, err error) {
	if err := r.checkID(call.ID, id); err != nil {
		return s, err
	}
	if s.Paid, err = r.paid(call); err != nil {
		return s, err
	}
	if v, err := call.State.in(r.answer); err == nil && len(call.Unpaid) == 0 { // each other word means unpaid: it may be a word that was forgotten
		s.Said, _ = v.text()
	}
	if s.Amount, err = r.money("amount", call.Amount); err != nil {
		return s, err
	}
	if s.Refunded, err = r.refunded(call.Refunded, amount); err != nil {
		return s, err
	}
	s.Fulfilled, err = r.fulfilled(call.Fulfilled, s.Paid)
	return s, err
}

// checkID refuses the answer of another order.
func (r *reading) checkID(where Where, id string) error {
	if where == "" {
		return nil
	}
	v, err := r.value("the order's id", where)
	if err != nil || !v.found {
		return err
	}
	if text, ok := v.text(); !ok || text != id {
		return r.broken("the answer is that of order "+v.shown(), "the state of order "+strconv.Quote(id))
	}
	return nil
}

func (r *reading) paid(call *Call) (bool, error) {
	v, err := r.value("the order's state", call.State)
	if err != nil {
		return false, err
	}
	text, ok := v.text()
	switch {
	case ok && slices.Contains(call.Paid, text):
		return true, nil
	case ok && (len(call.Unpaid) == 0 || slices.Contains(call.Unpaid, text)):
		return false, nil
	}
	return false, r.broken("the order's state is "+v.shown(), "one of "+strings.Join(slices.Concat(call.Paid, call.Unpaid), ", "))
}

// money reads an amount; "" if there is none.
func (r *reading) money(what string, where Where) (string, error) {
	if where == "" {
		return "", nil
	}
	v, err := r.value("the "+what, where)
	if err != nil || !v.found || v.json == nil {
		return "", err
	}
	text, ok := v.text()
	text = strings.TrimSpace(strings.ReplaceAll(strings.TrimSuffix(strings.TrimPrefix(text, "KWD"), "KWD"), ",", ""))
	if a, err := tap.ParseAmount(text); ok && err == nil {
		return a.Text(3), nil
	}
	return "", r.broken(fmt.Sprintf("the %s is %s", what, v.shown()), "an amount in KWD, such as 12.345")
}

// refunded reads whether the payer has all the money back.
func (r *reading) refunded(where Where, amount string) (bool, error) {
	if where == "" {
		return false, nil
	}
	if v, err := where.in(r.answer); err == nil {
		if all, ok := v.json.(bool); ok {
			return all, nil
		}
	}
	text, err := r.money("refunded amount", where)
	if err != nil || text == "" {
		return false, err
	}
	back, _ := tap.ParseAmount(text)
	whole, err := tap.ParseAmount(amount)
	return err == nil && back > 0 && back >= whole, nil
}

// fulfilled reads how often the order was handed over. Without a place for it, a paid order was handed over once.
func (r *reading) fulfilled(where Where, paid bool) (int, error) {
	v := value{}
	if where != "" {
		var err error
		if v, err = r.value("number of times the order was fulfilled", where); err != nil {
			return 0, err
		}
	}
	if !v.found {
		if paid {
			return 1, nil
		}
		return 0, nil
	}
	text, _ := v.text() // true would hide that an order was fulfilled twice
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		return 0, r.broken("the number of times the order was fulfilled is "+v.shown(), "a whole number, such as 1")
	}
	return n, nil
}
