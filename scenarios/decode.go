package scenarios

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// decoder fills the types of this package from YAML nodes. It goes on after a mistake, so that all are found, and notes
// where each value stands, for the checks that come afterwards.
type decoder struct {
	file     string
	mistakes Mistakes
	places   map[any]*yaml.Node // pointer to a value → where it stands
}

// maxFile bounds a scenario file, in bytes.
const maxFile = 8 << 20

// decodeFile reads one file.
func decodeFile(name string, data []byte) (*File, *decoder) {
	d := &decoder{file: name, places: map[any]*yaml.Node{}}
	f := &File{}
	if len(data) > maxFile {
		d.mistake(nil, "", "the file has %d bytes, at most %d are read", len(data), maxFile)
		return f, d
	}
	root, err := parseYAML(data)
	if err != nil {
		line, text := yamlMistake(err)
		d.mistake(&yaml.Node{Line: line, Column: 1}, "", "%s", text)
		return f, d
	}
	d.value(root, reflect.ValueOf(f).Elem(), "")
	if len(f.Scenarios) == 0 && len(d.mistakes) == 0 {
		d.mistake(root, "", "the file holds no scenarios; they stand in a list under the key scenarios")
	}
	return f, d
}

// parseYAML reads the one document of a file.
func parseYAML(data []byte) (*yaml.Node, error) {
	dec := yaml.NewDecoder(bytes.NewReader(data))
	var doc, second yaml.Node
	if err := dec.Decode(&doc); errors.Is(err, io.EOF) {
		return nil, errors.New("the file is empty")
	} else if err != nil {
		return nil, err
	}
	if err := dec.Decode(&second); err == nil {
		return nil, fmt.Errorf("line %d: a second document begins here; a file holds one", second.Line)
	} else if !errors.Is(err, io.EOF) {
		return nil, err
	}
	if len(doc.Content) == 0 {
		return nil, errors.New("the file is empty")
	}
	return doc.Content[0], nil
}

var yamlLine = regexp.MustCompile(`^(?:yaml: )?line (\d+): `)

// yamlMistake takes the line out of an error of the YAML reader.
func yamlMistake(err error) (line int, text string) {
	text = err.Error()
	if m := yamlLine.FindStringSubmatch(text); m != nil {
		line, _ = strconv.Atoi(m[1])
		text = text[len(m[0]):]
	}
	if strings.HasPrefix(text, "the file") || strings.HasPrefix(text, "a second") {
		return max(line, 1), text
	}
	return max(line, 1), "this is not YAML: " + strings.TrimPrefix(text, "yaml: ")
}

func (d *decoder) mistake(n *yaml.Node, path, format string, args ...any) {
	m := Mistake{File: d.file, Path: path, Text: fmt.Sprintf(format, args...)}
	if n != nil {
		m.Line, m.Column = n.Line, n.Column
	}
	d.mistakes = append(d.mistakes, m)
}

