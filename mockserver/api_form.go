package mockserver

import (
	"bytes"
	"encoding/json"
	"mime"
	"net/http"
	"net/url"
	"strings"
)

// jsonBody returns a request's body as JSON, and the leniencies that this used. A form with bracket keys, such as
// customer[phone][number]=…, becomes an object whose values are text; JSON with another content type is accepted (Tap API 1.2,
// inferred).
func jsonBody(r *http.Request, body []byte) ([]byte, []string) {
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	looksJSON := bytes.HasPrefix(bytes.TrimLeft(body, " \t\r\n"), []byte("{"))
	switch {
	case kind == "application/json" || kind == "" || len(body) == 0:
		return body, nil
	case looksJSON:
		return body, []string{"content type: " + headerSafe(kind) + " was sent with a JSON body"}
	case kind == "application/x-www-form-urlencoded":
		return formJSON(string(body)), []string{"body: a form was sent, JSON is documented"}
	}
	return body, nil
}

// formNode is an object that keeps the order of its keys, or a text.
type formNode struct {
	text   string
	keys   []string
	fields map[string]*formNode
}

func (n *formNode) child(key string) *formNode {
	if n.fields == nil {
		n.fields = map[string]*formNode{}
	}
	c, ok := n.fields[key]
	if !ok {
		c = &formNode{}
		n.fields[key] = c
		n.keys = append(n.keys, key)
	}
	return c
}

// maxFormDepth bounds the nesting of bracket keys; Tap's own objects need three levels.
const maxFormDepth = 8

// formJSON converts a form to JSON. Text that cannot be unescaped is kept.
func formJSON(body string) []byte {
	root := &formNode{}
	for pair := range strings.SplitSeq(body, "&") {
		key, value, _ := strings.Cut(pair, "=")
		if key == "" {
			continue
		}
		n := root
		for _, part := range formPath(unescape(key)) {
			n = n.child(part)
		}
		n.text = unescape(value)
	}
	var out bytes.Buffer
	root.write(&out)
	return out.Bytes()
}

func unescape(s string) string {
	if plain, err := url.QueryUnescape(s); err == nil {
		return plain
	}
	return s
}

// formPath splits customer[phone][number] into its three keys.
func formPath(key string) []string {
	head, rest, nested := strings.Cut(key, "[")
	path := []string{head}
	if nested {
		for part := range strings.SplitSeq(strings.TrimSuffix(rest, "]"), "][") {
			path = append(path, part)
		}
	}
	return path[:min(len(path), maxFormDepth)]
}

func (n *formNode) write(out *bytes.Buffer) {
	if n.fields == nil && n.keys == nil && out.Len() > 0 {
		text, _ := json.Marshal(n.text)
		out.Write(text)
		return
	}
	out.WriteByte('{')
	for i, key := range n.keys {
		if i > 0 {
			out.WriteByte(',')
		}
		name, _ := json.Marshal(key)
		out.Write(name)
		out.WriteByte(':')
		n.fields[key].write(out)
	}
	out.WriteByte('}')
}
