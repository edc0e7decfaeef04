package scenarios_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/scenarios"
)

// exact compares scenarios in every field.
var exact = cmp.AllowUnexported(scenarios.Money{})

// lossFree writes a scenario, reads it, and compares; the scenario may be on top of the library.
func lossFree(t *testing.T, s scenarios.Scenario) {
	t.Helper()
	text := s.YAML()
	s.Extends = "" // what it extends need not be there
	whole := s.YAML()
	back, err := scenarios.Parse(nil, "x.yaml", whole)
	if err != nil {
		t.Fatalf("%s: %v\n%s", s.Name, err, text)
	}
	got := back.List()[0]
	if diff := cmp.Diff(s, got, exact); diff != "" {
		t.Errorf("%s (-want +got):\n%s\n%s", s.Name, diff, text)
	}
	if again := got.YAML(); !bytes.Equal(again, whole) {
		t.Errorf("%s: written twice, in two ways:\n%s\n%s", s.Name, whole, again)
	}
}

func TestLibraryIsLossFree(t *testing.T) {
	names := scenarios.Builtin().Names()
	if len(names) < 50 {
		t.Fatalf("the library has %d scenarios", len(names))
	}
	for _, name := range names {
		s, err := scenarios.Builtin().Lookup(name)
		if err != nil {
			t.Fatal(err)
		}
		s.Chaos = nil // it names others
		lossFree(t, s)
	}
}

// TestFilesAreLossFree: a set written as one file is the same set, settings of whole files included.
func TestFilesAreLossFree(t *testing.T) {
	for name, text := range goodFiles(t) {
		set := parse(t, name, text)
		under := scenarios.Builtin()
		if name[:4] == "libr" {
			under = nil
		}
		if len(set.List()) > 60 {
			continue // the whole library
		}
		again, err := scenarios.Parse(under, "x.yaml", set.File().YAML())
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, n := range set.Names() {
			a, _ := set.Resolve(n)
			b, err := again.Resolve(n)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(a, b, exact, cmpopts.IgnoreUnexported(scenarios.Script{})); diff != "" {
				t.Errorf("%s %s:\n%s", name, n, diff)
			}
		}
	}
}

