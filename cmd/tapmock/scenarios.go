package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/scenarios"
)

const scenariosHelp = `tapmock scenarios list [-scenarios PATH]             the library's scenarios, and those in PATH: name and what happens
tapmock scenarios show [-resolved] [-scenarios PATH] NAME   one as YAML; also of a combination, such as "payer/pays + webhook/twice"
tapmock scenarios check PATH…                        read files and directories, and say every mistake
tapmock scenarios schema                             the JSON Schema of a scenario file, for editors

`

// scenarioCommands are what can be done with scenarios.
var scenarioCommands = []string{"list", "show", "check", "schema"}

// scenario runs one of the commands on scenarios.
func scenario(std streams, args []string, getenv func(string) string) error {
	if len(args) == 0 || asksForHelp(args) || asksForHelp(args[1:]) {
		fmt.Fprint(std.out, scenariosHelp)
		if len(args) == 0 {
			return usageError{errors.New("scenarios needs one of " + strings.Join(scenarioCommands, ", "))}
		}
		return nil
	}
	switch name := args[0]; name {
	case "list":
		return listScenarios(std, args[1:], getenv)
	case "show":
		return showScenario(std, args[1:], getenv)
	case "check":
		return checkScenarios(std, args[1:])
	case "schema":
		if len(args) > 1 {
			return usageError{errors.New("scenarios schema takes no arguments")}
		}
		_, err := std.out.Write(scenarios.Schema())
		return err
	default:
		return unknownCommand("scenarios "+name, "scenarios ", scenarioCommands)
	}
}

// paths are the files and directories of a flag that may be repeated, with ; between several.
type paths []string

func (p *paths) String() string { return "" }

func (p *paths) Set(text string) error {
	for part := range strings.SplitSeq(text, ";") {
		if part = strings.TrimSpace(part); part != "" {
			*p = append(*p, part)
		}
	}
	if len(*p) == 0 {
		return errors.New("want a file or a directory")
	}
	return nil
}

