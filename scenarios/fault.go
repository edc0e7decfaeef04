package scenarios

import (
	"fmt"
	"strconv"
)

// The words of a [FaultKind].
const (
	Reset       = "reset"        // the connection is reset
	HalfBody    = "half-body"    // the connection is closed after half of the body
	NotJSON     = "not-json"     // a page of HTML under application/json
	ContentType = "content-type" // the correct answer under text/html
	Stale       = "stale"        // the charge as it was before its last change
)

// faultWords also has the wrong values: the correct answer with another amount, currency or order.
var faultWords = []string{Reset, HalfBody, NotJSON, ContentType, Stale, string(AnotherAmount), string(AnotherCurrency), string(AnotherOrder)}

// WrongValue is the value that is wrong in the answer, or "". A nil fault has none.
func (f *FaultKind) WrongValue() Forgery {
	if f != nil && Forgery(f.Word).WrongValue() {
		return Forgery(f.Word)
	}
	return ""
}

func (f *FaultKind) read(text string) error {
	if _, err := strconv.Atoi(text); err == nil {
		return fmt.Errorf("write fault: {status: %s} for an answer with that status", clip(text))
	}
	return oneOf(&f.Word, text, faultWords)
}
func (f *FaultKind) write() string  { return f.Word }
func (f *FaultKind) schema() object { return enum(faultWords...) }

// String is the word, or the status with its code.
func (f *FaultKind) String() string {
	switch {
	case f.Word != "":
		return f.Word
	case f.Code != "":
		return strconv.Itoa(f.Status) + " " + f.Code
	}
	return strconv.Itoa(f.Status)
}

func (w *Webhook) read(text string) error { return never(&w.Never, "webhook", text) }
func (w *Webhook) write() string          { return writeNever(w.Never) }
func (w *Webhook) schema() object         { return object{"const": "never"} }
func (r *Return) read(text string) error  { return never(&r.Never, "return", text) }
func (r *Return) write() string           { return writeNever(r.Never) }
func (r *Return) schema() object          { return object{"const": "never"} }

func never(to *bool, kind, text string) error {
	*to = text == "never"
	switch {
	case *to:
		return nil
	case nearest(text, []string{"never"}) != "":
		return fmt.Errorf("%q is unknown, did you mean \"never\"?", clip(text))
	}
	return fmt.Errorf("%q is not possible here; write %s: never if there is none, or keys, such as {at: settled + 1s}", clip(text), kind)
}

func writeNever(never bool) string {
	if never {
		return "never"
	}
	return ""
}

// Covers reports whether the fault is for the n-th call of its operation, apart from its other conditions.
func (f *Fault) Covers(n int) bool {
	return f.Calls.From == 0 || f.Calls.Includes(n)
}

// Commits reports whether the operation takes effect before the fault: as the fault says, else only if the correct answer is needed.
func (f *Fault) Commits() bool {
	if f.Commit != nil {
		return *f.Commit
	}
	return f.needsAnswer()
}

// needsAnswer reports whether the correct answer is sent, late or damaged.
func (f *Fault) needsAnswer() bool { return f.SendsAnswer() || f.Fault.Word == HalfBody }

// SendsAnswer reports whether the client gets a whole answer of the operation: late, under another content type, of an earlier state
// or with a wrong value.
func (f *Fault) SendsAnswer() bool {
	return f.Fault == nil || f.Fault.Word == ContentType || f.Fault.Word == Stale || f.Fault.WrongValue() != ""
}

// String is the fault in a few words, such as "reset" or "503 after 2s".
func (f *Fault) String() string {
	text := "slow"
	if f.Fault != nil {
		text = f.Fault.String()
	}
	if f.Delay > 0 {
		text += " after " + f.Delay.write()
	}
	if f.Gate != "" {
		text += " at the gate " + string(f.Gate)
	}
	return text
}
