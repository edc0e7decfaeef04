package mockserver_test

import (
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/tapmock/tapmock/mockserver"
)

// TestHomeMemory plays a day of traffic with its pages looked at, hour by hour: what the pages keep does not grow.
func TestHomeMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("a day of traffic takes seconds")
	}
	s := startStage(t, mockserver.Config{Limits: mockserver.Limits{Charges: 300, Journal: 256 << 10, Calls: 128 << 10}})
	heap := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	var early, late uint64 // the most of several hours, because the kept pages are dropped together when they are too many
	for hour := range 24 {
		for i := range 60 {
			c := s.create(s.order(map[string]any{"reference": at("order", fmt.Sprintf("o-%d-%d", hour, i))}))
			if i%10 == 0 {
				for _, target := range []string{"/", "/?q=o-" + fmt.Sprint(hour, "-", i), "/ui/payments/" + c.ID, "/ui/calls"} {
					if a := s.mock.page(target); a.status != 200 {
						t.Fatalf("%s: HTTP %d", target, a.status)
					}
				}
			}
		}
		s.advance(time.Hour)
		switch {
		case hour >= 6 && hour < 14:
			early = max(early, heap())
		case hour >= 16:
			late = max(late, heap())
		}
	}
	if late > early+early/10 {
		t.Errorf("at most %d bytes in the morning, %d in the evening", early, late)
	}
}
