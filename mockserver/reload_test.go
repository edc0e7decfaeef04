package mockserver_test

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tapmock/tapmock/mockserver"
)

// logged is a log that sends its lines about scenarios to a channel.
type logged chan string

func (l logged) Enabled(context.Context, slog.Level) bool { return true }
func (l logged) WithAttrs([]slog.Attr) slog.Handler       { return l }
func (l logged) WithGroup(string) slog.Handler            { return l }

func (l logged) Handle(_ context.Context, r slog.Record) error {
	if text := r.Level.String() + " " + r.Message; strings.Contains(r.Message, "scenario") {
		r.Attrs(func(a slog.Attr) bool { text += " " + a.String(); return true })
		l <- text
	}
	return nil
}

// want receives a line of the log and checks that it contains the parts.
func (l logged) want(t *testing.T, parts ...string) {
	t.Helper()
	select {
	case line := <-l:
		for _, part := range parts {
			if !strings.Contains(line, part) {
				t.Errorf("the log line %q lacks %q", line, part)
			}
		}
	case <-t.Context().Done():
		t.Fatal("nothing was logged")
	}
}

// none fails the test if there is another line.
func (l logged) none(t *testing.T) {
	t.Helper()
	select {
	case line := <-l:
		t.Errorf("an unexpected log line: %q", line)
	default:
	}
}

// shopFile is a file with one scenario for amounts of 1.500.
func shopFile(name string) string {
	return "scenarios: [{name: " + name + ", description: A test's., match: {amount: 1.500}, bank: {delay: 2s}}]\n"
}

