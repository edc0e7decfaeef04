package main

import (
	"bufio"
	"net/http"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// BenchmarkStart measures the time from exec to the first answer, and in turn that of a minimal Go server.
func BenchmarkStart(b *testing.B) {
	dir := b.TempDir()
	ours, bare := filepath.Join(dir, "tapmock"), filepath.Join(dir, "bare")
	for binary, source := range map[string]string{ours: ".", bare: "./testdata/bare"} {
		if out, err := exec.Command("go", "build", "-ldflags=-s -w", "-o", binary, source).CombinedOutput(); err != nil {
			b.Fatalf("%v\n%s", err, out)
		}
	}
	var ratios, took []float64
	for b.Loop() {
		z := firstAnswer(b, bare)
		a := firstAnswer(b, ours, "-addr", "127.0.0.1:0", "-log-level", "error")
		ratios = append(ratios, float64(a)/float64(z))
		took = append(took, float64(a.Microseconds())/1000)
	}
	slices.Sort(ratios)
	slices.Sort(took)
	b.ReportMetric(ratios[len(ratios)/2], "x-of-bare")
	b.ReportMetric(took[len(took)/2], "ms/ours")
}

func firstAnswer(b *testing.B, binary string, args ...string) time.Duration {
	cmd := exec.Command(binary, args...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	begin := time.Now()
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	defer func() { cmd.Process.Kill(); cmd.Wait() }()
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		b.Fatal(err)
	}
	_, address, _ := strings.Cut(strings.TrimSpace(line), "listening on ")
	res, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(mustRequest(b, address+"/healthz"))
	if err != nil {
		b.Fatal(err)
	}
	res.Body.Close()
	return time.Since(begin)
}

func mustRequest(b *testing.B, url string) *http.Request {
	req, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		b.Fatal(err)
	}
	return req
}
