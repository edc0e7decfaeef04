//go:build unix

package scenarios_test

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/tapmock/tapmock/scenarios"
)

// TestLoadRefusesIrregularFiles loads pipes and devices, which could be read without end: named, in a directory, and behind a link.
func TestLoadRefusesIrregularFiles(t *testing.T) {
	dir := t.TempDir()
	pipe := filepath.Join(dir, "pipe.yaml")
	if err := syscall.Mkfifo(pipe, 0o644); err != nil {
		t.Fatal(err)
	}
	other := t.TempDir()
	if err := os.Symlink("/dev/zero", filepath.Join(other, "zero.yaml")); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{pipe: pipe + " is a named pipe", dir: pipe + " is a named pipe", "/dev/zero": "/dev/zero is a device",
		other: filepath.Join(other, "zero.yaml") + " is a device", socket(t): "is a socket"} {
		_, err := scenarios.Load(nil, path)
		if !strings.Contains(text(err), want) || !strings.Contains(text(err), "name a regular file") {
			t.Errorf("Load of %s: %v, want %q", path, err, want)
		}
		if _, err := scenarios.Fingerprint(path); !strings.Contains(text(err), want) {
			t.Errorf("Fingerprint of %s: %v, want %q", path, err, want)
		}
	}
}

// socket is the path of a socket.
func socket(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "s") // shorter than t.TempDir: a socket's path is limited
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	l, err := net.Listen("unix", filepath.Join(dir, "s.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return filepath.Join(dir, "s.yaml")
}

// TestLoadLimitsTheRead loads a file that grows behind its size: /proc/self/maps and its like have size 0.
func TestLoadLimitsTheRead(t *testing.T) {
	dir := folder(t, map[string]string{"large.yaml": strings.Repeat("#", 8<<20+1)})
	if _, err := scenarios.Load(nil, dir); !strings.Contains(text(err), "large.yaml has more than 8388608 bytes") {
		t.Error(err)
	}
	if _, err := os.Stat("/proc/self/status"); err != nil {
		t.Skip("no file with size 0 and contents here")
	}
	if _, err := scenarios.Load(nil, "/proc/self/status"); !strings.Contains(text(err), "/proc/self/status:1:") {
		t.Errorf("a file with size 0 and contents: %v", err)
	}
}
