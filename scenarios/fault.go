package scenarios

import (
	"fmt"
	"strconv"
)

// The words of a [FaultKind].
const (
	Reset       = "reset"        // the connection is reset
	HalfBody    = "half-body"    // the answer breaks off in the middle of its body
	NotJSON     = "not-json"     // a page of HTML under application/json
	ContentType = "content-type" // the right answer under text/html
	Stale       = "stale"        // the charge as it was before its last change
)

var faultWords = []string{Reset, HalfBody, NotJSON, ContentType, Stale}

func (f *FaultKind) read(text string) error {
	if _, err := strconv.Atoi(text); err == nil {
		return fmt.Errorf("write {status: %s} for an answer with that status", clip(text))
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

func (w *Webhook) read(text string) error  { return never(&w.Never, text) }
func (w *Webhook) write() string           { return writeNever(w.Never) }
func (w *Webhook) schema() object          { return object{"const": "never"} }
func (r *Redirect) read(text string) error { return never(&r.Never, text) }
func (r *Redirect) write() string          { return writeNever(r.Never) }
func (r *Redirect) schema() object         { return object{"const": "never"} }

func never(to *bool, text string) error {
	*to = text == "never"
	switch {
	case *to:
		return nil
	case nearest(text, []string{"never"}) != "":
		return fmt.Errorf("%q is unknown, did you mean \"never\"?", clip(text))
	}
	return fmt.Errorf("%q is not never; anything else is written with keys, such as {at: settled + 1s}", clip(text))
}

func writeNever(never bool) string {
	if never {
		return "never"
	}
	return ""
}

// Covers reports whether the fault is for the n-th call, whatever else it asks for.
func (f *Fault) Covers(n int) bool {
	if f.Nth > 0 {
		return n == f.Nth
	}
	return f.Calls.From == 0 || f.Calls.Includes(n)
}

// Commits reports whether the work is done before it goes wrong: as the fault says, else only if the right answer is needed.
func (f *Fault) Commits() bool {
	if f.Commit != nil {
		return *f.Commit
	}
	return f.needsAnswer()
}

// needsAnswer reports whether the right answer is sent, be it late or spoilt.
func (f *Fault) needsAnswer() bool {
	return f.Fault == nil || f.Fault.Word == HalfBody || f.Fault.Word == ContentType || f.Fault.Word == Stale
}

// String says what goes wrong, such as "reset" or "503 after 2s".
func (f *Fault) String() string {
	text := "slow"
	if f.Fault != nil {
		text = f.Fault.String()
	}
	if f.Delay > 0 {
		text += " after " + f.Delay.write()
	}
	if f.Hold != "" {
		text += " behind the gate " + string(f.Hold)
	}
	return text
}
