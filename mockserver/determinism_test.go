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

// runs is the number of runs that must be equal.
const runs = 100

// TestSameRun makes the same calls, one after another, on new mocks: bodies and the journal, except took_ms, are the same with any number
// of processors.
func TestSameRun(t *testing.T) {
	want := ""
	before := runtime.GOMAXPROCS(0)
	defer runtime.GOMAXPROCS(before)
	for i := range runs {
		runtime.GOMAXPROCS([]int{1, 2, 8}[i%3])
		got := t.Run(fmt.Sprint(i), func(t *testing.T) {
			text := recordDay(t)
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
		t.Errorf("the day has too few events:\n%s", want)
	}
}

// recordDay runs a day on a new mock, with chaos, faults and retries, and returns everything that was visible.
func recordDay(t *testing.T) string {
	t.Helper()
	s := startStage(t, mockserver.Config{Seed: 7}.WithoutGrace(), "payer=auto")
	s.shop.respond = func(v visit) int {
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
		s.awaitIdle()
		note(s.call("GET", "/v2/charges/"+decode(t, a.body).ID, ""))
	}
	s.advance(24 * time.Hour)
	j, err := s.control.Journal(t.Context(), control.JournalQuery{Oldest: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range j.Entries {
		if e.Response != nil {
			e.Response.TookMS = 0 // real time, as mockserver/control/README.md says
		}
		text, _ := json.Marshal(e)
		b.WriteString(s.plain(string(text)) + "\n")
	}
	for _, v := range s.shop.visits("/hook") {
		fmt.Fprintf(&b, "%s %s %s\n", v.at, v.header.Get("Hashstring"), s.plain(v.body))
	}
	return b.String()
}

// plain replaces the addresses, which differ between runs. The signatures of bodies contain them.
func (s *stage) plain(text string) string {
	return strings.NewReplacer(s.url, "MOCK", s.shop.url, "SHOP").Replace(text)
}

// TestConcurrentCalls creates charges concurrently: the body of the n-th charge is the same in every run.
func TestConcurrentCalls(t *testing.T) {
	bodies := func() map[string]string {
		s := startStage(t, mockserver.Config{Seed: 7}.WithoutGrace(), "payer=auto")
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
		s.awaitIdle()
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
				t.Fatalf("%s differs between two runs:\n%s\n%s", id, body, got[id])
			}
		}
	}
}

// TestChaos creates many charges under chaos: the rates and max_consecutive hold, and the recorded run can be repeated without chance.
func TestChaos(t *testing.T) {
	s := startStage(t, mockserver.Config{Seed: 3}.WithoutGrace())
	s.put(`scenarios:
  - {name: storm, description: x, chaos: {rates: {webhook/twice: 60%, outcome/no-funds: 30%, api/create-lost: 20%}, max_consecutive: 3}}
`)
	if err := s.control.SetDefaultScenario(t.Context(), "storm"); err != nil {
		t.Fatal(err)
	}
	first := s.createMany(t, 120)
	consecutive, injected := 0, 0
	for i, name := range first {
		if name == "storm" {
			consecutive = 0
			continue
		}
		injected++
		if consecutive++; consecutive > 3 {
			t.Fatalf("charge %d is number %d in a row with an injected scenario", i, consecutive)
		}
	}
	if injected < 60 || injected > 100 {
		t.Errorf("%d of 120 charges had an injected scenario", injected)
	}
	run, err := s.control.Chaos(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := scenarios.Parse(scenarios.Builtin(), "run.yaml", []byte(run)); err != nil || strings.Contains(run, "chaos") {
		t.Fatalf("the recorded run cannot be loaded: %v", err)
	}
	again := newStage(t, s.mock, "sk_test_again")
	again.put(run)
	second := again.createMany(t, 120)
	for i := range first {
		if want := fmt.Sprintf("recorded/%d", i+1); second[i] != want {
			t.Fatalf("call %d: %s", i+1, second[i])
		}
	}
	if one, two := s.effects(t), again.effects(t); one != two {
		t.Errorf("the repeated run differs:\n%s\n---\n%s", one, two)
	}
}

// createMany creates n charges and returns the scenario that each follows.
func (s *stage) createMany(t *testing.T, n int) []string {
	t.Helper()
	var names []string
	if err := s.control.Set(t.Context(), map[string]string{"payer": "auto"}); err != nil {
		t.Fatal(err)
	}
	for i := range n {
		a := s.call("POST", "/v2/charges", s.order(map[string]any{"reference": at("order", fmt.Sprint(i))}))
		name := a.header.Get("X-Tapmock-Scenario")
		if a.status == 0 { // the answer was lost: the charge has the name
			s.awaitIdle()
			list, err := s.control.Charges(t.Context(), fmt.Sprint(i))
			if err != nil || len(list) != 1 {
				t.Fatalf("order %d: %v %v", i, list, err)
			}
			name = list[0].Scenario
		}
		names = append(names, name)
	}
	s.awaitIdle()
	return names
}

// effects lists the status of each order, and the number of its webhooks.
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
