package scenarios

import (
	"fmt"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"sync"
)

// shape is the keys of a struct, for the reader, the writer and the schema. It is made once for each type.
type shape struct {
	fields []keyField
	keys   []string       // as messages show them
	byKey  map[string]int // key → index in fields, those with a star left out
	stars  []int          // fields with keys such as metadata.*
}

// keyField is a field that has a key in files.
type keyField struct {
	reflect.StructField
	key        string
	prefix     string // of a key with a star, such as metadata.
	free       bool   // has a star
	numbered   bool   // the key may be followed by # and a number
	bounded    bool
	least, max int
}

var shapes sync.Map // reflect.Type → *shape

func shapeOf(t reflect.Type) *shape {
	if known, ok := shapes.Load(t); ok {
		return known.(*shape)
	}
	s := &shape{byKey: map[string]int{}}
	for f := range t.Fields() {
		if f.Tag.Get("key") != "" {
			s.add(newKeyField(f))
		}
	}
	known, _ := shapes.LoadOrStore(t, s)
	return known.(*shape)
}

func newKeyField(f reflect.StructField) keyField {
	k := keyField{StructField: f, key: f.Tag.Get("key")}
	k.prefix, k.free = strings.CutSuffix(k.key, "*")
	k.numbered = f.Tag.Get("numbered") != ""
	if least, ok := f.Tag.Lookup("min"); ok {
		k.bounded = true
		k.least, _ = strconv.Atoi(least)
		k.max, _ = strconv.Atoi(f.Tag.Get("max"))
	}
	return k
}

func (s *shape) add(f keyField) {
	shown := f.key
	if f.free {
		s.stars = append(s.stars, len(s.fields))
		shown = f.prefix + "<key>"
	} else {
		s.byKey[f.key] = len(s.fields)
	}
	s.keys = append(s.keys, shown)
	s.fields = append(s.fields, f)
}

// field finds the field of a key; dynamic is the rest of a key such as metadata.color, whose field is metadata.*.
func (s *shape) field(key string) (f *keyField, dynamic string) {
	if i, ok := s.byKey[key]; ok {
		return &s.fields[i], ""
	}
	name, number, _ := strings.Cut(key, "#")
	if i, ok := s.byKey[name]; ok && s.fields[i].numbered && numberForm.MatchString(number) {
		return &s.fields[i], ""
	}
	for _, i := range s.stars {
		if rest, ok := strings.CutPrefix(key, s.fields[i].prefix); ok && rest != "" {
			return &s.fields[i], rest
		}
	}
	return nil, ""
}

// numberForm is the number behind a numbered key, such as the 2 of webhook#2.
var numberForm = regexp.MustCompile(`^[1-9][0-9]{0,2}$`)

// number is the number in a key such as webhook#2, or 0.
func (f *keyField) number(key string) int {
	number, ok := strings.CutPrefix(key, f.key+"#")
	if !ok || !f.numbered {
		return 0
	}
	n, _ := strconv.Atoi(number)
	return n
}

// keyIn is the key of the field as it is written in a file, for the struct v that has it.
func (f *keyField) keyIn(v reflect.Value) string {
	if f.numbered {
		if n := v.FieldByName("N").Int(); n > 0 {
			return f.key + "#" + strconv.FormatInt(n, 10)
		}
	}
	return f.key
}

// near is the key that was probably meant, as messages show it, or "".
func (s *shape) near(key string) string {
	for _, shown := range s.keys { // reference: {order: …} for reference.order
		if strings.HasPrefix(shown, strings.TrimSuffix(key, ".")+".") {
			return shown
		}
	}
	return nearest(key, s.keys)
}

// keyed reports whether a type can be written as a mapping with known keys.
func keyed(t reflect.Type) bool { return t.Kind() == reflect.Struct && len(shapeOf(t).fields) > 0 }

// outOfBounds is the error text for a number that its field does not allow, or "".
func (f *keyField) outOfBounds(v reflect.Value) string {
	if !f.bounded || v.Kind() != reflect.Int {
		return ""
	}
	if i := int(v.Int()); i < f.least || i > f.max {
		return fmt.Sprintf("%d is not a number from %d to %d", i, f.least, f.max)
	}
	return ""
}
