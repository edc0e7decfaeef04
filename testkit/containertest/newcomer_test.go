package containertest_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tapmock/tapmock/testkit/containertest"
)

// TestNewModule runs the README's test in a module outside this repository: unchanged, and with a container.
func TestNewModule(t *testing.T) {
	test := readmeTest(t)
	t.Run("in process", func(t *testing.T) { freshModule(t, test) })
	t.Run("container", func(t *testing.T) {
		containertest.Start(t) // skips
		in := strings.ReplaceAll(test, "testkit.Start(t)", "containertest.Start(t)")
		in = strings.ReplaceAll(in, "tapmock/testkit\"", "tapmock/testkit/containertest\"")
		if in == test {
			t.Fatalf("the README's test does not call testkit.Start:\n%s", test)
		}
		freshModule(t, in)
	})
}

// readmeTest is the first Go file of the README.
func readmeTest(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), "```go\n")
	code, _, ok := strings.Cut(rest, "```")
	if !ok || !strings.Contains(code, "func Test") {
		t.Fatalf("the first Go file of the README is not a test:\n%s", code)
	}
	return code
}

// freshModule runs a test in a new module that requires this one. It copies go.sum, so that no checksum database is needed.
func freshModule(t *testing.T, test string) {
	t.Helper()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	sums, err := os.ReadFile(filepath.Join(root, "go.sum"))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod": "module shop\n\ngo 1.26.0\n\nrequire github.com/tapmock/tapmock v0.0.0\n\nreplace github.com/tapmock/tapmock => " + root + "\n",
		"go.sum": string(sums), "shop_test.go": test,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(t.Context(), "go", "test", "-count=1", "-v", "./...")
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "GOFLAGS=-mod=mod", "GOWORK=off", "TAPMOCK_REQUIRE_DOCKER=1")
	if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), "--- PASS: Test") {
		t.Errorf("%v\n%s", err, out)
	}
}
