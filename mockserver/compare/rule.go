package compare

import (
	"fmt"
	"slices"
	"strings"
)

// rule is how a field is compared.
type rule int

const (
	exact   rule = iota
	inForm       // a generated value: prefix, length, and whether it is digits; of a whole body: its layout
	inKind       // a value of the merchant's for this payment alone: whether it is text, a number, …
	ignored      // differs by its nature
)

// exactly compares each field as it is written.
func exactly(path, *node) rule { return exact }

// againstGet is the rule of a field for [WithGet]. The style of the whole is not compared.
func againstGet(p path, _ *node) rule {
	if len(p) == 0 {
		return inKind
	}
	if slices.Contains(alwaysDiffer, p.String()) {
		return ignored
	}
	return exact
}

// exceptNumber are rules without the number of the attempt; the bytes of such bodies always differ.
func exceptNumber(rules func(path, *node) rule) func(path, *node) rule {
	return func(p path, n *node) rule {
		switch r := rules(p, n); {
		case p.String() == "post.attempt":
			return ignored
		case len(p) == 0:
			return inForm
		default:
			return r
		}
	}
}

// times are the keys of times.
var times = []string{"created", "updated", "posted", "date", "completed", "due", "expiry_date"}

// mine are the keys under reference that the merchant gives; the others are generated.
var mine = []string{"order", "transaction", "idempotent", "merchant", "trace_id", "invoice"}

// acrossPayments is the rule of a field of two payments, whose ids, times and references always differ.
func acrossPayments(p path, n *node) rule {
	last, under := p.last(), p.under()
	switch {
	case len(p) == 0:
		return inForm
	case under == "transaction" && last == "url", under == "order" && last == "id":
		return inKind // the page's address has a token; an order is the merchant's
	case under == "reference" && slices.Contains(mine, last):
		return inKind
	case under == "reference", slices.Contains(times, last):
		return inForm
	case last == "merchant_id", last == "id" && (under == "merchant" || strings.HasPrefix(n.text, "src_")):
		return exact
	case last == "id", strings.HasSuffix(last, "_id"), last == "invoice_number":
		return inForm
	}
	return exact
}

// acrossParts is the rule of a part of the hashed string, in the same way.
func acrossParts(label string) rule {
	switch label {
	case "x_amount", "x_currency", "x_status":
		return exact
	}
	return inForm
}

// forms adds a difference if two values have different forms.
func (f *finder) forms(kind Kind, where string, a, b *node) {
	formA, formB := form(a), form(b)
	if formA != formB {
		f.add(Difference{Kind: kind, Where: where, A: a.raw, B: b.raw,
			Text: fmt.Sprintf("%s%s has another form: %s in %s (%s) and %s in %s (%s)", f.of, where, clipped(a.raw), f.a, formA, clipped(b.raw), f.b, formB)})
	}
}

// form is the form of a scalar in words, such as chg_ and 26 letters and digits.
func form(n *node) string {
	switch {
	case n.kind == "number" && strings.Trim(n.raw, "0123456789") == "":
		return fmt.Sprintf("a number of %s", counted(len(n.raw), "digit"))
	case n.kind != "text":
		return named[n.kind]
	case n.text == "":
		return "empty"
	}
	prefix, rest := "", n.text
	if i := strings.LastIndexByte(n.text, '_'); i > 0 && isLetters(n.text[:i]) {
		prefix, rest = n.text[:i+1]+" and ", n.text[i+1:]
	}
	return prefix + formOf(rest)
}

// formOf is the form of a text without its prefix.
func formOf(text string) string {
	switch length := len([]rune(text)); {
	case strings.Trim(text, "0123456789") == "":
		return counted(length, "digit")
	case strings.IndexFunc(text, func(r rune) bool { return !isLetter(r) && (r < '0' || r > '9') }) < 0:
		return fmt.Sprintf("%d letters and digits", length)
	default:
		return counted(length, "character")
	}
}

func isLetter(r rune) bool { return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' }

// isLetters reports whether a prefix has letters and underscores only.
func isLetters(text string) bool {
	return strings.IndexFunc(text, func(r rune) bool { return !isLetter(r) && r != '_' }) < 0
}
