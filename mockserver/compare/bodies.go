package compare

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Body is a JSON body with the name that differences give it.
type Body struct {
	Name string // default: A for the first one, B for the second
	JSON []byte
}

// Bodies compares two JSON documents field by field, in document order. Values are compared as they are written: 12.50 differs from 12.5,
// and "12.5" from 12.5. If all fields are equal but the bytes are not, the difference is one of order or form, because the signature hash
// is over the bytes. A body that is not JSON, or that nests deeper
// than 64, is compared byte by byte.
func Bodies(a, b Body) []Difference {
	f := newFinder(a.Name, b.Name)
	f.bodies(a.JSON, b.JSON, exactly)
	return f.result()
}

// AlwaysDiffer are the fields in which the body of a webhook and the answer to GET always differ, or differ because of the time at which
// they were made. [WithGet] ignores them.
func AlwaysDiffer() []string { return slices.Clone(alwaysDiffer) }

var alwaysDiffer = []string{"method", "merchant_id", "product", "redirect.status", "post.attempt", "post.status"}

// WithGet compares the body of a webhook with the answer to GET of the same object, except for the fields of [AlwaysDiffer] and the spelling
// of the whole.
func WithGet(webhook, get Body) []Difference {
	f := newFinder(webhook.Name, get.Name)
	f.bodies(webhook.JSON, get.JSON, againstGet)
	return f.result()
}

// bodies adds the differences of two bodies, each field by its rule. The rule of the whole is whether a difference in the bytes alone counts:
// exact, in the layout only, or not at all.
func (f *finder) bodies(a, b []byte, rules func(path, *node) rule) {
	if bytes.Equal(a, b) {
		return
	}
	treeA, treeB := parse(a), parse(b)
	if treeA == nil || treeB == nil {
		f.notJSON(a, b, treeA, treeB)
		return
	}
	w, before := &walk{finder: f, rule: rules}, len(f.found)
	w.values(nil, treeA, treeB)
	for _, d := range w.orders {
		f.add(d)
	}
	if top := rules(nil, treeA); top == inForm && isSpread(a) != isSpread(b) {
		f.add(Difference{Kind: KindForm, Where: "body", A: layout(a), B: layout(b), Text: f.sentence("JSON", layout(a), layout(b))})
	} else if top == exact && len(f.found) == before && !f.more {
		f.add(Difference{Kind: KindForm, Where: "body", A: string(a), B: string(b),
			Text: fmt.Sprintf("the fields of the bodies are equal, but %s and %s write them with other white space or escapes, so that the header hash differs", f.a, f.b)})
	}
}

// isSpread reports whether a JSON text has white space between its values.
func isSpread(text []byte) bool {
	var compact bytes.Buffer
	return json.Compact(&compact, text) == nil && compact.Len() < len(text)
}

// layout is how a JSON text is laid out, in words.
func layout(text []byte) string {
	if isSpread(text) {
		return "spread by white space"
	}
	return "compact"
}

// notJSON adds the difference between bodies of which one is not JSON.
func (f *finder) notJSON(a, b []byte, treeA, treeB *node) {
	d := Difference{Kind: KindForm, Where: "body", A: string(a), B: string(b)}
	switch {
	case treeA != nil:
		d.Text = fmt.Sprintf("the body is JSON in %s and not in %s, which has %q", f.a, f.b, clipped(d.B))
	case treeB != nil:
		d.Text = fmt.Sprintf("the body is JSON in %s and not in %s, which has %q", f.b, f.a, clipped(d.A))
	default:
		at := 0
		for at < min(len(a), len(b)) && a[at] == b[at] {
			at++
		}
		d.Text = fmt.Sprintf("the bodies of %s and %s are not JSON, and part at byte %d", f.a, f.b, at+1)
	}
	f.add(d)
}

// walk goes through two documents at the same time.
type walk struct {
	*finder
	rule   func(path, *node) rule
	orders []Difference // reported after the fields
}

