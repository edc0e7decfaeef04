package scenarios

import (
	"errors"
	"fmt"
	"reflect"
	"strings"

	"github.com/tapmock/tapmock/mockserver/tap"
	"gopkg.in/yaml.v3"
)

// DecodeValues reads a YAML file that is not a scenario file, such as the configuration of a command, into a struct with yaml tags. Keys that
// the struct does not have, and values of another type, are errors that name the file and the line. An empty file leaves the struct as it is.
func DecodeValues(name string, text []byte, into any) error {
	node, mistake := parseYAML(text)
	if mistake == errEmpty {
		return nil
	}
	if mistake != nil {
		return fmt.Errorf("%s:%d: %s", name, mistake.line, mistake.text)
	}
	if err := checkKeys(name, node, reflect.TypeOf(into).Elem()); err != nil {
		return err
	}
	if err := node.Decode(into); err != nil {
		return valueError(name, err)
	}
	return nil
}

// checkKeys refuses keys that a t does not have.
func checkKeys(name string, node *yaml.Node, t reflect.Type) error {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case t.Kind() == reflect.Slice && node.Kind == yaml.SequenceNode:
		for _, one := range node.Content {
			if err := checkKeys(name, one, t.Elem()); err != nil {
				return err
			}
		}
	case t.Kind() == reflect.Struct && node.Kind == yaml.MappingNode && !isReader(t):
		return checkMapping(name, node, t)
	case t.Kind() == reflect.Struct && node.Kind != yaml.MappingNode && !isReader(t):
		return fmt.Errorf("%s:%d: a mapping is wanted here, with the keys %s", name, node.Line, strings.Join(yamlKeys(t), ", "))
	}
	return nil
}

func checkMapping(name string, node *yaml.Node, t reflect.Type) error {
	seen := map[string]bool{}
	for i := 0; i+1 < len(node.Content); i += 2 {
		key := node.Content[i]
		field, ok := fieldOf(t, key.Value)
		switch near := tap.Nearest(key.Value, yamlKeys(t)); {
		case ok && seen[key.Value]:
			return fmt.Errorf("%s:%d: the key %s is here for the second time", name, key.Line, key.Value)
		case ok:
		case near != "":
			return fmt.Errorf("%s:%d: there is no key %.60q, did you mean %s?", name, key.Line, key.Value, near)
		default:
			return fmt.Errorf("%s:%d: there is no key %.60q; the keys here are %s", name, key.Line, key.Value, strings.Join(yamlKeys(t), ", "))
		}
		seen[key.Value] = true
		if err := checkKeys(name, node.Content[i+1], field.Type); err != nil {
			return err
		}
	}
	return nil
}

// isReader reports whether values of a type read themselves, such as a time.
func isReader(t reflect.Type) bool {
	return t.PkgPath() == "time" || reflect.PointerTo(t).Implements(reflect.TypeFor[yaml.Unmarshaler]())
}

func fieldOf(t reflect.Type, key string) (reflect.StructField, bool) {
	for f := range t.Fields() {
		if name, _, _ := strings.Cut(f.Tag.Get("yaml"), ","); name == key && key != "" {
			return f, true
		}
	}
	return reflect.StructField{}, false
}

func yamlKeys(t reflect.Type) (keys []string) {
	for f := range t.Fields() {
		if name, _, _ := strings.Cut(f.Tag.Get("yaml"), ","); name != "" && name != "-" {
			keys = append(keys, name)
		}
	}
	return keys
}

// valueWords replace the types in the YAML reader's errors by words.
var valueWords = strings.NewReplacer("into string", "as text", "into int", "as a whole number", "into bool", "as true or false", "into []string", "as a list of texts",
	"into map[string]string", "as a mapping of texts", "into time.Time", "as a date such as 2026-12-31", "into time.Duration", "as a duration such as 5s",
	"!!str", "the text", "!!int", "the number", "!!float", "the number", "!!bool", "the boolean", "!!seq", "a list", "!!map", "a mapping", "unmarshal", "read", "`", "'")

// valueError is an error of the YAML reader with the file's name, in words.
func valueError(name string, err error) error {
	wrong, ok := errors.AsType[*yaml.TypeError](err)
	if !ok || len(wrong.Errors) == 0 {
		return fmt.Errorf("%s: %w", name, err)
	}
	line, text, ok := strings.Cut(strings.TrimPrefix(wrong.Errors[0], "line "), ": ")
	if !ok {
		return fmt.Errorf("%s: %s", name, wrong.Errors[0])
	}
	return fmt.Errorf("%s:%s: %s", name, line, valueWords.Replace(text))
}
