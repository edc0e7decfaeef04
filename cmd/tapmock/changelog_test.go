package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/scenarios"
)

// change is a row of a table "old, new" in the changelog. Both are words in backquotes.
type change struct {
	text     string
	old, new []string
}

var quotedWord = regexp.MustCompile("`([^`]+)`")

// changes are the rows under a heading of the changelog.
func changes(t *testing.T, heading string) []change {
	t.Helper()
	var all []change
	for row := range strings.Lines(section(t, "CHANGELOG.md", "### "+heading)) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(row), "|"), "|")
		if len(cells) < 2 || !strings.Contains(row, "`") || !strings.HasPrefix(row, "|") {
			continue
		}
		all = append(all, change{strings.TrimSpace(row), words(cells[len(cells)-2]), words(cells[len(cells)-1])})
	}
	if len(all) == 0 {
		t.Fatalf("the changelog has no table under %q", heading)
	}
	return all
}

func words(cell string) []string {
	var all []string
	for _, word := range quotedWord.FindAllStringSubmatch(cell, -1) {
		all = append(all, word[1])
	}
	return all
}

// wants checks that an error names all new words of a row.
func (c change) wants(t *testing.T, err error) {
	t.Helper()
	for _, word := range c.new {
		if err == nil || !regexp.MustCompile(`(^|[^\w.])`+regexp.QuoteMeta(word)+`($|\W)`).MatchString(err.Error()) {
			t.Errorf("%s: the old word gives %v", c.text, err)
		}
	}
}

// keyPlaces are the places of a scenario file where a key was renamed.
var keyPlaces = []string{
	"{name: a, description: A., %s: 1}", "{name: a, description: A., match: {%s: 1}}", "{name: a, description: A., payer: {pay: {}, %s: 1}}",
	"{name: a, description: A., callbacks: [webhook: {%s: 1}]}", "{name: a, description: A., callbacks: [%s: {at: settled}]}",
	"{name: a, description: A., api: [{on: charge.get, fault: reset, %s: 1}]}", "{name: a, description: A., chaos: {%s: 1}}",
}

// valuePlaces are the places of a scenario file where a value was renamed.
var valuePlaces = []string{
	"{name: a, description: A., api: [{on: %s, fault: reset}]}", "{name: a, description: A., callbacks: [webhook: {at: %s}]}",
	"{name: a, description: A., callbacks: [webhook: {forge: %s}]}",
}

// refusal is the error for a scenario file with an old word: of the first place where the error says "is now".
func refusal(places []string, old string) error {
	for _, place := range places {
		_, err := scenarios.Parse(scenarios.Builtin(), "a.yaml", fmt.Appendf(nil, "scenarios: ["+place+"]", old))
		if err != nil && strings.Contains(err.Error(), fmt.Sprintf("%q is now", old)) {
			return err
		}
	}
	return nil
}

func TestChangelogScenarios(t *testing.T) {
	for _, c := range changes(t, "Scenario keys") {
		c.wants(t, refusal(keyPlaces, c.old[0]))
	}
	for _, c := range changes(t, "Scenario values") {
		c.wants(t, refusal(valuePlaces, c.old[0]))
	}
	for _, c := range changes(t, "Scenarios of the library") {
		group, whole := strings.CutSuffix(c.new[0], "…")
		for _, name := range scenarios.Builtin().Names() {
			if rest, ok := strings.CutPrefix(name, group); ok && (whole || rest == "") {
				_, err := scenarios.Builtin().Resolve(strings.TrimSuffix(c.old[0], "…") + rest)
				change{c.text, c.old, []string{name}}.wants(t, err)
			}
		}
	}
}

func TestChangelogSettings(t *testing.T) {
	for _, c := range changes(t, "Settings") {
		s := tap.DefaultSettings()
		value, _ := s.Get(c.new[0])
		c.wants(t, s.Set(c.old[0], value))
	}
	for _, c := range changes(t, "Setting values") {
		key, value, _ := strings.Cut(c.old[0], "=")
		s := tap.DefaultSettings()
		for i, is := range c.new { // the error writes only the value if the key is the same
			newKey, newValue, _ := strings.Cut(is, "=")
			if err := s.Set(newKey, newValue); err != nil {
				t.Errorf("%s: %v", c.text, err)
			}
			if len(c.new) == 1 {
				c.new[i] = newValue
			}
		}
		c.wants(t, s.Set(key, value))
	}
}

