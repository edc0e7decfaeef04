package mockserver_test

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

type object = map[string]any

// openAPIDocument is openapi.json as a client reads it.
func openAPIDocument(t *testing.T) object {
	t.Helper()
	text, err := os.ReadFile("openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	return decodeJSON(t, string(text)).(object)
}

func decodeJSON(t *testing.T, text string) any {
	t.Helper()
	var value any
	if err := json.Unmarshal([]byte(text), &value); err != nil {
		t.Fatalf("not JSON: %v\n%s", err, text)
	}
	return value
}

// valueAt is the value at a path of keys, or nil.
func valueAt(doc object, keys ...string) any {
	var value any = doc
	for _, key := range keys {
		o, _ := value.(object)
		value = o[key]
	}
	return value
}

// resolved is a schema, or the schema to which it refers.
func resolved(doc, schema object) object {
	ref, ok := schema["$ref"].(string)
	if !ok {
		return schema
	}
	return valueAt(doc, strings.Split(strings.TrimPrefix(ref, "#/"), "/")...).(object)
}

// validator compares JSON with schemas of openapi.json. It knows the keywords that the document uses, and is stricter than JSON Schema:
// a property that is not documented is a mistake.
type validator struct {
	doc      object
	mistakes []string
}

func (v *validator) mistake(at, format string, args ...any) {
	v.mistakes = append(v.mistakes, at+": "+fmt.Sprintf(format, args...))
}

func (v *validator) check(at string, schema object, value any) {
	schema = resolved(v.doc, schema)
	if types := listOf(schema["type"]); len(types) > 0 && !slices.Contains(types, any(typeOf(value))) && !(typeOf(value) == "integer" && slices.Contains(types, any("number"))) {
		v.mistake(at, "it is %s, not %v", typeOf(value), types)
		return
	}
	if values := listOf(schema["enum"]); len(values) > 0 && !slices.Contains(values, value) {
		v.mistake(at, "%v is not among %v", value, values)
	}
	switch value := value.(type) {
	case []any:
		for i, one := range value {
			v.check(fmt.Sprintf("%s[%d]", at, i), schema["items"].(object), one)
		}
	case object:
		v.checkObject(at, schema, value)
	}
}

func (v *validator) checkObject(at string, schema, value object) {
	for _, key := range listOf(schema["required"]) {
		if _, ok := value[key.(string)]; !ok {
			v.mistake(at, "%s is required", key)
		}
	}
	names, _ := schema["propertyNames"].(object)
	other, open := schema["additionalProperties"].(object)
	for key, one := range value {
		property, ok := valueAt(schema, "properties", key).(object)
		switch {
		case ok:
			v.check(at+"."+key, property, one)
		case open:
			v.check(at+"."+key, other, one)
		case schema["properties"] != nil:
			v.mistake(at, "%s is not documented", key)
		}
		if names != nil {
			v.check(at+", a key", names, key)
		}
	}
}

// typeOf is the JSON type of a decoded value.
func typeOf(value any) string {
	switch n := value.(type) {
	case nil:
		return "null"
	case bool:
		return "boolean"
	case string:
		return "string"
	case []any:
		return "array"
	case float64:
		if n == float64(int64(n)) {
			return "integer"
		}
		return "number"
	}
	return "object"
}

// listOf is a JSON list, or a list of the one value that is not a list.
func listOf(value any) []any {
	switch value := value.(type) {
	case nil:
		return nil
	case []any:
		return value
	}
	return []any{value}
}

// TestValidator finds each kind of mistake, so that the other tests cannot pass without looking.
func TestValidator(t *testing.T) {
	doc := openAPIDocument(t)
	clock := valueAt(doc, "components", "schemas", "Clock").(object)
	for body, want := range map[string]string{
		`{"now": "2026-03-01T09:00:00Z", "frozen": true}`:             "",
		`{"now": "2026-03-01T09:00:00Z"}`:                             "frozen is required",
		`{"now": 5, "frozen": true}`:                                  "it is integer, not [string]",
		`{"now": "2026-03-01T09:00:00Z", "frozen": true, "speed": 2}`: "speed is not documented",
	} {
		v := validator{doc: doc}
		v.check("clock", clock, decodeJSON(t, body))
		if got := strings.Join(v.mistakes, "; "); !strings.HasSuffix(got, want) || want == "" && got != "" {
			t.Errorf("%s: %q, want %q", body, got, want)
		}
	}
}
