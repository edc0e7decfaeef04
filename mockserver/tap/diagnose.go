package tap

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Mistake is a mistake that merchants make when they compute a signature, and the signature to which it leads.
type Mistake struct {
	Cause     string // in one line
	Signature string
}

// Mistakes lists every known mistake in computing the signatures of the webhook: another spelling, part, key or body, another formula,
// the parts in an order that people choose. The order of the list is the same in every run. No signature is in it twice, and neither
// right signature is in it.
func (x *Explanation) Mistakes() []Mistake {
	seen := map[string]bool{x.Signatures.HashString: true, x.Signatures.Hash: true}
	all := slices.Concat(x.spellings(), x.emptyParts(), x.otherParts(), x.otherKeys(), x.otherBodies(), x.otherInputs(), x.commonOrders())
	return slices.DeleteFunc(all, func(m Mistake) bool {
		again := seen[m.Signature]
		seen[m.Signature] = true
		return again
	})
}

// Diagnose compares a signature that a merchant computed or received with the right ones. It returns which signature it equals
// ("hashstring" or "hash"), or the mistake that leads to it. Both are "" if no cause is found.
func (x *Explanation) Diagnose(expect string) (equals, cause string) {
	switch expect {
	case x.Signatures.HashString:
		return "hashstring", ""
	case x.Signatures.Hash:
		return "hash", ""
	}
	for _, m := range x.Mistakes() {
		if sameSignature(m.Signature, expect) {
			return "", m.Cause
		}
	}
	return "", x.otherOrder(expect)
}

func sameSignature(a, b string) bool { return hmac.Equal([]byte(a), []byte(b)) }

// spellings are the right values in another encoding.
func (x *Explanation) spellings() []Mistake {
	var out []Mistake
	for _, of := range []struct{ name, right string }{{"hashstring", x.Signatures.HashString}, {"hash", x.Signatures.Hash}} {
		raw, _ := hex.DecodeString(of.right)
		out = append(out,
			Mistake{"it is the right " + of.name + " in upper-case hex; Tap sends lower case", strings.ToUpper(of.right)},
			Mistake{"it is the right " + of.name + " in base64; Tap sends lower-case hex", base64.StdEncoding.EncodeToString(raw)},
			Mistake{"it is the right " + of.name + " with the prefix sha256=; Tap sends only the hex digits", "sha256=" + of.right})
	}
	return out
}

// otherParts replaces one part at a time by a value that merchants use by mistake.
func (x *Explanation) otherParts() []Mistake {
	var out []Mistake
	try := func(label, cause, value string) {
		parts := slices.Clone(x.Parts)
		if i := slices.IndexFunc(parts, func(p Part) bool { return p.Label == label }); i >= 0 && parts[i].Value != value {
			parts[i].Value = value
			out = append(out, Mistake{label + ": " + cause + ", " + quote(value), HMAC(x.key, []byte(HashInput(parts)))})
		}
	}
	literal := x.doc.at("amount")
	try("x_amount", "with the decimals of the number in the body", literal)
	for _, other := range []string{literal, x.doc.at("transaction", "amount")} {
		from := "amount"
		if other != literal {
			from = "transaction.amount instead of amount"
			try("x_amount", from, other)
		}
		a, err := ParseNumber(other)
		if err != nil {
			continue
		}
		for n, words := range []string{"no decimals", "one decimal", "two decimals", "three decimals", "four decimals", "five decimals", "six decimals"} {
			if n > 3 { // an amount has no more
				try("x_amount", from+" with "+words, a.Text(3)+strings.Repeat("0", n-3))
				continue
			}
			try("x_amount", from+" with "+words, a.Text(n))
			try("x_amount", from+" rounded to "+words, a.Rounded(n).Text(n))
		}
		try("x_amount", from+" in the smallest unit", fmt.Sprint(int64(a)))
		try("x_amount", from+" without trailing zeros", strings.TrimSuffix(strings.TrimRight(a.Text(3), "0"), "."))
	}
	try("x_currency", "transaction.currency instead of currency", x.doc.at("transaction", "currency"))
	for _, path := range [][]string{{"reference", "order"}, {"reference", "transaction"}, {"reference", "acquirer"}, {"reference", "track"}} {
		try("x_gateway_reference", strings.Join(path, ".")+" instead of reference.gateway", x.doc.at(path...))
		try("x_payment_reference", strings.Join(path, ".")+" instead of reference.payment", x.doc.at(path...))
	}
	try("x_created", "the top-level created instead of transaction.created", x.doc.at("created"))
	if created := x.doc.at("transaction", "created"); len(created) > 3 {
		try("x_created", "seconds instead of milliseconds", created[:len(created)-3])
	}
	for i, p := range x.Parts {
		parts := slices.Delete(slices.Clone(x.Parts), i, i+1)
		out = append(out, Mistake{p.Label + ": the whole part was left out", HMAC(x.key, []byte(HashInput(parts)))})
		try(p.Label, "its value was left out", "")
	}
	for _, status := range []string{"INITIATED", "CAPTURED", strings.ToLower(x.doc.at("status"))} {
		try("x_status", "another status", status)
	}
	return out
}

