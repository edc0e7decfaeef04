package mockserver_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/tapmock/tapmock/mockserver"
	"github.com/tapmock/tapmock/scenarios"
)

// chosen creates a charge and returns the name of the scenario that it follows.
func (s *stage) chosen(fields map[string]any) string {
	s.t.Helper()
	a := s.call("POST", "/v2/charges", s.order(fields))
	if a.status != 200 {
		return fmt.Sprintf("HTTP %d %s", a.status, a.body)
	}
	name := a.header.Get("X-Tapmock-Scenario")
	if again := s.call("GET", "/v2/charges/"+decode(s.t, a.body).ID, "").header.Get("X-Tapmock-Scenario"); again != name {
		s.t.Errorf("the create answer says %q, GET %q", name, again)
	}
	return name
}

// put sets the account's own scenarios.
func (s *stage) put(yaml string) {
	s.t.Helper()
	if err := s.control.PutScenarios(s.t.Context(), yaml); err != nil {
		s.t.Fatal(err)
	}
}

// TestCombinationAsYAML reads a combination as YAML, which can be put as the account's own file.
func TestCombinationAsYAML(t *testing.T) {
	s := startStage(t, mockserver.Config{})
	yaml, err := s.control.Scenario(t.Context(), "outcome/no-funds + webhook/twice")
	if err != nil || !strings.HasPrefix(yaml, "# outcome/no-funds + webhook/twice\n") {
		t.Fatalf("%v\n%s", err, yaml)
	}
	s.put(yaml)
	s.next("outcome/no-funds-and-webhook/twice")
	if got := s.chosen(nil); got != "outcome/no-funds-and-webhook/twice" {
		t.Errorf("the charge follows %s", got)
	}
}

// TestPrecedence uses every way to choose a scenario, and removes them one by one.
func TestPrecedence(t *testing.T) {
	s := startStage(t, mockserver.Config{})
	set, err := scenarios.Parse(scenarios.Builtin(), "server.yaml", []byte("scenarios:\n  - {name: by/server, description: x, match: {reference.order: \"server-*\"}}\n"))
	if err != nil {
		t.Fatal(err)
	}
	s.SetScenarios(set)
	if err := s.SetDefaultScenario("outcome/captured"); err != nil {
		t.Fatal(err)
	}
	s.put("scenarios:\n  - {name: by/match, description: x, match: {reference.order: \"match-*\"}}\n  - {name: by/second, description: x, match: {reference.order: \"o*\"}}\n")
	s.next("outcome/no-funds + webhook/twice")
	if err := s.control.SetDefaultScenario(t.Context(), "outcome/cancelled"); err != nil {
		t.Fatal(err)
	}
	named := map[string]any{"metadata": map[string]any{"tapmock_scenario": "outcome/restricted", "n": 1}, "reference": at("order", "match-1")}
	steps := []struct {
		undo func() error
		body map[string]any
		want string
	}{
		{nil, named, "outcome/restricted"},
		{nil, map[string]any{"reference": at("order", "match-1")}, "outcome/no-funds + webhook/twice"},
		{nil, map[string]any{"reference": at("order", "match-1")}, "by/match"},
		{nil, map[string]any{"reference": at("order", "other")}, "by/second"},
		{nil, nil, "outcome/cancelled"},
		{func() error { return s.control.DeleteScenarios(t.Context()) }, map[string]any{"reference": at("order", "server-1")}, "by/server"},
		{func() error { return s.control.SetDefaultScenario(t.Context(), "") }, nil, "outcome/captured"},
	}
	for i, step := range steps {
		if step.undo != nil {
			if err := step.undo(); err != nil {
				t.Fatal(err)
			}
		}
		if got := s.chosen(step.body); got != step.want {
			t.Errorf("%d: %q, want %q", i, got, step.want)
		}
	}
}

