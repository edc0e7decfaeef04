package testkit_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tapmock/tapmock/scenarios"
	"github.com/tapmock/tapmock/testkit"
)

var morning = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)

// TestScenarioSources chooses scenarios in every way that the kit has.
func TestScenarioSources(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "shop.yaml")
	if err := os.WriteFile(file, []byte("scenarios:\n  - {name: file/refused, description: x, match: {reference.order: f-*}, bank: {code: \"61\"}}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	mock := testkit.Start(t, testkit.Seed(7), testkit.ScenarioFiles(file), testkit.Set("payer", "auto"), testkit.Frozen(morning))
	at := shop(t)
	status := func(name string) string {
		t.Helper()
		id, _ := order(t, mock, at, name)
		mock.AwaitIdle()
		return mock.Charge(id).Scenario + " " + string(mock.Charge(id).Status)
	}
	mock.PutScenarios("scenarios:\n  - {name: own/unknown, description: x, match: {reference.order: o-*}, bank: {status: UNKNOWN}}\n")
	mock.DefaultScenario("outcome/cancelled")
	mock.NextScenario(scenarios.Scenario{Name: "built/declined", Description: "Built in Go.", Bank: &scenarios.Bank{Response: "505"}})
	if got := status("first"); got != "built/declined DECLINED" {
		t.Errorf("built in Go: %s", got)
	}
	for _, c := range [][2]string{{"o-1", "own/unknown UNKNOWN"}, {"f-1", "file/refused FAILED"}, {"x-1", "outcome/cancelled CANCELLED"}} {
		if got := status(c[0]); got != c[1] {
			t.Errorf("%s: %s, want %s", c[0], got, c[1])
		}
	}
	if n := len(mock.Journal()); n < 20 {
		t.Errorf("the journal has %d entries", n)
	}
}

// TestClockAndGates makes a webhook wait at a gate, moves the clock past its time, and releases it.
func TestClockAndGates(t *testing.T) {
	t.Parallel()
	mock := testkit.Start(t, testkit.Frozen(morning))
	at := shop(t)
	mock.PutScenarios("scenarios:\n  - {name: x, description: x, match: {reference.order: o-*}, payer: {pay: {}}, callbacks: [return: {at: settled}, webhook: {at: settled, gate: inspected}]}\n")
	release := mock.Hold("inspected")
	id, _ := order(t, mock, at, "o-1")
	mock.AwaitReturn(id)
	if moved := mock.Advance(time.Hour); len(moved.Gates) != 1 || !mock.Now().Equal(morning.Add(time.Hour)) {
		t.Errorf("%+v at %s", moved, mock.Now())
	}
	gates, err := mock.Control().Gates(t.Context())
	if err != nil || len(gates) != 1 || len(gates[0].Waiting) != 1 {
		t.Errorf("%+v, %v", gates, err)
	}
	if pending, err := mock.Control().Timeline(t.Context()); err != nil || len(pending.Waiting) != 1 {
		t.Errorf("%+v, %v", pending, err)
	}
	release()
	if w := mock.AwaitWebhook(id); !w.At.Equal(morning.Add(time.Hour)) {
		t.Errorf("the webhook was sent at %s", w.At)
	}
	if n := mock.Release("inspected"); n != 0 {
		t.Errorf("%d steps waited at the open gate", n)
	}
	mock.Next("webhook/twice")
	if err := mock.Control().ClearQueue(t.Context()); err != nil {
		t.Error(err)
	}
	mock.Resume()
	if now := mock.Now(); now.Before(morning.Add(time.Hour)) {
		t.Errorf("the clock moved back to %s", now)
	}
}

// TestWaiting has a payer that requests another one-time password, waits for the bank, and reloads the page.
func TestWaiting(t *testing.T) {
	t.Parallel()
	mock := testkit.Start(t, testkit.Frozen(morning))
	mock.Next("outcome/otp + outcome/slow-bank")
	_, page := order(t, mock, shop(t), "o-1")
	p := mock.Open(page).Submit(testkit.GoodCard)
	first := p.OTP
	if p.ResendOTP(); p.OTP == first || p.OTP == "" {
		t.Errorf("resent: %q after %q", p.OTP, first)
	}
	if p.Confirm(); p.Screen != "waiting" {
		t.Fatalf("%s\n%s", p.Screen, p.Body)
	}
	mock.Advance(20 * time.Second)
	if p.Reload(); p.Screen != "merchant" || !strings.Contains(p.URL, "tap_id=") {
		t.Errorf("%s at %s", p.Screen, p.URL)
	}
}