func writeFile(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// wantScenario creates a charge of 1.500 and checks which scenario it follows.
func (m *mock) wantScenario(name string) {
	m.t.Helper()
	a := m.api("POST", "/v2/charges", request(map[string]any{"amount": 1.5}))
	if got := a.header.Get("X-Tapmock-Scenario"); a.status != 200 || got != name {
		m.t.Errorf("HTTP %d, the charge follows %q, want %q", a.status, got, name)
	}
}

// TestReload changes a file that a running server polls.
func TestReload(t *testing.T) {
	file, log := filepath.Join(t.TempDir(), "shop.yaml"), make(logged, 100)
	writeFile(t, file, shopFile("before"))
	m := startMock(t, mockserver.Config{ScenarioFiles: []string{file}, Reload: time.Millisecond, Logger: slog.New(log)})
	m.wantScenario("before")
	writeFile(t, file+".new", shopFile("after"))
	if err := os.Rename(file+".new", file); err != nil {
		t.Fatal(err)
	}
	log.want(t, "INFO", "scenarios=1")
	m.wantScenario("after")
	if names := m.Scenarios().List(); len(names) != 1 || names[0].Name != "after" {
		t.Errorf("the scenarios of the server's files are %v", names)
	}
}

// TestReloadEverySecond checks the interval in a synctest bubble, which reports a goroutine that runs after Close.
func TestReloadEverySecond(t *testing.T) {
	file, log := filepath.Join(t.TempDir(), "shop.yaml"), make(logged, 100)
	writeFile(t, file, shopFile("before"))
	synctest.Test(t, func(t *testing.T) {
		server, err := mockserver.New(mockserver.Config{ScenarioFiles: []string{file}, Logger: slog.New(log)})
		if err != nil {
			t.Fatal(err)
		}
		writeFile(t, file, shopFile("after"))
		time.Sleep(time.Second - time.Millisecond)
		synctest.Wait()
		log.none(t)
		time.Sleep(time.Millisecond)
		synctest.Wait()
		log.want(t, "INFO", "scenarios=1")
		for range 2 {
			if err := server.Close(t.Context()); err != nil {
				t.Error(err)
			}
		}
	})
}

// TestReloadInvalid checks that an invalid file is logged once and not used, and that the corrected one is loaded.
func TestReloadInvalid(t *testing.T) {
	file, log := filepath.Join(t.TempDir(), "shop.yaml"), make(logged, 100)
	writeFile(t, file, shopFile("before"))
	m := startMock(t, mockserver.Config{ScenarioFiles: []string{file}, Reload: time.Hour, Logger: slog.New(log)})
	m.Poll()
	log.none(t)
	writeFile(t, file, shopFile("after")+"  - {name: x, banc: {}}\nsettings: {charge_stile: 2022}\n")
	m.Poll()
	log.want(t, "WARN", "previous scenarios stay in use", file)
	writeFile(t, file, strings.Replace(shopFile("after"), "bank", "banc", 1)+"settings: {charge_stile: 2022}\n")
	m.Poll()
	log.want(t, "WARN", "banc", `did you mean "charge_style"`)
	m.Poll()
	m.Poll()
	log.none(t)
	m.wantScenario("before")
	writeFile(t, file, shopFile("after"))
	m.Poll()
	log.want(t, "INFO", "scenarios=1")
	m.wantScenario("after")
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	m.Poll()
	log.want(t, "WARN", "no such file")
	m.Poll()
	log.none(t)
	m.wantScenario("after")
}

// TestReloadDirectory adds a file to a directory and removes one.
func TestReloadDirectory(t *testing.T) {
	dir, log := t.TempDir(), make(logged, 100)
	writeFile(t, filepath.Join(dir, "b.yaml"), shopFile("second"))
	m := startMock(t, mockserver.Config{ScenarioFiles: []string{dir}, Reload: time.Hour, Logger: slog.New(log)})
	m.wantScenario("second")
	writeFile(t, filepath.Join(dir, "notes.txt"), "no scenario")
	m.Poll()
	log.none(t)
	writeFile(t, filepath.Join(dir, "a.yml"), shopFile("first"))
	m.Poll()
	log.want(t, "INFO", "scenarios=2")
	m.wantScenario("first")
	if err := os.Remove(filepath.Join(dir, "a.yml")); err != nil {
		t.Fatal(err)
	}
	m.Poll()
	log.want(t, "INFO", "scenarios=1")
	m.wantScenario("second")
}

// TestReloadKeepsTheDefault checks that files without the default scenario are refused, and that a changed default scenario is used.
func TestReloadKeepsTheDefault(t *testing.T) {
	file, log := filepath.Join(t.TempDir(), "shop.yaml"), make(logged, 100)
	down := "scenarios: [{name: shop/down, description: A test's., api: [{on: charge.create, fault: {status: 503}}]}]\n"
	writeFile(t, file, down)
	m := startMock(t, mockserver.Config{ScenarioFiles: []string{file}, DefaultScenario: "shop/down + payer/pays", Reload: time.Hour, Logger: slog.New(log)})
	create := func() int { return m.api("POST", "/v2/charges", request(map[string]any{"amount": 2})).status }
	if status := create(); status != 503 {
		t.Errorf("HTTP %d by the default scenario", status)
	}
	writeFile(t, file, strings.Replace(down, "shop/down", "shop/dawn", 1))
	m.Poll()
	log.want(t, "WARN", "the default scenario", "did you mean shop/dawn")
	if status := create(); status != 503 {
		t.Errorf("HTTP %d after a refused edit", status)
	}
	writeFile(t, file, strings.Replace(down, "503", "502", 1))
	m.Poll()
	log.want(t, "INFO")
	if status := create(); status != 502 {
		t.Errorf("HTTP %d after an edit of the default scenario", status)
	}
}

// TestReloadKeepsCharges checks that a charge keeps the scenario under which it was created.
func TestReloadKeepsCharges(t *testing.T) {
	file := filepath.Join(t.TempDir(), "shop.yaml")
	text := "scenarios: [{name: shop/down, description: A test's., match: {amount: 1.500}, api: [{on: charge.get, calls: 2-, fault: {status: 503}}]}]\n"
	writeFile(t, file, text)
	m := startMock(t, mockserver.Config{ScenarioFiles: []string{file}, Reload: time.Hour})
	c := decode(t, m.api("POST", "/v2/charges", request(map[string]any{"amount": 1.5})).body)
	m.retrieve(c.ID)
	writeFile(t, file, shopFile("after"))
	m.Poll()
	m.wantScenario("after")
	if a := m.api("GET", "/v2/charges/"+c.ID, ""); a.status != 503 {
		t.Errorf("HTTP %d, want the 503 of the charge's own scenario", a.status)
	}
}

// TestNewRefusesInvalidConfig checks the errors of New.
func TestNewRefusesInvalidConfig(t *testing.T) {
	file := filepath.Join(t.TempDir(), "shop.yaml")
	writeFile(t, file, "scenarios:\n  - {name: a, description: A., banc: {}}\n  - {name: b, description: B., pair: {}}\n")
	for want, cfg := range map[string]mockserver.Config{
		"banc":                     {ScenarioFiles: []string{file}},
		"pair":                     {ScenarioFiles: []string{file}},
		"did you mean payer/pays":  {DefaultScenario: "payer/pay"},
		"at least 16 are required": {AdminToken: "short"},
		"no such file":             {ScenarioFiles: []string{file + ".none"}},
		"punctuation, no spaces":   {AdminToken: "with a space, and long"},
	} {
		if _, err := mockserver.New(cfg); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "short") {
			t.Errorf("%v, want %q", err, want)
		}
	}
}
