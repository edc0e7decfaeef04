package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/scenarios"
)

const completionHelp = `tapmock completion bash|zsh|fish: print a script that completes commands and flags.

Examples:
  source <(tapmock completion bash)             # in ~/.bashrc
  source <(tapmock completion zsh)              # in ~/.zshrc, after compinit
  tapmock completion fish | source              # in config.fish`

// shells are the shells for which there is a script.
var shells = []string{"bash", "zsh", "fish"}

// completion prints a script that completes commands and flags in a shell. It is made of the commands' own help.
func completion(_ context.Context, std streams, args []string, _ func(string) string) error {
	scripts := map[string]func(io.Writer, map[string][]string){"bash": completeBash, "zsh": completeZsh, "fish": completeFish}
	fs := newFlags("completion")
	if err := parseFlags(fs, args, std.out, completionHelp); err != nil {
		return helped(err)
	}
	if args = fs.Args(); len(args) != 1 {
		return usageError{fmt.Errorf("which shell? Write bash, zsh or fish")}
	}
	script := scripts[args[0]]
	if script == nil {
		return usageError{fmt.Errorf("%q is none of the shells bash, zsh and fish%s", args[0], meant(args[0], shells))}
	}
	script(std.out, commandFlags())
	return nil
}

// meant suggests the word that is probably meant.
func meant(word string, words []string) string {
	if near := tap.Nearest(word, words); near != "" {
		return ", did you mean " + near + "?"
	}
	return ""
}

// helpFlag is a flag in the help text of a command.
var helpFlag = regexp.MustCompile(`(?m)^ +(-[a-z][a-z-]*)`)

// helpOf is the help text of a command.
func helpOf(name string) string {
	var help bytes.Buffer
	_ = dispatch(context.Background(), streams{strings.NewReader(""), &help, io.Discard, false}, []string{name, "-h"}, func(string) string { return "" })
	return help.String()
}

// commandFlags are the flags of each command, as its help lists them.
func commandFlags() map[string][]string {
	all := map[string][]string{}
	for _, name := range commandNames() {
		flags := []string{"-h"}
		for _, m := range helpFlag.FindAllStringSubmatch(helpOf(name), -1) {
			flags = append(flags, m[1])
		}
		slices.Sort(flags)
		all[name] = slices.Compact(flags)
	}
	return all
}

// choices are the words that a command takes as arguments.
func choices() map[string][]string {
	names := []string{}
	for _, s := range scenarios.Builtin().List() {
		names = append(names, string(s.Name))
	}
	return map[string][]string{"scenarios": scenarioCommands, "completion": shells, "trigger": names, "help": commandNames()}
}

// flagValues are the words that a flag takes, of whichever command.
func flagValues() map[string][]string {
	settings := []string{}
	for _, s := range tap.SettingKeys() {
		settings = append(settings, s.Key+"=")
	}
	return map[string][]string{"-set": settings, "-event": tap.EventNames(), "-default-scenario": choices()["trigger"], "-log-level": {"debug", "info", "warn", "error"}, "-log-format": {"text", "json"}, "-fail-on": {"must", "should"}}
}

func completeBash(out io.Writer, flags map[string][]string) {
	fmt.Fprint(out, "# completion of tapmock for bash\n_tapmock() {\n  local cur=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} words=\n  case $before in\n")
	for _, flag := range slices.Sorted(maps.Keys(flagValues())) {
		fmt.Fprintf(out, "    %s|-%[1]s) words=%q ;;\n", flag, strings.Join(flagValues()[flag], " "))
	}
	fmt.Fprintf(out, "    *) if [ \"$COMP_CWORD\" = 1 ]; then\n      words=%q\n    else\n      case ${COMP_WORDS[1]} in\n", strings.Join(commandNames(), " ")+" help")
	for _, name := range append(commandNames(), "help") {
		fmt.Fprintf(out, "        %s) words=%q ;;\n", name, strings.Join(append(choices()[name], flags[name]...), " "))
	}
	fmt.Fprint(out, "      esac\n    fi ;;\n  esac\n  COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n  [ ${#COMPREPLY[@]} -gt 0 ] || COMPREPLY=($(compgen -f -- \"$cur\"))\n}\ncomplete -o filenames -F _tapmock tapmock\n")
}

func completeZsh(out io.Writer, flags map[string][]string) {
	fmt.Fprint(out, "# completion of tapmock for zsh\nautoload -U +X bashcompinit && bashcompinit\n")
	completeBash(out, flags)
}

func completeFish(out io.Writer, flags map[string][]string) {
	fmt.Fprint(out, "# completion of tapmock for fish\n")
	for _, name := range commandNames() {
		fmt.Fprintf(out, "complete -c tapmock -f -n __fish_use_subcommand -a %s -d '%s'\n", name, strings.ReplaceAll(docOf(name), "'", `\'`))
		if words := choices()[name]; len(words) > 0 {
			fmt.Fprintf(out, "complete -c tapmock -f -n '__fish_seen_subcommand_from %s' -a '%s'\n", name, strings.Join(words, " "))
		}
		for _, flag := range flags[name] {
			fmt.Fprintf(out, "complete -c tapmock -n '__fish_seen_subcommand_from %s' -o %s\n", name, strings.TrimPrefix(flag, "-"))
		}
	}
}