// TestRandomIsLossFree builds scenarios by chance; New says whether they can be.
func TestRandomIsLossFree(t *testing.T) {
	taken := 0
	for seed := range uint64(3_000) {
		s := randomScenario(rand.New(rand.NewPCG(seed, 1)))
		set, err := scenarios.New(nil, s)
		if err != nil {
			continue
		}
		taken++
		lossFree(t, set.List()[0])
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
	if taken < 400 {
		t.Errorf("only %d of 3,000 random scenarios could be", taken)
	}
}

func pick[T any](r *rand.Rand, of ...T) T { return of[r.IntN(len(of))] }

// some is a value of the list, or mostly none.
func some[T any](r *rand.Rand, of ...T) (v T) {
	if r.IntN(3) > 0 {
		return v
	}
	return pick(r, of...)
}

func randomText(r *rand.Rand) string {
	signs := []rune("ab c:#-'\"\\{}[],&*!|>%@`~\n\t\r\x00\x1b\u0085\u2028\ufeffé😀0=<yn.")
	var text strings.Builder
	for range r.IntN(12) + 1 {
		text.WriteString(string(pick(r, signs...)))
	}
	return pick(r, text.String(), text.String(), "null", "yes", "1e3", "<<", "0x1", "2024-01-01", " x ", "12:30:00")
}

func randomSpan(r *rand.Rand) time.Duration {
	return pick(r, time.Millisecond, 90*time.Second, 26*time.Hour, 400*24*time.Hour, time.Duration(r.Int64N(int64(1e10)))*time.Millisecond/10,
		time.Duration(r.IntN(1000)))
}

func randomMoment(r *rand.Rand) scenarios.Moment {
	e := pick(r, scenarios.Created, scenarios.Settled, scenarios.Settled, scenarios.Expired, scenarios.Returned, scenarios.FirstAttempt, scenarios.PageOpened)
	m := scenarios.Moment{Event: e, Plus: some(r, randomSpan(r))}
	if e == scenarios.FirstAttempt {
		m.N = r.IntN(3)
	}
	return m
}

func randomScenario(r *rand.Rand) scenarios.Scenario {
	s := scenarios.Scenario{Name: scenarios.Name(fmt.Sprintf("random/%d", r.IntN(1000))), Description: randomText(r), Match: some(r, randomMatch(r)),
		Payer: some(r, randomPayer(r)), Bank: some(r, randomBank(r))}
	if r.IntN(3) == 0 {
		s.Settings = scenarios.Settings{"strict": "true", "page_merchant": randomText(r), "otp_from": "none"}
	}
	for range r.IntN(4) {
		s.Callbacks = append(s.Callbacks, randomStep(r))
	}
	for range r.IntN(3) {
		s.API = append(s.API, randomFault(r))
	}
	return s
}

func randomMatch(r *rand.Rand) *scenarios.Match {
	m := &scenarios.Match{Order: some(r, randomCondition(r), scenarios.Is("a*")), Currency: some(r, scenarios.Is("KWD")),
		LastName: some(r, randomCondition(r)), Calls: some(r, scenarios.Calls{From: 1, To: 1}, scenarios.Calls{From: 7}, scenarios.Calls{To: 3})}
	if r.IntN(2) == 0 {
		m.Metadata = map[string]scenarios.Condition{randomText(r): *randomCondition(r), "b": *scenarios.Is("*")}
	}
	switch r.IntN(4) {
	case 0:
		m.Amount = &scenarios.AmountMatch{Is: []scenarios.Money{scenarios.MoneyOf(tap.Amount(r.IntN(1e6)))}, Not: some(r, []scenarios.Money{scenarios.MoneyOf(7), scenarios.MoneyOf(8)})}
	case 1:
		m.Amount = &scenarios.AmountMatch{Min: scenarios.MoneyOf(1), Max: some(r, scenarios.MoneyOf(tap.Amount(r.IntN(1e6)-100)))}
	}
	return m
}

func randomCondition(r *rand.Rand) *scenarios.Condition {
	glob := func() scenarios.Glob { return scenarios.Glob(pick(r, randomText(r), `a\*b*`, `\\`)) }
	return &scenarios.Condition{Is: some(r, []scenarios.Glob{glob()}, []scenarios.Glob{glob(), glob()}), Not: some(r, []scenarios.Glob{glob()}), Present: some(r, new(true), new(false))}
}

func randomPayer(r *rand.Rand) *scenarios.Payer {
	if r.IntN(4) == 0 {
		return &scenarios.Payer{Person: true, Cancel: some(r, scenarios.Entry)}
	}
	return &scenarios.Payer{Pay: some(r, &scenarios.Pay{}, &scenarios.Pay{Card: "8888880000000001", Expiry: "01/29", OTP: scenarios.WrongOTP, Clicks: r.IntN(6)}),
		Cancel: some(r, scenarios.Entry, scenarios.Confirm), At: some(r, scenarios.Moment{Event: scenarios.Created}),
		Duration: some(r, scenarios.Duration(randomSpan(r))), Gate: some(r, scenarios.Gate("a"), "b-c/d", "E")}
}

func randomBank(r *rand.Rand) *scenarios.Bank {
	b := &scenarios.Bank{Result: some(r, scenarios.KNETWord(pick(r, tap.KNETWords()...))), Code: some(r, scenarios.BankCode("51"), "5"),
		Status: some(r, scenarios.StatusWord(pick(r, tap.Statuses()...))), Response: some(r, scenarios.TapCode("505"), "000"),
		OTP:    some(r, &scenarios.BankOTP{Ask: some(r, new(true), new(false)), Refuse: scenarios.Refusal(r.IntN(4) - 1)}),
		Amount: some(r, scenarios.MoneyOf(tap.Amount(r.IntN(1e6)-100))), PIN: some(r, &scenarios.BankPIN{Refuse: scenarios.RefuseAll}), Delay: some(r, scenarios.Delay{Forever: true}, scenarios.Delay{For: randomSpan(r)})}
	if r.IntN(4) == 0 {
		b.Later = &scenarios.Later{At: randomMoment(r), Result: "CAPTURED"}
	}
	return b
}

func randomStep(r *rand.Rand) scenarios.Callback {
	if r.IntN(2) == 0 {
		return scenarios.Callback{Webhook: pick(r, &scenarios.Webhook{Never: true}, &scenarios.Webhook{At: some(r, randomMoment(r)), Copies: r.IntN(4),
			Concurrent: some(r, new(true), new(false)), Forge: some(r, scenarios.WrongKey, scenarios.AnotherOrder), Replay: some(r, new(true), new(false)), Retries: some(r, scenarios.Retries{Set: true},
				scenarios.Retries{Set: true, Waits: []time.Duration{0, randomSpan(r)}}, scenarios.Retries{Waits: []time.Duration{1}})})}
	}
	return scenarios.Callback{Return: pick(r, &scenarios.Return{}, &scenarios.Return{At: some(r, randomMoment(r)), Copies: r.IntN(60),
		TapID: some(r, scenarios.AnotherCharge), Query: some(r, map[string]string{randomText(r): randomText(r), "e": ""})})}
}

func randomFault(r *rand.Rand) scenarios.Fault {
	return scenarios.Fault{On: pick(r, scenarios.CreateCharge, scenarios.GetCharge, scenarios.OpenPage, scenarios.SubmitPage), Calls: some(r, scenarios.Calls{From: 1, To: 3}, scenarios.Calls{From: 2}, scenarios.Calls{To: 1}),
		Commit: some(r, new(true), new(false)), Delay: some(r, scenarios.Duration(randomSpan(r))),
		Fault: pick(r, &scenarios.FaultKind{Word: scenarios.Reset}, &scenarios.FaultKind{Word: string(scenarios.AnotherAmount)}, &scenarios.FaultKind{Status: 503, Code: some(r, "2101")}, nil)}
}