// scenarioFlags reads the flags of list and show, which may stand before, between and behind other arguments.
func scenarioFlags(name string, args []string, getenv func(string) string, define func(*flag.FlagSet)) (own *scenarios.Set, rest []string, err error) {
	var files paths
	fs := flag.NewFlagSet(name, flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	fs.Var(&files, "scenarios", "")
	if define != nil {
		define(fs)
	}
	for {
		if err := fs.Parse(args); err != nil {
			return nil, nil, usageError{err}
		}
		if args = fs.Args(); len(args) == 0 {
			break
		}
		rest, args = append(rest, args[0]), args[1:]
	}
	if text := getenv("TAPMOCK_SCENARIOS"); len(files) == 0 && text != "" {
		if err := files.Set(text); err != nil {
			return nil, nil, usageError{fmt.Errorf("TAPMOCK_SCENARIOS: %w", err)}
		}
	}
	if len(files) == 0 {
		return nil, rest, nil
	}
	if own, err = scenarios.Load(scenarios.Builtin(), files...); err != nil {
		err = configError(err)
	}
	return own, rest, err
}

func listScenarios(std streams, args []string, getenv func(string) string) error {
	own, rest, err := scenarioFlags("list", args, getenv, nil)
	if err != nil {
		return err
	}
	if len(rest) > 0 {
		return usageError{fmt.Errorf("scenarios list takes no %q; -scenarios PATH lists files of your own too", rest[0])}
	}
	if own != nil {
		fmt.Fprintln(std.out, "Your own")
		printScenarios(std.out, own.List())
		fmt.Fprintln(std.out)
	}
	group := ""
	for _, s := range scenarios.Builtin().List() {
		if first, _, _ := strings.Cut(string(s.Name), "/"); first != group {
			if group != "" {
				fmt.Fprintln(std.out)
			}
			group = first
			fmt.Fprintln(std.out, group)
		}
		printScenarios(std.out, []scenarios.Scenario{s})
	}
	return nil
}

// The columns of a list.
const (
	nameWidth = 30
	lineWidth = 118
)

// printScenarios prints names and what happens, in two columns; a name that is too wide has a line of its own.
func printScenarios(out io.Writer, list []scenarios.Scenario) {
	for _, s := range list {
		name := "  " + string(s.Name)
		for i, line := range wrap(s.Description, lineWidth-nameWidth) {
			if i == 0 && len(name) >= nameWidth {
				fmt.Fprintln(out, name)
				name = ""
			}
			fmt.Fprintf(out, "%-*s%s\n", nameWidth, name, line)
			name = ""
		}
	}
}

// wrap breaks text into lines of at most that many characters, between words.
func wrap(text string, width int) []string {
	lines, line := []string{}, ""
	for word := range strings.FieldsSeq(text) {
		if line != "" && len([]rune(line))+1+len([]rune(word)) > width {
			lines, line = append(lines, line), ""
		}
		line = strings.TrimPrefix(line+" "+word, " ")
	}
	return append(lines, line)
}

// showScenario prints one as YAML: as written, or with -resolved, and for a combination always, with all that it is made of.
func showScenario(std streams, args []string, getenv func(string) string) error {
	resolved := false
	own, rest, err := scenarioFlags("show", args, getenv, func(fs *flag.FlagSet) { fs.BoolVar(&resolved, "resolved", false, "") })
	if err != nil {
		return err
	}
	name := strings.Join(rest, " ") // a + b needs no quotes
	if name == "" {
		return usageError{errors.New("scenarios show needs a name, such as webhook/twice")}
	}
	set := own
	if set == nil {
		set = scenarios.Builtin()
	}
	s, err := find(set, name, resolved)
	if err != nil {
		return usageError{err}
	}
	_, err = std.out.Write(s)
	return err
}

// find is the YAML of a scenario. That of a combination gets a name that a file may have.
func find(set *scenarios.Set, name string, resolved bool) ([]byte, error) {
	if !resolved && !strings.Contains(name, "+") {
		s, err := set.Lookup(name)
		return s.YAML(), err
	}
	story, err := set.Resolve(name)
	if err != nil {
		return nil, err
	}
	s := story.Scenario()
	if names := scenarios.Combination(name).Names(); len(names) > 1 {
		s.Name = scenarios.Name(strings.Join(names, "-and-"))
		return append([]byte("# "+story.Name+"\n"), s.YAML()...), nil
	}
	return s.YAML(), nil
}

// checkScenarios reads files and says all that is wrong with them.
func checkScenarios(std streams, args []string) error {
	if len(args) == 0 {
		return usageError{errors.New("scenarios check needs files or directories")}
	}
	if strings.HasPrefix(args[0], "-") {
		return usageError{fmt.Errorf("scenarios check takes no flag %s, only files and directories", args[0])}
	}
	set, err := scenarios.Load(scenarios.Builtin(), args...)
	if err != nil {
		fmt.Fprintln(std.err, err)
		return errFailed
	}
	fmt.Fprintf(std.out, "%s in %s are sound\n", count(len(set.List()), "scenario"), count(countFiles(args), "file"))
	return nil
}

func count(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return fmt.Sprintf("%d %s", n, what)
}

// countFiles counts the files that were read for these arguments.
func countFiles(args []string) int {
	var files []string
	for _, path := range args {
		if info, err := os.Stat(path); err != nil || !info.IsDir() {
			files = append(files, path)
			continue
		}
		for _, ending := range []string{"*.yaml", "*.yml"} {
			found, _ := filepath.Glob(filepath.Join(escapeGlob(path), ending))
			files = append(files, slices.DeleteFunc(found, func(f string) bool { return strings.HasPrefix(filepath.Base(f), ".") })...)
		}
	}
	slices.Sort(files)
	return len(slices.Compact(files))
}

// escapeGlob lets a directory's name stand for itself in a pattern.
func escapeGlob(path string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(path)
}

// unknownCommand says that there is no such command, and what was probably meant.
func unknownCommand(name, prefix string, known []string) error {
	if near := tap.Nearest(strings.TrimPrefix(name, prefix), known); near != "" {
		return usageError{fmt.Errorf("there is no command %q, did you mean %q?", name, prefix+near)}
	}
	return usageError{fmt.Errorf("there is no command %q; the commands are %s, and tapmock -h says more", name, strings.Join(known, ", "))}
}
