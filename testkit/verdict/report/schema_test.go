package report_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tapmock/tapmock/testkit/verdict/report"
)

// TestSchema validates reports against the schema, which must know all their keys.
func TestSchema(t *testing.T) {
	t.Parallel()
	schema := tree(t, report.Schema())
	for name, r := range map[string]*report.Report{"sample": sample(t), "poisoned": poisonedReport(), "empty": report.New(nil, meta())} {
		var doc any = tree(t, jsonOf(t, r))
		for _, why := range violations(schema, doc, name) {
			t.Error(why)
		}
	}
}

// TestSchemaRefuses checks that the schema, and the validator of this test, refuse wrong reports.
func TestSchemaRefuses(t *testing.T) {
	t.Parallel()
	schema := tree(t, report.Schema())
	for name, spoil := range map[string]func(doc map[string]any){
		"another schema":  func(doc map[string]any) { doc["schema"] = 2.0 },
		"no findings":     func(doc map[string]any) { delete(doc, "findings") },
		"null":            func(doc map[string]any) { doc["stories"] = nil },
		"unknown verdict": func(doc map[string]any) { doc["verdict"] = "good" },
		"number as seed":  func(doc map[string]any) { doc["seed"] = 42.0 },
		"negative time":   func(doc map[string]any) { doc["took_ms"] = -1.0 },
		"date":            func(doc map[string]any) { doc["when"] = "yesterday" },
		"unknown loss":    func(doc map[string]any) { first(doc, "findings")["loss"] = "face" },
		"unknown key":     func(doc map[string]any) { first(doc, "findings")["colour"] = "red" },
		"no code":         func(doc map[string]any) { delete(first(doc, "flaky"), "code") },
		"outcome":         func(doc map[string]any) { first(doc, "stories")["outcome"] = "green" },
		"lane of a step": func(doc map[string]any) {
			first(first(doc, "findings")["example"].(map[string]any), "steps")["to"] = "courier"
		},
		"text for a count": func(doc map[string]any) { doc["totals"].(map[string]any)["played"] = "ten" },
	} {
		doc := tree(t, jsonOf(t, sample(t)))
		if spoil(doc); len(violations(schema, doc, "")) == 0 {
			t.Errorf("%s: the schema takes it", name)
		}
	}
}

// TestSchemaDescribes checks that every key is described.
func TestSchemaDescribes(t *testing.T) {
	t.Parallel()
	keys := 0
	var walk func(schema map[string]any, at string)
	walk = func(schema map[string]any, at string) {
		properties, _ := schema["properties"].(map[string]any)
		for name, sub := range properties {
			keys++
			if text, _ := sub.(map[string]any)["description"].(string); text == "" {
				t.Errorf("%s.%s has no description", at, name)
			}
			walk(sub.(map[string]any), at+"."+name)
		}
		if items, ok := schema["items"].(map[string]any); ok {
			walk(items, at+"[]")
		}
	}
	walk(tree(t, report.Schema()), "")
	if keys < 60 {
		t.Errorf("only %d keys", keys)
	}
}

func first(doc map[string]any, list string) map[string]any {
	return doc[list].([]any)[0].(map[string]any)
}

func tree(t *testing.T, text []byte) (v map[string]any) {
	t.Helper()
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// violations says what of a document does not fit a schema. It knows the keywords that the schema of a report uses, and refuses others.
func violations(schema map[string]any, v any, at string) (why []string) {
	for _, keyword := range slices.Sorted(maps.Keys(schema)) {
		switch want := schema[keyword]; keyword {
		case "$schema", "title", "description", "properties":
		case "type":
			if got := typeOf(v); got != want {
				return []string{fmt.Sprintf("%s is %s, not %s", at, got, want)}
			}
		case "enum":
			why = append(why, unless(slices.Contains(want.([]any), v), "%s: %v is not one of %v", at, v, want)...)
		case "const":
			why = append(why, unless(v == want, "%s is %v, not %v", at, v, want)...)
		case "pattern":
			text, _ := v.(string)
			why = append(why, unless(regexp.MustCompile(want.(string)).MatchString(text), "%s: %v does not match %v", at, v, want)...)
		case "format":
			text, _ := v.(string)
			_, err := time.Parse(time.RFC3339, text)
			why = append(why, unless(want == "date-time" && err == nil, "%s: %v is not a %v", at, v, want)...)
		case "minimum":
			n, _ := v.(float64)
			why = append(why, unless(n >= want.(float64), "%s: %v is less than %v", at, v, want)...)
		case "required":
			m, _ := v.(map[string]any)
			for _, key := range want.([]any) {
				_, has := m[key.(string)]
				why = append(why, unless(has, "%s.%s is missing", at, key)...)
			}
		case "items":
			list, _ := v.([]any)
			for i, item := range list {
				why = append(why, violations(want.(map[string]any), item, fmt.Sprintf("%s[%d]", at, i))...)
			}
		default:
			why = append(why, at+": the validator does not know "+keyword)
		}
	}
	return append(why, inside(schema, v, at)...)
}

// inside validates the values of an object. A key that the schema does not know is a violation here, though not for its readers.
func inside(schema map[string]any, v any, at string) (why []string) {
	m, _ := v.(map[string]any)
	properties, _ := schema["properties"].(map[string]any)
	for key, value := range m {
		sub, known := properties[key].(map[string]any)
		why = append(why, unless(known, "%s: unknown key %s", at, key)...)
		if known {
			why = append(why, violations(sub, value, at+"."+key)...)
		}
	}
	return why
}

func unless(ok bool, format string, args ...any) []string {
	if ok {
		return nil
	}
	return []string{fmt.Sprintf(format, args...)}
}

func typeOf(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case []any:
		return "array"
	case map[string]any:
		return "object"
	case float64:
		if v == float64(int64(v)) {
			return "integer"
		}
		return "number"
	}
	return strings.Replace(fmt.Sprintf("%T", v), "bool", "boolean", 1)
}