// values compares what the two documents have at a path.
func (w *walk) values(at path, a, b *node) {
	switch r := w.rule(at, a); {
	case r == ignored:
	case a.kind == "object" && b.kind == "object":
		w.objects(at, a, b)
	case a.kind == "list" && b.kind == "list":
		w.lists(at, a, b)
	case r == inKind && a.kind == b.kind:
	case r == inForm && len(at) > 0 && !a.isGroup() && !b.isGroup():
		w.forms(KindForm, at.String(), a, b)
	case !w.sameValue(a, b):
		w.add(Difference{Kind: KindField, Where: at.String(), A: a.compact(), B: b.compact(), Text: w.sentence(at.String(), a.compact(), b.compact()) + note(a, b)})
	}
}

// sameValue reports whether two scalars are equal: numbers in each digit, texts after their escapes and without the payments' own ids.
func (w *walk) sameValue(a, b *node) bool {
	switch {
	case a.kind != b.kind:
		return false
	case a.kind == "text":
		return w.ownA.plain(a.text) == w.ownB.plain(b.text)
	}
	return a.raw == b.raw
}

// objects compares the members that both have, and names the others where the document has them.
func (w *walk) objects(at path, a, b *node) {
	next := 0
	onlyB := func(end int) {
		for ; next < end; next++ {
			if m := b.members[next]; a.placeOf(m.name) < 0 {
				w.only(at.field(m.name), nil, m.value)
			}
		}
	}
	for _, m := range a.members {
		k := b.placeOf(m.name)
		if k < 0 {
			w.only(at.field(m.name), m.value, nil)
			continue
		}
		onlyB(k)
		w.values(at.field(m.name), m.value, b.members[k].value)
	}
	onlyB(len(b.members))
	w.order(at, a, b)
}

// lists compares items by their index.
func (w *walk) lists(at path, a, b *node) {
	for i := range max(len(a.items), len(b.items)) {
		switch {
		case i >= len(b.items):
			w.only(at.item(i), a.items[i], nil)
		case i >= len(a.items):
			w.only(at.item(i), nil, b.items[i])
		default:
			w.values(at.item(i), a.items[i], b.items[i])
		}
	}
}

// only adds a value that only one document has; the other is nil.
func (w *walk) only(at path, a, b *node) {
	n := a
	if n == nil {
		n = b
	}
	if w.rule(at, n) == ignored {
		return
	}
	if a == nil {
		w.differ(KindField, at.String(), "", b.compact())
		return
	}
	w.differ(KindField, at.String(), a.compact(), "")
}

// order notes the first two members of an object that the other document has the other way round.
func (w *walk) order(at path, a, b *node) {
	inBoth := func(of, other *node) []member {
		return slices.DeleteFunc(slices.Clone(of.members), func(m member) bool { return other.placeOf(m.name) < 0 })
	}
	left, right := inBoth(a, b), inBoth(b, a)
	for i := range left {
		if left[i].name == right[i].name {
			continue
		}
		x, y := at.field(left[i].name).last(), at.field(right[i].name).last()
		w.orders = append(w.orders, Difference{Kind: KindOrder, Where: at.String(), A: x + ", " + y, B: y + ", " + x,
			Text: fmt.Sprintf("in %s%s, %s comes before %s in %s and after it in %s", w.of, at, x, y, w.a, w.b)})
		return
	}
}

// note says what two different scalars have to do with each other, if that is easy to overlook.
func note(a, b *node) string {
	switch {
	case a.kind == "number" && b.kind == "number" && sameNumber(a.raw, b.raw):
		return ": the same number with other decimals"
	case a.kind != b.kind:
		return fmt.Sprintf(": %s against %s", named[a.kind], named[b.kind])
	}
	return ""
}

// named are the kinds of values in a sentence.
var named = map[string]string{"null": "null", "boolean": "a boolean", "number": "a number", "text": "text", "list": "a list", "object": "an object"}

// sameNumber reports whether two decimals differ only in zeros at their end.
func sameNumber(a, b string) bool {
	if strings.ContainsAny(a+b, "eE") {
		return false
	}
	return withoutZeros(a) == withoutZeros(b)
}

func withoutZeros(decimal string) string {
	if !strings.Contains(decimal, ".") {
		return decimal
	}
	return strings.TrimSuffix(strings.TrimRight(decimal, "0"), ".")
}
