package scenarios

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// decoder fills the types of this package from YAML nodes. It goes on after a mistake, so that all are found.
type decoder struct {
	file     string
	root     *yaml.Node // nil for scenarios built in Go
	mistakes Mistakes
	spoilt   map[any]bool // pointers to what was written but could not be read
}

// decodeFile reads one file.
func decodeFile(name string, data []byte) (*File, *decoder) {
	d := &decoder{file: name, spoilt: map[any]bool{}}
	f := &File{}
	root, err := parseYAML(data)
	if err != nil {
		d.mistake(&yaml.Node{Line: err.line, Column: err.column}, "", "%s", err.text)
		return f, d
	}
	if text := withoutList(root); text != "" {
		d.mistake(root, "", "%s", text)
		return f, d
	}
	d.root = root
	d.value(root, reflect.ValueOf(f).Elem(), "")
	if len(f.Scenarios) == 0 && len(d.mistakes) == 0 {
		d.mistake(root, "", "the file has no scenarios; write a list under the key scenarios")
	}
	for i, m := range d.mistakes {
		d.mistakes[i].Path = f.named(m.Path)
	}
	return f, d
}

// named writes the name of a scenario for its number: shop/late.bank for scenarios[2].bank.
func (f *File) named(path string) string {
	number, rest, ok := strings.Cut(strings.TrimPrefix(path, "scenarios["), "]")
	i, err := strconv.Atoi(number)
	if !ok || err != nil || i >= len(f.Scenarios) || f.Scenarios[i].Name == "" {
		return path
	}
	return string(f.Scenarios[i].Name) + rest
}

func (d *decoder) mistake(n *yaml.Node, path, format string, args ...any) {
	if len(d.mistakes) >= maxNoted {
		return
	}
	m := Mistake{File: d.file, Path: path, Text: fmt.Sprintf(format, args...)}
	if n != nil {
		m.Line, m.Column = n.Line, n.Column
	}
	d.mistakes = append(d.mistakes, m)
}

// wrong reports a mistake in a value, so that checks for missing values need not report it again.
func (d *decoder) wrong(n *yaml.Node, v reflect.Value, path, format string, args ...any) {
	if v.CanAddr() {
		d.spoilt[v.Addr().Interface()] = true
	}
	d.mistake(n, path, format, args...)
}

const noAnchors = "anchors (&) and aliases (*) are not supported: put a text that begins with such a character in quotes, and use extends for what scenarios have in common"

// refused reports what is not supported anywhere.
func (d *decoder) refused(n *yaml.Node, v reflect.Value, path string) bool {
	switch {
	case n.Kind == yaml.AliasNode || n.Anchor != "":
		d.wrong(n, v, path, noAnchors)
	case n.Style&yaml.TaggedStyle != 0:
		d.wrong(n, v, path, "tags, which begin with !, are not supported; remove %s", clip(n.Tag))
	case n.Kind == yaml.ScalarNode && n.Tag == "!!null" && v.Type() == reflect.TypeFor[Gate]():
		d.wrong(n, v, path, "%s", noGate(cmp.Or(n.Value, "null"), path))
	case n.Kind == yaml.ScalarNode && n.Tag == "!!null":
		d.wrong(n, v, path, "there is no value here; remove the key, or give it a value")
	default:
		return false
	}
	return true
}

// value reads a node into v.
func (d *decoder) value(n *yaml.Node, v reflect.Value, path string) {
	if d.refused(n, v, path) {
		return
	}
	if v.Kind() == reflect.Pointer {
		v.Set(reflect.New(v.Type().Elem()))
		v = v.Elem()
	}
	if s, ok := v.Addr().Interface().(short); ok && n.Kind != yaml.MappingNode {
		d.value(n, reflect.ValueOf(s.short()).Elem(), path)
		return
	}
	if w, ok := v.Addr().Interface().(word); ok && (n.Kind == yaml.ScalarNode || !keyed(v.Type())) {
		d.word(n, v, w, path)
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		d.mapping(n, v, path)
	case reflect.Map:
		d.entries(n, v, path)
	case reflect.Slice:
		d.list(n, v, path)
	default:
		d.scalar(n, v, path)
	}
}

