package tap

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
)

// jsonTree is a parsed JSON text. With encoding/json, telling apart scalars of any kind and PHP's empty lists costs more than the rest
// of a create. The parser accepts exactly what encoding/json accepts, up to maxDepth.
type jsonTree struct {
	src   string
	nodes []jsonNode // the first means "absent"
	depth int
}

// jsonNode is a value. Children are linked by index, in order.
type jsonNode struct {
	kind        kind
	key         string // inside an object
	text        string // of a scalar, unquoted
	start, end  int32  // in src
	child, next int32  // 0: none
}

type kind uint8

const (
	absent kind = iota
	isNull
	isText
	isNumber
	isBool
	isList
	isObject
)

var kindNames = [...]string{"nothing", "null", "text", "a number", "a boolean", "a list", "an object"}

// maxDepth is how deep lists and objects may nest; those of Tap nest four deep.
const maxDepth = 64

// keptSource is the length up to which values share memory with the body. A short value must not keep a large body in memory.
const keptSource = 4 << 10

// trees are reused: their nodes would be the largest allocation of a create.
var trees = sync.Pool{New: func() any { return &jsonTree{nodes: make([]jsonNode, 1, 64)} }}

// parseJSON reads exactly one JSON value and returns the tree and the value's node. The caller passes the tree to freeJSON; texts of
// its nodes remain valid.
func parseJSON(body []byte) (*jsonTree, int32, error) {
	t := trees.Get().(*jsonTree)
	t.src = string(body)
	root, at, err := t.value(t.blank(0))
	if err == nil && t.blank(at) < len(t.src) {
		err = errors.New("there is more text after the JSON value")
	}
	return t, root, err
}

func freeJSON(t *jsonTree) {
	if t == nil || cap(t.nodes) > 1024 {
		return
	}
	clear(t.nodes)
	t.src, t.nodes, t.depth = "", t.nodes[:1], 0
	trees.Put(t)
}

var errEarly = errors.New("the JSON ends too early")

func (t *jsonTree) unexpected(at int, want string) error {
	if at >= len(t.src) {
		return errEarly
	}
	return fmt.Errorf("at byte %d: want %s", at+1, want)
}

// blank skips white space.
func (t *jsonTree) blank(at int) int {
	for at < len(t.src) && (t.src[at] == ' ' || t.src[at] == '\n' || t.src[at] == '\r' || t.src[at] == '\t') {
		at++
	}
	return at
}

func (t *jsonTree) add(n jsonNode) int32 {
	t.nodes = append(t.nodes, n)
	return int32(len(t.nodes) - 1)
}

// value parses the value that begins at byte at and returns its node and its end.
func (t *jsonTree) value(at int) (node int32, end int, err error) {
	if at >= len(t.src) {
		return 0, at, errEarly
	}
	switch c := t.src[at]; {
	case c == '{':
		return t.group(at, isObject, '}')
	case c == '[':
		return t.group(at, isList, ']')
	case c == '"':
		text, end, err := t.quoted(at)
		return t.add(jsonNode{kind: isText, text: text, start: int32(at), end: int32(end)}), end, err
	case c == '-' || c >= '0' && c <= '9':
		end, err := t.number(at)
		return t.add(jsonNode{kind: isNumber, text: t.kept(at, end), start: int32(at), end: int32(end)}), end, err
	}
	for word, kind := range words {
		if strings.HasPrefix(t.src[at:], word) {
			end := at + len(word)
			return t.add(jsonNode{kind: kind, text: word, start: int32(at), end: int32(end)}), end, nil
		}
	}
	return 0, at, t.unexpected(at, "a JSON value")
}

var words = map[string]kind{"true": isBool, "false": isBool, "null": isNull}

