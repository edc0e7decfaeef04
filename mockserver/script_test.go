package mockserver_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tapmock/tapmock/mockserver"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// createFrom queues a scenario with these YAML lines, and creates a charge that follows it.
func (s *stage) createFrom(lines string, fields map[string]any) tap.Charge {
	s.t.Helper()
	text := "scenarios:\n  - name: test/script\n    description: x\n    " + strings.ReplaceAll(strings.TrimSpace(lines), "\n", "\n    ") + "\n"
	if err := s.control.NextYAML(s.t.Context(), text); err != nil {
		s.t.Fatal(err)
	}
	return s.create(s.order(fields))
}

// times are the times of visits, since the opening.
func times(visits []visit) []time.Duration {
	var all []time.Duration
	for _, v := range visits {
		all = append(all, v.at)
	}
	return all
}

// TestThreeDaysOfRetries fails every attempt while the clock advances.
func TestThreeDaysOfRetries(t *testing.T) {
	s := startStage(t, mockserver.Config{})
	s.shop.respond = func(v visit) int { return 500 }
	c := s.pays("webhook/three-days", nil)
	begin := time.Now()
	s.advance(72 * time.Hour)
	if took := time.Since(begin); took > 5*time.Second {
		t.Errorf("three days took %s", took)
	}
	want := []time.Duration{0, time.Minute, 11 * time.Minute, 71 * time.Minute, 431 * time.Minute, 1151 * time.Minute, 2591 * time.Minute, 72 * time.Hour}
	if got := times(s.shop.visits("/hook")); !slices.Equal(got, want) {
		t.Errorf("webhooks were received at %v, want %v", got, want)
	}
	for i, v := range s.shop.visits("/hook") {
		if got := decode(t, v.body).Post.Attempt; got != i+1 {
			t.Errorf("attempt %d says %d", i+1, got)
		}
	}
	if got := s.get(c.ID).Post.Status; got != tap.DeliveryError {
		t.Errorf("post.status is %s", got)
	}
}

// TestEveryStatusAndCode reaches every final status of a charge and every response code.
func TestEveryStatusAndCode(t *testing.T) {
	s := startStage(t, mockserver.Config{})
	for _, status := range tap.Statuses() {
		if !tap.ChargeMoves.CanBecome(tap.Initiated, status) {
			continue
		}
		c := s.createFrom(fmt.Sprintf("payer: {pay: {}}\nbank: {status: %s}", status), nil)
		s.awaitIdle()
		if got := s.get(c.ID); got.Status != status || got.Response != tap.PlainResult(status) {
			t.Errorf("%s: %s %v", status, got.Status, got.Response)
		}
	}
	for _, result := range tap.Results() {
		lines := fmt.Sprintf("payer: {pay: {}}\nbank: {response: %q}", result.Code)
		if !tap.ChargeMoves.CanBecome(tap.Initiated, tap.StatusFor(result)) {
			lines = fmt.Sprintf("payer: {pay: {}}\nbank: {response: %q, status: UNKNOWN}", result.Code)
		}
		c := s.createFrom(lines, nil)
		s.awaitIdle()
		if got := s.get(c.ID); got.Response != result {
			t.Errorf("%s: %v", result.Code, got.Response)
		}
	}
}

// TestConcurrentCopies has a shop that responds when all copies have arrived: copies sent one after another would never be answered.
func TestConcurrentCopies(t *testing.T) {
	s := startStage(t, mockserver.Config{})
	var all sync.WaitGroup
	all.Add(3)
	s.shop.respond = func(v visit) int {
		if v.path == "/hook" {
			all.Done()
			all.Wait()
		}
		return 200
	}
	s.pays("webhook/concurrent", nil)
	if hooks := s.shop.visits("/hook"); len(hooks) != 3 || hooks[0].body != hooks[1].body || hooks[1].body != hooks[2].body {
		t.Errorf("%d webhooks were received", len(hooks))
	}
}

