package compare

import (
	"fmt"
	"strings"
)

// Kind is what a difference is about.
type Kind string

// The kinds of differences.
const (
	KindOrder     Kind = "order"     // of the journal's entries, or of the fields of a JSON object
	KindEvent     Kind = "event"     // an entry of the journal that only one has, or that says something else
	KindState     Kind = "state"     // a value of the charge
	KindSetting   Kind = "setting"   // a setting that the scenario sets
	KindScheduled Kind = "scheduled" // what is still to come
	KindWebhook   Kind = "webhook"   // number, kind, address or responses of webhooks
	KindPart      Kind = "part"      // a part of the hashed string
	KindSignature Kind = "signature" // hashstring or hash
	KindField     Kind = "field"     // a field of a JSON body
	KindForm      Kind = "form"      // the form of a value that always differs, or the spelling of a whole body
	KindHeader    Kind = "header"    // a header of a webhook
	KindResponse  Kind = "response"  // the merchant's response
	KindMore      Kind = "more"      // not all differences are listed, or not everything was compared
)

// Difference is one difference between A, the first of two things, and B.
type Difference struct {
	Kind  Kind   `json:"kind"`
	Where string `json:"where"`           // event, field path such as transaction.amount or activities[0].status, header, part or setting
	A     string `json:"a"`               // value as it is written, fields as JSON; empty if A has none
	B     string `json:"b"`               // the same of B
	Text  string `json:"text"`            // one sentence without a full stop
	First bool   `json:"first,omitempty"` // whether it is the first of its list

	EntryA uint64 `json:"entry_a,omitempty"` // seq of A's journal entry, if the difference is about one
	EntryB uint64 `json:"entry_b,omitempty"` // seq of B's
}

// maxDifferences is how many differences are listed. Two long bodies can differ everywhere.
const maxDifferences = 1000

// finder collects the differences between two things.
type finder struct {
	a, b       string // names
	ownA, ownB own    // ids that do not count as differences
	of         string // what values belong to, in sentences, such as "the last webhook's "
	found      []Difference
	more       bool
}

// newFinder is a finder for two things with these names, A and B by default.
func newFinder(a, b string) *finder {
	if a == "" {
		a = "A"
	}
	if b == "" {
		b = "B"
	}
	return &finder{a: a, b: b}
}

func (f *finder) add(d Difference) {
	if len(f.found) == maxDifferences {
		f.more = true
		return
	}
	f.found = append(f.found, d)
}

// result is what was found, with the first difference marked.
func (f *finder) result() []Difference {
	if len(f.found) > 0 {
		f.found[0].First = true
	}
	if f.more {
		return append(f.found, Difference{Kind: KindMore, Where: "differences", Text: fmt.Sprintf("there are more than %d differences, and the others are not listed", maxDifferences)})
	}
	return f.found
}

// differ adds a difference if two values differ. An empty value is none.
func (f *finder) differ(kind Kind, where, a, b string) { f.differAs(kind, where, where, a, b) }

// differAs is differ with another name for the place in the sentence.
func (f *finder) differAs(kind Kind, where, label, a, b string) {
	if a != b {
		f.add(Difference{Kind: kind, Where: where, A: a, B: b, Text: f.sentence(label, a, b)})
	}
}

// sentence says that something is a in A and b in B. What one of them has alone is empty in the other.
func (f *finder) sentence(where, a, b string) string {
	where = f.of + where
	switch {
	case b == "":
		return fmt.Sprintf("only %s has %s: %s", f.a, where, clipped(a))
	case a == "":
		return fmt.Sprintf("only %s has %s: %s", f.b, where, clipped(b))
	}
	return fmt.Sprintf("%s is %s in %s and %s in %s", where, clipped(a), f.a, clipped(b), f.b)
}

// maxShown is how many characters of a value a sentence has.
const maxShown = 100

// clipped is a value in one line of a sentence.
func clipped(text string) string {
	text = strings.Join(strings.Fields(strings.ToValidUTF8(text, "\ufffd")), " ")
	if runes := []rune(text); len(runes) > maxShown {
		return string(runes[:maxShown]) + "…"
	}
	return text
}

// counted is a number with the word for what is counted, such as 1 webhook or 2 webhooks.
func counted(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return fmt.Sprintf("%d %ss", n, word)
}
