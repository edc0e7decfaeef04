package mockserver_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/tapmock/tapmock/mockserver"
	"github.com/tapmock/tapmock/scenarios"
)

// as is the header of a request with another key.
func as(i int) []string { return []string{"Authorization", fmt.Sprintf("Bearer sk_test_%d", i)} }

// fileOf is a scenario file with a text of n bytes, different for each account.
func fileOf(account, n int) string {
	return fmt.Sprintf("scenarios: [{name: own/a%d, description: %s., bank: {result: CAPTURED}}]", account, strings.Repeat("x", n))
}

func (m *mock) put(account int, file string) answer {
	m.t.Helper()
	return m.api("PUT", "/_tapmock/v1/scenarios", file, as(account)...)
}

// TestScenarioFileLimit puts a file that costs more memory than an account has: the error says how much it needs, and the flag.
func TestScenarioFileLimit(t *testing.T) {
	m := startMock(t, mockserver.Config{Limits: mockserver.Limits{Scenarios: 64 << 10, ServerScenarios: 1 << 20}})
	if a := m.put(1, fileOf(1, 30<<10)); a.status != 200 {
		t.Fatalf("HTTP %d %s", a.status, a.body)
	}
	for range 2 {
		a := m.put(1, fileOf(2, 100<<10))
		for _, want := range []string{`"too_large"`, "the scenarios need about 1", "scenarios=64KB", "-limit scenarios=128KB"} {
			if a.status != 413 || !strings.Contains(a.body, want) {
				t.Errorf("HTTP %d %s, want %s", a.status, a.body, want)
			}
		}
	}
	if a := m.api("GET", "/_tapmock/v1/scenarios", "", as(1)...); !strings.Contains(a.body, "own/a1") {
		t.Errorf("the previous file is gone: %s", a.body)
	}
}

// TestScenarioFilesEvict puts more files than the server has memory for: the account that was least recently used is evicted with its
// file, and says so until it is reset. Equal files count once.
func TestScenarioFilesEvict(t *testing.T) {
	m := startMock(t, mockserver.Config{Limits: mockserver.Limits{ServerScenarios: 140 << 10}})
	for i := range 100 {
		if a := m.put(i, fileOf(0, 30<<10)); a.status != 200 || a.header.Get("X-Tapmock-Note") != "" {
			t.Fatalf("account %d with an equal file: HTTP %d %v %s", i, a.status, a.header, a.body)
		}
	}
	for i := range 100 {
		if a := m.put(i, fileOf(i%3+1, 10<<10)); a.status != 200 || a.header.Get("X-Tapmock-Note") != "" {
			t.Fatalf("account %d with another file: HTTP %d %v %s", i, a.status, a.header, a.body)
		}
	}
	for i := 200; i < 300; i++ {
		if a := m.put(i, fileOf(i, 30<<10)); a.status != 200 {
			t.Fatalf("account %d with a file of its own: HTTP %d %s", i, a.status, a.body)
		}
	}
	const note = "the account was evicted because the limit server-scenarios=140KB was reached, and lost: own scenarios. Raise the limit, such as -limit server-scenarios=280KB; a reset ends this note"
	for range 2 {
		if a := m.api("GET", "/_tapmock/v1/scenarios", "", as(200)...); a.header.Get("X-Tapmock-Note") != note || strings.Contains(a.body, "own/") {
			t.Errorf("the evicted account: %v %s", a.header, a.body)
		}
	}
	if a := m.api("POST", "/v2/charges", request(nil), as(200)...); a.status != 200 || a.header.Get("X-Tapmock-Note") != note {
		t.Errorf("a create of the evicted account: HTTP %d %v", a.status, a.header)
	}
	if a := m.api("GET", "/_tapmock/v1/journal?event=account_evicted", "", as(200)...); !strings.Contains(a.body, note) {
		t.Errorf("the journal of the evicted account: %s", a.body)
	}
	m.api("POST", "/_tapmock/v1/reset", "", as(200)...)
	if a := m.api("GET", "/_tapmock/v1/account", "", as(200)...); a.header.Get("X-Tapmock-Note") != "" {
		t.Errorf("after a reset: %v", a.header)
	}
	if a := m.api("GET", "/_tapmock/v1/scenarios", "", as(299)...); !strings.Contains(a.body, "own/a299") {
		t.Errorf("the latest file is gone: %s", a.body)
	}
}

