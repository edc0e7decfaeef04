package timeline_test

import (
	"fmt"
	"time"

	"github.com/tapmock/tapmock/mockserver/timeline"
)

// Two effects of one lane run one after another; an effect of another lane does not wait for them.
func ExampleTimeline() {
	var t timeline.Timeline[string]
	now := time.Unix(1_800_000_000, 0)
	t.Add(timeline.Effect[string]{Due: now, Lane: 1, Args: "webhook of charge 1"})
	t.Add(timeline.Effect[string]{Due: now, Lane: 1, Args: "return of charge 1"})
	t.Add(timeline.Effect[string]{Due: now, Lane: 2, Args: "webhook of charge 2"})

	var running []timeline.Effect[string]
	for {
		e, step := t.Take(now, false)
		if step == timeline.Nothing {
			break
		}
		if step == timeline.Run {
			fmt.Println("begins:", e.Args)
			running = append(running, e)
		}
	}
	if next, ok := t.End(running[0].Ref()); ok {
		fmt.Println("then:", next.Args)
	}
	// Output:
	// begins: webhook of charge 1
	// begins: webhook of charge 2
	// then: return of charge 1
}
