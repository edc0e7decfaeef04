package scenarios

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// object is a JSON object of the schema.
type object = map[string]any

// Schema is the JSON Schema (2020-12) of a scenario file, for editors, made from the types that read it.
func Schema() []byte {
	root := schemaOf(reflect.TypeFor[File]())
	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	root["title"] = "tapmock scenarios"
	root["required"] = []string{"scenarios"}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	if err := enc.Encode(root); err != nil {
		panic("scenarios: the schema: " + err.Error())
	}
	return b.Bytes()
}

// schemaOf is the schema of a type. A word that can also be a mapping is either.
func schemaOf(t reflect.Type) object {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	w, isWord := reflect.New(t).Interface().(word)
	if s, ok := reflect.New(t).Interface().(short); ok {
		one := schemaOf(reflect.TypeOf(s.short()).Elem().Elem())
		return object{"oneOf": []object{one, {"type": "array", "minItems": 1, "items": one}, structSchema(t)}}
	}
	switch {
	case isWord && keyed(t):
		return object{"oneOf": []object{w.schema(), structSchema(t)}}
	case isWord:
		return w.schema()
	case t == reflect.TypeFor[Settings]():
		return settingsSchema()
	}
	switch t.Kind() {
	case reflect.Struct:
		return structSchema(t)
	case reflect.Slice:
		if one := schemaOf(t.Elem()); ofWords(t) {
			return object{"oneOf": []object{one, {"type": "array", "minItems": 1, "items": one}}}
		}
		return object{"type": "array", "minItems": 1, "items": schemaOf(t.Elem())}
	case reflect.Map:
		return object{"type": "object", "minProperties": 1, "additionalProperties": schemaOf(t.Elem())}
	case reflect.Bool:
		return object{"type": "boolean"}
	case reflect.Int:
		return object{"type": "integer"}
	}
	return object{"type": []string{"string", "number", "boolean"}}
}

func structSchema(t reflect.Type) object {
	properties, patterns := object{}, object{}
	s := object{"type": "object", "additionalProperties": false, "properties": properties}
	var required []string
	for _, f := range shapeOf(t).fields {
		if f.free {
			patterns["^"+strings.ReplaceAll(f.prefix, ".", `\.`)+"."] = described(schemaOf(f.Type.Elem()), &f)
			continue
		}
		properties[f.key] = described(schemaOf(f.Type), &f)
		if f.numbered {
			patterns["^"+f.key+"#[1-9][0-9]{0,2}$"] = object{"description": "Changes the inherited step of this number: what is set here overrides it.", "oneOf": schemaOf(f.Type)["oneOf"]}
		}
		if strings.Contains(f.Tag.Get("doc"), "Required.") {
			required = append(required, f.key)
		}
	}
	if len(patterns) > 0 {
		s["patternProperties"] = patterns
	}
	if len(required) > 0 {
		s["required"] = required
	}
	if !mayBeEmpty(t) {
		s["minProperties"] = 1
	}
	return s
}

func described(s object, f *keyField) object {
	s["description"] = f.Tag.Get("doc")
	if f.bounded {
		s["minimum"], s["maximum"] = f.least, f.max
	}
	return s
}

func settingsSchema() object {
	properties := object{}
	for _, k := range tap.SettingKeys() {
		properties[k.Key] = object{"type": []string{"string", "number", "boolean"}, "description": k.Doc + ". Takes: " + k.Values + ". Default: " + k.Default}
	}
	return object{"type": "object", "minProperties": 1, "additionalProperties": false, "properties": properties}
}

// Settings are settings by their keys, each value as [tap.Settings.Set] reads it.
type Settings map[string]string
