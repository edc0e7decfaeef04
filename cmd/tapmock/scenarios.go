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

const scenariosHelp = `tapmock scenarios list [-json] [-scenario-files PATH]
        list the scenarios of the library, and those in PATH, with their descriptions; -json prints an array
tapmock scenarios show [-resolved] [-scenario-files PATH] NAME
        print a scenario as YAML, or a combination such as "payer/pays + webhook/twice"; -resolved includes what it extends
tapmock scenarios check PATH…
        read scenario files, or directories of them, and print each mistake with its line
tapmock scenarios schema
        print the JSON Schema of a scenario file, for editors

A scenario is the script of a charge: what the payer and the bank do, when the merchant gets webhooks and the payer's return, and
which faults are injected. Repeat -scenario-files (TAPMOCK_SCENARIO_FILES) for several files or directories, or separate them by ;.

Examples:
  tapmock scenarios list
  tapmock scenarios show webhook/twice
  tapmock scenarios show -resolved "outcome/no-funds + webhook/late"
  tapmock scenarios check testdata/tapmock.yaml
`

// scenarioCommands are the commands below tapmock scenarios.
var scenarioCommands = []string{"list", "show", "check", "schema"}

// scenariosCommand runs one of the commands below tapmock scenarios.
func scenariosCommand(std streams, args []string, getenv func(string) string) error {
	asked := slices.ContainsFunc(args, func(arg string) bool { return arg == "-h" || arg == "-help" || arg == "--help" })
	if len(args) == 0 || asked {
		fmt.Fprint(std.out, scenariosHelp)
		if len(args) == 0 {
			return usageError{errors.New("scenarios needs one of the commands " + strings.Join(scenarioCommands, ", "))}
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

// paths is a flag of files and directories, separated by ;. It may be repeated.
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

// scenarioFlags reads the flags of list and show, which may be anywhere among the other arguments. own is nil without scenario files.
func scenarioFlags(name string, args []string, getenv func(string) string, define func(*flag.FlagSet)) (own *scenarios.Set, rest []string, err error) {
	var files paths
	fs := flag.NewFlagSet(name, flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	fs.Var(&files, scenarioFiles, "")
	if define != nil {
		define(fs)
	}
	for {
		if err := fs.Parse(args); err != nil {
			return nil, nil, flagError(fs, err, "tapmock scenarios -h lists the flags")
		}
		if args = fs.Args(); len(args) == 0 {
			break
		}
		rest, args = append(rest, args[0]), args[1:]
	}
	if err := renamedVariable(fs, getenv); err != nil {
		return nil, nil, err
	}
	if text := getenv(envName(scenarioFiles)); len(files) == 0 && text != "" {
		if err := files.Set(text); err != nil {
			return nil, nil, usageError{fmt.Errorf("%s: %w", envName(scenarioFiles), err)}
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

// scenarioFiles is the flag that names the user's scenario files.
const scenarioFiles = "scenario-files"

// scenarioGroups explains the groups of the library: the first parts of its names.
var scenarioGroups = map[string]string{
	"authorization": "what becomes of an authorization",
	"api":           "faults of the API and of the payment page",
	"chaos":         "random faults",
	"forge":         "forged and replayed webhooks",
	"invoice":       "what becomes of the webhook and the calls of an invoice",
	"late":          "results that change after the payment",
	"outcome":       "how the payment ends",
	"payer":         "what the payer does",
	"refund":        "what becomes of a refund",
	"return":        "how the payer returns to the merchant",
	"webhook":       "when, how often and in which order webhooks arrive",
}

const listEnd = `
Combine scenarios with +, such as "outcome/no-funds + webhook/twice". tapmock scenarios show NAME prints one as YAML.
`

func listScenarios(std streams, args []string, getenv func(string) string) error {
	asJSON := false
	own, rest, err := scenarioFlags("list", args, getenv, func(fs *flag.FlagSet) { fs.BoolVar(&asJSON, "json", false, "") })
	if err != nil {
		return err
	}
	if len(rest) > 0 {
		return usageError{fmt.Errorf("scenarios list does not take %q; -scenario-files PATH lists your own files too", rest[0])}
	}
	if asJSON {
		return printJSON(std.out, listed(own))
	}
	if own != nil {
		fmt.Fprintln(std.out, "Your scenario files")
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
			fmt.Fprintf(std.out, "%s: %s\n", group, scenarioGroups[group])
		}
		printScenarios(std.out, []scenarios.Scenario{s})
	}
	fmt.Fprint(std.out, listEnd)
	return nil
}

// listedScenario is a scenario in a list, as -json prints it.
type listedScenario struct {
	Name        string `json:"name"`
	Description string `json:"description"`
	Own         bool   `json:"own"` // it is not of the library
}

func listed(own *scenarios.Set) []listedScenario {
	all := []listedScenario{}
	if own != nil {
		for _, s := range own.List() {
			all = append(all, listedScenario{string(s.Name), s.Description, true})
		}
	}
	for _, s := range scenarios.Builtin().List() {
		all = append(all, listedScenario{string(s.Name), s.Description, false})
	}
	return all
}

// The columns of a list.
const (
	nameWidth = 30
	lineWidth = 118
)

// printScenarios prints names and descriptions in two columns; a name that is too wide has its own line.
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

// wrap breaks text between words into lines of at most width characters.
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

// showScenario prints a scenario as YAML, as written. With -resolved, and for a combination, it includes what the scenario extends.
func showScenario(std streams, args []string, getenv func(string) string) error {
	resolved := false
	own, rest, err := scenarioFlags("show", args, getenv, func(fs *flag.FlagSet) { fs.BoolVar(&resolved, "resolved", false, "") })
	if err != nil {
		return err
	}
	name := strings.Join(rest, " ") // so that a + b needs no quotes
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

// find is the YAML of a scenario. A combination gets a name that is allowed in a file.
func find(set *scenarios.Set, name string, resolved bool) ([]byte, error) {
	if !resolved && !strings.Contains(name, "+") {
		s, err := set.Lookup(name)
		return s.YAML(), err
	}
	script, err := set.Resolve(name)
	if err != nil {
		return nil, err
	}
	s := script.Scenario()
	if string(s.Name) != script.Name {
		return append([]byte("# "+script.Name+"\n"), s.YAML()...), nil
	}
	return s.YAML(), nil
}

// checkScenarios reads scenario files and prints all their mistakes.
func checkScenarios(std streams, args []string) error {
	if len(args) == 0 {
		return usageError{errors.New("scenarios check needs files or directories")}
	}
	if strings.HasPrefix(args[0], "-") {
		return usageError{fmt.Errorf("scenarios check takes files and directories, not the flag %s", args[0])}
	}
	set, err := scenarios.Load(scenarios.Builtin(), args...)
	if err != nil {
		fmt.Fprintln(std.err, err)
		return errFailed
	}
	fmt.Fprintf(std.out, "%s in %s, no mistakes\n", count(len(set.List()), "scenario"), count(countFiles(args), "file"))
	return nil
}

func count(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return fmt.Sprintf("%d %s", n, what)
}

// countFiles is the number of files that are read for these arguments.
func countFiles(args []string) int {
	var files []string
	for _, path := range args {
		if info, err := os.Stat(path); err != nil || !info.IsDir() {
			files = append(files, path)
			continue
		}
		entries, _ := os.ReadDir(path)
		for _, e := range entries {
			if ext := filepath.Ext(e.Name()); !e.IsDir() && (ext == ".yaml" || ext == ".yml") && !strings.HasPrefix(e.Name(), ".") {
				files = append(files, filepath.Join(path, e.Name()))
			}
		}
	}
	slices.Sort(files)
	return len(slices.Compact(files))
}

// unknownCommand is the error for an unknown command. It names the nearest one.
func unknownCommand(name, prefix string, known []string) error {
	if near := tap.Nearest(strings.TrimPrefix(name, prefix), known); near != "" {
		return usageError{fmt.Errorf("there is no command %q, did you mean %q?", name, prefix+near)}
	}
	return usageError{fmt.Errorf("there is no command %q; the commands are %s; tapmock -h explains them", name, strings.Join(known, ", "))}
}