// emptyParts are mistakes with the parts that have no value, such as the gateway reference of a charge that no bank saw: code that
// leaves them out, or that writes its language's word for none.
func (x *Explanation) emptyParts() []Mistake {
	var empty []string
	for _, p := range x.Parts {
		if p.Value == "" {
			empty = append(empty, p.Label)
		}
	}
	if len(empty) == 0 {
		return nil
	}
	var out []Mistake
	filled := slices.DeleteFunc(slices.Clone(x.Parts), func(p Part) bool { return p.Value == "" })
	add := func(labels []string, cause string, parts []Part) {
		out = append(out, Mistake{strings.Join(labels, " and ") + ": " + cause + "; a part without a value is its label alone", HMAC(x.key, []byte(HashInput(parts)))})
	}
	add(empty, "left out, because the body has no value", filled)
	for _, word := range []string{"null", "undefined", "None", "nil", "NULL", "0", "-"} {
		for _, labels := range append(eachAlone(empty), empty) {
			parts := slices.Clone(x.Parts)
			for i, p := range parts {
				if slices.Contains(labels, p.Label) {
					parts[i].Value = word
				}
			}
			add(labels, quote(word)+" instead of nothing", parts)
		}
	}
	return out
}

// eachAlone is a list of one label for each label.
func eachAlone(labels []string) [][]string {
	var out [][]string
	for _, l := range labels {
		out = append(out, []string{l})
	}
	return out
}

// PublishedTestKey is the public test secret key of Tap's documentation (reference/testing-keys).
const PublishedTestKey = "sk_test_XKokBfNWv6FIYuTMg5sLPjhJ"

func (x *Explanation) otherKeys() []Mistake {
	var out []Mistake
	for _, k := range []struct{ cause, key string }{
		{"the key: with a line end after it", x.key + "\n"},
		{"the key: with a space after it", x.key + " "},
		{"the key: without sk_test_", strings.TrimPrefix(x.key, "sk_test_")},
		{"the key: with Bearer before it", "Bearer " + x.key},
		{"the key: without the spaces around it", strings.TrimSpace(x.key)},
		{"the key: Tap's published test key", PublishedTestKey},
		{"the key: empty", ""},
		{"the key: in quotes", `"` + x.key + `"`},
		{"the key: in quotes", "'" + x.key + "'"},
	} {
		out = append(out, Mistake{k.cause, HMAC(k.key, []byte(x.Input))},
			Mistake{k.cause + " (of hash)", HMAC(k.key, x.body)})
	}
	return out
}

// otherBodies are bodies that were decoded and encoded again before they were hashed.
func (x *Explanation) otherBodies() []Mistake {
	var out []Mistake
	add := func(cause string, body []byte) {
		out = append(out, Mistake{"the body: " + cause + "; hash is over the bytes as received", HMAC(x.key, body)})
	}
	add("without the white space around it", bytes.TrimSpace(x.body))
	add("with a line end after it", append(bytes.Clone(x.body), '\n'))
	var compact, spread bytes.Buffer
	if json.Compact(&compact, x.body) == nil {
		add("encoded again without white space", compact.Bytes())
	}
	if json.Indent(&spread, x.body, "", "  ") == nil {
		add("encoded again with two-space indentation", spread.Bytes())
	}
	if sorted, err := json.Marshal(x.doc); err == nil {
		add("encoded again with its keys sorted", sorted)
	}
	add("encoded again as PHP does, with \\/ for /", bytes.ReplaceAll(compact.Bytes(), []byte("/"), []byte(`\/`)))
	add("encoded again as Python does, with spaces after : and ,", spaced(compact.Bytes()))
	add("with its CRLF line ends changed to LF", bytes.ReplaceAll(x.body, []byte("\r\n"), []byte("\n")))
	return out
}

