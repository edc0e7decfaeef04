package scenarios_test

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"gopkg.in/yaml.v3"
)

// jsonOf reads YAML into the values of JSON, as an editor does.
func jsonOf(t *testing.T, text string) any {
	t.Helper()
	doc, ok := tryJSON(text)
	if !ok {
		t.Fatalf("not JSON: %s", text)
	}
	return doc
}

func tryJSON(text string) (any, bool) {
	var doc yaml.Node
	if yaml.Unmarshal([]byte(text), &doc) != nil || len(doc.Content) == 0 {
		return nil, false
	}
	return valueOf(doc.Content[0]), true
}

func valueOf(n *yaml.Node) any {
	switch n.Kind {
	case yaml.MappingNode:
		m := map[string]any{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			m[n.Content[i].Value] = valueOf(n.Content[i+1])
		}
		return m
	case yaml.SequenceNode:
		l := []any{}
		for _, c := range n.Content {
			l = append(l, valueOf(c))
		}
		return l
	}
	var v any
	switch n.Tag {
	case "!!int", "!!float":
		var f float64
		if n.Decode(&f) == nil {
			return f
		}
	case "!!bool", "!!null":
		if n.Decode(&v) == nil {
			return v
		}
	}
	return n.Value
}

// violations is a validator of the part of JSON Schema that ours uses; a keyword it does not know is a violation.
func violations(schema map[string]any, v any, at string) []string {
	var why []string
	for _, keyword := range slices.Sorted(maps.Keys(schema)) {
		check, ok := keywords[keyword]
		if !ok {
			return []string{at + ": the validator does not know " + keyword}
		}
		why = append(why, check(schema, v, at)...)
	}
	return why
}

type keyword func(schema map[string]any, v any, at string) []string

var keywords map[string]keyword

func init() {
	ignored := func(map[string]any, any, string) []string { return nil }
	keywords = map[string]keyword{
		"$schema": ignored, "title": ignored, "description": ignored, "examples": ignored, "properties": ignored, "patternProperties": ignored,
		"type": checkType, "enum": checkEnum, "const": checkEnum, "pattern": checkPattern, "minimum": checkNumber, "maximum": checkNumber,
		"exclusiveMinimum": checkNumber, "minItems": checkItems, "items": checkItems, "minProperties": checkKeys, "required": checkKeys,
		"additionalProperties": checkKeys, "oneOf": checkSome, "anyOf": checkSome,
	}
}

func typeName(v any) string {
	switch v := v.(type) {
	case map[string]any:
		return "object"
	case []any:
		return "array"
	case bool:
		return "boolean"
	case float64:
		if v == float64(int64(v)) {
			return "integer"
		}
		return "number"
	case nil:
		return "null"
	}
	return "string"
}

func checkType(schema map[string]any, v any, at string) []string {
	allowed, many := schema["type"].([]any)
	if !many {
		allowed = []any{schema["type"]}
	}
	name := typeName(v)
	if slices.Contains(allowed, any(name)) || name == "integer" && slices.Contains(allowed, any("number")) {
		return nil
	}
	return []string{fmt.Sprintf("%s: %v is %s, not %v", at, v, name, allowed)}
}

func checkEnum(schema map[string]any, v any, at string) []string {
	allowed, many := schema["enum"].([]any)
	if !many {
		allowed = []any{schema["const"]}
	}
	switch v.(type) {
	case map[string]any, []any:
	default:
		if slices.Contains(allowed, v) {
			return nil
		}
	}
	return []string{fmt.Sprintf("%s: %v is none of %v", at, v, allowed)}
}

var patterns sync.Map

func compiled(p string) *regexp.Regexp {
	known, ok := patterns.Load(p)
	if !ok {
		known, _ = patterns.LoadOrStore(p, regexp.MustCompile(p))
	}
	return known.(*regexp.Regexp)
}

func checkPattern(schema map[string]any, v any, at string) []string {
	text, ok := v.(string)
	if p := schema["pattern"].(string); ok && !compiled(p).MatchString(text) {
		return []string{fmt.Sprintf("%s: %q does not fit %s", at, text, p)}
	}
	return nil
}

func checkNumber(schema map[string]any, v any, at string) []string {
	f, ok := v.(float64)
	least, a := schema["minimum"].(float64)
	most, b := schema["maximum"].(float64)
	above, c := schema["exclusiveMinimum"].(float64)
	if ok && (a && f < least || b && f > most || c && f <= above) {
		return []string{fmt.Sprintf("%s: %v is out of bounds", at, f)}
	}
	return nil
}

