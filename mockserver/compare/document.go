package compare

import (
	"bytes"
	"encoding/json"
	"strings"
)

// node is a JSON value as it is written.
type node struct {
	kind    string // null, boolean, number, text, list or object
	raw     string // the JSON text
	text    string // of a text without quotes and escapes
	members []member
	places  map[name]int // of the members
	items   []*node
}

// member is a field of an object.
type member struct {
	name
	value *node
}

// name is a key and which occurrence of it in its object, from 0: JSON allows several.
type name struct {
	key string
	n   int
}

// maxDepth is how deep lists and objects may nest; those of Tap nest four deep.
const maxDepth = 64

// parse reads one JSON value. It is nil if the text is something else, or nests too deep.
func parse(text []byte) *node {
	if !json.Valid(text) {
		return nil
	}
	p := &parser{src: string(text), dec: json.NewDecoder(bytes.NewReader(text))}
	p.dec.UseNumber()
	return p.value(0)
}

// parser reads valid JSON, token by token, because a map has neither the order of the fields nor repeated ones.
type parser struct {
	src string // values share its memory
	dec *json.Decoder
}

// value reads the next value; nil if it nests too deep.
func (p *parser) value(depth int) *node {
	start := p.begin()
	token, err := p.dec.Token()
	if err != nil || depth > maxDepth {
		return nil
	}
	n, complete := &node{}, true
	switch token := token.(type) {
	case json.Delim:
		complete = p.group(n, token, depth+1)
	case json.Number:
		n.kind = "number"
	case string:
		n.kind, n.text = "text", token
	case bool:
		n.kind = "boolean"
	default:
		n.kind = "null"
	}
	if !complete {
		return nil
	}
	n.raw = p.src[start:p.dec.InputOffset()]
	return n
}

// begin is where the next token begins: after the white space, comma and colon before it.
func (p *parser) begin() int64 {
	at := p.dec.InputOffset()
	for at < int64(len(p.src)) && strings.IndexByte(" \t\r\n,:", p.src[at]) >= 0 {
		at++
	}
	return at
}

// group reads the rest of a list or an object, and reports whether it could.
func (p *parser) group(n *node, opening json.Delim, depth int) bool {
	n.kind = "list"
	if opening == '{' {
		n.kind, n.places = "object", map[name]int{}
	}
	times := map[string]int{}
	for p.dec.More() {
		key := ""
		if n.kind == "object" {
			token, err := p.dec.Token()
			if err != nil {
				return false
			}
			key, _ = token.(string)
		}
		value := p.value(depth)
		if value == nil {
			return false
		}
		if n.kind == "list" {
			n.items = append(n.items, value)
			continue
		}
		of := name{key, times[key]}
		n.places[of] = len(n.members)
		n.members = append(n.members, member{of, value})
		times[key]++
	}
	_, err := p.dec.Token()
	return err == nil
}

// isGroup reports whether the value is a list or an object.
func (n *node) isGroup() bool { return n.kind == "list" || n.kind == "object" }

// compact is the value's JSON text without white space.
func (n *node) compact() string {
	var out bytes.Buffer
	if json.Compact(&out, []byte(n.raw)) != nil {
		return n.raw // not reached: it is valid JSON
	}
	return out.String()
}

// placeOf is where an object has a member with this name, -1 if it has none.
func (n *node) placeOf(of name) int {
	if place, ok := n.places[of]; ok {
		return place
	}
	return -1
}