// group parses an object or a list.
func (t *jsonTree) group(at int, kind kind, closing byte) (node int32, end int, err error) {
	if t.depth++; t.depth > maxDepth {
		return 0, at, fmt.Errorf("at byte %d: lists and objects nest deeper than %d", at+1, maxDepth)
	}
	defer func() { t.depth-- }()
	group := t.add(jsonNode{kind: kind, start: int32(at)})
	last := int32(0)
	at = t.blank(at + 1)
	for first := true; ; first = false {
		if at < len(t.src) && t.src[at] == closing && first {
			break
		}
		key := ""
		if kind == isObject {
			if key, at, err = t.key(at); err != nil {
				return group, at, err
			}
		}
		child, end, err := t.value(at)
		if err != nil {
			return group, end, err
		}
		t.nodes[child].key = key
		if last == 0 {
			t.nodes[group].child = child
		} else {
			t.nodes[last].next = child
		}
		last, at = child, t.blank(end)
		if at >= len(t.src) || t.src[at] != ',' {
			break
		}
		at = t.blank(at + 1)
	}
	if at >= len(t.src) || t.src[at] != closing {
		return group, at, t.unexpected(at, fmt.Sprintf("a comma or %c", closing))
	}
	t.nodes[group].end = int32(at + 1)
	return group, at + 1, nil
}

// key parses a member's name and its colon.
func (t *jsonTree) key(at int) (string, int, error) {
	if at >= len(t.src) || t.src[at] != '"' {
		return "", at, t.unexpected(at, "a field's name in quotes")
	}
	key, at, err := t.quoted(at)
	if err != nil {
		return "", at, err
	}
	if at = t.blank(at); at >= len(t.src) || t.src[at] != ':' {
		return "", at, t.unexpected(at, "a colon")
	}
	return key, t.blank(at + 1), nil
}

// quoted parses text in quotes. encoding/json unquotes text with escapes.
func (t *jsonTree) quoted(at int) (string, int, error) {
	escaped := false
	for i := at + 1; i < len(t.src); i++ {
		switch c := t.src[i]; {
		case c == '"' && !escaped:
			return t.kept(at+1, i), i + 1, nil
		case c == '"':
			var text string
			err := json.Unmarshal([]byte(t.src[at:i+1]), &text)
			if err != nil {
				err = fmt.Errorf("at byte %d: want text with valid escapes", at+1)
			}
			return text, i + 1, err
		case c == '\\':
			escaped = true
			i++
		case c < ' ':
			return "", i, t.unexpected(i, "control characters in text as escapes")
		}
	}
	return "", len(t.src), errEarly
}

// number finds the end of a number.
func (t *jsonTree) number(at int) (int, error) {
	i := at
	if t.src[i] == '-' {
		i++
	}
	end := t.digits(i)
	if end == i || end > i+1 && t.src[i] == '0' {
		return i, t.unexpected(i, "a number without leading zeros")
	}
	i = end
	if i < len(t.src) && t.src[i] == '.' {
		if end = t.digits(i + 1); end == i+1 {
			return end, t.unexpected(end, "a digit")
		}
		i = end
	}
	if i < len(t.src) && (t.src[i] == 'e' || t.src[i] == 'E') {
		i++
		if i < len(t.src) && (t.src[i] == '+' || t.src[i] == '-') {
			i++
		}
		if end = t.digits(i); end == i {
			return end, t.unexpected(end, "a digit")
		}
		i = end
	}
	return i, nil
}

func (t *jsonTree) digits(at int) int {
	for at < len(t.src) && t.src[at] >= '0' && t.src[at] <= '9' {
		at++
	}
	return at
}

// kept returns a part of the source that may be kept longer than the source.
func (t *jsonTree) kept(start, end int) string {
	if len(t.src) > keptSource {
		return strings.Clone(t.src[start:end])
	}
	return t.src[start:end]
}

// raw is a node's JSON text without white space.
func (t *jsonTree) raw(node int32) string {
	n := &t.nodes[node]
	return compactJSON(strings.ToValidUTF8(t.src[n.start:n.end], "\ufffd"))
}
