package scenarios

import (
	"bytes"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"gopkg.in/yaml.v3"
)

// YAML writes the scenario as an entry of a file. Reading it gives the same scenario.
func (s *Scenario) YAML() []byte { return (&File{Scenarios: []Scenario{*s}}).YAML() }

// YAML writes the file. Comments of a file that was read are lost.
func (f *File) YAML() []byte {
	var b bytes.Buffer
	enc := yaml.NewEncoder(&b)
	enc.SetIndent(2)
	if err := enc.Encode(node(reflect.ValueOf(f).Elem(), 0)); err != nil {
		panic("scenarios: encoding what was made of plain nodes: " + err.Error())
	}
	enc.Close()
	return b.Bytes()
}

// flowFrom is the depth from which mappings are written on one line.
const flowFrom = 2

// node is the YAML of a value, nil if it is not set.
func node(v reflect.Value, depth int) *yaml.Node {
	if v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return nil
		}
		if v.Elem().Kind() == reflect.Bool {
			return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!bool", Value: strconv.FormatBool(v.Elem().Bool())}
		}
		v = v.Elem()
	}
	if s, ok := addressable(v).Interface().(short); ok {
		if n := shortNode(v, s, depth); n != nil {
			return n
		}
	}
	if w, ok := addressable(v).Interface().(word); ok {
		if text := w.write(); text != "" {
			return wordNode(w, text)
		} else if !keyed(v.Type()) {
			return nil
		}
	}
	switch v.Kind() {
	case reflect.Struct:
		return structNode(v, depth)
	case reflect.Map:
		return mapNode(v, depth)
	case reflect.Slice:
		return listNode(v, depth)
	}
	return plainNode(v)
}

// shortNode is the YAML of a value that is written without keys because nothing else is set, or nil.
func shortNode(v reflect.Value, s short, depth int) *yaml.Node {
	list := reflect.ValueOf(s.short()).Elem()
	only := reflect.New(v.Type()).Elem()
	reflect.ValueOf(only.Addr().Interface().(short).short()).Elem().Set(list)
	if list.Len() == 0 || !reflect.DeepEqual(only.Interface(), v.Interface()) {
		return nil
	}
	return node(list, depth)
}

// addressable is a pointer to a value, or to a copy of it.
func addressable(v reflect.Value) reflect.Value {
	if v.CanAddr() {
		return v.Addr()
	}
	p := reflect.New(v.Type())
	p.Elem().Set(v)
	return p
}

// mistakable are texts that some YAML readers interpret as something else.
var mistakable = map[string]bool{"<<": true, "=": true, "y": true, "n": true, "yes": true, "no": true, "on": true, "off": true}

// textNode writes a text. Texts with characters that YAML folds, trims or escapes are quoted.
func textNode(text string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: strings.ToValidUTF8(text, "\uFFFD")}
	if mistakable[strings.ToLower(text)] || strings.TrimSpace(text) != text || strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) {
		n.Style = yaml.DoubleQuotedStyle
	}
	return n
}

// wordNode writes a number without quotes where the schema wants a number.
func wordNode(w word, text string) *yaml.Node {
	n := textNode(text)
	_, refusal := w.(*Refusal)
	_, calls := w.(*Calls)
	if _, err := strconv.Atoi(text); err == nil && (refusal || calls) {
		n.Tag = "!!int"
	}
	return n
}

// plainNode writes texts, booleans and whole numbers; zeros are not set.
func plainNode(v reflect.Value) *yaml.Node {
	if v.IsZero() {
		return nil
	}
	switch v.Kind() {
	case reflect.Bool:
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!bool", Value: "true"}
	case reflect.Int:
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!int", Value: strconv.FormatInt(v.Int(), 10)}
	}
	return textNode(v.String())
}

func structNode(v reflect.Value, depth int) *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode}
	if depth > flowFrom {
		n.Style = yaml.FlowStyle
	}
	for _, f := range shapeOf(v.Type()).fields {
		field := v.Field(f.Index[0])
		if f.free {
			n.Content = append(n.Content, pairs(field, f.prefix, depth)...)
		} else if child := node(field, depth+1); child != nil {
			n.Content = append(n.Content, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: f.keyIn(v)}, child)
		}
	}
	if len(n.Content) == 0 && !mayBeEmpty(v.Type()) {
		return nil
	}
	return n
}

func mapNode(v reflect.Value, depth int) *yaml.Node {
	if v.Len() == 0 {
		return nil
	}
	n := &yaml.Node{Kind: yaml.MappingNode, Content: pairs(v, "", depth)}
	if depth > flowFrom {
		n.Style = yaml.FlowStyle
	}
	return n
}

// pairs are the keys and values of a map, in the order of the keys.
func pairs(v reflect.Value, prefix string, depth int) []*yaml.Node {
	keys := v.MapKeys()
	slices.SortFunc(keys, func(a, b reflect.Value) int { return bytes.Compare([]byte(a.String()), []byte(b.String())) })
	var out []*yaml.Node
	for _, k := range keys {
		value := node(v.MapIndex(k), depth+1)
		if value == nil {
			value = textNode("")
		}
		out = append(out, textNode(prefix+k.String()), value)
	}
	return out
}

func listNode(v reflect.Value, depth int) *yaml.Node {
	if v.Len() == 0 {
		return nil
	}
	if ofWords(v.Type()) && v.Len() == 1 {
		return node(v.Index(0), depth)
	}
	n := &yaml.Node{Kind: yaml.SequenceNode}
	if ofWords(v.Type()) {
		n.Style = yaml.FlowStyle
	}
	for i := range v.Len() {
		if child := node(v.Index(i), depth+1); child != nil {
			n.Content = append(n.Content, child)
		}
	}
	return n
}
