package scenarios_test

import (
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/tapmock/tapmock/scenarios"
)

// TestPairs puts every scenario of the library beside and over every other. Sets stay as they are.
func TestPairs(t *testing.T) {
	set := scenarios.Builtin()
	names := set.Names()
	before := string(dump(t, set))
	works, clashes := 0, 0
	for i, x := range names {
		for j, y := range names {
			a, b := resolve(t, set, x), resolve(t, set, y)
			both, err := scenarios.Beside(a, b)
			again, err2 := set.Resolve(x + "+" + y)
			switch {
			case (err == nil) != (err2 == nil):
				t.Errorf("%s + %s: Beside says %v, Resolve %v", x, y, err, err2)
			case err == nil && !cmp.Equal(both, again, exact, cmpopts.IgnoreUnexported(scenarios.Script{})):
				t.Errorf("%s + %s: Beside and Resolve differ", x, y)
			case err == nil:
				works++
				if (i+j)%4 == 0 { // all of them take long
					playable(t, both)
				}
			default:
				clashes++
				if !strings.Contains(err.Error(), x) || !strings.Contains(err.Error(), y) {
					t.Errorf("%s + %s does not name both: %v", x, y, err)
				}
			}
			if a.Object != b.Object {
				continue // no panel or extends does that: it is refused, see testdata/bad.txtar
			}
			if top := scenarios.Over(a, b); (i+j)%4 == 1 || top.Bank.Later != nil {
				playable(t, top)
			}
		}
	}
	if works < 1000 || clashes < 1000 {
		t.Errorf("%d pairs work, %d clash", works, clashes)
	}
	if after := string(dump(t, set)); after != before {
		t.Error("combining has changed the set")
	}
}

// dump writes all scripts of a set.
func dump(t *testing.T, set *scenarios.Set) []byte {
	t.Helper()
	var all []byte
	for _, n := range set.Names() {
		st := resolve(t, set, n)
		own := st.Scenario()
		all = append(append(all, own.YAML()...), cmp.Diff(st, nil, exact, cmpopts.IgnoreUnexported(scenarios.Script{}))...)
	}
	return all
}

func resolve(t *testing.T, set *scenarios.Set, name string) *scenarios.Script {
	t.Helper()
	st, err := set.Resolve(name)
	if err != nil {
		t.Fatal(err)
	}
	return st
}

// playable checks that a script can be written as a scenario without chance and read again.
func playable(t *testing.T, st *scenarios.Script) {
	t.Helper()
	s := st.Recorded(1, firstCreateFault(st))
	if _, err := scenarios.Parse(nil, "x.yaml", s.YAML()); err != nil {
		t.Errorf("%s cannot be played: %v", st.Name, err)
	}
}

// TestCombinationAsScenario writes combinations as one scenario, and reads them again as a file.
func TestCombinationAsScenario(t *testing.T) {
	set, err := scenarios.Parse(scenarios.Builtin(), "x.yaml", []byte("scenarios: [{name: a/"+strings.Repeat("b", 90)+", description: x}, {name: c/"+strings.Repeat("d", 98)+", description: x}]"))
	if err != nil {
		t.Fatal(err)
	}
	for combination, name := range map[string]string{
		"webhook/twice": "webhook/twice", "outcome/no-funds + webhook/twice": "outcome/no-funds-and-webhook/twice",
		"a/" + strings.Repeat("b", 90) + " + webhook/twice":                            "a/" + strings.Repeat("b", 90) + "-and-web",
		"a/" + strings.Repeat("b", 90) + " + webhook/twice + outcome/no-funds":         "a/" + strings.Repeat("b", 90) + "-and-web",
		"c/" + strings.Repeat("d", 98) + " + webhook/twice":                            "c/" + strings.Repeat("d", 98),
		"payer/pays + outcome/no-funds + webhook/twice + return/never + api/get-stale": "payer/pays-and-outcome/no-funds-and-webhook/twice-and-return/never-and-api/get-stale",
	} {
		one := resolve(t, set, combination).Scenario()
		if string(one.Name) != name {
			t.Errorf("%s has the name %s, want %s", combination, one.Name, name)
		}
		if _, err := scenarios.Parse(nil, "again.yaml", one.YAML()); err != nil {
			t.Errorf("%s cannot be read again: %v\n%s", combination, err, one.YAML())
		}
	}
}