func checkItems(schema map[string]any, v any, at string) []string {
	list, ok := v.([]any)
	if !ok {
		return nil
	}
	var why []string
	if least, _ := schema["minItems"].(float64); float64(len(list)) < least {
		why = append(why, at+": too few entries")
	}
	for i, item := range list {
		why = append(why, violations(schema["items"].(map[string]any), item, fmt.Sprintf("%s[%d]", at, i))...)
	}
	return why
}

func checkKeys(schema map[string]any, v any, at string) []string {
	m, ok := v.(map[string]any)
	if !ok {
		return nil
	}
	var why []string
	if least, _ := schema["minProperties"].(float64); float64(len(m)) < least {
		why = append(why, at+": too few keys")
	}
	required, _ := schema["required"].([]any)
	for _, k := range required {
		if _, ok := m[k.(string)]; !ok {
			why = append(why, at+": "+k.(string)+" is missing")
		}
	}
	for k, value := range m {
		sub := propertyOf(schema, k)
		if sub == nil {
			why = append(why, at+": unknown key "+k)
			continue
		}
		why = append(why, violations(sub, value, at+"."+k)...)
	}
	return why
}

func propertyOf(schema map[string]any, key string) map[string]any {
	properties, _ := schema["properties"].(map[string]any)
	if sub, ok := properties[key].(map[string]any); ok {
		return sub
	}
	patterns, _ := schema["patternProperties"].(map[string]any)
	for p, sub := range patterns {
		if compiled(p).MatchString(key) {
			return sub.(map[string]any)
		}
	}
	sub, _ := schema["additionalProperties"].(map[string]any)
	return sub
}

func checkSome(schema map[string]any, v any, at string) []string {
	one, exactly := schema["oneOf"].([]any)
	choices, _ := schema["anyOf"].([]any)
	fits := 0
	var why []string
	for _, c := range append(choices, one...) {
		if not := violations(c.(map[string]any), v, at); len(not) > 0 {
			why = append(why, not...)
		} else {
			fits++
		}
	}
	if fits == 1 || fits > 1 && !exactly {
		return nil
	}
	return append(why, fmt.Sprintf("%s: fits %d of the choices", at, fits))
}

// collect notes the keys and the words of a document.
func collect(v any, used map[string]bool) {
	switch v := v.(type) {
	case map[string]any:
		for k, value := range v {
			used["key "+k] = true
			collect(value, used)
		}
	case []any:
		for _, item := range v {
			collect(item, used)
		}
	default:
		used["word "+fmt.Sprint(v)] = true
	}
}

func sorted(m map[string]bool) []string { return slices.Sorted(maps.Keys(m)) }

// children lists the schemas in a schema, each behind the key that leads to it, "" if none does and [] for a list.
func children(schema map[string]any, each func(step string, sub map[string]any)) {
	properties, _ := schema["properties"].(map[string]any)
	for _, k := range slices.Sorted(maps.Keys(properties)) {
		each(k, properties[k].(map[string]any))
	}
	patterns, _ := schema["patternProperties"].(map[string]any)
	for p, sub := range patterns {
		if name, _, numbered := strings.Cut(strings.TrimPrefix(p, "^"), "#"); numbered {
			each(name+"#1", sub.(map[string]any))
			continue
		}
		each(strings.NewReplacer("^", "", `\`, "").Replace(strings.TrimSuffix(p, "."))+"*", sub.(map[string]any))
	}
	if items, ok := schema["items"].(map[string]any); ok {
		each("[]", items)
	}
	for _, choice := range []string{"oneOf", "anyOf"} {
		list, _ := schema[choice].([]any)
		for _, c := range list {
			each("", c.(map[string]any))
		}
	}
}

// vocabulary lists the keys and the enumerated words of a schema.
func vocabulary(schema map[string]any) (keys, words []string) {
	list, _ := schema["enum"].([]any)
	for _, w := range append(list, schema["const"]) {
		if text, ok := w.(string); ok {
			words = append(words, text)
		}
	}
	children(schema, func(step string, sub map[string]any) {
		if step != "" && step != "[]" {
			keys = append(keys, step)
		}
		k, w := vocabulary(sub)
		keys, words = append(keys, k...), append(words, w...)
	})
	return keys, words
}

// keyPaths lists the ways to all keys.
func keyPaths(schema map[string]any, at []string) [][]string {
	var all [][]string
	children(schema, func(step string, sub map[string]any) {
		to := slices.Clone(at)
		if step != "" {
			to = append(to, step)
			all = append(all, to)
		}
		all = append(all, keyPaths(sub, to)...)
	})
	return all
}