func TestChangelogFlags(t *testing.T) {
	for _, c := range changes(t, "Flags and environment variables") {
		args, env := []string{c.old[0], "x"}, map[string]string{}
		if !strings.HasPrefix(c.old[0], "-") {
			args, env = nil, map[string]string{c.old[0]: "x"}
		}
		if code, _, errs := runFor(t, "", env, args...); code != 2 || !strings.HasSuffix(errs, c.old[0]+" is now "+c.new[0]+"\n") {
			t.Errorf("%s: exit %d, %q", c.text, code, errs)
		}
	}
}

func TestChangelogControl(t *testing.T) {
	for _, c := range changes(t, "Events of the journal") {
		for _, event := range c.new {
			if !tap.KnownEvent(tap.Event(event)) || tap.KnownEvent(tap.Event(c.old[0])) {
				t.Errorf("%s: the events are %v", c.text, tap.EventNames())
			}
		}
	}
	var paths []string
	for _, op := range control.Operations() {
		paths = append(paths, op.Path)
	}
	for _, c := range changes(t, "Calls of the control API") {
		for _, call := range c.new {
			if _, path, ok := strings.Cut(call, "/"); ok && !slices.Contains(paths, "/"+path) {
				t.Errorf("%s: the paths are %v", c.text, paths)
			}
		}
	}
	types, err := os.ReadFile("../../mockserver/control/types.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range changes(t, "JSON keys of the control API") {
		for _, key := range c.new {
			if !strings.Contains(string(types), `json:"`+key) {
				t.Errorf("%s: the control API has no key %s", c.text, key)
			}
		}
	}
}

// isName matches an exported name of Go, but not a code such as trusts-return.
var isName = regexp.MustCompile(`^([a-z]+\.)?[A-Z][\w.]*$`)

// TestChangelogGo looks for the new names, and for the old ones that must not exist any more, in the packages.
func TestChangelogGo(t *testing.T) {
	kit, server := exported(t, "testkit"), exported(t, "mockserver/control")
	for name := range exported(t, "mockserver") {
		server["mockserver."+name] = true
	}
	for name := range exported(t, "testkit/containertest") {
		kit["containertest."+name] = true
	}
	for heading, names := range map[string]map[string]bool{"Go: testkit": kit, "Go: the control client and the server": server} {
		for _, c := range changes(t, heading) {
			for _, word := range c.new {
				name, _, _ := strings.Cut(word, "(")
				if name = strings.TrimSpace(name); isName.MatchString(name) && !names[name] {
					t.Errorf("%s: there is no %s", c.text, name)
				}
			}
			for _, old := range c.old {
				if names[old] && !slices.Contains(c.new, old) {
					t.Errorf("%s: %s still exists", c.text, old)
				}
			}
		}
	}
}

// exported are the exported names of a package: functions, types, constants, and with a dot methods and fields.
func exported(t *testing.T, pkg string) map[string]bool {
	t.Helper()
	files, err := filepath.Glob("../../" + pkg + "/*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("%s has no files: %v", pkg, err)
	}
	names := map[string]bool{}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range parsed.Decls {
			addNames(names, d)
		}
	}
	return names
}

func addNames(names map[string]bool, d ast.Decl) {
	switch d := d.(type) {
	case *ast.FuncDecl:
		receiver := ""
		if d.Recv != nil {
			of := d.Recv.List[0].Type
			if star, ok := of.(*ast.StarExpr); ok {
				of = star.X
			}
			receiver = fmt.Sprint(of) + "."
		}
		names[receiver+d.Name.Name] = true
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			switch s := spec.(type) {
			case *ast.ValueSpec:
				for _, name := range s.Names {
					names[name.Name] = true
				}
			case *ast.TypeSpec:
				addFields(names, s)
			}
		}
	}
}

func addFields(names map[string]bool, s *ast.TypeSpec) {
	names[s.Name.Name] = true
	if of, ok := s.Type.(*ast.StructType); ok {
		for _, field := range of.Fields.List {
			for _, name := range field.Names {
				names[s.Name.Name+"."+name.Name] = true
			}
		}
	}
}