func (d *decoder) word(n *yaml.Node, v reflect.Value, w word, path string) {
	if n.Kind != yaml.ScalarNode {
		d.wrong(n, v, path, "this is %s, but a single value is required%s", kindName(n), listHint(w, n))
		return
	}
	if _, gate := w.(*Gate); gate && isNone(n.Value) {
		d.wrong(n, v, path, "%s", noGate(n.Value, path))
		return
	}
	err := w.read(n.Value)
	if err == nil {
		return
	}
	text := strings.TrimPrefix(err.Error(), tap.ErrAmount.Error()+": ")
	if strings.HasSuffix(path, ".payer.at") { // a payer comes before the payment has a result
		text = strings.Replace(text, "write settled + ", "write answered + ", 1)
	}
	d.wrong(n, v, path, "%s", text)
}

// scalar reads plain texts, booleans and whole numbers.
func (d *decoder) scalar(n *yaml.Node, v reflect.Value, path string) {
	if n.Kind != yaml.ScalarNode {
		d.wrong(n, v, path, "this is %s, but a single value is required", kindName(n))
		return
	}
	switch v.Kind() {
	case reflect.Bool:
		if n.Tag != "!!bool" {
			d.wrong(n, v, path, "%q is neither true nor false", clip(n.Value))
		}
		v.SetBool(n.Tag == "!!bool" && strings.EqualFold(n.Value, "true"))
	case reflect.Int:
		i, err := strconv.Atoi(n.Value)
		if n.Tag != "!!int" || err != nil {
			d.wrong(n, v, path, "%q is not a whole number", clip(n.Value))
		}
		v.SetInt(int64(i))
	default:
		v.SetString(n.Value)
	}
}

func kindName(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	}
	return "a single value"
}

func (d *decoder) list(n *yaml.Node, v reflect.Value, path string) {
	if n.Kind == yaml.ScalarNode && ofWords(v.Type()) { // one value is a list of one
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		d.value(n, v.Index(0), path)
		return
	}
	if n.Kind != yaml.SequenceNode {
		d.wrong(n, v, path, "this is %s, but a list is required: put a dash before each entry", kindName(n))
		return
	}
	if len(n.Content) == 0 {
		d.wrong(n, v, path, "the list is empty; remove the key, or give it entries")
	}
	if len(n.Content) > maxEntries {
		d.wrong(n, v, path, "%d entries are more than %d", len(n.Content), maxEntries)
		return
	}
	v.Set(reflect.MakeSlice(v.Type(), len(n.Content), len(n.Content)))
	before := len(d.mistakes)
	for i, item := range n.Content {
		d.value(item, v.Index(i), path+"["+strconv.Itoa(i)+"]")
	}
	if len(d.mistakes) > before && v.CanAddr() {
		d.spoilt[v.Addr().Interface()] = true
	}
}

// short is a struct that may be written without keys: as the one field that short points to.
type short interface{ short() any }

// ofWords reports whether a list has entries that are written as one scalar.
func ofWords(list reflect.Type) bool {
	return reflect.PointerTo(list.Elem()).Implements(reflect.TypeFor[word]()) && !keyed(list.Elem())
}

// maxEntries bounds a list of a file.
const maxEntries = 20_000

func (d *decoder) mapping(n *yaml.Node, v reflect.Value, path string) {
	keys := func() string { return strings.Join(shapeOf(v.Type()).keys, ", ") }
	if n.Kind != yaml.MappingNode {
		or := ""
		if _, ok := v.Addr().Interface().(word); ok {
			or = "a single value or "
		}
		if hint := mappingHint(v.Type(), n.Value); hint != "" {
			d.wrong(n, v, path, "this is %s, but a mapping is required%s", kindName(n), hint)
			return
		}
		d.wrong(n, v, path, "this is %s, but %sa mapping is required: %s", kindName(n), or, keys())
		return
	}
	if len(n.Content) == 0 && !mayBeEmpty(v.Type()) {
		d.wrong(n, v, path, "{} is empty; remove the key, or set some of its keys: %s", keys())
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if key := n.Content[i]; d.fresh(key, seen, v, path) {
			d.field(key, n.Content[i+1], v, path)
		}
	}
}

// mayBeEmpty reports whether a mapping without keys has a meaning: all defaults.
func mayBeEmpty(t reflect.Type) bool {
	return t == reflect.TypeFor[Pay]() || t == reflect.TypeFor[Webhook]() || t == reflect.TypeFor[Return]()
}