// TestQueuedFilesAreBounded queues large scenarios and pays their charges: those in the queue are refused beyond the limit, and those of
// ended charges are evicted with them, so that the heap stays small.
func TestQueuedFilesAreBounded(t *testing.T) {
	m := startMock(t, mockserver.Config{Limits: mockserver.Limits{Scenarios: 1 << 20}})
	next := func(i int) answer {
		return m.api("POST", "/_tapmock/v1/next", fmt.Sprintf(`{"yaml": %q}`, fileOf(i, 200<<10)))
	}
	queued := 0
	for ; next(queued).status == 200; queued++ {
	}
	if a := next(0); queued < 3 || queued > 5 || a.status != 503 || !strings.Contains(a.body, "-limit scenarios=2MB") {
		t.Errorf("after %d files: HTTP %d %s", queued, a.status, a.body)
	}
	m.api("DELETE", "/_tapmock/v1/next", "")
	before := heapInUse()
	for i := range 100 {
		if a := next(i); a.status != 200 {
			t.Fatalf("file %d: HTTP %d %s", i, a.status, a.body)
		}
		m.pay(m.create(withPost("http://127.0.0.1:1/hook")).Transaction.URL, "9", "2030")
		m.api("POST", "/_tapmock/v1/clock/advance", `{"by": "1m"}`)
	}
	if grown := heapInUse() - before; grown > 5<<20 {
		t.Errorf("the heap grew by %d bytes under a limit of 1 MB", grown)
	}
	if a := m.api("GET", "/_tapmock/v1/account", ""); !strings.Contains(a.body, `"evicted_charges": 9`) {
		t.Errorf("the account: %s", a.body)
	}
}

// heapInUse is how many bytes are in use.
func heapInUse() int {
	for range 3 {
		runtime.GC()
	}
	var s runtime.MemStats
	runtime.ReadMemStats(&s)
	return int(s.HeapAlloc)
}

// TestPreparedAccountsAreEvictedLast opens more accounts than the server keeps. The prepared one is evicted only once the others are
// prepared too, and then says what it lost.
func TestPreparedAccountsAreEvictedLast(t *testing.T) {
	gates, err := scenarios.Parse(scenarios.Builtin(), "server", []byte("scenarios: [{name: with/gate, description: A., bank: {gate: bank}}]"))
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ method, path, body, lost string }{
		"settings":  {"PATCH", "settings", `{"settings": {"strict": true}}`, "settings"},
		"clock":     {"POST", "clock/advance", `{"by": "24h"}`, "clock"},
		"gate":      {"POST", "gates/bank/hold", "", "gates"},
		"default":   {"PUT", "default-scenario", `{"scenario": "payer/pays"}`, "default scenario"},
		"queue":     {"POST", "next", `{"scenario": "payer/pays"}`, "queue"},
		"scenarios": {"PUT", "scenarios", fileOf(1, 10), "own scenarios"},
	} {
		t.Run(name, func(t *testing.T) {
			m := startMock(t, mockserver.Config{Limits: mockserver.Limits{Accounts: 3}})
			m.SetScenarios(gates)
			prepare := func(account int) {
				t.Helper()
				if a := m.api(c.method, "/_tapmock/v1/"+c.path, c.body, as(account)...); a.status != 200 {
					t.Fatalf("HTTP %d %s", a.status, a.body)
				}
			}
			account := func(i int) answer { return m.api("GET", "/_tapmock/v1/account", "", as(i)...) }
			prepare(1)
			for i := 2; i < 10; i++ {
				account(i)
			}
			if a := account(1); a.header.Get("X-Tapmock-Note") != "" {
				t.Fatalf("the prepared account was evicted before others: %v", a.header)
			}
			for i := 8; i < 12; i++ {
				prepare(i)
			}
			note := account(1).header.Get("X-Tapmock-Note")
			if !strings.Contains(note, "because the limit accounts=3 was reached, and lost: "+c.lost+". Raise the limit, such as -limit accounts=6") {
				t.Errorf("the evicted account says %q", note)
			}
		})
	}
}
