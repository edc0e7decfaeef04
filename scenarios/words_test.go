package scenarios_test

import (
	"fmt"
	"testing"

	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/scenarios"
)

// scriptFrom parses a scenario with this body and returns its script.
func scriptFrom(t *testing.T, format string, args ...any) *scenarios.Script {
	t.Helper()
	body := fmt.Sprintf(format, args...)
	set, err := scenarios.Parse(nil, "x.yaml", []byte("scenarios:\n  - name: x\n    description: X.\n    "+body+"\n"))
	if err != nil {
		t.Errorf("%s: %v", body, err)
		return scenarios.Plain()
	}
	return resolve(t, set, "x")
}

func TestEveryForgery(t *testing.T) {
	for _, l := range scenarios.Forgeries() {
		if got := scriptFrom(t, "callbacks: [{webhook: {forge: %s}}]", l.Forgery).Webhook(1); got == nil || got.Forge != l.Forgery || l.What == "" || l.Reaction == "" {
			t.Errorf("%+v: %+v", l, got)
		}
	}
}

func TestEveryMoment(t *testing.T) {
	for _, at := range []string{"created", "answered", "page_opened", "submitted", "confirmed", "settled", "corrected", "returned", "expired", "webhook#1"} {
		for _, plus := range []string{"", " + 1ms", " + 1d2h3m4.005s"} {
			st := scriptFrom(t, "bank: {result: CANCELED, later: {at: settled + 1s, result: CAPTURED}}\n    callbacks: [{webhook: {at: created}}, {webhook: {at: %s%s}}]", at, plus)
			if w := st.Webhook(2); w == nil || w.At.String() != at+plus {
				t.Errorf("%s%s: %+v", at, plus, w)
			}
		}
	}
}

func TestEveryEnd(t *testing.T) {
	for _, s := range tap.Statuses() {
		if !tap.ChargeMoves.CanBecome(tap.Initiated, s) {
			continue
		}
		if o, decided := scriptFrom(t, "bank: {status: %s}", s).Bank.Outcome("05"); !decided || o.Status != s {
			t.Errorf("%s: %+v", s, o)
		}
	}
	for _, word := range tap.KNETWords() {
		if o, decided := scriptFrom(t, "bank: {result: %s}", word).Bank.Outcome("05"); !decided || o.Status != tap.KNETOutcome(word, "05").Status {
			t.Errorf("%s: %+v", word, o)
		}
	}
}

func TestEveryResponse(t *testing.T) {
	results := tap.Results()
	if first, last := results[0].Code, results[len(results)-1].Code; first != "000" || last != "901" {
		t.Fatalf("the catalogue goes from %s to %s", first, last)
	}
	for _, r := range results {
		body := `bank: {response: "%s"}`
		if !tap.ChargeMoves.CanBecome(tap.Initiated, tap.StatusFor(r)) {
			body = `bank: {status: FAILED, response: "%s"}` // no charge ends in the code's own status
		}
		if o, decided := scriptFrom(t, body, r.Code).Bank.Outcome("05"); !decided || o.Result != r {
			t.Errorf("%s: %+v", r.Code, o)
		}
	}
	for i := range 100 { // every authRespCode
		code := fmt.Sprintf("%02d", i)
		if o, _ := scriptFrom(t, `bank: {result: NOT CAPTURED, code: "%s"}`, code).Bank.Outcome("05"); o.Bank == nil || o.Bank.Code != code {
			t.Errorf("%s: %+v", code, o)
		}
	}
}
