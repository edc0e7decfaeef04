package gateway

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tapmock/tapmock/mockserver/payment"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// TestWrongOTP differs from every right one.
func TestWrongOTP(t *testing.T) {
	for _, right := range []string{"000000", "111111", "123456"} {
		if wrong := wrongOTP(right); wrong == right || len(wrong) != 6 {
			t.Errorf("the wrong password for %s is %s", right, wrong)
		}
	}
}

// TestDecisionIsAssumed records that Tap's status for a refusal is assumed, unless the scenario sets the status or the response.
func TestDecisionIsAssumed(t *testing.T) {
	for bank, want := range map[string]int{
		"result: NOT CAPTURED": 1, "result: NOT CAPTURED, status: DECLINED": 0, "result: CANCELED, response: '304'": 0, "result: CAPTURED": 0,
	} {
		g, a := start(t, Config{Now: frozenNow})
		set(t, a, "assumption_findings", "true")
		queueYAML(t, a, "{name: t/x, description: x, bank: {"+bank+"}}")
		confirm(t, g, create(t, a))
		if got := countEvents(t, a, tap.EventAssumption); got != want {
			t.Errorf("%s: %d assumptions, want %d", bank, got, want)
		}
	}
}

// TestBankDecidesAtOnce confirms on a frozen clock: without a delay the payment has its result before anything else happens.
func TestBankDecidesAtOnce(t *testing.T) {
	g, a := start(t, Config{Now: frozenNow})
	if _, err := a.Freeze(t.Context(), time.Time{}); err != nil {
		t.Fatal(err)
	}
	set(t, a, "return_wait", "0s")
	queueYAML(t, a, "{name: t/x, description: x, bank: {result: CAPTURED}}")
	c := create(t, a)
	pay(t, g, c)
	if got, _ := a.Charge(c.ID); got.Status != tap.Captured || got.Deciding {
		t.Errorf("the charge is %s, deciding %t", got.Status, got.Deciding)
	}
}

// TestExpiryWhileThePayerWaits lets a charge expire while a person waits for the bank: an ABANDONED charge sends no caller back.
func TestExpiryWhileThePayerWaits(t *testing.T) {
	for outcome, want := range map[string]bool{"ABANDONED": true, "CANCELLED": false} {
		g, a := start(t, Config{Now: frozenNow})
		set(t, a, "charge_expiry_outcome", outcome)
		queueYAML(t, a, "{name: t/x, description: x, bank: {delay: forever}}")
		c := create(t, a)
		pay(t, g, c)
		if _, err := a.Advance(t.Context(), time.Hour); err != nil {
			t.Fatal(err)
		}
		if got, _ := a.Charge(c.ID); string(got.Status) != outcome || got.Abandoned != want || !got.EndedOnPage {
			t.Errorf("%s: the charge is %s, abandoned %t", outcome, got.Status, got.Abandoned)
		}
	}
}

// TestRepeatedCallHasTheScenario repeats a request: it follows the scenario of the original one, also if no other charge has one.
func TestRepeatedCallHasTheScenario(t *testing.T) {
	_, a := start(t, Config{Now: frozenNow})
	if err := a.Next("outcome/no-funds"); err != nil {
		t.Fatal(err)
	}
	req := chargeRequest()
	req.Idempotent = "i"
	if _, err := a.CreateCharge(req, nil, ""); err != nil {
		t.Fatal(err)
	}
	if again, err := a.Begin(ForPayment(tap.KindCharge, req), nil); err != nil || again.Script.Name != "outcome/no-funds" {
		t.Errorf("the repeated call follows %q: %v", again.Script.Name, err)
	}
}

// TestAbortCountsOnlyTheLastCall aborts the earlier of two create calls, and then the later one.
func TestAbortCountsOnlyTheLastCall(t *testing.T) {
	_, a := start(t, Config{})
	first, second := begin(t, a), begin(t, a)
	if first.Abort(false); a.state.choice.creates[1] != 2 {
		t.Errorf("%d create calls are counted, want 2", a.state.choice.creates[1])
	}
	if second.Abort(false); a.state.choice.creates[1] != 1 {
		t.Errorf("%d create calls are counted, want 1", a.state.choice.creates[1])
	}
}

// TestChaosRecord records the injected faults of create calls, and forgets an aborted call.
func TestChaosRecord(t *testing.T) {
	_, a := start(t, Config{})
	defaultYAML(t, a, "{name: t/x, description: x, chaos: {rates: {api/create-refused: 100%}, max_consecutive: 5}}")
	for range 3 {
		begin(t, a).Commit()
	}
	begin(t, a).Abort(false)
	var faults []bool
	for _, call := range a.state.choice.chaos {
		faults = append(faults, call.fault != nil)
	}
	if !slices.Equal(faults, []bool{true, false, false}) {
		t.Errorf("the recorded calls have faults: %v; want one for the first call of the order", faults)
	}
	if record, err := a.ChaosRecord(); err != nil || len(record) != 3 || len(record[0].API) != 1 || len(record[1].API) != 0 {
		t.Errorf("the record is %+v, %v", record, err)
	}
}

// TestFactSize counts what a call to the merchant takes in the journal: its result, each byte of the response, and the webhook.
func TestFactSize(t *testing.T) {
	text := payment.Said(tap.EventSubmitted, "four")
	size := func(c *call) int { return fact{Fact: text, call: c}.Size() }
	plain, result, response := size(nil), size(&call{}), size(&call{Attempt: Attempt{Body: "12345"}})
	webhook := size(&call{Attempt: Attempt{Body: "12345"}, sent: &Sent{}})
	if plain != 4 || result < plain+50 || response != result+5 || webhook < response+100 {
		t.Errorf("a text of four bytes takes %d, with a result %d, with a response of five bytes %d, with a webhook %d", plain, result, response, webhook)
	}
}

// TestSingleReturn journals a return that an automatic payer has made once without a number of copies.
func TestSingleReturn(t *testing.T) {
	_, a := start(t, Config{Now: frozenNow})
	queueYAML(t, a, "{name: t/x, description: x, payer: {pay: {}, at: created}}")
	create(t, a)
	awaitEvent(t, a, tap.EventReturned)
	if found, err := a.AskNow(Question{Event: tap.EventReturned}); err != nil || !strings.HasPrefix(found[0].Detail, "to https://shop.example/return?tap_id=") {
		t.Errorf("%+v, %v", found, err)
	}
}
