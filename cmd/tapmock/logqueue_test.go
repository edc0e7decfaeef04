package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// piped runs the binary with a pipe as its log. It returns the reading end, and stop, which sends SIGTERM and fails the test if the
// program does not end in time.
func piped(t *testing.T, binary string, args ...string) (address string, log *os.File, stop func()) {
	t.Helper()
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { read.Close() })
	cmd := exec.Command(binary, append(args, "-addr", "127.0.0.1:0", "-log-level", "debug")...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = write
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill() })
	write.Close()
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	_, address, _ = strings.Cut(strings.TrimSpace(line), "listening on ")
	return address, read, func() {
		t.Helper()
		cmd.Process.Signal(syscall.SIGTERM)
		ended := make(chan error, 1)
		go func() { ended <- cmd.Wait() }()
		select {
		case err := <-ended:
			if err != nil {
				t.Errorf("after SIGTERM: %v", err)
			}
		case <-time.After(2*stopBound + 2*logFlushBound): // the last second is for a busy machine
			t.Error("the program still runs after SIGTERM")
		}
	}
}

// createMany creates charges from several clients at the same time.
func createMany(t *testing.T, address string, charges int) {
	t.Helper()
	const clients = 8
	client := &http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: clients}}
	failed := make(chan error, clients)
	var running sync.WaitGroup
	for range clients {
		running.Go(func() {
			for range charges / clients {
				if err := createOne(client, address); err != nil {
					failed <- err
					return
				}
			}
		})
	}
	running.Wait()
	client.CloseIdleConnections()
	if len(failed) > 0 {
		t.Fatalf("%d clients failed, the first with: %v", len(failed), <-failed)
	}
}

func createOne(client *http.Client, address string) error {
	req, _ := http.NewRequest("POST", address+"/v2/charges", strings.NewReader(`{"amount":1.5,"currency":"KWD","source":{"id":"src_kw.knet"},`+
		`"customer":{"id":"cus_1"},"redirect":{"url":"http://shop.example"}}`))
	req.Header.Set("Authorization", "Bearer sk_test_x")
	res, err := client.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if _, err := io.Copy(io.Discard, res.Body); err != nil || res.StatusCode != http.StatusOK {
		return fmt.Errorf("HTTP %d, %v", res.StatusCode, err)
	}
	return nil
}

// TestLogThatIsNotRead creates thousands of charges while the log is a pipe that is never read, read late or closed: payments go on,
// and SIGTERM ends the program in time.
func TestLogThatIsNotRead(t *testing.T) {
	binary := builtBinary(t)
	t.Run("never read", func(t *testing.T) {
		address, _, stop := piped(t, binary)
		createMany(t, address, 4000)
		stop()
	})
	t.Run("read late", func(t *testing.T) {
		address, log, stop := piped(t, binary, "-log-format", "json")
		createMany(t, address, 4000)
		notice := regexp.MustCompile(`^\{"time":"[^"]*","level":"WARN","msg":"log lines were dropped[^"]*","lines":[0-9]+\}\n$`)
		lines := bufio.NewReader(log)
		for seen := false; !seen; {
			line, err := lines.ReadString('\n')
			if err != nil {
				t.Fatal(err)
			}
			seen = notice.MatchString(line)
		}
		stop()
		if rest, _ := io.ReadAll(lines); !bytes.HasSuffix(rest, []byte(`"msg":"stopping"}`+"\n")) {
			t.Errorf("after the dropped lines the log has\n%s", rest)
		}
	})
	t.Run("closed", func(t *testing.T) {
		address, log, stop := piped(t, binary)
		log.Close()
		createMany(t, address, 80)
		stop()
	})
}

// stuckWriter holds each Write until the test releases it.
type stuckWriter struct {
	begun, release chan bool
	text           bytes.Buffer
}

func (w *stuckWriter) Write(p []byte) (int, error) {
	w.begun <- true
	<-w.release
	return w.text.Write(p)
}

func TestLogQueue(t *testing.T) {
	to := &stuckWriter{begun: make(chan bool), release: make(chan bool)}
	q := newLogQueue(to, 12, func(w io.Writer) slog.Handler {
		return slog.NewTextHandler(w, &slog.HandlerOptions{Level: slog.LevelError, ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey {
				return slog.Attr{}
			}
			return a
		}})
	})
	fmt.Fprintln(q, "first")
	<-to.begun
	for _, line := range []string{"second", "too long", "lost"} { // "lost" has room, but must not precede the notice
		fmt.Fprintln(q, line)
	}
	q.close(time.Millisecond) // gives up: the writer is stuck
	fmt.Fprintln(q, "after the end")
	to.release <- true
	<-to.begun
	to.release <- true
	q.close(time.Minute)
	const want = "first\nsecond\nlevel=WARN msg=\"log lines were dropped, because the log is not read fast enough\" lines=3\n"
	if got := to.text.String(); got != want {
		t.Errorf("the log is\n%s\nwant\n%s", got, want)
	}
}
