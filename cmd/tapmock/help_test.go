package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestHelp asks each command for help in every usual way: it names the command, has examples, and lists every flag.
func TestHelp(t *testing.T) {
	for _, name := range commandNames() {
		_, help, _ := runFor(t, "", nil, name, "-h")
		if !strings.HasPrefix(help, "tapmock "+strings.TrimPrefix(name, "serve")) || name != "serve" && !strings.Contains(help, "\n\nExamples:\n  ") {
			t.Errorf("the help of %s has no examples:\n%s", name, help)
		}
		for _, line := range regexp.MustCompile(`(?m)^  (tapmock .*)$`).FindAllStringSubmatch(help, -1) {
			if called := strings.Fields(line[1])[1]; called != name && !regexp.MustCompile(`^(scenarios|serve|\[serve\])$`).MatchString(called) {
				t.Errorf("the help of %s has an example of %s", name, called)
			}
		}
		ways := [][]string{{name, "--help"}, {name, "-help"}, {"help", name}}
		if flag := regexp.MustCompile(`(?m)^  (-[a-z-]+)$`).FindStringSubmatch(help); flag != nil {
			ways = append(ways, []string{name, flag[1], "-h"}, []string{name, "-" + flag[1], "--help"}) // behind other flags
		}
		for _, args := range ways {
			if code, out, errs := runFor(t, "", nil, args...); code != 0 || out != help || errs != "" {
				t.Errorf("%v: exit %d, %q, %.200q", args, code, errs, out)
			}
		}
	}
	_, help, _ := runFor(t, "", nil, "-h")
	for _, args := range [][]string{{"help"}, {"--help"}, {"help", "-h"}, {"help", "--help"}} {
		if code, out, errs := runFor(t, "", nil, args...); code != 0 || out != help || errs != "" {
			t.Errorf("%v: exit %d, %q, %.200q", args, code, errs, out)
		}
	}
}

// TestTypos writes each command and one flag of each with a letter too much: the answer names the right one.
func TestTypos(t *testing.T) {
	for _, name := range commandNames() {
		if code, _, errs := runFor(t, "", nil, name+"s"); code != 2 || !strings.Contains(errs, "did you mean") {
			t.Errorf("%ss: exit %d, %s", name, code, errs)
		}
	}
	for name, flags := range commandFlags() {
		for _, flag := range flags {
			if flag == "-h" || name == "scenarios" {
				continue
			}
			code, _, errs := runFor(t, "", nil, name, flag+"x=1")
			if code != 2 || !strings.Contains(errs, "did you mean -") || strings.Count(errs, "\n") != 1 {
				t.Errorf("%s %sx: exit %d, %s", name, flag, code, errs)
			}
		}
	}
}

// TestDataAsJSON reads the data that commands print for programs.
func TestDataAsJSON(t *testing.T) {
	const body = `{"id":"chg_1","object":"charge","status":"CAPTURED","amount":0.5,"currency":"KWD","transaction":{"created":"17"},"reference":{"gateway":"8","payment":"9"}}`
	for _, c := range []struct {
		code int
		want string
		args []string
	}{
		{0, `{"behaviour":"`, []string{"fidelity", "-json"}},
		{0, `"mark":"unknown"`, []string{"fidelity", "-json"}},
		{0, `{"name":"webhook/twice","description":"`, []string{"scenarios", "list", "-json"}},
		{0, `"own":false}`, []string{"scenarios", "list", "-json"}},
		{0, `"input":"x_idchg_1x_amount0.500x_currencyKWDx_gateway_reference8x_payment_reference9x_statusCAPTUREDx_created17","hashstring":"`, []string{"hash", "-json"}},
		{1, `"expected":{"signature":"nonsense"}`, []string{"hash", "-json", "-expect", " nonsense "}},
		{0, `"facts":"20`, []string{"version", "--json"}},
	} {
		code, out, errs := runFor(t, body, nil, c.args...)
		var any any
		if err := json.Unmarshal([]byte(out), &any); err != nil || code != c.code || errs != "" || !strings.Contains(out, c.want) || strings.Count(out, "\n") != 1 {
			t.Errorf("%v: exit %d, %v, %q, %.300s", c.args, code, err, errs, out)
		}
	}
}

// TestInk has colours on a terminal only, and none with NO_COLOR.
func TestInk(t *testing.T) {
	terminal, err := os.Open("/dev/null") // a character device, as a terminal is
	if err != nil {
		t.Skip("there is no character device:", err)
	}
	defer terminal.Close()
	env := func(pairs ...string) func(string) string {
		return func(name string) string {
			for i := 0; i < len(pairs); i += 2 {
				if pairs[i] == name {
					return pairs[i+1]
				}
			}
			return ""
		}
	}
	file, err := os.Create(t.TempDir() + "/out")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if !inkFor(terminal, env("WT_SESSION", "1")) || inkFor(terminal, env("NO_COLOR", "1", "WT_SESSION", "1")) || inkFor(terminal, env("TERM", "dumb", "WT_SESSION", "1")) || inkFor(file, env("WT_SESSION", "1")) || inkFor(&strings.Builder{}, env("WT_SESSION", "1")) {
		t.Error("colours at the wrong output")
	}
	if got := ink(true).judged(true, "ok") + ink(true).judged(false, "FAIL") + ink(false).judged(false, "FAIL"); got != "\x1b[32mok\x1b[0m\x1b[1;31mFAIL\x1b[0mFAIL" {
		t.Errorf("%q", got)
	}
}

// TestFlagsAnywhere puts flags before, between and behind the arguments; -- ends them, and exec leaves those of its command alone.
func TestFlagsAnywhere(t *testing.T) {
	for _, c := range []struct{ args, want string }{
		{"", "false []"}, {"a b", "false [a b]"}, {"-on a", "true [a]"}, {"a -on b", "true [a b]"}, {"a b --on", "true [a b]"},
		{"-- -on a", "false [-on a]"}, {"a -- -on", "false [a -on]"}, {"-on -- a -x", "true [a -x]"}, {"a -- -- b", "false [a -- b]"},
	} {
		fs := newFlags("test")
		on := fs.Bool("on", false, "")
		err := parseFlags(fs, strings.Fields(c.args), io.Discard, "")
		if got := fmt.Sprint(*on, fs.Args()); err != nil || got != c.want {
			t.Errorf("%s: %v, %s, want %s", c.args, err, got, c.want)
		}
	}
	if err := parseFlags(newFlags("test"), []string{"a", "-off"}, io.Discard, ""); err == nil {
		t.Error("an unknown flag behind an argument is taken")
	}
	_, rest, err := parseExec([]string{"-quiet", "echo", "-quiet", "-h"}, func(string) string { return "" }, io.Discard)
	if err != nil || strings.Join(rest, " ") != "echo -quiet -h" {
		t.Errorf("exec: %v, %v", rest, err)
	}
}
