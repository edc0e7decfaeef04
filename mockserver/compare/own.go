package compare

import (
	"regexp"
	"strings"
)

// own are the id and the order of a payment. They occur in addresses and in entries of its journal, and always differ from those of another.
type own struct{ id, order string }

// shortOrder is the length below which an order can be a word or a number by chance, so that it is looked for only behind "order".
const shortOrder = 4

// plain is a text in which the payment's own id and order are the same as in any other's.
func (o own) plain(text string) string {
	if o.id != "" {
		text = strings.ReplaceAll(text, o.id, "ID")
	}
	switch {
	case len(o.order) >= shortOrder:
		text = strings.ReplaceAll(text, o.order, "ORDER")
	case o.order != "":
		text = strings.NewReplacer("order "+o.order, "order ORDER", "order="+o.order, "order=ORDER").Replace(text)
	}
	return text
}

// generated are ids and times in the journal's text.
var generated = regexp.MustCompile(`\b(chg|auth|re|cus|tok|inv|card|whd|tck)_[A-Za-z0-9]+|\b\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?`)

// detail is the text of a journal entry without ids and times.
func (o own) detail(text string) string {
	if text == "" {
		return ""
	}
	return generated.ReplaceAllStringFunc(o.plain(text), func(found string) string {
		if prefix, _, id := strings.Cut(found, "_"); id {
			return prefix + "_…"
		}
		return "TIME"
	})
}

// differOwn is differAs for texts in which the payments' own ids are not differences.
func (f *finder) differOwn(kind Kind, where, label, a, b string) {
	if f.ownA.plain(a) != f.ownB.plain(b) {
		f.differAs(kind, where, label, a, b)
	}
}