func TestCombine(t *testing.T) {
	st := resolve(t, scenarios.Builtin(), "outcome/no-funds + webhook/twice")
	if st.Name != "outcome/no-funds + webhook/twice" || st.Bank.Code != "51" || st.Webhook(1).Copies != 2 {
		t.Errorf("%+v", st)
	}
	if same := resolve(t, scenarios.Builtin(), "outcome/no-funds+webhook/twice"); same != st {
		t.Error("another spelling is another script")
	}
	for _, c := range []struct{ name, want string }{
		{"outcome/no-funds + outcome/captured", "outcome/no-funds and outcome/captured both set bank.result; use one of them"},
		{"webhook/late + webhook/twice", "webhook/late and webhook/twice both have webhook steps; use one of them, or webhook/late-twice, which does both"},
		{"outcome/captured + webhook/twice + webhook/late", "webhook/twice and webhook/late both have webhook steps; use one of them, or webhook/late-twice, which does both"},
		{"webhook/concurrent + webhook/late", "webhook/concurrent and webhook/late both have webhook steps; use one of them, " +
			"or write a scenario that does both: extends: webhook/late, callbacks: [webhook#1: {copies: 3, concurrent: true}]"},
		{"return/twice + return/late", "return/twice and return/late both have return steps; use one of them, " +
			"or write a scenario that does both: extends: return/twice, callbacks: [return#1: {at: settled + 5m}]"},
		{"webhook/late + webhook/next-day", "webhook/late and webhook/next-day both have webhook steps; use one of them"},
		{"webhook/twice + webhook/never", "webhook/twice and webhook/never both have webhook steps; use one of them"},
		{"payer/pays + payer/cancels", "payer/pays and payer/cancels both set what the payer does; use one of them"},
		{"chaos/mild + chaos/harsh", "chaos/mild and chaos/harsh both set chaos.max_consecutive; use one of them"},
		{"outcome/no-funds + return/claims-captured", ""}, // both refuse with 51
		{"api/list-down + api/list-down", ""},
		{"webhook/twice + webhook/tvice", `there is no scenario "webhook/tvice", did you mean webhook/twice or webhook/late or webhook/never?`},
		{"", `there is no scenario ""; tapmock scenarios list shows all`},
		{"+", `there is no scenario ""; tapmock scenarios list shows all`},
		{strings.Repeat("webhook/twice + ", 16) + "webhook/twice", "17 scenarios are too many; at most 16 can be combined"},
	} {
		_, err := scenarios.Builtin().Resolve(c.name)
		if got := text(err); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
	}
}