// TestBeforeTheAnswer runs the whole payment before the create answer is written.
func TestBeforeTheAnswer(t *testing.T) {
	for _, frozen := range []bool{true, false} {
		s := startStage(t, mockserver.Config{})
		if !frozen {
			if _, err := s.control.Resume(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		s.next("payer/before-answer")
		a := s.call("POST", "/v2/charges", s.order(nil)) // without waiting: the payment has ended
		if visits := s.shop.visits(""); len(visits) != 2 || visits[0].path != "/hook" || visits[1].path != "/return" {
			t.Errorf("frozen %t: before the answer the shop received %d requests", frozen, len(visits))
		}
		if c := decode(t, a.body); c.Status != tap.Initiated || s.get(c.ID).Status != tap.Captured {
			t.Errorf("frozen %t: the answer says %s", frozen, c.Status)
		}
	}
}

// TestGates has every kind of step wait at a gate, and releases them one by one.
func TestGates(t *testing.T) {
	s := startStage(t, mockserver.Config{})
	c := s.createFrom(`payer: {pay: {}, gate: g/payer}
bank: {gate: g/bank, later: {at: settled, status: VOID, gate: g/later}}
callbacks:
  - webhook: {gate: g/webhook}
  - return: {at: settled, gate: g/return}
api:
  - {on: charge.get, calls: 3, gate: g/get}`, nil)
	state := func(want tap.Status, visits int) {
		t.Helper()
		s.awaitIdle()
		if got := s.shop.visits(""); len(got) != visits {
			t.Errorf("the shop received %d requests, want %d", len(got), visits)
		}
		if list, err := s.control.Charges(t.Context(), ""); err != nil || list[0].Status != want {
			t.Errorf("%v, the charge is %s, want %s", err, list[0].Status, want)
		}
	}
	release := func(gate string) {
		t.Helper()
		if n, err := s.control.Release(t.Context(), gate, ""); err != nil || n != 1 {
			t.Errorf("%s: released %d, %v", gate, n, err)
		}
	}
	state(tap.Initiated, 0)
	if moved := s.advance(time.Minute); !slices.Equal(moved.Gates, []string{"g/payer"}) {
		t.Errorf("the gates reached are %v", moved.Gates)
	}
	release("g/payer")
	state(tap.Initiated, 0)
	release("g/bank")
	state(tap.Captured, 0)
	release("g/return")
	state(tap.Captured, 1)
	release("g/webhook")
	state(tap.Captured, 2)
	release("g/later")
	state(tap.Void, 2)
	if _, err := s.control.Release(t.Context(), "g/webhok", ""); err == nil || !strings.Contains(err.Error(), "did you mean g/webhook?") {
		t.Errorf("an unknown gate: %v", err)
	}
	s.get(c.ID)
	s.get(c.ID)
	done := make(chan answer)
	go func() { done <- s.call("GET", "/v2/charges/"+c.ID, "") }()
	s.await("gate_reached", 6)
	release("g/get")
	if a := <-done; a.status != http.StatusOK {
		t.Errorf("the GET that waited: HTTP %d", a.status)
	}
}

// TestSilentMerchantDelaysOnlyItsOwnCharge has two charges on a running clock; the merchant does not respond to the webhook of one.
func TestSilentMerchantDelaysOnlyItsOwnCharge(t *testing.T) {
	s := startStage(t, mockserver.Config{}, "return_wait=50ms")
	if _, err := s.control.Resume(t.Context()); err != nil {
		t.Fatal(err)
	}
	end := make(chan struct{})
	defer close(end)
	called := make(chan struct{}, 10)
	s.shop.respond = func(v visit) int {
		if strings.Contains(v.body, `"order":"silent"`) {
			called <- struct{}{}
			<-end
		}
		return 200
	}
	s.next("payer/pays")
	s.next("payer/pays")
	slow := s.create(s.order(map[string]any{"reference": at("order", "silent")}))
	<-called
	quick := s.create(s.order(nil))
	s.awaitCharge("returned", quick.ID)
	if got := s.get(quick.ID); got.Post.Status != tap.DeliverySuccess || got.Status != tap.Captured {
		t.Errorf("the other charge: %s, post %s", got.Status, got.Post.Status)
	}
	s.awaitCharge("returned", slow.ID) // its payer returns after return_wait
	if got := s.get(slow.ID); got.Post.Status != tap.DeliveryPending {
		t.Errorf("post.status of the charge without a response is %s", got.Post.Status)
	}
}

// TestStrictAssumptions checks that a payment's uses of assumptions are findings.
func TestStrictAssumptions(t *testing.T) {
	s := startStage(t, mockserver.Config{}, "strict=true", "assumption_findings=true", "payer=auto")
	refused := s.pays("payer/declined", nil)
	if a := s.call("GET", "/v2/charges/"+refused.ID, ""); !strings.Contains(strings.Join(a.header.Values("X-Tapmock-Note"), " "), "assumption: NOT CAPTURED becomes FAILED 401") {
		t.Errorf("notes: %v", a.header.Values("X-Tapmock-Note"))
	}
	for _, c := range []tap.Charge{s.pays("", nil), s.pays("outcome/declined", nil)} {
		if a := s.call("GET", "/v2/charges/"+c.ID, ""); len(a.header.Values("X-Tapmock-Note")) != 0 {
			t.Errorf("notes: %v", a.header.Values("X-Tapmock-Note"))
		}
	}
	j := s.entries("assumption")
	if len(j) != 1 || j[0].Object.ID != refused.ID {
		t.Errorf("findings: %+v", j)
	}
	if a := s.call("POST", "/v2/charges", s.order(map[string]any{"amount": "1.000"})); a.status != 400 {
		t.Errorf("an amount as text: HTTP %d", a.status)
	}
}

// TestGetInsideAHandler has a GET inside a webhook handler, as correct merchants have: the delivery under way does not delay it, on either clock.
func TestGetInsideAHandler(t *testing.T) {
	for _, frozen := range []bool{true, false} {
		s := startStage(t, mockserver.Config{})
		if !frozen {
			if _, err := s.control.Resume(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		released := make(chan error, 1)
		s.shop.respond = func(v visit) int {
			if v.path == "/hook" {
				go func() {
					s.await("answer_delayed", 1)
					_, err := s.control.Release(t.Context(), "g", "")
					released <- err
				}()
				s.call("GET", "/v2/charges/"+parsed(v.body).ID, "")
			}
			return 200
		}
		begin := time.Now()
		c := s.createFrom("payer: {pay: {}}\napi:\n  - {on: charge.get, calls: 1, gate: g}", nil)
		s.awaitIdle()
		if took := time.Since(begin); took > 2*time.Second || <-released != nil || s.get(c.ID).Post.Status != tap.DeliverySuccess {
			t.Errorf("frozen %t: the payment took %s, post.status is %s", frozen, took, s.get(c.ID).Post.Status)
		}
	}
}

// TestReplayKeepsItsScenario repeats a create whose charge follows no scenario, while the queue has one.
func TestReplayKeepsItsScenario(t *testing.T) {
	s := startStage(t, mockserver.Config{})
	body := s.order(map[string]any{"reference": at("idempotent", "i-1")})
	first := s.call("POST", "/v2/charges", body)
	s.next("api/create-refused")
	again := s.call("POST", "/v2/charges", body)
	if again.status != 200 || again.header.Get("X-Tapmock-Scenario") != "" || again.body != first.body {
		t.Errorf("HTTP %d, scenario %q", again.status, again.header.Get("X-Tapmock-Scenario"))
	}
	if q, err := s.control.Queue(t.Context()); err != nil || len(q) != 1 {
		t.Errorf("the queue is %v, %v", q, err)
	}
}