// fresh reports whether a key is a single value that was not used before.
func (d *decoder) fresh(key *yaml.Node, seen map[string]bool, v reflect.Value, path string) bool {
	switch {
	case key.Kind == yaml.AliasNode || key.Anchor != "" || key.Tag == "!!merge":
		d.wrong(key, v, path, noAnchors)
		return false
	case key.Kind != yaml.ScalarNode || key.Tag == "!!null" || key.Style&yaml.TaggedStyle != 0:
		d.wrong(key, v, path, "a key must be a single word")
		return false
	case seen[key.Value]:
		d.mistake(key, path, "the key %s is used twice here", clip(key.Value))
		return false
	}
	seen[key.Value] = true
	return true
}

// field reads one key of a mapping.
func (d *decoder) field(key, value *yaml.Node, v reflect.Value, path string) {
	s := shapeOf(v.Type())
	f, dynamic := s.field(key.Value)
	if f == nil {
		d.unknownKey(key, value, v, s, path)
		return
	}
	if number := f.number(key.Value); number > 0 {
		v.FieldByName("N").SetInt(int64(number))
	}
	to, at := v.Field(f.Index[0]), join(path, key.Value)
	if dynamic != "" {
		d.entry(value, to, dynamic, at)
		return
	}
	d.value(value, to, at)
	if text := f.outOfBounds(to); text != "" && value.Tag == "!!int" {
		d.wrong(value, to, at, "%s", text)
	}
}

func (d *decoder) unknownKey(key, value *yaml.Node, v reflect.Value, s *shape, path string) {
	if hint := keyHint(key, value, v.Type()); hint != "" {
		d.misplaced(key, v, path, hint)
		return
	}
	if is := renamed("key", key.Value); is != "" && slices.Contains(s.keys, is) {
		d.mistake(key, path, "the key %q is now %q", key.Value, is)
		field := v.Field(s.fields[s.byKey[is]].Index[0])
		d.value(value, field, join(path, key.Value)) // what is below it may have old words too
		d.spoilt[field.Addr().Interface()] = true
		return
	}
	if at := elsewhere(key.Value); at != "" {
		d.misplaced(key, v, path, at)
		return
	}
	near := s.near(key.Value)
	if near == "" {
		d.mistake(key, path, "there is no key %q here; the keys are %s", clip(key.Value), strings.Join(s.keys, ", "))
		return
	}
	if i, ok := s.byKey[near]; ok {
		d.spoilt[v.Field(s.fields[i].Index[0]).Addr().Interface()] = true
	}
	d.mistake(key, path, "there is no key %q here, did you mean %q?", clip(key.Value), near)
}

// misplaced reports a key that belongs to another place. A callback or a fault without it need not be reported as empty.
func (d *decoder) misplaced(key *yaml.Node, v reflect.Value, path, text string) {
	if t := v.Type(); t == reflect.TypeFor[Callback]() || t == reflect.TypeFor[Fault]() {
		d.spoilt[v.Addr().Interface()] = true
	}
	d.mistake(key, path, "%s", text)
}

// entries reads a mapping whose keys are free.
func (d *decoder) entries(n *yaml.Node, v reflect.Value, path string) {
	if n.Kind != yaml.MappingNode {
		d.wrong(n, v, path, "this is %s, but a mapping is required: a key, a colon and a value on each line", kindName(n))
		return
	}
	if len(n.Content) == 0 {
		d.wrong(n, v, path, "{} is empty; remove the key, or give it entries")
	}
	if len(n.Content) > 2*maxSteps {
		d.wrong(n, v, path, "%d entries are more than %d", len(n.Content)/2, maxSteps)
		return
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if key := n.Content[i]; d.fresh(key, seen, v, path) {
			d.entry(n.Content[i+1], v, key.Value, join(path, key.Value))
		}
	}
}

// entry reads one value of a map.
func (d *decoder) entry(n *yaml.Node, m reflect.Value, key, path string) {
	if m.IsNil() {
		m.Set(reflect.MakeMap(m.Type()))
	}
	v := reflect.New(m.Type().Elem())
	before := len(d.mistakes)
	d.value(n, v.Elem(), path)
	if len(d.mistakes) > before {
		d.spoilt[place{m.Addr().Interface(), key}] = true
	}
	m.SetMapIndex(reflect.ValueOf(key), v.Elem())
}

// place is a value of a map, which has no address.
type place struct {
	of  any
	key string
}

func join(path, key string) string {
	if path == "" {
		return clip(key)
	}
	return path + "." + clip(key)
}
