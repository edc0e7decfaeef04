package compare

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// TestBodies compares documents: each pair has exactly these differences, the first one first.
func TestBodies(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b string
		want []string
	}{
		{`{"amount":12.345}`, `{"amount":12.345}`, nil},
		{`{"amount":12.345}`, `{"amount":12.35}`, []string{"field amount: amount is 12.345 in A and 12.35 in B"}},
		{`{"amount":0.5}`, `{"amount":0.500}`, []string{"field amount: amount is 0.5 in A and 0.500 in B: the same number with other decimals"}},
		{`{"amount":10}`, `{"amount":100}`, []string{"field amount: amount is 10 in A and 100 in B"}},
		{`{"amount":1e1}`, `{"amount":1e01}`, []string{"field amount: amount is 1e1 in A and 1e01 in B"}},
		{`{"amount":12.345}`, `{"amount":"12.345"}`, []string{`field amount: amount is 12.345 in A and "12.345" in B: a number against text`}},
		{`{"a":null}`, `{"a":false}`, []string{"field a: a is null in A and false in B: null against a boolean"}},
		{`{"a":{"b":1}}`, `{"a":[1]}`, []string{`field a: a is {"b":1} in A and [1] in B: an object against a list`}},
		{`{"a":""}`, `{}`, []string{`field a: only A has a: ""`}},
		{`{"x":1,"c":{"d":2}}`, `{"x":1,"b":3,"c":{"d":4},"e":5}`, []string{"field b: only B has b: 3", "field c.d: c.d is 2 in A and 4 in B", "field e: only B has e: 5"}},
		{`{"l":[{"s":"A"},2]}`, `{"l":[{"s":"B"}]}`, []string{`field l[0].s: l[0].s is "A" in A and "B" in B`, "field l[1]: only A has l[1]: 2"}},
		{`{"l":[]}`, `{"l":[ {"x": 1} ]}`, []string{`field l[0]: only B has l[0]: {"x":1}`}},
		{`{"a":1,"b":2,"c":3}`, `{"a":1,"c":3,"b":4}`, []string{"field b: b is 2 in A and 4 in B", "order body: in body, b comes before c in A and after it in B"}},
		{`{"t":{"a":1,"b":2}}`, `{"t":{"b":2,"a":1}}`, []string{"order t: in t, a comes before b in A and after it in B"}},
		{`{"a":1,"a":2}`, `{"a":1,"a":3}`, []string{"field a (occurrence 2): a (occurrence 2) is 2 in A and 3 in B"}},
		{`{"a.b":1,"":2,"[0]":3}`, `{"a.b":2,"":2,"[0]":4}`, []string{`field "a.b": "a.b" is 1 in A and 2 in B`, `field "[0]": "[0]" is 3 in A and 4 in B`}},
		{`{"a":"é"}`, `{"a":"\u00e9"}`, []string{"form body: the fields of the bodies are equal, but A and B write them with other white space or escapes, so that the header hash differs"}},
		{`{"a": 1}`, `{"a":1}`, []string{"form body: the fields of the bodies are equal, but A and B write them with other white space or escapes, so that the header hash differs"}},
		{`1`, `2`, []string{"field body: body is 1 in A and 2 in B"}},
		{`{"a":1}`, `<html>`, []string{`form body: the body is JSON in A and not in B, which has "<html>"`}},
		{``, `[]`, []string{`form body: the body is JSON in B and not in A, which has ""`}},
		{`abc`, `abd`, []string{"form body: the bodies of A and B are not JSON, and part at byte 3"}},
		{strings.Repeat("[", 70) + strings.Repeat("]", 70), strings.Repeat("[", 71) + strings.Repeat("]", 71), []string{"form body: the bodies of A and B are not JSON, and part at byte 71"}},
	} {
		same(t, c.a+" "+c.b, Bodies(Body{JSON: []byte(c.a)}, Body{JSON: []byte(c.b)}), c.want)
	}
}

