package scenarios

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"unicode/utf8"
)

// unwritable is a value of a scenario built in Go that cannot be written in a file.
type unwritable struct {
	trail []string
	text  string
}

// canonical copies a scenario built in Go, with its values as a file would have them.
func canonical(s Scenario) (Scenario, []unwritable) {
	c := &canon{}
	copied := s
	c.value(reflect.ValueOf(&copied).Elem(), nil)
	return copied, c.found
}

// canon replaces what a value points to by copies, and finds values that cannot be written.
type canon struct{ found []unwritable }

func (c *canon) blame(trail []string, format string, args ...any) {
	c.found = append(c.found, unwritable{slices.Clone(trail), fmt.Sprintf(format, args...)})
}

func (c *canon) value(v reflect.Value, trail []string) {
	if v.Kind() == reflect.String {
		c.text(v.String(), trail)
	}
	if v.Kind() != reflect.Pointer && v.Kind() != reflect.Map && c.word(v, trail) && !keyed(v.Type()) {
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		c.pointer(v, trail)
	case reflect.Struct:
		for _, f := range shapeOf(v.Type()).fields {
			field := v.Field(f.Index[0])
			c.value(field, append(trail, f.key))
			if text := f.outOfBounds(field); text != "" && !field.IsZero() { // zero is not set
				c.blame(append(trail, f.key), "%s", text)
			}
		}
	case reflect.Slice:
		c.slice(v, trail)
	case reflect.Map:
		c.entries(v, trail)
	}
}

func (c *canon) text(text string, trail []string) {
	if !utf8.ValidString(text) {
		c.blame(trail, "%q is not UTF-8", clip(text))
	}
}

// word reads a word back from its text; it reports whether v is a word.
func (c *canon) word(v reflect.Value, trail []string) bool {
	w, ok := v.Addr().Interface().(word)
	if !ok || v.IsZero() {
		return ok
	}
	text := w.write()
	if text == "" && keyed(v.Type()) {
		return ok
	}
	back := reflect.New(v.Type())
	if err := back.Interface().(word).read(text); err != nil {
		c.blame(trail, "%v", err)
	} else if kept := keyed(v.Type()); !kept {
		if again := back.Interface().(word).write(); again != text && !spelling(v.Type()) || again == text && fmt.Sprint(back.Elem()) != fmt.Sprint(v) {
			c.blame(trail, "%v cannot be written; the nearest is %s", v, again)
		}
		v.Set(back.Elem())
	}
	return ok
}

// spelling reports whether a word can be written in several ways.
func spelling(t reflect.Type) bool {
	return t == reflect.TypeFor[Card]() || t == reflect.TypeFor[Combination]() || t == reflect.TypeFor[Expiry]()
}

func (c *canon) pointer(v reflect.Value, trail []string) {
	if v.IsNil() {
		return
	}
	copied := reflect.New(v.Type().Elem())
	copied.Elem().Set(v.Elem())
	c.value(copied.Elem(), trail)
	v.Set(copied)
	if node(v, 0) == nil {
		c.blame(trail, "nothing is set here; leave it nil, or set something")
	}
}

func (c *canon) slice(v reflect.Value, trail []string) {
	if v.Len() == 0 {
		v.SetZero()
		return
	}
	copied := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
	reflect.Copy(copied, v)
	for i := range copied.Len() {
		c.value(copied.Index(i), append(trail, "["+strconv.Itoa(i)+"]"))
	}
	v.Set(copied)
}

func (c *canon) entries(v reflect.Value, trail []string) {
	if v.Len() == 0 {
		v.SetZero()
		return
	}
	copied := reflect.MakeMap(v.Type())
	keys := v.MapKeys()
	slices.SortFunc(keys, func(a, b reflect.Value) int { return slices.Compare([]byte(a.String()), []byte(b.String())) })
	for _, k := range keys {
		one := reflect.New(v.Type().Elem()).Elem()
		one.Set(v.MapIndex(k))
		c.text(k.String(), append(trail, k.String()))
		if w, ok := one.Addr().Interface().(word); ok && one.IsZero() {
			c.blame(append(trail, k.String()), "%v", w.read(""))
		}
		c.value(one, append(trail, k.String()))
		if node(one, 0) == nil && keyed(one.Type()) {
			c.blame(append(trail, k.String()), "nothing is set here; remove it, or set something")
		}
		copied.SetMapIndex(k, one)
	}
	v.Set(copied)
}
