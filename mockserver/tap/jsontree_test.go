package tap

import (
	"encoding/json"
	"strings"
	"testing"
)

// valueOf returns a node as the value that encoding/json decodes from the same text.
func (t *jsonTree) valueOf(node int32) any {
	n := t.nodes[node]
	switch n.kind {
	case isText:
		return n.text
	case isNumber:
		return json.Number(n.text)
	case isBool:
		return n.text == "true"
	case isObject:
		object := map[string]any{}
		for at := n.child; at != 0; at = t.nodes[at].next {
			object[t.nodes[at].key] = t.valueOf(at)
		}
		return object
	case isList:
		list := []any{}
		for at := n.child; at != 0; at = t.nodes[at].next {
			list = append(list, t.valueOf(at))
		}
		return list
	}
	return nil
}

// FuzzJSONTree compares the parser with encoding/json: both accept the same texts and return the same values.
func FuzzJSONTree(f *testing.F) {
	for _, text := range []string{
		"", " ", "null", "nul", "true", "truex", "0", "-0", "01", "-", "1.", "1.5e+3", "1e", ".5", `""`, `"\u00e9\ud83d\ude00\ud800"`, `"\x"`, "\"\x01\"",
		"{}", "[]", "[1,]", "{,}", `{"a":1,"a":2}`, `{"a" : [1 , {"b":null}] }`, `{"a":1}x`, `{"a"}`, `{"a":}`, "\xff", "\"\xff\"", `["\"]`, `{"":{"":[]}}`,
		strings.Repeat("[", 70), "\ufeff{}",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		tree, root, err := parseJSON([]byte(text))
		if err != nil && strings.Contains(err.Error(), "nest deeper") {
			return
		}
		if valid := json.Valid([]byte(text)); valid != (err == nil) {
			t.Fatalf("%q: encoding/json accepts it: %v, the parser: %v", text, valid, err)
		}
		if err != nil {
			return
		}
		dec := json.NewDecoder(strings.NewReader(text))
		dec.UseNumber()
		var want any
		if err := dec.Decode(&want); err != nil {
			t.Fatal(err)
		}
		got, _ := json.Marshal(tree.valueOf(root))
		if text, _ := json.Marshal(want); strings.ReplaceAll(string(got), `\ufffd`, "\ufffd") != string(text) {
			t.Fatalf("got %s, want %s", got, text)
		}
		if raw := tree.raw(root); !json.Valid([]byte(raw)) {
			t.Fatalf("raw: %s", raw)
		}
	})
}

// TestShortTextsDoNotKeepLargeBodies checks that a value of a large body does not share memory with it.
func TestShortTextsDoNotKeepLargeBodies(t *testing.T) {
	body := []byte(`{"amount":1,"filler":"` + strings.Repeat("x", keptSource) + `","currency":"KWD"}`)
	rd := &reader{kind: KindCharge}
	if err := rd.parse(body); err != nil {
		t.Fatal(err)
	}
	currency := rd.raw.fields[fCurrency].text
	if currency != "KWD" || sharesMemory(currency, rd.raw.tree.src) {
		t.Errorf("%q shares memory with the body of %d bytes", currency, len(body))
	}
	for f, name := range fieldNames {
		if name == "" {
			t.Errorf("field %d has no name", f)
		}
	}
}
