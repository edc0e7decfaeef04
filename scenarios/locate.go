package scenarios

import (
	"reflect"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// trailTo is the path from a value to a part of it that a pointer or a [place] names: keys and indexes.
func trailTo(v reflect.Value, about any) ([]string, bool) {
	if p, ok := about.(place); ok {
		trail, found := trailTo(v, p.of)
		return append(trail, p.key), found
	}
	if v.CanAddr() && v.Addr().Interface() == about {
		return nil, true
	}
	if v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return nil, false
		}
		return trailTo(v.Elem(), about)
	}
	switch v.Kind() {
	case reflect.Struct:
		return trailInStruct(v, about)
	case reflect.Slice:
		for i := range v.Len() {
			if trail, ok := trailTo(v.Index(i), about); ok {
				return append([]string{"[" + strconv.Itoa(i) + "]"}, trail...), true
			}
		}
	}
	return nil, false
}

func trailInStruct(v reflect.Value, about any) ([]string, bool) {
	for _, f := range shapeOf(v.Type()).fields {
		if trail, ok := trailTo(v.Field(f.Index[0]), about); ok {
			return append([]string{f.keyIn(v)}, trail...), true
		}
	}
	return nil, false
}

// nodeAt follows a trail as far as the file goes.
func nodeAt(n *yaml.Node, trail []string) *yaml.Node {
	n, _ = follow(n, trail)
	return n
}

// follow follows a trail as far as the file goes, also through keys that are written with their old words. It returns the trail as
// the file has it.
func follow(n *yaml.Node, trail []string) (*yaml.Node, []string) {
	written := slices.Clone(trail)
	for i, step := range trail {
		next := child(n, step)
		for _, old := range oldKeys(step) {
			if next == nil {
				next, written[i] = child(n, old), old
			}
		}
		if next == nil {
			written[i] = step
			break
		}
		n = next
	}
	return n, written
}

func child(n *yaml.Node, step string) *yaml.Node {
	if n == nil {
		return nil
	}
	if number, ok := strings.CutPrefix(step, "["); ok && n.Kind == yaml.SequenceNode {
		i, _ := strconv.Atoi(strings.TrimSuffix(number, "]"))
		if i < len(n.Content) {
			return n.Content[i]
		}
		return nil
	}
	for i := 0; i+1 < len(n.Content) && n.Kind == yaml.MappingNode; i += 2 {
		if n.Content[i].Value == step {
			return n.Content[i+1]
		}
	}
	return nil
}

// pathText writes a trail after a scenario's name.
func pathText(name string, trail []string) string {
	for _, step := range trail {
		if !strings.HasPrefix(step, "[") {
			step = "." + clip(step)
		}
		name += step
	}
	return strings.TrimPrefix(strings.ReplaceAll(name, ".*.", "."), ".")
}