// same checks that differences are these, each written as kind, place and text, and that exactly the first one is marked.
func same(t *testing.T, of string, found []Difference, want []string) {
	t.Helper()
	var got []string
	for i, d := range found {
		got = append(got, fmt.Sprintf("%s %s: %s", d.Kind, d.Where, d.Text))
		if d.First != (i == 0) || d.A == d.B && d.Kind != KindMore {
			t.Errorf("%s: difference %d is %+v", of, i, d)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("%s:\n got %s\nwant %s", of, strings.Join(got, "\n     "), strings.Join(want, "\n     "))
	}
}

// TestBodiesManyDifferences lists a bounded number of differences, and says so.
func TestBodiesManyDifferences(t *testing.T) {
	t.Parallel()
	a, b := "[0"+strings.Repeat(",1", 2000)+"]", "[0"+strings.Repeat(",2", 2000)+"]"
	found := Bodies(Body{"old", []byte(a)}, Body{"new", []byte(b)})
	if last := found[len(found)-1]; len(found) != maxDifferences+1 || last.Kind != KindMore || !strings.Contains(found[0].Text, "l[1]") && !strings.Contains(found[0].Text, "[1] is 1 in old and 2 in new") {
		t.Errorf("%d differences, %+v, %+v", len(found), found[0], last)
	}
}

// TestWithGet ignores what always differs between a webhook and GET, and nothing else.
func TestWithGet(t *testing.T) {
	t.Parallel()
	const webhook = `{"id":"chg_1","method":"POST","status":"CAPTURED","amount":0.5,"merchant_id":"","product":"","redirect":{"status":"PENDING","url":"u"},"post":{"attempt":1,"status":"PENDING","url":"p"}}`
	const get = `{"id": "chg_1","method":"GET","status":"CAPTURED","amount":0.5,"product":"GOSELL","redirect":{"status":"SUCCESS","url":"u"},"post":{"status":"SUCCESS","url":"p"}}`
	same(t, "as always", WithGet(Body{"whd_1", []byte(webhook)}, Body{"GET", []byte(get)}), nil)
	changed := strings.NewReplacer(`"status":"CAPTURED"`, `"status":"VOID"`, "0.5", "0.50", `"url":"p"`, `"url":"q"`).Replace(get)
	same(t, "changed", WithGet(Body{"whd_1", []byte(webhook)}, Body{"GET", []byte(changed)}), []string{
		`field status: status is "CAPTURED" in whd_1 and "VOID" in GET`,
		"field amount: amount is 0.5 in whd_1 and 0.50 in GET: the same number with other decimals",
		`field post.url: post.url is "p" in whd_1 and "q" in GET`})
}

// FuzzBodies compares any two texts: it never panics, equal texts have no difference, different texts have one, whose two sides change places
// with the texts.
func FuzzBodies(f *testing.F) {
	for _, seed := range []string{`{"amount":12.345,"t":{"a":[1,{"b":"é"}]}}`, `{"a":1,"a":2}`, `[[[]]]`, "\xff", `"\ud800"`, `{"":{"[":"]"}}`, `1e9999999`, ``} {
		f.Add([]byte(seed), []byte(`{"amount": 12.35}`))
		f.Add([]byte(seed), []byte(seed))
	}
	f.Fuzz(func(t *testing.T, a, b []byte) {
		if found := Bodies(Body{JSON: a}, Body{JSON: bytes.Clone(a)}); found != nil {
			t.Errorf("%q differs from itself: %+v", a, found)
		}
		found, back := Bodies(Body{JSON: a}, Body{JSON: b}), Bodies(Body{JSON: b}, Body{JSON: a})
		if bytes.Equal(a, b) != (len(found) == 0) || len(found) != len(back) {
			t.Errorf("%q and %q: %+v, the other way round %+v", a, b, found, back)
		}
		if parse(a) != nil && !json.Valid(a) {
			t.Errorf("%q is taken for JSON", a)
		}
		f := newFinder("", "")
		f.bodies(a, b, acrossPayments)
		f.bodies(a, b, againstGet)
	})
}
