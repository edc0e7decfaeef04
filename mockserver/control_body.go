package mockserver

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"reflect"
	"regexp"
	"strings"

	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// read decodes the call's JSON body strictly. An empty body leaves in unchanged.
func (c *controlCall) read(in any) error {
	if len(bytes.TrimSpace(c.body)) == 0 {
		return nil
	}
	dec := json.NewDecoder(bytes.NewReader(c.body))
	dec.DisallowUnknownFields()
	if err := dec.Decode(in); err != nil {
		return bodyError(err, reflect.TypeOf(in).Elem())
	}
	if dec.More() {
		return badControl("the body: more text follows after the JSON object")
	}
	return nil
}

var unknownField = regexp.MustCompile(`unknown field "(.*)"`)

// bodyError says what is wrong in a JSON body that should have been a t.
func bodyError(err error, t reflect.Type) *control.Error {
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		value, _, _ := strings.Cut(wrong.Value, " ") // without the number itself
		if wrong.Field == "" {
			return badControl("the body is %s; send a JSON object with the keys %s", article(value), strings.Join(jsonKeys(t), ", "))
		}
		return badControl("the body: %s is %s, but must be %s", wrong.Field, article(value), jsonType(wrong.Type))
	}
	if m := unknownField.FindStringSubmatch(err.Error()); m != nil {
		return unknownKey(m[1], jsonKeys(t))
	}
	if broken, ok := errors.AsType[*json.SyntaxError](err); ok {
		return badControl("the body is not JSON: byte %d is not possible there", broken.Offset)
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return badControl("the body is not JSON: it ends too early")
	}
	return badControl("the body cannot be read as JSON")
}

func unknownKey(key string, keys []string) *control.Error {
	if near := tap.Nearest(key, keys); near != "" {
		return badControl("the body has no key %.40q, did you mean %q?", key, near)
	}
	return badControl("the body has no key %.40q; its keys are %s", key, strings.Join(keys, ", "))
}

// jsonKeys are the keys of a JSON object that is read into a t, also those of objects inside it.
func jsonKeys(t reflect.Type) []string {
	for t.Kind() == reflect.Slice || t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	var keys []string
	if t.Kind() != reflect.Struct {
		return keys
	}
	for f := range t.Fields() {
		if key, _, _ := strings.Cut(f.Tag.Get("json"), ","); key != "" && key != "-" {
			keys = append(keys, key)
			keys = append(keys, jsonKeys(f.Type)...)
		}
	}
	return keys
}

// article is a JSON type with its article, such as "a number".
func article(value string) string {
	switch value {
	case "bool":
		return "a boolean"
	case "object", "array":
		return "an " + value
	}
	return "a " + value
}

// jsonType is the JSON type that a Go type is read from, with its article.
func jsonType(t reflect.Type) string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch t.Kind() {
	case reflect.String:
		return "a string"
	case reflect.Bool:
		return "true or false"
	case reflect.Struct, reflect.Map:
		return "an object"
	case reflect.Slice:
		return "an array"
	}
	return "a number"
}
