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

// once is a test of its own inside another: its cleanups run at its end.
type once struct {
	testing.TB
	cleanups []func()
}

func (o *once) Cleanup(f func()) { o.cleanups = append(o.cleanups, f) }

func (o *once) Context() context.Context { return context.Background() }

func (o *once) end() {
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

// BenchmarkStart: a mock, one request, the end; beside httptest.NewServer doing the same.
func BenchmarkStart(b *testing.B) {
	ours := func() {
		t := &once{TB: b}
		ask(b, testkit.Start(t).URL+"/healthz")
		t.end()
	}
	bare := func() {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte(`{"status":"ok"}`)) }))
		ask(b, s.URL+"/healthz")
		s.Close()
	}
	ours() // router, templates and library are made once a process
	const rounds = 5
	n := max(1, b.N/rounds)
	took := func(f func()) float64 {
		begin := time.Now()
		for range n {
			f()
		}
		return float64(time.Since(begin)) / float64(n)
	}
	var ratios, per []float64
	b.ResetTimer()
	for range rounds {
		a, z := took(ours), took(bare)
		ratios, per = append(ratios, a/z), append(per, a)
	}
	slices.Sort(ratios)
	slices.Sort(per)
	b.ReportMetric(ratios[rounds/2], "x-of-bare")
	b.ReportMetric(per[rounds/2], "ns/ours")
}

// TestNoGoroutineStays starts and ends mocks with everything they can do, and counts goroutines.
func TestNoGoroutineStays(t *testing.T) { // not parallel: others have goroutines
	at := shop(t)
	play := func() {
		o := &once{TB: t}
		mock := testkit.Start(o, testkit.Relay())
		_, page := order(o, mock, at, "o")
		mock.Pay(page)
		o.end()
		http.DefaultClient.CloseIdleConnections()
	}
	play()
	before := settled()
	for range 5 {
		play()
	}
	if after := settled(); after > before {
		text := make([]byte, 1<<16)
		t.Errorf("%d goroutines became %d:\n%s", before, after, text[:runtime.Stack(text, true)])
	}
}

// settled counts goroutines once those that are about to end have ended.
func settled() int {
	n := runtime.NumGoroutine()
	for range 200 {
		runtime.Gosched()
		time.Sleep(time.Millisecond) // the runtime tells nobody when a goroutine has ended
		if now := runtime.NumGoroutine(); now < n {
			n = now
		}
	}
	return n
}
