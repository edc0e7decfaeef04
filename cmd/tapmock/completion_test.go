package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestCompletionBash completes commands and flags in a real bash.
func TestCompletionBash(t *testing.T) {
	t.Parallel()
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("there is no bash")
	}
	_, script, _ := runFor(t, "", nil, "completion", "bash")
	file := filepath.Join(t.TempDir(), "tapmock.bash")
	if err := os.WriteFile(file, []byte(script), 0o600); err != nil {
		t.Fatal(err)
	}
	for typed, want := range map[string]string{"che": "check", "tr": "trigger", "check -fail": "-fail-on", "hash -exp": "-expect", "serve -proxy": "-proxy-addr", "help do": "doctor", "exec -pr": "-print", "scenarios sch": "schema", "completion b": "bash", "trigger webhook/tw": "webhook/twice",
		"tail -event page_op": "page_opened", "exec --set payer": "payer=", "check -fail-on m": "must"} {
		words := strings.Fields(typed)
		line := "source " + file + "; COMP_WORDS=(tapmock " + typed + "); COMP_CWORD=" + string(rune('0'+len(words))) + "; _tapmock; echo \"${COMPREPLY[@]}\""
		out, err := exec.CommandContext(t.Context(), bash, "-c", line).CombinedOutput()
		if got := strings.TrimSpace(string(out)); err != nil || got != want {
			t.Errorf("%s is completed to %q, want %q: %v", typed, got, want, err)
		}
	}
}

// TestCompletionShells has every command in each script.
func TestCompletionShells(t *testing.T) {
	t.Parallel()
	for _, shell := range []string{"bash", "zsh", "fish"} {
		code, script, errs := runFor(t, "", nil, "completion", shell)
		for _, name := range commandNames() {
			if code != 0 || errs != "" || !strings.Contains(script, name) {
				t.Errorf("%s: exit code %d, %s is missing", shell, code, name)
			}
		}
	}
	for want, args := range map[string][]string{"did you mean fish?": {"fihs"}, "which shell?": {}} {
		if code, _, errs := runFor(t, "", nil, append([]string{"completion"}, args...)...); code != 2 || !strings.Contains(errs, want) {
			t.Errorf("%v: %d %s", args, code, errs)
		}
	}
}

// TestDashes takes flags with one dash and with two.
func TestDashes(t *testing.T) {
	t.Parallel()
	for _, dashes := range []string{"-", "--"} {
		if code, out, _ := runFor(t, "", nil, "check", dashes+"list"); code != 0 || !strings.Contains(out, "webhook/twice\n") {
			t.Errorf("%slist: %d", dashes, code)
		}
	}
}

// TestHelpHasExamples is true of each command that has more than a flag or two.
func TestHelpHasExamples(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"check", "exec", "trigger", "listen", "doctor", "explain", "webhooks", "tail", "completion"} {
		if code, out, _ := runFor(t, "", nil, "help", name); code != 0 || !strings.Contains(out, "Examples:\n  ") {
			t.Errorf("tapmock help %s: %d\n%s", name, code, out)
		}
	}
}
