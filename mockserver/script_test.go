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
	"github.com/tapmock/tapmock/scenarios"
)

// progress queues one scenario that is made of YAML lines, and creates a charge that follows it.
func (s *stage) play(lines string, fields map[string]any) tap.Charge {
	s.t.Helper()
	text := "scenarios:\n  - name: test/story\n    description: x\n    " + strings.ReplaceAll(strings.TrimSpace(lines), "\n", "\n    ") + "\n"
	if err := s.control.NextYAML(s.t.Context(), text); err != nil {
		s.t.Fatal(err)
	}
	return s.create(s.order(fields))
}

// times are the instants at which the shop was visited, since the opening.
func times(visits []visit) []time.Duration {
	var all []time.Duration
	for _, v := range visits {
		all = append(all, v.at)
	}
	return all
}

// TestThreeDaysOfRetries fails every attempt on a moved clock.
func TestThreeDaysOfRetries(t *testing.T) {
	s := startStage(t, mockserver.Config{})
	s.shop.reply = func(v visit) int { return 500 }
	c := s.pays("webhook/three-days", nil)
	begin := time.Now()
	s.advance(80 * time.Hour)
	if took := time.Since(begin); took > 5*time.Second {
		t.Errorf("three days took %s", took)
	}
	want := []time.Duration{0, time.Minute, 11 * time.Minute, 71 * time.Minute, 431 * time.Minute, 1151 * time.Minute, 2591 * time.Minute, 4331 * time.Minute}
	if got := times(s.shop.visits("/hook")); !slices.Equal(got, want) {
		t.Errorf("webhooks came at %v, want %v", got, want)
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

// TestEveryStatusAndCode reaches each status that a charge can end in, and each response code.
func TestEveryStatusAndCode(t *testing.T) {
	s := startStage(t, mockserver.Config{})
	for _, status := range tap.Statuses() {
		if !tap.Initiated.CanBecome(status) {
			continue
		}
		c := s.play(fmt.Sprintf("payer: {pay: {}}\nbank: {status: %s}", status), nil)
		s.settle()
		if got := s.get(c.ID); got.Status != status || got.Response != tap.PlainResult(status) {
			t.Errorf("%s: %s %v", status, got.Status, got.Response)
		}
	}
	for _, result := range tap.Results() {
		lines := fmt.Sprintf("payer: {pay: {}}\nbank: {response: %q}", result.Code)
		if !tap.Initiated.CanBecome(tap.StatusFor(result)) {
			lines = fmt.Sprintf("payer: {pay: {}}\nbank: {response: %q, status: UNKNOWN}", result.Code)
		}
		c := s.play(lines, nil)
		s.settle()
		if got := s.get(c.ID); got.Response != result {
			t.Errorf("%s: %v", result.Code, got.Response)
		}
	}
}

// TestLies looks at what each false webhook differs in from the genuine one.
func TestLies(t *testing.T) {
	for _, lie := range scenarios.Forgeries() {
		t.Run(string(lie.Forgery), func(t *testing.T) {
			t.Parallel()
			s := startStage(t, mockserver.Config{})
			s.play(fmt.Sprintf("payer: {pay: {}}\nbank: {result: NOT CAPTURED}\ncallbacks:\n  - webhook: {}\n  - webhook: {at: webhook#1 + 1m, forge: %s}", lie.Forgery), nil)
			s.advance(time.Hour)
			hooks := s.shop.visits("/hook")
			if len(hooks) != 2 || s.verdict(hooks[0]) != "signed" {
				t.Fatalf("%d webhooks came, the first %s", len(hooks), s.verdict(hooks[0]))
			}
			checkLie(t, s, lie.Forgery, hooks[0], hooks[1])
		})
	}
}

func checkLie(t *testing.T, s *stage, lie scenarios.Forgery, genuine, false1 visit) {
	t.Helper()
	verdict, one, other := s.verdict(false1), decode(t, genuine.body), decode(t, false1.body)
	sameBody := genuine.body == false1.body
	ok := map[scenarios.Forgery]bool{
		scenarios.NoSignature:    verdict == "unsigned" && sameBody,
		scenarios.WrongKey:       verdict == "hash wrong, hashstring wrong" && sameBody,
		scenarios.AnotherAccount: verdict == "hash wrong, hashstring wrong" && sameBody,
		scenarios.BodyChanged:    verdict == "hash wrong, hashstring wrong" && other.Amount == "123.450" && one.Amount == "12.345",
		scenarios.TwoDecimals:    verdict == "hashstring wrong" && sameBody,
		scenarios.UpperCase:      strings.Contains(verdict, "hash in upper case") && strings.Contains(verdict, "hashstring in upper case") && sameBody,
		scenarios.UnknownID:      verdict == "signed" && other.ID != one.ID && s.call("GET", "/v2/charges/"+other.ID, "").status == 400,
		scenarios.SaysCaptured:   verdict == "signed" && other.Status == tap.Captured && s.get(one.ID).Status == tap.Failed,
	}[lie]
	if !ok {
		t.Errorf("%s\n%s\n%s", verdict, genuine.body, false1.body)
	}
	if got := s.get(one.ID).Post.Status; got != tap.DeliverySuccess {
		t.Errorf("post.status is %s: a false webhook counts", got)
	}
}

// TestTogether holds all copies inside the shop until the last one is there: it would hang if they came one by one.
func TestTogether(t *testing.T) {
	s := startStage(t, mockserver.Config{})
	var all sync.WaitGroup
	all.Add(3)
	s.shop.reply = func(v visit) int {
		if v.path == "/hook" {
			all.Done()
			all.Wait()
		}
		return 200
	}
	s.pays("webhook/concurrent", nil)
	if hooks := s.shop.visits("/hook"); len(hooks) != 3 || hooks[0].body != hooks[1].body || hooks[1].body != hooks[2].body {
		t.Errorf("%d webhooks came", len(hooks))
	}
}

// TestBeforeTheAnswer lets the whole payment happen while the create call is open.
func TestBeforeTheAnswer(t *testing.T) {
	for _, frozen := range []bool{true, false} {
		s := startStage(t, mockserver.Config{})
		if !frozen {
			if _, err := s.control.Resume(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		s.next("payer/before-answer")
		a := s.call("POST", "/v2/charges", s.order(nil)) // no waiting: it must all be over
		if visits := s.shop.visits(""); len(visits) != 2 || visits[0].path != "/hook" || visits[1].path != "/return" {
			t.Errorf("frozen %t: before the answer the shop had %d visits", frozen, len(visits))
		}
		if c := decode(t, a.body); c.Status != tap.Initiated || s.get(c.ID).Status != tap.Captured {
			t.Errorf("frozen %t: the answer says %s", frozen, c.Status)
		}
	}
}

// TestGates holds each kind of step and lets it go.
func TestGates(t *testing.T) {
	s := startStage(t, mockserver.Config{})
	c := s.play(`payer: {pay: {}, gate: g/payer}
bank: {gate: g/bank, later: {at: settled, status: VOID, gate: g/later}}
callbacks:
  - webhook: {gate: g/webhook}
  - return: {at: settled, gate: g/redirect}
api:
  - {on: charge.get, calls: 3, gate: g/get}`, nil)
	state := func(want tap.Status, visits int) {
		t.Helper()
		s.settle()
		if got := s.shop.visits(""); len(got) != visits {
			t.Errorf("the shop had %d visits, want %d", len(got), visits)
		}
		if list, err := s.control.Charges(t.Context(), ""); err != nil || list[0].Status != want {
			t.Errorf("%v, the charge is %s, want %s", err, list[0].Status, want)
		}
	}
	release := func(gate string) {
		t.Helper()
		if n, err := s.control.Release(t.Context(), gate, ""); err != nil || n != 1 {
			t.Errorf("%s: %d waited, %v", gate, n, err)
		}
	}
	state(tap.Initiated, 0)
	if moved := s.advance(time.Minute); !slices.Equal(moved.Gates, []string{"g/payer"}) {
		t.Errorf("held are %v", moved.Gates)
	}
	release("g/payer")
	state(tap.Initiated, 0)
	release("g/bank")
	state(tap.Captured, 0)
	release("g/redirect")
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
		t.Errorf("the held GET: HTTP %d", a.status)
	}
}

// TestPersonAtThePage has a person where the scenario delays the bank and the way back.
func TestPersonAtThePage(t *testing.T) {
	s := startStage(t, mockserver.Config{})
	c := s.play("bank: {delay: 20s}\ncallbacks:\n  - return: {at: settled + 1m, add: {lang: ar}}\n  - webhook: {at: returned + 5s}", nil)
	p := s.open(c.Transaction.URL).submit("9", "2030").post("confirm")
	waits := func() {
		t.Helper()
		if p.page.status != 200 || !strings.Contains(p.page.body, "please wait") || !strings.HasPrefix(p.page.header.Get("Refresh"), "1; url=") || !strings.Contains(p.page.body, "SIMULATION") {
			t.Fatalf("the payer does not wait: HTTP %d %v\n%s", p.page.status, p.page.header, p.page.body)
		}
	}
	waits()
	if got := s.get(c.ID).Status; got != tap.Initiated {
		t.Errorf("while the bank thinks the charge is %s", got)
	}
	s.advance(20 * time.Second)
	p.get()
	waits()
	if got := s.get(c.ID).Status; got != tap.Captured {
		t.Errorf("after the bank the charge is %s", got)
	}
	s.advance(time.Minute)
	p.get()
	if want := s.shop.url + "/return?tap_id=" + c.ID + "&lang=ar"; p.address.String() != want {
		t.Errorf("the payer landed at %s, want %s", p.address, want)
	}
	s.advance(time.Minute)
	if hooks := s.shop.visits("/hook"); len(hooks) != 1 || hooks[0].at != 85*time.Second {
		t.Errorf("webhooks came at %v", times(hooks))
	}
}

// TestPersonWhoNeverReturns stays where he is.
func TestPersonWhoNeverReturns(t *testing.T) {
	s := startStage(t, mockserver.Config{})
	s.next("return/never")
	c := s.create(s.order(nil))
	p := s.open(c.Transaction.URL).submit("9", "2030").post("confirm")
	s.advance(time.Hour)
	p.get()
	if p.page.status != 200 || !strings.Contains(p.page.body, "please wait") || s.get(c.ID).Redirect.Status != tap.DeliveryPending {
		t.Errorf("HTTP %d at %s, redirect %s", p.page.status, p.address, s.get(c.ID).Redirect.Status)
	}
}

// TestBankAtThePage refuses a person's PINs and one-time passwords.
func TestBankAtThePage(t *testing.T) {
	s := startStage(t, mockserver.Config{})
	c := s.play("bank: {pin: {refuse: 2}, otp: {ask: true, refuse: 1}}", nil)
	p := s.open(c.Transaction.URL)
	for range 2 {
		if p.submit("9", "2030"); !strings.Contains(p.page.body, "Please check your Pin") {
			t.Fatalf("the PIN was taken: %s", p.page.body)
		}
	}
	p.submit("9", "2030")
	code := printedCode.FindStringSubmatch(p.page.body)
	if code == nil {
		t.Fatalf("no one-time password is asked for: %s", p.page.body)
	}
	if p.post("confirm", "debitOTP", code[1]); !strings.Contains(p.page.body, "Invalid OTP") {
		t.Fatalf("the one-time password was taken: %s", p.page.body)
	}
	p.post("confirm", "debitOTP", code[1])
	if got := s.get(c.ID).Status; got != tap.Captured {
		t.Errorf("the charge is %s", got)
	}
}

// TestHangingMerchantHoldsUpHimselfOnly has two charges of one account on a running clock, one of whose merchants never answers.
func TestHangingMerchantHoldsUpHimselfOnly(t *testing.T) {
	s := startStage(t, mockserver.Config{}, "return_wait=50ms")
	if _, err := s.control.Resume(t.Context()); err != nil {
		t.Fatal(err)
	}
	hang := make(chan struct{})
	defer close(hang)
	first := make(chan struct{}, 10)
	s.shop.reply = func(v visit) int {
		if strings.Contains(v.body, `"order":"hangs"`) {
			first <- struct{}{}
			<-hang
		}
		return 200
	}
	s.next("payer/pays")
	s.next("payer/pays")
	slow := s.create(s.order(map[string]any{"reference": at("order", "hangs")}))
	<-first
	quick := s.create(s.order(nil))
	s.awaitCharge("returned", quick.ID)
	if got := s.get(quick.ID); got.Post.Status != tap.DeliverySuccess || got.Status != tap.Captured {
		t.Errorf("the other charge: %s, post %s", got.Status, got.Post.Status)
	}
	s.awaitCharge("returned", slow.ID) // his own payer goes on after return_wait
	if got := s.get(slow.ID); got.Post.Status != tap.DeliveryPending {
		t.Errorf("post.status of the hanging merchant's charge is %s", got.Post.Status)
	}
}

// TestPageFaults spoil the page's requests, not the payment.
func TestPageFaults(t *testing.T) {
	s := startStage(t, mockserver.Config{})
	c := s.play("api:\n  - {on: page.open, calls: 1-2, fault: {status: 502}}\n  - {on: page.submit, calls: 2, commit: true, fault: reset}", nil)
	for range 2 {
		if p := s.open(c.Transaction.URL); p.page.status != 502 {
			t.Fatalf("HTTP %d", p.page.status)
		}
	}
	p := s.open(c.Transaction.URL) // page.open, calls 3 and 4
	p.submit("9", "2030")          // page.submit, call 1; page.open, call 5
	form := "confirm=x&token=" + tokenOf(p)
	if a := s.post(p.address.Scheme+"://"+p.address.Host+"/kpay/kpg/paymentrouter.htm", form); a.status != 0 {
		t.Errorf("Confirm was answered: HTTP %d", a.status)
	}
	s.settle()
	if got := s.get(c.ID).Status; got != tap.Captured {
		t.Errorf("Confirm was not committed: the charge is %s", got)
	}
}

// TestStrictAssumptions finds the guesses that a payment rests on.
func TestStrictAssumptions(t *testing.T) {
	s := startStage(t, mockserver.Config{}, "strict=true", "assumption_findings=true", "payer=auto")
	refused := s.pays("payer/refused", nil)
	if a := s.call("GET", "/v2/charges/"+refused.ID, ""); !strings.Contains(strings.Join(a.header.Values("X-Tapmock-Note"), " "), "assumption: NOT CAPTURED becomes FAILED 401") {
		t.Errorf("notes: %v", a.header.Values("X-Tapmock-Note"))
	}
	paid := s.pays("", nil)
	said := s.pays("outcome/declined", nil)
	for _, c := range []tap.Charge{paid, said} {
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

// TestGetInsideAHandler is what sound merchants do: it is not held up by the delivery that waits for it, on either clock.
func TestGetInsideAHandler(t *testing.T) {
	for _, frozen := range []bool{true, false} {
		s := startStage(t, mockserver.Config{})
		if !frozen {
			if _, err := s.control.Resume(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		released := make(chan error, 1)
		s.shop.reply = func(v visit) int {
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
		c := s.play("payer: {pay: {}}\napi:\n  - {on: charge.get, calls: 1, gate: g}", nil)
		s.settle()
		if took := time.Since(begin); took > 2*time.Second || <-released != nil || s.get(c.ID).Post.Status != tap.DeliverySuccess {
			t.Errorf("frozen %t: it took %s, post.status is %s", frozen, took, s.get(c.ID).Post.Status)
		}
	}
}

// TestReplayKeepsItsScenario repeats a create whose charge follows none, with another in the queue.
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
