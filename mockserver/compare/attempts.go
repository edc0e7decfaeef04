package compare

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// Attempt is an attempt to deliver a webhook.
type Attempt struct {
	Name   string         // in differences; default: A for the first one, B for the second
	Object control.Object // of its webhook
	Sent   *control.WebhookAttempt
}

// Attempts compares two attempts: the parts of the hashed string, the signatures with what makes them differ, the body, the other headers, and
// the merchant's response without how long it took. The number of the attempt, which the body has as post.attempt, is not a difference. key is the secret key of the account; with it a signature that is not right is explained.
func Attempts(key string, a, b *Attempt) []Difference {
	f := newFinder(a.Name, b.Name)
	f.attempts(key, a, b)
	return f.result()
}

func (f *finder) attempts(key string, a, b *Attempt) {
	rules, sameObject := exactly, a.Object == b.Object
	if !sameObject {
		rules, f.ownA, f.ownB = acrossPayments, own{id: a.Object.ID}, own{id: b.Object.ID}
	}
	if a.Sent.Attempt != b.Sent.Attempt {
		rules = exceptNumber(rules)
	}
	f.parts(a.Sent, b.Sent, sameObject)
	f.hashString(key, a.Sent, b.Sent, sameObject)
	before := len(f.found)
	f.bodies([]byte(a.Sent.Body), []byte(b.Sent.Body), rules)
	f.hash(key, a.Sent, b.Sent, sameObject && len(f.found) > before)
	f.headers(a.Sent.Headers, b.Sent.Headers)
	f.differAs(KindResponse, "status", "the response", answer(&a.Sent.Response), answer(&b.Sent.Response))
	f.differAs(KindResponse, "body", "the response's body", a.Sent.Response.Body, b.Sent.Response.Body)
}

// parts adds the parts of the hashed strings that differ.
func (f *finder) parts(a, b *control.WebhookAttempt, sameObject bool) {
	al := align(labels(a), labels(b))
	for i, p := range a.Parts {
		if al.ofA[i] < 0 {
			f.differ(KindPart, p.Label, empty(p.Value), "")
			continue
		}
		other := b.Parts[al.ofA[i]].Value
		if sameObject || acrossParts(p.Label) == exact {
			f.differ(KindPart, p.Label, empty(p.Value), empty(other))
			continue
		}
		f.forms(KindPart, p.Label, textNode(p.Value), textNode(other))
	}
	for i, p := range b.Parts {
		if al.ofB[i] < 0 {
			f.differ(KindPart, p.Label, "", empty(p.Value))
		}
	}
}

func labels(a *control.WebhookAttempt) []string {
	all := make([]string, len(a.Parts))
	for i, p := range a.Parts {
		all[i] = p.Label
	}
	return all
}

// empty is a part's value. One without a value is its label alone, which is not a part that is missing.
func empty(value string) string {
	if value == "" {
		return "without a value"
	}
	return value
}

func textNode(text string) *node { return &node{kind: "text", raw: empty(text), text: text} }

// hashString adds the signature over the parts if it differs, with the cause. Those of two objects always differ: then it is a difference only
// if one of them is wrong.
func (f *finder) hashString(key string, a, b *control.WebhookAttempt, sameObject bool) {
	causeA, causeB := wrong(key, a), wrong(key, b)
	if a.HashString == b.HashString || !sameObject && causeA == causeB {
		return
	}
	because := changed(a, b)
	if causeA != causeB {
		because = f.blame(causeA, causeB)
	}
	f.signature("hashstring", a.HashString, b.HashString, because)
}

// hash adds the signature over the body if it differs: because of a difference of the bodies, or since one is missing or wrong.
func (f *finder) hash(key string, a, b *control.WebhookAttempt, bodiesDiffer bool) {
	wrongA, wrongB := wrongHash(key, a), wrongHash(key, b)
	switch {
	case a.Hash == b.Hash:
	case wrongA != wrongB:
		f.signature("hash", a.Hash, b.Hash, f.blame(wrongA, wrongB))
	case bodiesDiffer:
		f.signature("hash", a.Hash, b.Hash, ", because the bodies differ")
	case a.Body == b.Body, a.Hash == "", b.Hash == "":
		f.signature("hash", a.Hash, b.Hash, "")
	}
}

// wrongHash says that the signature over the body is not that of the body, "" if it is, if there is none, or if that cannot be known.
func wrongHash(key string, a *control.WebhookAttempt) string {
	if key == "" || a.Masked || a.Hash == "" || a.Hash == tap.HMAC(key, []byte(a.Body)) {
		return ""
	}
	return "it is not the HMAC of its body with the key of the account"
}

// signature adds a signature that differs. A sentence has only its beginning.
func (f *finder) signature(where, a, b, because string) {
	begin := func(signature string) string {
		if len(signature) > 12 {
			return signature[:12] + "…"
		}
		return signature
	}
	f.add(Difference{Kind: KindSignature, Where: where, A: a, B: b, Text: f.sentence(where, begin(a), begin(b)) + because})
}

// changed says which parts make the signatures of two attempts differ.
func changed(a, b *control.WebhookAttempt) string {
	var differ []string
	al := align(labels(a), labels(b))
	for i, p := range a.Parts {
		if al.ofA[i] < 0 || b.Parts[al.ofA[i]].Value != p.Value {
			differ = append(differ, p.Label)
		}
	}
	if len(differ) == 0 {
		return ""
	}
	return ", because of " + strings.Join(differ, ", ")
}

// blame says which of two signatures is wrong, and why.
func (f *finder) blame(causeA, causeB string) string {
	var text strings.Builder
	for _, one := range []struct{ name, cause string }{{f.a, causeA}, {f.b, causeB}} {
		if one.cause != "" {
			fmt.Fprintf(&text, "; that of %s is wrong: %s", one.name, one.cause)
		}
	}
	return text.String()
}

// wrong is why the hashstring of an attempt is not that of its body, "" if it is, or if that cannot be known.
func wrong(key string, a *control.WebhookAttempt) string {
	if key == "" || a.Masked {
		return ""
	}
	x, err := tap.Explain(key, []byte(a.Body))
	if err != nil || x.Signatures.HashString == a.HashString {
		return ""
	}
	if a.HashString == "" {
		return "there is none"
	}
	if equals, cause := x.Diagnose(a.HashString); equals != "" || cause != "" {
		return cmp.Or(cause, "it is the other signature, "+equals)
	}
	return "no known mistake leads to it; another key or another body does"
}

// headers adds the headers that differ, except for the signatures.
func (f *finder) headers(a, b map[string]string) {
	both := maps.Clone(a)
	if both == nil {
		both = map[string]string{}
	}
	maps.Copy(both, b)
	for _, name := range slices.Sorted(maps.Keys(both)) {
		if lower := strings.ToLower(name); lower != "hashstring" && lower != "hash" {
			f.differAs(KindHeader, name, "header "+name, a[name], b[name])
		}
	}
}