// otherInputs are other formulas.
func (x *Explanation) otherInputs() []Mistake {
	values := make([]string, len(x.Parts))
	for i, p := range x.Parts {
		values[i] = p.Value
	}
	request := "x_publickeyx_amount" + x.Parts[1].Value + "x_currency" + x.doc.at("currency") +
		"x_transaction" + x.doc.at("reference", "transaction") + "x_post" + x.doc.at("post", "url")
	return []Mistake{
		{"nothing was hashed: the string or the body was empty, for example because the request's body had been read before", HMAC(x.key, nil)},
		{"the labels are missing: only the values were joined", HMAC(x.key, []byte(strings.Join(values, "")))},
		{"the formula is that of a create request; webhooks use another one", HMAC(x.key, []byte(request))},
		{"it is a plain SHA-256 of the string, without the key", hexOf(sha256.Sum256([]byte(x.Input)))},
		{"it is a plain SHA-256 of the body, without the key", hexOf(sha256.Sum256(x.body))},
		{"it is an HMAC-SHA512 of the string; Tap uses HMAC-SHA256", hmacSHA512(x.key, x.Input)},
	}
}

func hexOf(sum [sha256.Size]byte) string { return hex.EncodeToString(sum[:]) }

func hmacSHA512(key, message string) string {
	mac := hmac.New(sha512.New, []byte(key))
	mac.Write([]byte(message))
	return hex.EncodeToString(mac.Sum(nil))
}

// spaced adds a space after each colon and comma of a compact JSON text, except inside strings.
func spaced(compact []byte) []byte {
	var out []byte
	quoted := false
	for i, c := range compact {
		if out = append(out, c); c == '"' && (i == 0 || compact[i-1] != '\\') {
			quoted = !quoted
		}
		if !quoted && (c == ':' || c == ',') {
			out = append(out, ' ')
		}
	}
	return out
}

// LooksLikeSignature reports whether text can be a signature: the hex digits of a SHA-256 or SHA-512 sum.
func LooksLikeSignature(text string) bool {
	raw, err := hex.DecodeString(text)
	return err == nil && (len(raw) == sha256.Size || len(raw) == sha512.Size)
}

// commonOrders are the orders of the parts that people choose by mistake: reversed, alphabetical, two neighbours exchanged.
func (x *Explanation) commonOrders() []Mistake {
	var out []Mistake
	add := func(change func(parts []Part)) {
		parts := slices.Clone(x.Parts)
		change(parts)
		out = append(out, Mistake{orderCause(parts), HMAC(x.key, []byte(HashInput(parts)))})
	}
	add(slices.Reverse)
	add(func(parts []Part) {
		slices.SortFunc(parts, func(a, b Part) int { return strings.Compare(a.Label, b.Label) })
	})
	for i := range len(x.Parts) - 1 {
		add(func(parts []Part) { parts[i], parts[i+1] = parts[i+1], parts[i] })
	}
	return out
}

// orderCause says that the parts are in this order.
func orderCause(parts []Part) string {
	var text strings.Builder
	text.WriteString("the parts are in another order:")
	for _, p := range parts {
		text.WriteString(" " + p.Label)
	}
	return text.String()
}

// otherOrder tries every order of the parts. It returns the cause, or "".
func (x *Explanation) otherOrder(expect string) string {
	parts, found := slices.Clone(x.Parts), ""
	var try func(int)
	try = func(n int) {
		if n == len(parts) && sameSignature(HMAC(x.key, []byte(HashInput(parts))), expect) {
			found = orderCause(parts)
		}
		for i := n; i < len(parts) && found == ""; i++ {
			parts[n], parts[i] = parts[i], parts[n]
			try(n + 1)
			parts[n], parts[i] = parts[i], parts[n]
		}
	}
	try(0)
	return found
}

func quote(s string) string {
	if s == "" {
		return "nothing"
	}
	return plainASCII(s)
}
