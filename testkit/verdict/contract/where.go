package contract

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
)

// Where says where a value stands in an answer. $.data.items[0].url is a path in JSON, /href="([^"]+)"/ a regular expression whose first
// group is the value (the whole match if it has none), header Location a header. A ? at the end allows it to be missing. "" is nowhere.
type Where string

// value is what stands somewhere in an answer.
type value struct {
	json  any  // string, json.Number, bool, nil, or a list or an object
	found bool // whether it is there
}

func (w Where) optional() bool { return strings.HasSuffix(string(w), "?") && !w.isPattern() }

func (w Where) isPattern() bool {
	return len(w) > 2 && strings.HasPrefix(string(w), "/") && strings.HasSuffix(string(w), "/")
}

// check refuses a text that is not a place.
func (w Where) check() error {
	text := strings.TrimSuffix(string(w), "?")
	switch {
	case w == "":
		return nil
	case w.isPattern():
		if _, err := regexp.Compile(string(w[1 : len(w)-1])); err != nil {
			return fmt.Errorf("%s is not a regular expression: %w", w, err)
		}
		return nil
	case strings.HasPrefix(text, "header "):
		return nil
	case text == "$" || strings.HasPrefix(text, "$."):
		_, err := steps(text)
		return err
	}
	return fmt.Errorf(`%q is not a place in an answer; write a JSON path such as $.data.url, a regular expression such as /href="([^"]+)"/, or a header such as header Location`, string(w))
}

// steps are the keys and numbers of a JSON path.
func steps(path string) (all []string, err error) {
	rest := strings.NewReplacer("[", ".", "]", "").Replace(strings.TrimPrefix(path, "$"))
	for part := range strings.SplitSeq(strings.TrimPrefix(rest, "."), ".") {
		if part == "" && rest != "" {
			return nil, fmt.Errorf("%s: a key is missing; write a path such as $.data.items[0].url", path)
		}
		if part != "" {
			all = append(all, part)
		}
	}
	return all, nil
}

// in reads the value. The error says what stands there instead.
func (w Where) in(a *answer) (value, error) {
	text := strings.TrimSuffix(string(w), "?")
	switch {
	case w.isPattern():
		m := regexp.MustCompile(string(w[1 : len(w)-1])).FindSubmatch(a.body)
		if m == nil {
			return value{}, nil
		}
		return value{string(m[min(1, len(m)-1)]), true}, nil
	case strings.HasPrefix(text, "header "):
		name := http.CanonicalHeaderKey(strings.TrimSpace(text[len("header "):]))
		_, found := a.header[name]
		return value{a.header.Get(name), found}, nil
	}
	at, err := a.parsed()
	if err != nil {
		return value{}, err
	}
	path, err := steps(text)
	if err != nil {
		return value{}, err
	}
	found := true
	for _, step := range path {
		if at, found = child(at, step); !found {
			return value{}, nil
		}
	}
	return value{at, true}, nil
}

// child is what a JSON object or list has at a key or number.
func child(at any, step string) (any, bool) {
	switch v := at.(type) {
	case map[string]any:
		one, ok := v[step]
		return one, ok
	case []any:
		if n, err := strconv.Atoi(step); err == nil && n >= 0 && n < len(v) {
			return v[n], true
		}
	}
	return nil, false
}

// text is a value as text: a string, a number or a boolean.
func (v value) text() (string, bool) {
	switch x := v.json.(type) {
	case string:
		return strings.TrimSpace(x), true
	case json.Number:
		return x.String(), true
	case bool:
		return strconv.FormatBool(x), true
	}
	return "", false
}

// shown is a value as an error shows it.
func (v value) shown() string {
	if !v.found {
		return "missing"
	}
	text, err := json.Marshal(v.json)
	if err != nil {
		return "not readable"
	}
	return clip(string(text), 80)
}
