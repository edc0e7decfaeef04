package scenarios_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tapmock/tapmock/scenarios"
)

// folder writes files and gives their directory.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func scenario(name, more string) string {
	return "scenarios:\n  - name: " + name + "\n    description: A.\n" + more
}

func TestLoad(t *testing.T) {
	dir := folder(t, map[string]string{"b.yaml": scenario("b", "    extends: a\n    match: {currency: KWD}\n"), "a.yml": scenario("a", "    match: {currency: KWD}\n"),
		".hidden.yaml": "no", "read.me": "no"})
	set, err := scenarios.Load(scenarios.Builtin(), dir, filepath.Join(dir, "b.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if st := set.Match(candidate()); st.Name != "a" || len(set.List()) != 2 {
		t.Errorf("%s of %d: files are read in alphabetical order, each once", st.Name, len(set.List()))
	}
}

func TestLoadReportsTheMistakesOfAllFiles(t *testing.T) {
	dir := folder(t, map[string]string{"a.yaml": scenario("a", "    bank: {result: NO}\n"), "b.yaml": scenario("a", "    payer: {}\n"), "c.yaml": ""})
	_, err := scenarios.Load(nil, dir)
	want := strings.ReplaceAll(`DIR/a.yaml:4:20: a.bank.result: "NO" is unknown; it is one of CAPTURED, NOT CAPTURED, CANCELED, HOST TIMEOUT, DENIED BY RISK
DIR/b.yaml:2:11: a.name: the name is already used in DIR/a.yaml, line 2
DIR/b.yaml:4:12: a.payer: {} is empty; remove the key, or set some of its keys: pay, cancel, abandon, at, duration, gate
DIR/c.yaml:1:1: the file is empty; write a list of scenarios under the key scenarios`, "DIR", dir)
	if got := text(err); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestLoadNothing(t *testing.T) {
	if _, err := scenarios.Load(nil, t.TempDir()); err == nil || !strings.Contains(err.Error(), "has no .yaml files") {
		t.Error(err)
	}
	if _, err := scenarios.Load(nil, "no-such-file.yaml"); err == nil || !strings.Contains(err.Error(), "no-such-file.yaml") {
		t.Error(err)
	}
}

func TestFingerprint(t *testing.T) {
	dir := folder(t, map[string]string{"a.yaml": scenario("a", "")})
	first, err := scenarios.Fingerprint(dir)
	if err != nil {
		t.Fatal(err)
	}
	if again, _ := scenarios.Fingerprint(dir); again != first {
		t.Error("the same files have two fingerprints")
	}
	if err := os.WriteFile(filepath.Join(dir, "a.yaml"), []byte(scenario("b", "")), 0o644); err != nil {
		t.Fatal(err)
	}
	if other, _ := scenarios.Fingerprint(dir); other == first {
		t.Error("other files have the same fingerprint")
	}
}

// TestNewRefuses: what no file could say is refused of a scenario built in Go too.
func TestNewRefuses(t *testing.T) {
	for want, s := range map[string]scenarios.Scenario{
		"x.bank.result":                   {Bank: &scenarios.Bank{Result: "PAID"}},
		"x.bank.delay":                    {Bank: &scenarios.Bank{Delay: scenarios.Delay{For: time.Microsecond}}},
		"x.bank: nothing":                 {Bank: &scenarios.Bank{}},
		"x.match: nothing":                {Match: &scenarios.Match{}},
		"x.match.metadata.color":          {Match: &scenarios.Match{Metadata: map[string]scenarios.Condition{"color": {}}}},
		"x.payer.pay.clicks":              {Payer: &scenarios.Payer{Pay: &scenarios.Pay{Clicks: 9}}},
		"x.callbacks[0].webhook.at":       {Callbacks: []scenarios.Callback{{Webhook: &scenarios.Webhook{At: scenarios.Moment{Event: "later"}}}}},
		"x.callbacks[0].webhook: a webho": {Callbacks: []scenarios.Callback{{Webhook: &scenarios.Webhook{Never: true, Copies: 2}}}},
		"x.callbacks[0].webhook.retries":  {Callbacks: []scenarios.Callback{{Webhook: &scenarios.Webhook{Retries: scenarios.Retries{Waits: []time.Duration{1}}}}}},
		"x.api[0].fault: reset has":       {API: []scenarios.Fault{{On: scenarios.OpenPage, Fault: &scenarios.FaultKind{Word: scenarios.Reset, Status: 503}}}},
		"x.extends":                       {Extends: "outcome/no-fund"},
		"x.description":                   {Description: "\xff"},
	} {
		s.Name = "x"
		if s.Description == "" {
			s.Description = "X."
		}
		_, err := scenarios.New(scenarios.Builtin(), s)
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("want %s, got %v", want, err)
		}
	}
}

// TestNewTakesSpellings: blanks in a card number and around + are not mistakes.
func TestNewTakesSpellings(t *testing.T) {
	set, err := scenarios.New(scenarios.Builtin(), scenarios.Scenario{Name: "x", Description: "X.", Extends: "payer/pays+webhook/twice",
		Payer: &scenarios.Payer{Pay: &scenarios.Pay{Card: "8888 8800 0000 0001"}}})
	if err != nil {
		t.Fatal(err)
	}
	if card := resolve(t, set, "x").Payer.Pay.Card; card != "8888880000000001" {
		t.Error(card)
	}
}
