package mockserver_test

import (
	"encoding/json"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tapmock/tapmock/mockserver"
	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/scenarios"
)

// runs is how often a story is repeated to see that it is the same.
const runs = 100

// TestSameRun plays the same calls, one after another, on fresh mocks: bodies and the order of events are the same, on any
// number of processors.
func TestSameRun(t *testing.T) {
	want := ""
	before := runtime.GOMAXPROCS(0)
	defer runtime.GOMAXPROCS(before)
	for i := range runs {
		runtime.GOMAXPROCS([]int{1, 2, 8}[i%3])
		got := t.Run(fmt.Sprint(i), func(t *testing.T) {
			text := busyDay(t)
			if want == "" {
				want = text
			}
			if text != want {
				t.Fatalf("run %d differs:\n%s\n--- the first was\n%s", i, text, want)
			}
		})
		if !got {
			return
		}
	}
	if !strings.Contains(want, "webhook") || strings.Count(want, "created") < 5 {
		t.Errorf("the day was too quiet to say anything:\n%s", want)
	}
}

// busyDay plays a day on a fresh mock: faults, refusals, retries, an adversary. It tells everything that was to be seen.
func busyDay(t *testing.T) string {
	t.Helper()
	s := startStage(t, mockserver.Config{Seed: 7}, "payer=auto")
	s.shop.reply = func(v visit) int {
		if strings.Contains(v.body, `"attempt":1`) {
			return 500
		}
		return 200
	}
	if err := s.control.SetDefaultScenario(t.Context(), "chaos/harsh"); err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	note := func(a answer) { fmt.Fprintf(&b, "%d %s\n", a.status, s.plain(a.body)) }
	for i := range 5 {
		order := map[string]any{"reference": map[string]any{"order": fmt.Sprint(i), "idempotent": fmt.Sprint(i)}}
		a := s.call("POST", "/v2/charges", s.order(order))
		if note(a); a.status != 200 {
			a = s.call("POST", "/v2/charges", s.order(order))
			note(a)
		}
		note(s.call("GET", "/v2/charges/"+decode(t, a.body).ID, ""))
		s.settle()
		note(s.call("GET", "/v2/charges/"+decode(t, a.body).ID, ""))
	}
	s.advance(24 * time.Hour)
	j, err := s.control.Journal(t.Context(), control.JournalQuery{Oldest: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range j.Entries {
		e.Response = nil // has real time
		text, _ := json.Marshal(e)
		b.WriteString(s.plain(string(text)) + "\n")
	}
	for _, v := range s.shop.visits("/hook") {
		fmt.Fprintf(&b, "%s %s %s\n", v.at, v.header.Get("Hashstring"), s.plain(v.body))
	}
	return b.String()
}

// plain replaces the addresses, which are others in every run; signatures of bodies depend on them.
func (s *stage) plain(text string) string {
	return strings.NewReplacer(s.url, "MOCK", s.shop.url, "SHOP").Replace(text)
}

// TestConcurrentCalls creates charges at once, in any order: the bodies of the n-th charge are the same in every run.
func TestConcurrentCalls(t *testing.T) {
	bodies := func() map[string]string {
		s := startStage(t, mockserver.Config{Seed: 7}, "payer=auto")
		var mu sync.Mutex
		all := map[string]string{}
		var calls sync.WaitGroup
		for range 8 {
			calls.Go(func() {
				c := decode(t, s.call("POST", "/v2/charges", s.order(nil)).body)
				mu.Lock()
				defer mu.Unlock()
				all[c.ID] = ""
			})
		}
		calls.Wait()
		s.settle()
		for id := range all {
			all[id] = s.plain(s.call("GET", "/v2/charges/"+id, "").body)
		}
		return all
	}
	want := bodies()
	for range 10 {
		got := bodies()
		for id, body := range want {
			if got[id] != body {
				t.Fatalf("%s is another in another run:\n%s\n%s", id, body, got[id])
			}
		}
	}
}

// TestAdversary plays a long run: as much as he is allowed, never more in a row, and the same again without chance.
func TestAdversary(t *testing.T) {
	s := startStage(t, mockserver.Config{Seed: 3})
	s.put(`scenarios:
  - {name: foe, description: x, chaos: {rates: {webhook/twice: 60%, outcome/no-funds: 30%, api/create-lost: 20%}, max_consecutive: 3}}
`)
	if err := s.control.SetDefaultScenario(t.Context(), "foe"); err != nil {
		t.Fatal(err)
	}
	first := s.tricks(t, 120)
	inRow, tricked := 0, 0
	for i, trick := range first {
		if trick == "foe" {
			inRow = 0
			continue
		}
		tricked++
		if inRow++; inRow > 3 {
			t.Fatalf("charge %d is the %dth in a row that is befallen", i, inRow)
		}
	}
	if tricked < 60 || tricked > 100 {
		t.Errorf("%d of 120 charges were befallen", tricked)
	}
	run, err := s.control.Chaos(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := scenarios.Parse(scenarios.Builtin(), "run.yaml", []byte(run)); err != nil || strings.Contains(run, "chaos") {
		t.Fatalf("the run cannot be read: %v", err)
	}
	again := newStage(t, s.mock, "sk_test_again")
	again.put(run)
	second := again.tricks(t, 120)
	for i := range first {
		if want := fmt.Sprintf("recorded/%d", i+1); second[i] != want {
			t.Fatalf("call %d: %s", i+1, second[i])
		}
	}
	if one, two := s.effects(t), again.effects(t); one != two {
		t.Errorf("the run without chance differs:\n%s\n---\n%s", one, two)
	}
}

// tricks creates charges and says which scenario each followed.
func (s *stage) tricks(t *testing.T, n int) []string {
	t.Helper()
	var names []string
	if err := s.control.Set(t.Context(), map[string]string{"payer": "auto"}); err != nil {
		t.Fatal(err)
	}
	for i := range n {
		a := s.call("POST", "/v2/charges", s.order(map[string]any{"reference": at("order", fmt.Sprint(i))}))
		name := a.header.Get("X-Tapmock-Scenario")
		if a.status == 0 { // the answer was lost: the charge tells
			s.settle()
			list, err := s.control.Charges(t.Context(), fmt.Sprint(i))
			if err != nil || len(list) != 1 {
				t.Fatalf("order %d: %v %v", i, list, err)
			}
			name = list[0].Scenario
		}
		names = append(names, name)
	}
	s.settle()
	return names
}

// effects is what became of each order, and how often the shop was told of it.
func (s *stage) effects(t *testing.T) string {
	t.Helper()
	reported := map[string]int{}
	for _, v := range s.shop.visits("/hook") {
		reported[decode(t, v.body).Reference.Order]++
	}
	list, err := s.control.Charges(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, c := range list {
		fmt.Fprintf(&b, "%s %s %d\n", c.Order, c.Status, reported[c.Order])
	}
	return b.String()
}
