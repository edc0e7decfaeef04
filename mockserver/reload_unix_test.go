//go:build unix

package mockserver_test

import (
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/tapmock/tapmock/mockserver"
)

// TestReloadRefusesPipe puts a named pipe into the directory of scenario files of a running server: the log says so, and the scenarios
// stay. A server does not start with it.
func TestReloadRefusesPipe(t *testing.T) {
	dir, log := t.TempDir(), make(logged, 100)
	writeFile(t, filepath.Join(dir, "a.yaml"), shopFile("before"))
	cfg := mockserver.Config{ScenarioFiles: []string{dir}, Logger: slog.New(log), Reload: time.Hour}
	m := startMock(t, cfg)
	pipe := filepath.Join(dir, "b.yaml")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	m.Poll()
	log.want(t, "WARN", "stay in use", pipe+" is a named pipe")
	m.Poll()
	log.none(t)
	m.wantScenario("before")
	if _, err := mockserver.New(cfg); err == nil || !strings.Contains(err.Error(), pipe+" is a named pipe; name a regular file") {
		t.Errorf("a server starts with a named pipe: %v", err)
	}
	if err := os.Remove(pipe); err != nil {
		t.Fatal(err)
	}
	m.Poll()
	log.want(t, "INFO", "loaded")
}
