package scenarios

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// Path names a key of a scenario, such as bank.gate, settings.strict or api.
type Path string

// unsettable are the keys of a scenario that Unset can name, with all below them.
var unsettable = []string{"settings", "payer", "bank", "callbacks", "api", "chaos"}

func (p *Path) read(text string) error {
	if !slices.Contains(paths(), text) && !strings.HasPrefix(text, "settings.") && !strings.HasPrefix(text, "chaos.rates.") {
		if near := nearest(text, paths()); near != "" {
			return fmt.Errorf("%q cannot be unset, did you mean %q?", clip(text), near)
		}
		return fmt.Errorf("%q cannot be unset; name %s or a key below them, such as bank.gate", clip(text), strings.Join(unsettable, ", "))
	}
	*p = Path(text)
	return nil
}
func (p *Path) write() string { return string(*p) }
func (p *Path) schema() object {
	return object{"type": "string", "examples": []string{"bank.gate", "api"}}
}

// paths are all keys that can be unset, but for those of settings and rates.
func paths() []string {
	all := []string{"callbacks.webhook", "callbacks.return"}
	scenario := shapeOf(reflect.TypeFor[Scenario]())
	for _, key := range unsettable {
		f, _ := scenario.field(key)
		all = append(all, below(key, f.Type)...)
	}
	return all
}

// below are a key and all keys of the structs below it.
func below(key string, t reflect.Type) []string {
	all := []string{key}
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || !keyed(t) {
		return all
	}
	for _, f := range shapeOf(t).fields {
		all = append(all, below(key+"."+f.key, f.Type)...)
	}
	return all
}

// without takes a key out of a scenario, and reports whether it was set. What the scenario points to is shared and copied first.
func (p Path) without(s *Scenario) bool {
	if kind, ok := strings.CutPrefix(string(p), "callbacks."); ok {
		before := len(s.Callbacks)
		s.Callbacks = slices.DeleteFunc(slices.Clone(s.Callbacks), func(c Callback) bool { return (c.Webhook != nil) == (kind == "webhook") })
		return len(s.Callbacks) < before
	}
	return take(reflect.ValueOf(s).Elem(), strings.Split(string(p), "."))
}

// take sets what the keys lead to to zero. A struct in which nothing is left goes with it.
func take(v reflect.Value, keys []string) bool {
	f, _ := shapeOf(v.Type()).field(keys[0])
	if f == nil {
		return false
	}
	field := v.Field(f.Index[0])
	switch {
	case field.IsZero():
		return false
	case len(keys) == 1:
		field.SetZero()
		return true
	case field.Kind() == reflect.Map:
		return takeEntry(field, strings.Join(keys[1:], "."))
	case field.Kind() != reflect.Pointer:
		return false
	}
	copied := reflect.New(field.Type().Elem())
	copied.Elem().Set(field.Elem())
	field.Set(copied)
	taken := take(copied.Elem(), keys[1:])
	if copied.Elem().IsZero() && !mayBeEmpty(copied.Elem().Type()) {
		field.SetZero()
	}
	return taken
}

func takeEntry(m reflect.Value, key string) bool {
	if !m.MapIndex(reflect.ValueOf(key)).IsValid() {
		return false
	}
	copied := reflect.MakeMap(m.Type())
	for _, k := range m.MapKeys() {
		if k.String() != key {
			copied.SetMapIndex(k, m.MapIndex(k))
		}
	}
	m.Set(copied)
	if copied.Len() == 0 {
		m.SetZero()
	}
	return true
}