// TestAdviceForBoth writes the scenario that the error of a combination advises, and plays it: it does what both do.
func TestAdviceForBoth(t *testing.T) {
	advice := regexp.MustCompile(`extends: (.*), callbacks: (.*)$`)
	advised := 0
	names := slices.DeleteFunc(scenarios.Builtin().Names(), func(name string) bool {
		return !strings.HasPrefix(name, "webhook/") && !strings.HasPrefix(name, "return/")
	})
	for _, x := range names {
		for _, y := range names {
			_, err := scenarios.Builtin().Resolve(x + "+" + y)
			found := advice.FindStringSubmatch(text(err))
			if found == nil {
				continue
			}
			advised++
			set, err := scenarios.Parse(scenarios.Builtin(), "x.yaml", []byte("scenarios: [{name: x, description: X., extends: "+found[1]+", callbacks: "+found[2]+"}]"))
			if err != nil {
				t.Errorf("%s + %s: %v", x, y, err)
				continue
			}
			playable(t, resolve(t, set, "x"))
		}
	}
	if advised < 10 {
		t.Errorf("only %d combinations have such advice", advised)
	}
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestEqualFaultsAreOne(t *testing.T) {
	if st := resolve(t, scenarios.Builtin(), "api/list-down + api/list-down"); len(st.API) != 1 {
		t.Errorf("%d faults", len(st.API))
	}
}

func TestUnknownNames(t *testing.T) {
	for name, want := range map[string]string{"outcome/nofunds": "outcome/no-funds", "no-funds": "outcome/no-funds", "outcome/NO_FUNDS": "outcome/no-funds"} {
		_, err := scenarios.Builtin().Resolve(name)
		if e, ok := errors.AsType[*scenarios.UnknownError](err); !ok || len(e.Near) == 0 || e.Near[0] != want {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := scenarios.Builtin().Lookup(name); text(err) == "" {
			t.Errorf("%s is found", name)
		}
	}
	if _, err := (*scenarios.Set)(nil).Resolve("a + b"); err == nil {
		t.Error("no set has a + b")
	}
}

const extensions = `
settings: {strict: true, pin_tries: 5}
scenarios:
  - name: base
    description: Base.
    settings: {pin_tries: 4, otp_tries: 4}
    payer: {pay: {otp: wrong, tabs: 2}, duration: 1m}
    bank: {result: NOT CAPTURED, code: "51", status: DECLINED, response: "505", delay: 5s, gate: gate}
    callbacks: [{webhook: {copies: 3}}, {return: {copies: 2}}]
    api: [{on: page.open, delay: 1s}]
  - {name: code, description: Top., extends: base, bank: {code: "55"}}
  - {name: result, description: Top., extends: base, bank: {result: CAPTURED}}
  - {name: status, description: Top., extends: base, bank: {status: FAILED}}
  - {name: action, description: Top., extends: base, payer: {cancel: entry}}
  - {name: pay, description: Top., extends: base, payer: {pay: {tabs: 3}}}
  - {name: webhook, description: Top., extends: base, callbacks: [{webhook: {at: expired}}]}
  - {name: fault, description: Top., extends: base, api: [{on: page.open, delay: 2s}]}
  - {name: settings, description: Top., extends: base, settings: {otp_tries: 1}}
`

// TestExtends: the values of a scenario override what it extends, one by one.
func TestExtends(t *testing.T) {
	set, err := scenarios.Parse(nil, "x.yaml", []byte(extensions))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"code":     `bank: {result: NOT CAPTURED, code: "55", status: DECLINED, response: "505", delay: 5s, gate: gate}`,
		"result":   `bank: {result: CAPTURED, delay: 5s, gate: gate}`,
		"status":   `bank: {result: NOT CAPTURED, code: "51", status: FAILED, delay: 5s, gate: gate}`,
		"action":   `payer: {cancel: entry, duration: 1m}`,
		"pay":      `payer: {pay: {otp: wrong, tabs: 3}, duration: 1m}`,
		"webhook":  "callbacks:\n      - {return: {copies: 2}}\n      - {webhook: {at: expired}}",
		"fault":    "api:\n      - {on: page.open, delay: 2s}\n      - {on: page.open, delay: 1s}",
		"settings": `settings: {otp_tries: "1", pin_tries: "4", strict: "true"}`,
	} {
		whole := resolve(t, set, name).Scenario()
		if got := string(whole.YAML()); !strings.Contains(got, "    "+want+"\n") {
			t.Errorf("%s: want %s in\n%s", name, want, got)
		}
	}
}

// TestOverridesStayAlone: laying something over a scenario leaves it as it was.
func TestOverridesStayAlone(t *testing.T) {
	set, err := scenarios.Parse(nil, "x.yaml", []byte(extensions))
	if err != nil {
		t.Fatal(err)
	}
	base := resolve(t, set, "base").Scenario()
	if got := string(base.YAML()); !strings.Contains(got, `code: "51", status: DECLINED`) || !strings.Contains(got, "tabs: 2") {
		t.Errorf("base was changed:\n%s", got)
	}
}

// TestNewKeepsCopies: a set does not change when the scenario it was made of does.
func TestNewKeepsCopies(t *testing.T) {
	bank := &scenarios.Bank{Result: "CAPTURED"}
	set, err := scenarios.New(nil, scenarios.Scenario{Name: "x", Description: "X.", Bank: bank})
	if err != nil {
		t.Fatal(err)
	}
	bank.Result = "CANCELED"
	if got := resolve(t, set, "x").Bank.Result; got != "CAPTURED" {
		t.Errorf("the set has %s", got)
	}
}

// firstCreateFault is a fault of the script that can be injected into its create call.
func firstCreateFault(st *scenarios.Script) *scenarios.Fault {
	if some := st.Faults(scenarios.CreateCharge); len(some) > 0 {
		return some[0]
	}
	return nil
}
