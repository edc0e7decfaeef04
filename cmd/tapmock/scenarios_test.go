package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/tapmock/tapmock/scenarios"
)

// ownFile writes a scenario file into a directory of the test's own.
func ownFile(t *testing.T, text string) (dir, file string) {
	t.Helper()
	dir = t.TempDir()
	file = filepath.Join(dir, "shop.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir, file
}

const twoScenarios = `settings: {page_limit: 1m}
scenarios:
  - {name: shop/paid, description: Paid at once., extends: payer/pays, match: {amount: 1.500}}
  - {name: shop/refused, description: Refused for lack of funds., bank: {code: "51"}}
`

func TestScenariosList(t *testing.T) {
	code, out, errs := runFor(t, "", nil, "scenarios", "list")
	if code != 0 || errs != "" || !strings.Contains(out, "\noutcome\n  outcome/captured ") || strings.Contains(out, "Your own") {
		t.Errorf("exit %d, %q:\n%s", code, errs, out)
	}
	for _, name := range scenarios.Builtin().Names() {
		if !strings.Contains(out, "  "+name+" ") && !strings.Contains(out, "  "+name+"\n") {
			t.Errorf("%s is not listed", name)
		}
	}
	for line := range strings.Lines(out) {
		if utf8.RuneCountInString(line) > 120 {
			t.Errorf("wider than 120 columns: %s", line)
		}
	}
	dir, file := ownFile(t, twoScenarios)
	_, byFlag, _ := runFor(t, "", nil, "scenarios", "list", "-scenarios", file)
	_, byEnv, _ := runFor(t, "", map[string]string{"TAPMOCK_SCENARIOS": dir}, "scenarios", "list")
	if byFlag != byEnv || !strings.HasPrefix(byFlag, "Your own\n  shop/paid                   Paid at once.\n") || !strings.HasSuffix(byFlag, out) {
		t.Errorf("with a file of one's own:\n%s\nby the environment:\n%s", byFlag, byEnv)
	}
}

func TestScenariosShow(t *testing.T) {
	_, file := ownFile(t, twoScenarios)
	written := `scenarios:
  - name: shop/paid
    description: Paid at once.
    extends: payer/pays
    match: {amount: "1.500"}
`
	resolved := `scenarios:
  - name: shop/paid
    description: Paid at once.
    settings: {page_limit: 1m}
    payer: {pay: {}}
`
	for want, args := range map[string][]string{
		written:  {"shop/paid", "-scenarios", file},
		resolved: {"-resolved", "-scenarios=" + file, "shop/paid"},
	} {
		if code, out, errs := runFor(t, "", nil, append([]string{"scenarios", "show"}, args...)...); code != 0 || errs != "" || out != want {
			t.Errorf("%v: exit %d, %q:\n%s\nwant\n%s", args, code, errs, out, want)
		}
	}
	code, out, _ := runFor(t, "", nil, "scenarios", "show", "payer/pays", "+", "webhook/twice")
	set, err := scenarios.Parse(scenarios.Builtin(), "shown.yaml", []byte(out))
	if code != 0 || err != nil {
		t.Fatalf("exit %d, %v:\n%s", code, err, out)
	}
	both, err := set.Resolve("payer/pays-and-webhook/twice")
	if err != nil || both.Payer == nil || both.Webhook(1).Copies != 2 {
		t.Errorf("%v:\n%s", err, out)
	}
}

func TestScenariosCheck(t *testing.T) {
	dir, file := ownFile(t, twoScenarios)
	other := filepath.Join(dir, "b.yml")
	if err := os.WriteFile(other, []byte("scenarios: [{name: b, description: B., bank: {delay: 2s}}]"), 0o600); err != nil {
		t.Fatal(err)
	}
	for want, args := range map[string][]string{
		"3 scenarios in 2 files are sound\n": {dir},
		"2 scenarios in 1 file are sound\n":  {file},
		"1 scenario in 1 file are sound\n":   {other, other},
	} {
		if code, out, errs := runFor(t, "", nil, append([]string{"scenarios", "check"}, args...)...); code != 0 || out != want || errs != "" {
			t.Errorf("%v: exit %d, %q, %q", args, code, out, errs)
		}
	}
	_, broken := ownFile(t, "scenarios:\n  - name: a\n    description: A.\n    bank: {reslt: CAPTURED}\n    callbacks: [{webhook: {at: setled}}]\n")
	code, out, errs := runFor(t, "", nil, "scenarios", "check", broken)
	if code != 1 || out != "" || strings.Count(errs, "\n") != 2 || !strings.Contains(errs, broken+":4:") || !strings.Contains(errs, `did you mean "settled"`) {
		t.Errorf("broken: exit %d, %q:\n%s", code, out, errs)
	}
	if code, _, errs := runFor(t, "", nil, "scenarios", "check", filepath.Join(dir, "none.yaml")); code != 1 || !strings.Contains(errs, "none.yaml") {
		t.Errorf("no such file: exit %d, %q", code, errs)
	}
}

func TestScenariosSchema(t *testing.T) {
	code, out, _ := runFor(t, "", nil, "scenarios", "schema")
	if code != 0 || !json.Valid([]byte(out)) || !strings.Contains(out, `"$schema"`) {
		t.Errorf("exit %d:\n%.300s", code, out)
	}
	if code, out, errs := runFor(t, "", nil, "scenarios", "-h"); code != 0 || !strings.HasPrefix(out, "tapmock scenarios list") || errs != "" {
		t.Errorf("help: exit %d, %q, %q", code, out, errs)
	}
}

// TestBadScenarioCommands must end with 2 and one clear line.
func TestBadScenarioCommands(t *testing.T) {
	for want, args := range map[string][]string{
		`did you mean "scenarios show"`:     {"shwo"},
		"the commands are list, show":       {"whatever"},
		"needs one of list, show":           {},
		"did you mean webhook/twice":        {"show", "webhook/twise"},
		"tapmock scenarios list shows all":  {"show", "qqqqqqqqqqqqqqqq"},
		"both set bank.result":              {"show", "outcome/captured + outcome/host-timeout"},
		"needs a name":                      {"show"},
		"takes no arguments":                {"schema", "x"},
		"-scenarios PATH lists files":       {"list", "x"},
		"want a file or a directory":        {"list", "-scenarios", ""},
		"flag provided but not defined":     {"show", "-whole", "x"},
		"check needs files or directories":  {"check"},
		"check takes no flag":               {"check", "-v"},
		"does-not-exist: no such file or d": {"list", "-scenarios", "does-not-exist"},
	} {
		code, _, errs := runFor(t, "", nil, append([]string{"scenarios"}, args...)...)
		if code != 2 || !strings.Contains(errs, want) || strings.Count(errs, "\n") != 1 {
			t.Errorf("%v: exit %d, %q, want 2 with %q", args, code, errs, want)
		}
	}
	_, broken := ownFile(t, "scenarios: [{name: a, description: A., banc: {}}]")
	code, _, errs := runFor(t, "", nil, "scenarios", "show", "-scenarios", broken, "a")
	if code != 2 || !strings.Contains(errs, "have mistakes:\n"+broken+":1:34: ") {
		t.Errorf("a broken file: exit %d, %q", code, errs)
	}
}
