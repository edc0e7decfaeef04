package report

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"time"

	"github.com/tapmock/tapmock/testkit/verdict"
)

// object is a JSON object of the schema.
type object = map[string]any

// Schema is the JSON Schema (2020-12) of a report, made from its types.
func Schema() []byte {
	root := schemaOf(reflect.TypeFor[Report]())
	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	root["title"] = "Report of tapmock check, schema 1"
	root["properties"].(object)["schema"].(object)["const"] = SchemaVersion
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	if err := enc.Encode(root); err != nil {
		panic("report: the schema: " + err.Error())
	}
	return b.Bytes()
}

// words are the types with a fixed set of values.
var words = map[reflect.Type][]any{
	reflect.TypeFor[verdict.Level](): {verdict.Must, verdict.Should},
	reflect.TypeFor[verdict.Lane]():  anys(verdict.Lanes()),
	reflect.TypeFor[Loss]():          anys(Losses()),
	reflect.TypeFor[Outcome]():       {Passed, Warned, Failed, Flaky, KnownOnly},
	reflect.TypeFor[Verdict]():       {Sound, Accepted, Warnings, Unsure, NotReady, CouldNotJudge},
}

func anys[T any](list []T) (all []any) {
	for _, v := range list {
		all = append(all, v)
	}
	return all
}

// schemaOf is the schema of a type.
func schemaOf(t reflect.Type) object {
	if enum, ok := words[t]; ok {
		return object{"type": "string", "enum": enum}
	}
	switch {
	case t == reflect.TypeFor[time.Time]():
		return object{"type": "string", "format": "date-time"}
	case t.Kind() == reflect.Pointer:
		return schemaOf(t.Elem())
	case t.Kind() == reflect.Slice:
		return object{"type": "array", "items": schemaOf(t.Elem())}
	case t.Kind() == reflect.Struct:
		return structSchema(t)
	case t.Kind() == reflect.Bool:
		return object{"type": "boolean"}
	case t.Kind() == reflect.String:
		return object{"type": "string"}
	}
	return object{"type": "integer", "minimum": 0}
}

func structSchema(t reflect.Type) object {
	properties, required := object{}, []string{}
	for f := range t.Fields() {
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		s := schemaOf(f.Type)
		if options == "string" {
			s = object{"type": "string", "pattern": "^[0-9]+$"}
		}
		if doc := f.Tag.Get("doc"); doc != "" {
			s["description"] = doc
		} else if t == reflect.TypeFor[verdict.Step]() {
			s["description"] = stepDocs[name]
		}
		properties[name] = s
		if options != "omitempty" {
			required = append(required, name)
		}
	}
	return object{"type": "object", "properties": properties, "required": required}
}

// stepDocs describe the fields of a step, which another package declares.
var stepDocs = map[string]string{
	"at":       "when, on the account's clock",
	"from":     "who acts",
	"to":       "who receives it; the same as from for a note",
	"text":     "what happens, in one line",
	"response": "how the other has responded; missing if that is not known",
	"fault":    "whether the story does it wrong on purpose",
}
