package testkit_test

import (
	"bufio"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/tapmock/tapmock/testkit"
	"github.com/tapmock/tapmock/testkit/internal/conformance"
)

func TestConformanceInProcess(t *testing.T) {
	t.Parallel()
	conformance.Place{Start: func(t *testing.T) *testkit.Mock { return testkit.Start(t) }}.Run(t)
}

func TestConformanceRelayed(t *testing.T) {
	t.Parallel()
	conformance.Place{Start: func(t *testing.T) *testkit.Mock { return testkit.Start(t, testkit.Relay()) }}.Run(t)
}

func TestConformanceProcess(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no SIGTERM, which ends the process")
	}
	t.Parallel()
	server := testkit.Attach(t, process(t), "sk_test_process")
	conformance.Place{Start: func(t *testing.T) *testkit.Mock { return server.NewAccount(t) }}.Run(t)
}

// process builds and runs tapmock, and returns its URL.
func process(t *testing.T) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "tapmock")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", program, "../cmd/tapmock").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	cmd := exec.Command(program, "-addr", "127.0.0.1:0", "-seed", "1", "-log-level", "error")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Signal(syscall.SIGTERM)
		kill := time.AfterFunc(20*time.Second, func() { cmd.Process.Kill() })
		defer kill.Stop()
		if err := cmd.Wait(); err != nil {
			t.Errorf("the process ended with %v", err)
		}
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	_, address, ok := strings.Cut(strings.TrimSpace(line), "listening on ")
	if !ok {
		t.Fatalf("the program printed %q, %v", line, err)
	}
	return address
}
