package scenarios_test

import (
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/scenarios"
)

func parse(t *testing.T, name, text string) *scenarios.Set {
	t.Helper()
	under := scenarios.Builtin()
	if strings.HasPrefix(name, "library/") {
		under = nil
	}
	set, err := scenarios.Parse(under, name, []byte(text))
	if err != nil && strings.HasPrefix(name, "library/") { // it may name scenarios of other files of the library
		set, err = scenarios.Load(nil, "library")
	}
	if err != nil {
		t.Fatalf("%s:\n%v", name, err)
	}
	return set
}

// TestGolden holds what the valid files are read as, so that a change of the format is a decision.
func TestGolden(t *testing.T) {
	for name, text := range goodFiles(t) {
		if filepath.Dir(name) == "testdata" {
			golden(t, strings.TrimSuffix(name, ".yaml")+".golden", string(parse(t, name, text).File().YAML()))
		}
	}
}

func TestSchemaGolden(t *testing.T) { golden(t, "schema.json", string(scenarios.Schema())) }

func schemaTree(t *testing.T) map[string]any {
	t.Helper()
	var tree map[string]any
	if err := json.Unmarshal(scenarios.Schema(), &tree); err != nil {
		t.Fatal(err)
	}
	return tree
}

// TestSchemaTakesWhatIsRead: editors show no mistake where the reader finds none.
func TestSchemaTakesWhatIsRead(t *testing.T) {
	schema := schemaTree(t)
	for name, text := range goodFiles(t) {
		for _, why := range violations(schema, jsonOf(t, text), "") {
			t.Errorf("%s: %s", name, why)
		}
		again := parse(t, name, text).File().YAML()
		for _, why := range violations(schema, jsonOf(t, string(again)), "") {
			t.Errorf("%s, written back: %s\n%s", name, why, again)
		}
	}
}

// TestSchemaRefuses: the validator of this test refuses bad files.
func TestSchemaRefuses(t *testing.T) {
	schema := schemaTree(t)
	refused := 0
	_, cases := readBad(t)
	for _, c := range cases {
		if doc, ok := tryJSON(c.yaml); ok && len(violations(schema, doc, "")) > 0 {
			refused++
		}
	}
	if refused < 25 {
		t.Errorf("the schema refuses only %d of %d bad files", refused, len(cases))
	}
}

// TestEveryKeyIsShown walks the schema, which is made of the types, and looks for every key and every word in testdata.
func TestEveryKeyIsShown(t *testing.T) {
	used := map[string]bool{}
	for name, text := range goodFiles(t) {
		if filepath.Dir(name) == "testdata" {
			collect(jsonOf(t, text), used)
		}
	}
	schema := schemaTree(t)
	keys, words := vocabulary(schema)
	if len(keys) < 60 || len(words) < 80 {
		t.Fatalf("the schema has %d keys and %d words", len(keys), len(words))
	}
	for _, k := range keys {
		if prefix, ok := strings.CutSuffix(k, "*"); ok && slices.ContainsFunc(sorted(used), func(u string) bool { return strings.HasPrefix(u, "key "+prefix) }) {
			continue
		}
		if !used["key "+k] && !slices.Contains(tap.SettingNames(), k) {
			t.Errorf("no file of testdata has the key %s", k)
		}
	}
	for _, w := range words {
		if _, code := tap.ResultFor(w); !code && !used["word "+w] {
			t.Errorf("no file of testdata has the word %s", w)
		}
	}
}

// TestReaderAndSchemaKnowTheSameKeys offers the reader every key of the schema, and the keys that it lists to the schema.
func TestReaderAndSchemaKnowTheSameKeys(t *testing.T) {
	paths := keyPaths(schemaTree(t), nil)
	if len(paths) < 60 {
		t.Fatalf("only %d paths", len(paths))
	}
	for _, path := range paths {
		doc := any(nil)
		for _, step := range slices.Backward(path) {
			if step == "[]" {
				doc = []any{doc}
			} else {
				doc = map[string]any{strings.ReplaceAll(step, "*", "x"): doc}
			}
		}
		text, _ := json.Marshal(doc)
		_, err := scenarios.Parse(nil, "x.yaml", text)
		if err == nil || strings.Contains(err.Error(), "there is no key") || strings.Contains(err.Error(), "there is no setting") {
			t.Errorf("%s is in the schema, and the reader says %v", path, err)
		}
	}
}
