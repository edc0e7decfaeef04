package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// fence matches a code block of a Markdown file: its language and its text.
var fence = regexp.MustCompile("(?ms)^```(\\w*)\n(.*?)^```$")

// blocks are the code blocks of a file of the repository in one language.
func blocks(t *testing.T, file, language string) []string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, file))
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, m := range fence.FindAllStringSubmatch(string(text), -1) {
		if m[1] == language {
			all = append(all, m[2])
		}
	}
	return all
}

// fragment is what a Go block without a package clause needs; its text says which imports.
const fragment = "package shop\n\nimport (\n\t\"context\"\n\t\"testing\"\n\n\t\"github.com/tapmock/tapmock/testkit\"\n)\n\n"

// readmeModule writes the Go blocks of all READMEs to a new module that requires this one, and returns its directory. Tests and
// fragments are in its root, with the shop of testdata; each other block is a package of its own. It copies go.sum, so that no
// checksum database is needed.
func readmeModule(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	absolute, err := filepath.Abs(root)
	if err != nil {
		t.Fatal(err)
	}
	write(t, dir, "go.mod", "module shop\n\ngo 1.26.0\n\nrequire "+module+" v0.0.0\n\nreplace "+module+" => "+absolute+"\n")
	for name, from := range map[string]string{"go.sum": "go.sum", "shop.go": "cmd/tapmock/testdata/shop/shop.go"} {
		text, err := os.ReadFile(filepath.Join(root, from))
		if err != nil {
			t.Fatal(err)
		}
		write(t, dir, name, string(text))
	}
	for _, file := range readmes(t) {
		for i, code := range blocks(t, file, "go") {
			name := strings.ReplaceAll(file, "/", "_") + fmt.Sprint(i) + "/main.go"
			switch {
			case !strings.HasPrefix(code, "package "):
				name, code = "check_test.go", fragment+code
			case strings.Contains(code, "func Test"):
				name = fmt.Sprintf("block%d_test.go", i)
			}
			write(t, dir, name, code)
		}
	}
	return dir
}

// write writes a new file; two blocks must not have the same name.
func write(t *testing.T, dir, name, text string) {
	t.Helper()
	path := filepath.Join(dir, name)
	if _, err := os.Stat(path); err == nil {
		t.Fatalf("two Go blocks are %s", name)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestReadmeGo vets the Go blocks of all READMEs and runs the tests among them. TestIntegration must print what the README shows.
func TestReadmeGo(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds another module")
	}
	t.Parallel()
	dir := readmeModule(t)
	command := func(args ...string) (string, error) {
		cmd := exec.CommandContext(t.Context(), "go", args...)
		cmd.Dir, cmd.Env = dir, append(os.Environ(), "GOFLAGS=-mod=mod", "GOWORK=off", "TAPMOCK_STORIES=")
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	if out, err := command("vet", "./..."); err != nil {
		t.Fatalf("go vet: %v\n%s", err, out)
	}
	if out, err := command("test", "-count=1", "-v", "-run", "^TestNoFunds$", "."); err != nil || !strings.Contains(out, "--- PASS: TestNoFunds") {
		t.Errorf("the first test: %v\n%s", err, out)
	}
	out, _ := command("test", "-count=1", "-run", "^TestIntegration$", ".")
	samples := blocks(t, "README.md", "text")
	if len(samples) != 1 {
		t.Fatalf("the README has %d samples of output", len(samples))
	}
	if line := firstMissing(samples[0], out); line != "" {
		t.Errorf("the README shows\n%s\nbut go test prints\n%s", line, out)
	}
}

// number is text that differs from run to run: amounts, durations, counts.
var number = regexp.MustCompile(`\d+(\.\d+)?`)

// firstMissing is the first line of a sample that does not follow in the output, or "". The text at … is left out in the sample;
// numbers and the width of columns may differ.
func firstMissing(sample, output string) string {
	plain := func(text string) string {
		return strings.Join(strings.Fields(number.ReplaceAllString(text, "0")), " ")
	}
	printed := strings.Split(output, "\n")
	for line := range strings.Lines(sample) {
		pattern := strings.ReplaceAll(regexp.QuoteMeta(plain(line)), "…", ".*")
		fits := regexp.MustCompile("^" + strings.ReplaceAll(pattern, "0 stories", "0 stor(?:y|ies)") + "$")
		for len(printed) > 0 && !fits.MatchString(plain(printed[0])) {
			printed = printed[1:]
		}
		if len(printed) == 0 {
			return line
		}
		printed = printed[1:]
	}
	return ""
}

func TestFirstMissing(t *testing.T) {
	const output = "--- FAIL: TestX/a (0.02s)\n  x_test.go:7: a (must,  1 story): b\n  cost: c\n"
	for sample, missing := range map[string]string{
		"--- FAIL: TestX/a (0.00s)\n…\n  cost: c\n":           "",
		"  x_test.go:23: a (must, 12 stories): …\n":           "",
		"  cost: c\n--- FAIL: TestX/a (0.00s)\n":              "--- FAIL: TestX/a (0.00s)\n",
		"--- FAIL: TestX/a (0.00s)\n  remedy: d\n  cost: c\n": "  remedy: d\n",
		"  x_test.go:23: another (must, 12 stories): …\n":     "  x_test.go:23: another (must, 12 stories): …\n",
	} {
		if got := firstMissing(sample, output); got != missing {
			t.Errorf("%q: got %q", sample, got)
		}
	}
}
