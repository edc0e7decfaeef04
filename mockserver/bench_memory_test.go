package mockserver_test

import (
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"

	"github.com/tapmock/tapmock/mockserver/control"
)

// BenchmarkLiveBytes reports the live heap that one charge takes with its journal entries, as B/charge, 2,000 charges for each b.N: abandoned
// ones, paid ones, and paid ones whose shop cannot be reached, so that every webhook is given up.
func BenchmarkLiveBytes(b *testing.B) {
	shop := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Content-Length", "0") }))
	b.Cleanup(shop.Close)
	pay := func(post string) work {
		create := raw("POST", "/v2/charges", "application/json", strings.NewReplacer("https://shop.example/hook", post, "https://shop.example", shop.URL).Replace(benchBody))
		l := dial(b, shop.URL)
		return payWhole(create, func(*line) *line { return l }, func(string, []byte) {})
	}
	create := raw("POST", "/v2/charges", "application/json", benchBody)
	for _, c := range []struct {
		name string
		do   work
	}{
		{"abandoned", func(l *line, _ int64) error { return wantStatus(200, l, create) }},
		{"paid", pay(shop.URL + "/hook")},
		{"unreachable", pay("http://127.0.0.1:1/hook")},
	} {
		b.Run(c.name, func(b *testing.B) {
			for range b.N {
				b.ReportMetric(liveBytes(b, c.do), "B/charge")
			}
		})
	}
}

// BenchmarkSeededBytes is [BenchmarkLiveBytes] for the charges of a history, with their refunds and customers; its bare twin is "paid" there.
func BenchmarkSeededBytes(b *testing.B) {
	for range b.N {
		_, address := benchMock(b)
		client := control.New(address, key)
		if _, err := client.Seed(b.Context(), control.History{Charges: 1, Seed: 7}); err != nil {
			b.Fatal(err)
		}
		if _, err := client.Reset(b.Context()); err != nil {
			b.Fatal(err)
		}
		before := heapBytes()
		if _, err := client.Seed(b.Context(), control.History{Charges: 10_000, Seed: 7}); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(heapBytes()-before)/10_000, "B/charge")
		client.CloseIdle()
	}
}

// liveBytes makes many charges, each up to its end, and returns the live heap by charge.
func liveBytes(b *testing.B, do work) float64 {
	const before, measured = 500, 2000
	server, address := benchMock(b)
	l := dial(b, address)
	charges := func(n int) int64 {
		for i := range n {
			if err := do(l, int64(i)); err != nil {
				b.Fatal(err)
			}
		}
		for range 10 { // beyond all attempts of the webhooks
			expire(b, server)
		}
		return heapBytes()
	}
	return float64(-charges(before)+charges(measured)) / measured
}

// heapBytes is the live heap.
func heapBytes() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