// TestMatches has one scenario for each condition.
func TestMatches(t *testing.T) {
	s := startStage(t, mockserver.Config{})
	s.put(`scenarios:
  - {name: amount, description: x, match: {amount: 1.5}}
  - {name: range, description: x, match: {amount: {min: "2", max: "2.999"}}}
  - {name: transaction, description: x, match: {reference.transaction: "t-*-z"}}
  - {name: metadata, description: x, match: {metadata.color: "red*", metadata.n: 7}}
  - {name: customer, description: x, match: {customer.id: cus_1}}
  - {name: email, description: x, match: {customer.email: "*@vip.example"}}
  - {name: phone, description: x, match: {customer.phone: "96550*"}}
  - {name: description, description: x, match: {description: "*gift*"}}
  - {name: source, description: x, match: {source.id: src_all}}
  - {name: currency, description: x, match: {currency: USD}}
  - {name: nth, description: x, match: {calls: 11}}
`)
	customerWith := func(k string, v any) map[string]any {
		return map[string]any{"first_name": "T", "email": "t@example.com", k: v}
	}
	for _, c := range []struct {
		want string
		body map[string]any
	}{
		{"amount", map[string]any{"amount": "1.500"}},
		{"range", map[string]any{"amount": 2.999}},
		{"transaction", map[string]any{"reference": at("transaction", "t-x-z")}},
		{"metadata", map[string]any{"metadata": map[string]any{"color": "reddish", "n": 7}}},
		{"customer", map[string]any{"customer": at("id", "cus_1")}},
		{"email", map[string]any{"customer": customerWith("email", "a@vip.example")}},
		{"phone", map[string]any{"customer": customerWith("phone", map[string]any{"country_code": "965", "number": "50000000"})}},
		{"description", map[string]any{"description": "a gift card"}},
		{"source", map[string]any{"source": at("id", "src_all")}},
		{"currency", map[string]any{"source": at("id", "src_card"), "currency": "USD", "amount": 3.5}},
		{"nth", nil},
		{"", nil},
		{"", map[string]any{"amount": 3, "metadata": map[string]any{"color": "reddish", "n": "8"}}},
	} {
		if got := s.chosen(c.body); got != c.want {
			t.Errorf("%v: %q, want %q", c.body, got, c.want)
		}
	}
	s.put("scenarios:\n  - {name: header, description: x, match: {header.X-Test: \"a*\"}}\n")
	if a := s.api("POST", "/v2/charges", request(nil), "X-Test", "abc"); a.header.Get("X-Tapmock-Scenario") != "header" {
		t.Errorf("header: %v", a.header)
	}
}

// TestUnknownScenario names scenarios that do not exist, and scenarios that conflict.
func TestUnknownScenario(t *testing.T) {
	s := startStage(t, mockserver.Config{})
	for name, want := range map[string]string{
		"outcome/no-fund":                        "did you mean outcome/no-funds",
		"webhook/twice + outcome/captred":        "did you mean outcome/captured",
		"outcome/captured + outcome/no-funds":    "both set bank.result",
		"webhook/never + late/captured-after-ex": "did you mean late/captured-after-expiry",
	} {
		a := s.call("POST", "/v2/charges", s.order(map[string]any{"metadata": at("tapmock_scenario", name)}))
		if a.status != 400 || !strings.Contains(a.body, want) || !strings.Contains(a.body, `"1103"`) {
			t.Errorf("%s: HTTP %d %s", name, a.status, a.body)
		}
		if err := s.control.Next(t.Context(), name); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("next %s: %v", name, err)
		}
	}
}

// TestSettingsOfAScenario checks that a scenario's settings apply to the request and to the charge.
func TestSettingsOfAScenario(t *testing.T) {
	s := startStage(t, mockserver.Config{})
	s.put(`settings: {page_merchant: Of the file, bank_decline_code: "51"}
scenarios:
  - {name: saves, description: x, match: {reference.order: saves}, settings: {merchant_save_card: true}}
  - {name: expensive, description: x, match: {reference.order: expensive}, settings: {charge_amount_min: "100"}}
  - {name: strict, description: x, match: {reference.order: strict}, settings: {strict: true, bank_decline_code: "54"}}
`)
	for order, want := range map[string]int{"saves": 200, "expensive": 400, "strict": 400, "other": 400} {
		body := map[string]any{"reference": at("order", order)}
		switch order {
		case "saves", "other":
			body["save_card"] = true
		case "strict":
			body["amount"] = "12.345"
		}
		if a := s.call("POST", "/v2/charges", s.order(body)); a.status != want {
			t.Errorf("%s: HTTP %d %s", order, a.status, a.body)
		}
	}
	c := s.create(s.order(map[string]any{"reference": at("order", "strict")}))
	s.pay(c.Transaction.URL, "1", "2027")
	if got := s.get(c.ID); got.Gateway.Response.Code != "54" {
		t.Errorf("refused with %s", got.Gateway.Response.Code)
	}
}
