package scenarios

import (
	"cmp"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Path names a key of a scenario, such as bank.gate, settings.strict or api.
type Path string

// unsettable are the keys of a scenario that Unset can name, with all below them.
var unsettable = []string{"settings", "payer", "bank", "refund", "authorization", "callbacks", "api", "chaos"}

// stepPath is a path to one inherited step, such as callbacks.webhook#1, and the key below it.
var stepPath = regexp.MustCompile(`^callbacks\.((webhook|return)#[1-9][0-9]{0,2})(?:\.(.+))?$`)

func (p *Path) read(text string) error {
	known := paths()
	if m := stepPath.FindStringSubmatch(text); m != nil {
		if keys := stepKeys(m[2]); !slices.Contains(keys, m[3]) && !strings.HasPrefix(text, "callbacks."+m[1]+".query.") {
			return fmt.Errorf("%q cannot be unset; name one key of the step, such as callbacks.%s.gate: the keys are %s. To remove a step, unset callbacks.%s and write the steps that remain",
				clip(text), m[1], strings.Join(keys, ", "), m[2])
		}
	} else if !slices.Contains(known, text) && !strings.HasPrefix(text, "settings.") && !strings.HasPrefix(text, "chaos.rates.") {
		return unknownPath(text, known)
	}
	*p = Path(text)
	return nil
}

// unknownPath is the error for a path that is not a key of a scenario.
func unknownPath(text string, known []string) error {
	keys := strings.Split(text, ".")
	for i, key := range keys {
		keys[i] = cmp.Or(renamed("key", key), key)
	}
	is := strings.Join(keys, ".")
	near := nearest(text, known)
	switch {
	case is != text && (slices.Contains(known, is) || stepPath.MatchString(is)):
		return fmt.Errorf("%q is now %q", clip(text), clip(is))
	case strings.ContainsAny(text, "[#") || strings.HasPrefix(text, "callbacks.") && strings.Count(text, ".") > 1: // nothing larger is suggested
		return fmt.Errorf("%q cannot be unset; write callbacks.webhook#1.gate for a key of the first inherited webhook step", clip(text))
	case near != "":
		return fmt.Errorf("%q cannot be unset, did you mean %q?", clip(text), near)
	}
	return fmt.Errorf("%q cannot be unset; name %s or a key below them, such as bank.gate or callbacks.webhook#1.gate", clip(text), strings.Join(unsettable, ", "))
}

// stepKeys are the keys of a step of a kind, webhook or return.
func stepKeys(kind string) []string {
	if kind == "webhook" {
		return shapeOf(reflect.TypeFor[Webhook]()).keys
	}
	return shapeOf(reflect.TypeFor[Return]()).keys
}
func (p *Path) write() string { return string(*p) }
func (p *Path) schema() object {
	return object{"type": "string", "examples": []string{"bank.gate", "api", "callbacks.webhook#1.gate"}}
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
	if m := stepPath.FindStringSubmatch(string(p)); m != nil {
		return s.takeFromStep(m[1], strings.Split(m[3], "."))
	}
	if kind, ok := strings.CutPrefix(string(p), "callbacks."); ok {
		before := len(s.Callbacks)
		s.Callbacks = slices.DeleteFunc(slices.Clone(s.Callbacks), func(c Callback) bool { return (c.Webhook != nil) == (kind == "webhook") })
		return len(s.Callbacks) < before
	}
	return take(reflect.ValueOf(s).Elem(), strings.Split(string(p), "."))
}

// unsetSettings removes the settings that the path names, as keys.
func (p Path) unsetSettings(keys map[string]bool) {
	if p == "settings" {
		clear(keys)
	}
	delete(keys, strings.TrimPrefix(string(p), "settings."))
}

// takeFromStep takes a key out of the step of this kind and number, such as webhook#1.
func (s *Scenario) takeFromStep(step string, keys []string) bool {
	kind, number, _ := strings.Cut(step, "#")
	n, _ := strconv.Atoi(number)
	for i := range s.Callbacks {
		c := &s.Callbacks[i]
		if (c.Webhook != nil) != (kind == "webhook") || c.never() {
			continue
		}
		if n--; n == 0 {
			s.Callbacks = slices.Clone(s.Callbacks)
			return take(reflect.ValueOf(&s.Callbacks[i]).Elem(), append([]string{kind}, keys...))
		}
	}
	return false
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
