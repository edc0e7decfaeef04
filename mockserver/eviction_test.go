package mockserver_test

import (
	"strings"
	"testing"

	"github.com/tapmock/tapmock/mockserver"
	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/scenarios"
)

// anotherAccount creates a charge with another key.
func (s *stage) anotherAccount() answer {
	s.t.Helper()
	return s.api("POST", "/v2/charges", request(nil), "Authorization", "Bearer sk_test_another")
}

// wantKept checks that no other account can be opened on a server for one account, because this one is in use.
func (s *stage) wantKept() {
	s.t.Helper()
	if a := s.anotherAccount(); a.status != 503 || !strings.Contains(a.header.Get("X-Tapmock-Note"), "the limit accounts=1 is reached") {
		s.t.Errorf("another account: HTTP %d %v %s", a.status, a.header, a.body)
	}
}

// TestFrozenAccountIsKept has no room for another account: one whose clock a test has frozen is not evicted, until the clock runs again.
func TestFrozenAccountIsKept(t *testing.T) {
	s := startStage(t, mockserver.Config{Limits: mockserver.Limits{Accounts: 1}})
	s.wantKept()
	if clock, err := s.control.Clock(t.Context()); err != nil || !clock.Frozen || !clock.Now.Equal(opening) {
		t.Errorf("the clock is %+v, %v", clock, err)
	}
	if _, err := s.control.Resume(t.Context()); err != nil {
		t.Fatal(err)
	}
	if a := s.anotherAccount(); a.status != 200 {
		t.Errorf("after the clock runs again: HTTP %d %s", a.status, a.body)
	}
}

// TestAccountWithAHeldAnswerIsKept has a list whose answer waits at a gate: its account is not evicted, and the list is answered.
func TestAccountWithAHeldAnswerIsKept(t *testing.T) {
	text := "scenarios: [{name: shop/held, description: A., api: [{on: charge.list, calls: 1, gate: list}]}]"
	file, err := scenarios.Parse(scenarios.Builtin(), "server.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	s := startStage(t, mockserver.Config{Limits: mockserver.Limits{Accounts: 1}})
	s.SetScenarios(file)
	if err := s.SetDefaultScenario("shop/held"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.control.Resume(t.Context()); err != nil {
		t.Fatal(err)
	}
	listed := make(chan answer, 1)
	go func() { listed <- s.call("POST", "/v2/charges/list", "{}") }()
	s.await(tap.EventGateReached, 1)
	s.wantKept()
	if n, err := s.control.Release(t.Context(), "list", ""); err != nil || n != 1 {
		t.Errorf("released %d, %v", n, err)
	}
	if a := <-listed; a.status != 200 || !strings.Contains(a.body, `"charges"`) {
		t.Errorf("the list: HTTP %d %s", a.status, a.body)
	}
}
