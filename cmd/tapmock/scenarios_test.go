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

// ownFile writes a scenario file into a new directory.
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
	if code != 0 || errs != "" || !strings.Contains(out, "\noutcome: how the payment ends\n  outcome/captured ") || strings.Contains(out, "Your scenario files") {
		t.Errorf("exit %d, %q:\n%s", code, errs, out)
	}
	for _, name := range scenarios.Builtin().Names() {
		if !strings.Contains(out, "  "+name+" ") && !strings.Contains(out, "  "+name+"\n") {
			t.Errorf("%s is not listed", name)
		}
	}
	for group, doc := range scenarioGroups {
		if !strings.Contains("\n"+out, "\n"+group+": "+doc+"\n  "+group+"/") {
			t.Errorf("the group %s is not listed", group)
		}
	}
	for line := range strings.Lines(out) {
		if strings.HasSuffix(line, ": \n") {
			t.Errorf("this group of the library is not explained: %s", line)
		}
		if utf8.RuneCountInString(line) > 120 {
			t.Errorf("wider than 120 columns: %s", line)
		}
	}
	dir, file := ownFile(t, twoScenarios)
	_, byFlag, _ := runFor(t, "", nil, "scenarios", "list", "-scenario-files", file)
	_, byEnv, _ := runFor(t, "", map[string]string{"TAPMOCK_SCENARIO_FILES": dir}, "scenarios", "list")
	if byFlag != byEnv || !strings.HasPrefix(byFlag, "Your scenario files\n  shop/paid                   Paid at once.\n") || !strings.HasSuffix(byFlag, out) {
		t.Errorf("with a scenario file:\n%s\nby the environment:\n%s", byFlag, byEnv)
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
		written:  {"shop/paid", "-scenario-files", file},
		resolved: {"-resolved", "-scenario-files=" + file, "shop/paid"},
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
		"3 scenarios in 2 files, no mistakes\n": {dir},
		"2 scenarios in 1 file, no mistakes\n":  {file},
		"1 scenario in 1 file, no mistakes\n":   {other, other},
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

// TestBadScenarioCommands expects exit code 2 and one line that names the mistake.
func TestBadScenarioCommands(t *testing.T) {
	for want, args := range map[string][]string{
		`did you mean "scenarios show"`:        {"shwo"},
		"the commands are list, show":          {"whatever"},
		"needs one of the commands list, show": {},
		"did you mean webhook/twice":           {"show", "webhook/twise"},
		"tapmock scenarios list shows all":     {"show", "qqqqqqqqqqqqqqqq"},
		"both set bank.result":                 {"show", "outcome/captured + outcome/host-timeout"},
		"needs a name":                         {"show"},
		"takes no arguments":                   {"schema", "x"},
		"-scenario-files PATH lists your own":  {"list", "x"},
		"want a file or a directory":           {"list", "-scenario-files", ""},
		"no flag -whole; tapmock scenarios -h": {"show", "-whole", "x"},
		"-scenarios is now -scenario-files":    {"list", "-scenarios", "x"},
		"check needs files or directories":     {"check"},
		"not the flag -v":                      {"check", "-v"},
		"does-not-exist: no such file or d":    {"list", "-scenario-files", "does-not-exist"},
	} {
		code, _, errs := runFor(t, "", nil, append([]string{"scenarios"}, args...)...)
		if code != 2 || !strings.Contains(errs, want) || strings.Count(errs, "\n") != 1 {
			t.Errorf("%v: exit %d, %q, want 2 with %q", args, code, errs, want)
		}
	}
	if code, _, errs := runFor(t, "", map[string]string{"TAPMOCK_SCENARIOS": "x"}, "scenarios", "list"); code != 2 || errs != "tapmock: the environment variable TAPMOCK_SCENARIOS is now TAPMOCK_SCENARIO_FILES\n" {
		t.Errorf("the old environment variable: exit %d, %q", code, errs)
	}
	_, broken := ownFile(t, "scenarios: [{name: a, description: A., banc: {}}]")
	code, _, errs := runFor(t, "", nil, "scenarios", "show", "-scenario-files", broken, "a")
	if code != 2 || !strings.Contains(errs, "have mistakes:\n"+broken+":1:40: ") {
		t.Errorf("a broken file: exit %d, %q", code, errs)
	}
}
