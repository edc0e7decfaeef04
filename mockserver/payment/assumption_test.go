package payment

import (
	"slices"
	"strings"
	"testing"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// TestAssumptionsAreInTheLedger compares the assumptions that are recorded with the ledger.
func TestAssumptionsAreInTheLedger(t *testing.T) {
	ledger := tap.Ledger()
	for _, a := range Assumptions() {
		i := slices.IndexFunc(ledger, func(e tap.LedgerEntry) bool { return e.Behaviour == a.Behaviour })
		if i < 0 {
			t.Errorf("%q is not in the ledger", a.Behaviour)
			continue
		}
		if e := ledger[i]; e.Mark != tap.Inferred && e.Mark != tap.NothingFound || e.Setting != a.Setting && a.Setting != "" {
			t.Errorf("%q: the ledger has mark %s and setting %q, the object %q", a.Behaviour, e.Mark, e.Setting, a.Setting)
		}
	}
	if n := len(Assumptions()); n < 10 {
		t.Errorf("only %d assumptions were compared", n)
	}
}

// assuming is a charge that records its assumptions.
func assuming(t *testing.T, settings ...string) Payment {
	t.Helper()
	return chargeOf(func(_ *tap.PaymentRequest, s *tap.Settings) {
		s.AssumptionFindings = true
		for _, setting := range settings {
			key, value, _ := strings.Cut(setting, "=")
			if err := s.Set(key, value); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// TestAssume records an assumption once, and not at all if the findings are off or its setting was chosen.
func TestAssume(t *testing.T) {
	c := assuming(t)
	facts := c.Assume(AssumesAmount, c.Assume(AssumesExpiry, c.Assume(AssumesExpiry, nil)))
	if len(facts) != 2 || !slices.Equal(c.Assumptions(), []string{AssumesExpiry.Behaviour, AssumesAmount.Behaviour}) {
		t.Fatalf("the facts are %v, the charge assumes %q", facts, c.Assumptions())
	}
	if want := AssumesExpiry.Behaviour + " (set charge_expiry_outcome to choose it explicitly)"; facts[0].Text() != want || facts[1].Text() != AssumesAmount.Behaviour {
		t.Errorf("the texts are %q and %q", facts[0].Text(), facts[1].Text())
	}
	if f := facts[0]; f.Event() != tap.EventAssumption || !f.Follows() {
		t.Errorf("the fact is %+v", f)
	}
	off, chosen := newCharge(tap.SourceKNET), assuming(t, "charge_expiry_outcome=ABANDONED")
	if facts := off.Assume(AssumesAmount, nil); facts != nil || off.Assumptions() != nil {
		t.Errorf("with the findings off: %v", facts)
	}
	if facts := chosen.Assume(AssumesExpiry, nil); facts != nil {
		t.Errorf("with the setting chosen: %v", facts)
	}
	if facts := chosen.Assume(AssumesPageLimit, nil); len(facts) != 1 {
		t.Errorf("with another setting chosen: %v", facts)
	}
}

// TestAssumeDecision names the assumption of each decision of the bank; a capture, and a status that the scenario sets, assume nothing.
func TestAssumeDecision(t *testing.T) {
	for _, test := range []struct {
		word string
		bank Bank
		want []string
	}{
		{tap.KNETCaptured, Bank{}, nil},
		{tap.KNETNotCaptured, Bank{}, []string{AssumesNotCaptured.Behaviour}},
		{tap.KNETNotCaptured, Bank{Sure: true}, nil},
		{tap.KNETCanceled, Bank{}, []string{AssumesCanceled.Behaviour}},
		{tap.KNETHostTimeout, Bank{}, []string{AssumesHostTimeout.Behaviour}},
		{tap.KNETDeniedByRisk, Bank{}, []string{AssumesRisk.Behaviour}},
	} {
		c := assuming(t)
		c.AssumeDecision(tap.KNETOutcome(test.word, "51"), test.bank, nil)
		if !slices.Equal(c.Assumptions(), test.want) {
			t.Errorf("%s, sure %t: %q", test.word, test.bank.Sure, c.Assumptions())
		}
	}
}

// TestAssumedAmount captures the requested amount and another one: only the second is an assumption.
func TestAssumedAmount(t *testing.T) {
	for _, bank := range []Bank{{}, {Captures: 500, Differs: true}, {Captures: 750, Differs: true}} {
		c := assuming(t)
		facts := finish(t, &c, tap.KNETOutcome(tap.KNETCaptured, ""), tap.EventSettled, bank)
		if assumed := len(facts) == 2; assumed != (bank.Captures == 750) || facts[0].Event() != tap.EventSettled {
			t.Errorf("a capture of %d: %v", bank.Captures, events(facts))
		}
	}
}
