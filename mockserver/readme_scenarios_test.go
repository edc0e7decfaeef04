package mockserver_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/scenarios"
)

// manual is a text for people who write scenario files, and its examples.
func manual(t *testing.T, file string) (text string, examples []string) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile("(?ms)^```yaml\n(.*?)^```$").FindAllSubmatch(data, -1) {
		examples = append(examples, string(m[1]))
	}
	return string(data), examples
}

// TestManualExamples loads every example of the manual and of the README.
func TestManualExamples(t *testing.T) {
	for file, least := range map[string]int{"../scenarios/README.md": 14, "../README.md": 1} {
		text, examples := manual(t, file)
		if len(examples) < least || strings.Count(text, "```yaml") != len(examples) {
			t.Errorf("%s: %d examples were found", file, len(examples))
		}
		for i, example := range examples {
			name := fmt.Sprintf("%s, example %d", file, i+1)
			if _, err := scenarios.Parse(scenarios.Builtin(), name, []byte(example)); err != nil {
				t.Errorf("%v\n%s", err, example)
			}
		}
	}
}

// TestManualVocabulary searches the example that has all keys for every key of the schema.
func TestManualVocabulary(t *testing.T) {
	_, examples := manual(t, "../scenarios/README.md")
	var schema map[string]any
	if err := json.Unmarshal(scenarios.Schema(), &schema); err != nil {
		t.Fatal(err)
	}
	keys := map[string]bool{}
	collectKeys(schema, keys)
	if len(keys) < 50 {
		t.Fatalf("the schema has only the keys %v", slices.Sorted(maps.Keys(keys)))
	}
	for key := range keys {
		if !regexp.MustCompile(`(^|[\s{])` + key + `[\w-]*:`).MatchString(examples[1]) {
			t.Errorf("the vocabulary lacks the key %s", key)
		}
	}
}

// collectKeys collects the keys of a scenario file from its schema, without those of settings.
func collectKeys(schema any, keys map[string]bool) {
	switch s := schema.(type) {
	case []any:
		for _, one := range s {
			collectKeys(one, keys)
		}
	case map[string]any:
		for word, inner := range s {
			if word == "properties" || word == "patternProperties" {
				for key, value := range inner.(map[string]any) {
					keys[strings.TrimSuffix(strings.TrimPrefix(key, "^"), "$")] = true
					if key != "settings" {
						collectKeys(value, keys)
					}
				}
				continue
			}
			collectKeys(inner, keys)
		}
	}
}

// TestManualBank compares the table of the bank's results with the code.
func TestManualBank(t *testing.T) {
	text, _ := manual(t, "../scenarios/README.md")
	var rows []string
	for _, word := range tap.KNETWords() {
		rows = append(rows, bankRow("result: "+word, &scenarios.Bank{Result: scenarios.KNETWord(word)}))
	}
	rows = append(rows, bankRow(`code: "51"`, &scenarios.Bank{Code: "51"}))
	for _, s := range tap.Statuses() {
		if tap.ChargeMoves.CanBecome(tap.Initiated, s) {
			rows = append(rows, bankRow("status: "+string(s), &scenarios.Bank{Status: scenarios.StatusWord(s)}))
		}
	}
	if len(rows) != strings.Count(text, "\n| `result: ")+strings.Count(text, "\n| `status: ")+1 {
		t.Errorf("the table does not have %d rows", len(rows))
	}
	for _, row := range rows {
		if !strings.Contains(text, "\n"+row+"\n") {
			t.Errorf("the table lacks %s", row)
		}
	}
}

func bankRow(written string, bank *scenarios.Bank) string {
	o, _ := bank.Outcome("05")
	knet := "none"
	if o.Bank != nil {
		knet = strings.TrimPrefix(o.Bank.Code+" "+o.Bank.Message, " ")
		if o.Bank.Code == "" {
			knet = "no code, " + knet
		}
	}
	return fmt.Sprintf("| `%s` | %s | %s %s | %s |", written, o.Status, o.Result.Code, o.Result.Message, knet)
}

func TestManualForgeries(t *testing.T) {
	text, _ := manual(t, "../scenarios/README.md")
	for _, l := range scenarios.Forgeries() {
		if row := fmt.Sprintf("\n| `%s` | %s | %s |\n", l.Forgery, l.What, l.Reaction); !strings.Contains(text, row) {
			t.Errorf("the table lacks %s", row)
		}
	}
}

// TestManualMistake makes the mistake whose message the manual shows.
func TestManualMistake(t *testing.T) {
	text, _ := manual(t, "../scenarios/README.md")
	_, err := scenarios.Parse(scenarios.Builtin(), "shop.yaml", []byte("scenarios:\n  - name: a\n    description: A.\n    callbacks:\n      - webhook: {at: setled}\n"))
	if err == nil || !strings.Contains(text, "\n    "+err.Error()+"\n") {
		t.Errorf("the manual does not show %v", err)
	}
}
