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
	for _, want := range []string{"--- FAIL: TestIntegration/ignores-amount", "--- FAIL: TestIntegration/fulfilled-twice", "remedy:", "alone:    TAPMOCK_STORIES="} {
		if !strings.Contains(out, want) {
			t.Errorf("what the README says of the check, %q, is not in\n%s", want, out)
		}
	}
	if n := strings.Count(out, "--- FAIL: TestIntegration/"); n != 2 {
		t.Errorf("%d findings:\n%s", n, out)
	}
}