// value reads a node into v.
func (d *decoder) value(n *yaml.Node, v reflect.Value, path string) {
	if n.Kind == yaml.AliasNode || n.Anchor != "" {
		d.mistake(n, path, "anchors and aliases are not taken; use extends to share what scenarios have in common")
		return
	}
	if n.Kind == yaml.ScalarNode && n.Tag == "!!null" {
		d.mistake(n, path, "nothing stands here; leave the key out, or give it a value")
		return
	}
	if v.Kind() == reflect.Pointer {
		v.Set(reflect.New(v.Type().Elem()))
		v = v.Elem()
	}
	d.places[v.Addr().Interface()] = n
	if w, ok := v.Addr().Interface().(word); ok && (n.Kind == yaml.ScalarNode || !keyed(v.Type())) {
		d.word(n, w, path)
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

func (d *decoder) word(n *yaml.Node, w word, path string) {
	if n.Kind != yaml.ScalarNode {
		d.mistake(n, path, "this is %s, a single value is wanted", kindName(n))
	} else if err := w.read(n.Value); err != nil {
		d.mistake(n, path, "%s", strings.TrimPrefix(err.Error(), tap.ErrAmount.Error()+": "))
	}
}

// scalar reads plain texts, booleans and whole numbers.
func (d *decoder) scalar(n *yaml.Node, v reflect.Value, path string) {
	if n.Kind != yaml.ScalarNode {
		d.mistake(n, path, "this is %s, a single value is wanted", kindName(n))
		return
	}
	switch v.Kind() {
	case reflect.Bool:
		if n.Tag != "!!bool" {
			d.mistake(n, path, "%q is neither true nor false", clip(n.Value))
		}
		v.SetBool(n.Tag == "!!bool" && strings.EqualFold(n.Value, "true"))
	case reflect.Int:
		i, err := strconv.Atoi(n.Value)
		if n.Tag != "!!int" || err != nil {
			d.mistake(n, path, "%q is no whole number", clip(n.Value))
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
	if n.Kind != yaml.SequenceNode {
		d.mistake(n, path, "this is %s, a list is wanted: put a dash before each entry", kindName(n))
		return
	}
	if len(n.Content) == 0 {
		d.mistake(n, path, "the list is empty; leave the key out, or give it entries")
	}
	if len(n.Content) > maxEntries {
		d.mistake(n, path, "%d entries are more than %d", len(n.Content), maxEntries)
		return
	}
	v.Set(reflect.MakeSlice(v.Type(), len(n.Content), len(n.Content)))
	for i, item := range n.Content {
		d.value(item, v.Index(i), path+"["+strconv.Itoa(i)+"]")
	}
}

// maxEntries bounds a list of a file.
const maxEntries = 20_000

func (d *decoder) mapping(n *yaml.Node, v reflect.Value, path string) {
	if n.Kind != yaml.MappingNode {
		d.mistake(n, path, "this is %s, a mapping with some of these keys is wanted: %s", kindName(n), strings.Join(keysOf(v.Type()), ", "))
		return
	}
	if len(n.Content) == 0 && !mayBeEmpty(v.Type()) {
		d.mistake(n, path, "the mapping is empty; its keys are %s", strings.Join(keysOf(v.Type()), ", "))
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		if !d.fresh(key, seen, path) {
			continue
		}
		d.field(key, n.Content[i+1], v, path)
	}
}

// mayBeEmpty reports whether a mapping without keys says something: all of it as by default.
func mayBeEmpty(t reflect.Type) bool {
	return t == reflect.TypeFor[Pay]() || t == reflect.TypeFor[Webhook]() || t == reflect.TypeFor[Redirect]()
}

// fresh reports whether a key may stand where it does: as a single value, and once.
func (d *decoder) fresh(key *yaml.Node, seen map[string]bool, path string) bool {
	switch {
	case key.Kind != yaml.ScalarNode:
		d.mistake(key, path, "a key must be a single word")
		return false
	case seen[key.Value]:
		d.mistake(key, path, "the key %s stands here twice", clip(key.Value))
		return false
	}
	seen[key.Value] = true
	return true
}

// field reads one key of a mapping.
func (d *decoder) field(key, value *yaml.Node, v reflect.Value, path string) {
	f, dynamic, ok := fieldOf(v.Type(), key.Value)
	if !ok {
		keys := keysOf(v.Type())
		if near := nearest(key.Value, keys); near != "" {
			d.mistake(key, path, "there is no key %q here, did you mean %q?", clip(key.Value), near)
			return
		}
		d.mistake(key, path, "there is no key %q here; the keys are %s", clip(key.Value), strings.Join(keys, ", "))
		return
	}
	to, at := v.FieldByIndex(f.Index), join(path, key.Value)
	if dynamic != "" {
		d.entry(value, to, dynamic, at)
		return
	}
	d.value(value, to, at)
	d.bounds(value, f, to, at)
}

// bounds holds a whole number against its field's.
func (d *decoder) bounds(n *yaml.Node, f reflect.StructField, v reflect.Value, path string) {
	if text := outOfBounds(f, v); text != "" && n.Tag == "!!int" {
		d.mistake(n, path, "%s", text)
	}
}

// outOfBounds says why a whole number is not one that its field takes, or "". Zero in Go is a number that is not set.
func outOfBounds(f reflect.StructField, v reflect.Value) string {
	low, bounded := f.Tag.Lookup("min")
	if !bounded || v.Kind() != reflect.Int {
		return ""
	}
	least, _ := strconv.Atoi(low)
	most, _ := strconv.Atoi(f.Tag.Get("max"))
	if i := int(v.Int()); i < least || i > most {
		return fmt.Sprintf("%d is not from %d to %d", i, least, most)
	}
	return ""
}

// entries reads a mapping whose keys are free.
func (d *decoder) entries(n *yaml.Node, v reflect.Value, path string) {
	if n.Kind != yaml.MappingNode || len(n.Content) == 0 {
		d.mistake(n, path, "this is %s, a mapping with at least one key is wanted", kindName(n))
		return
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if key := n.Content[i]; d.fresh(key, seen, path) {
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
	d.value(n, v.Elem(), path)
	d.places[place{m.Addr().Interface(), key}] = n
	m.SetMapIndex(reflect.ValueOf(key), v.Elem())
}

// place is a value of a map, which has no address.
type place struct {
	of  any
	key string
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// fieldOf finds the field of a key; dynamic is the rest of a key such as metadata.color, whose field is metadata.*.
func fieldOf(t reflect.Type, key string) (f reflect.StructField, dynamic string, ok bool) {
	for _, f := range reflect.VisibleFields(t) {
		name := f.Tag.Get("key")
		if name == key && name != "" {
			return f, "", true
		}
		if prefix, free := strings.CutSuffix(name, "*"); free && strings.HasPrefix(key, prefix) && key != prefix {
			return f, key[len(prefix):], true
		}
	}
	return f, "", false
}

// keysOf lists the keys of a struct in their order.
func keysOf(t reflect.Type) []string {
	var keys []string
	for _, f := range reflect.VisibleFields(t) {
		if key := f.Tag.Get("key"); key != "" {
			keys = append(keys, key)
		}
	}
	return keys
}

// keyed reports whether a type may be written as a mapping with known keys.
func keyed(t reflect.Type) bool {
	return t.Kind() == reflect.Struct && slices.ContainsFunc(reflect.VisibleFields(t), func(f reflect.StructField) bool { return f.Tag.Get("key") != "" })
}
