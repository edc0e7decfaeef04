package testkit_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/tapmock/tapmock/testkit"
)

// onceTB is a test inside another test: its cleanups run when end is called.
type onceTB struct {
	testing.TB
	cleanups []func()
}

func (o *onceTB) Cleanup(f func()) { o.cleanups = append(o.cleanups, f) }

func (o *onceTB) Context() context.Context { return context.Background() }

func (o *onceTB) end() {
	for _, f := range slices.Backward(o.cleanups) {
		f()
	}
}

func ask(b testing.TB, url string) {
	b.Helper()
	res, err := http.Get(url)
	if err != nil {
		b.Fatal(err)
	}
	res.Body.Close()
}

// BenchmarkStart starts a mock, makes one request and stops it, and compares that with an httptest.Server.
func BenchmarkStart(b *testing.B) {
	ours := func() {
		t := &onceTB{TB: b}
		ask(b, testkit.Start(t).URL+"/healthz")
		t.end()
	}
	bare := func() {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte(`{"status":"ok"}`)) }))
		ask(b, s.URL+"/healthz")
		s.Close()
	}
	ours() // router, templates and library are created once in a process
	const rounds = 5
	n := max(1, b.N/rounds)
	perRound := func(f func()) float64 {
		begin := time.Now()
		for range n {
			f()
		}
		return float64(time.Since(begin)) / float64(n)
	}
	var ratios, per []float64
	b.ResetTimer()
	for range rounds {
		a, z := perRound(ours), perRound(bare)
		ratios, per = append(ratios, a/z), append(per, a)
	}
	slices.Sort(ratios)
	slices.Sort(per)
	b.ReportMetric(ratios[rounds/2], "x-of-bare")
	b.ReportMetric(per[rounds/2], "ns/ours")
}

// TestNoGoroutineLeaks starts and stops relaying mocks, and counts goroutines.
func TestNoGoroutineLeaks(t *testing.T) { // not parallel: other tests have goroutines
	at := shop(t)
	once := func() {
		o := &onceTB{TB: t}
		mock := testkit.Start(o, testkit.Relay())
		_, page := order(o, mock, at, "o")
		mock.Pay(page)
		o.end()
		http.DefaultClient.CloseIdleConnections()
	}
	once()
	before := countGoroutines()
	for range 5 {
		once()
	}
	if after := countGoroutines(); after > before {
		text := make([]byte, 1<<16)
		t.Errorf("there were %d goroutines, now %d:\n%s", before, after, text[:runtime.Stack(text, true)])
	}
}

// countGoroutines waits for goroutines that are about to end, and counts the others.
func countGoroutines() int {
	n := runtime.NumGoroutine()
	for range 200 {
		runtime.Gosched()
		time.Sleep(time.Millisecond) // the runtime does not notify about the end of a goroutine
		if now := runtime.NumGoroutine(); now < n {
			n = now
		}
	}
	return n
}
