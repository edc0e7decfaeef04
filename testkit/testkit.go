package testkit

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/tapmock/tapmock/mockserver"
	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// TB is the part of a test that the kit uses; *testing.T, *testing.B and *testing.F implement it.
type TB interface {
	Helper()
	Name() string
	Logf(format string, args ...any)
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
	Failed() bool
	Cleanup(func())
	Context() context.Context
}

// Mock is one account of a mock. Its methods end the test with Fatalf if the mock returns an error.
type Mock struct {
	URL string // base address, without /v2
	Key string // secret key of the account

	tb      TB
	control *control.Client
	http    *http.Client
	timeout time.Duration // of the Await methods
	stop    func()        // stops the relay; nil without one
}

// APIURL is the base address of the mock's API. The code under test uses it instead of https://api.tap.company/v2.
func (m *Mock) APIURL() string { return m.URL + "/v2" }

// Control is a client of the account's control API, for calls that Mock has no method for.
func (m *Mock) Control() *control.Client { return m.control }

// Start runs a mock in the test process, opens an account for the test, and stops the mock when the test ends. It fails the test if
// deliveries are still under way at the end, or if the mock has no route for a request.
func Start(tb TB, opts ...Option) *Mock {
	tb.Helper()
	o := options{timeout: defaultTimeout, seed: 1}
	for _, opt := range opts {
		opt(&o)
	}
	settings := tap.DefaultSettings()
	settings.JournalRequests = true
	server, err := mockserver.New(mockserver.Config{Seed: o.seed, ScenarioFiles: o.files, Settings: &settings, Unknown: func(method, path string) {
		tb.Errorf("testkit: the mock has no route for %s %s, and the request has no secret key of an account", method, path)
	}})
	if err != nil {
		tb.Fatalf("testkit: %v", err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatalf("testkit: %v", err)
	}
	front := &http.Server{Handler: server, ReadHeaderTimeout: 10 * time.Second}
	served := make(chan struct{})
	go func() {
		defer close(served)
		if err := front.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			tb.Errorf("testkit: %v", err)
		}
	}()
	tb.Cleanup(func() {
		tb.Helper()
		stop(tb, front, server)
		<-served
	})
	m := o.open(tb, "http://"+listener.Addr().String(), freshKey(tb))
	m.control.Via(inside{server})
	o.apply(m)
	return m
}

// stopBound is how long the end of a test waits for deliveries and requests under way.
const stopBound = 5 * time.Second

// stop ends the deliveries first, because a request can wait for a delivery.
func stop(tb TB, front *http.Server, server *mockserver.Server) {
	tb.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), stopBound) // the test's own context is done at this point
	defer cancel()
	if err := server.Close(ctx); err != nil {
		tb.Errorf("testkit: deliveries were still under way when the test ended, and were aborted: %v", err)
	}
	if err := front.Shutdown(ctx); err != nil {
		front.Close()
		tb.Errorf("testkit: requests were still under way when the test ended: %v", err)
	}
}

// Attach uses a mock that runs elsewhere, at a base address, with the account of a secret key. It resets the account, and again when
// the test ends.
func Attach(tb TB, url, key string, opts ...Option) *Mock {
	tb.Helper()
	o := options{timeout: defaultTimeout}
	for _, opt := range opts {
		opt(&o)
	}
	if o.seed != 0 || o.files != nil {
		tb.Fatalf("testkit: Seed and ScenarioFiles are only for Start; give the mock the flags -seed and -scenario-files")
	}
	m := o.open(tb, url, key)
	m.must(m.control.Reset(tb.Context()))
	Set("journal_requests", "true")(&o)
	o.apply(m)
	return m
}

// NewAccount opens another account on the same server, for another test or subtest. It relays (see [Relay]) if this one does.
func (m *Mock) NewAccount(tb TB, opts ...Option) *Mock {
	tb.Helper()
	if m.stop != nil {
		opts = append([]Option{Relay()}, opts...)
	}
	return Attach(tb, m.URL, freshKey(tb), opts...)
}

// open makes a Mock whose account is checked and reset when the test ends.
func (o *options) open(tb TB, url, key string) *Mock {
	tb.Helper()
	m := &Mock{URL: url, Key: key, tb: tb, control: control.New(url, key), timeout: o.timeout,
		http: &http.Client{Transport: &http.Transport{}, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	m.URL = m.control.BaseURL()
	tb.Cleanup(m.finish)
	return m
}

// apply applies the options to the account.
func (o *options) apply(m *Mock) {
	m.tb.Helper()
	if o.relay {
		m.relay()
	}
	if !o.frozen.IsZero() {
		m.Freeze(o.frozen)
	}
	if len(o.settings) > 0 {
		m.check(m.control.Set(m.tb.Context(), o.settings))
	}
}

// finish reports findings, unfinished deliveries and unused scenarios, and resets the account.
func (m *Mock) finish() {
	m.tb.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), stopBound)
	defer cancel()
	defer func() { m.control.CloseIdle(); m.http.CloseIdleConnections() }()
	account, err := m.control.Account(ctx)
	if err != nil {
		m.tb.Errorf("testkit: the mock does not respond at the end of the test: %v", err)
		return
	}
	if account.Findings > 0 {
		m.reportFindings(ctx)
	}
	if m.tb.Failed() {
		m.tb.Logf("%s", m.tracesText(ctx))
	}
	passed := !m.tb.Failed()
	d, err := m.control.Reset(ctx)
	if m.stop != nil {
		m.stop()
	}
	switch {
	case err != nil:
		m.tb.Errorf("testkit: the account could not be reset: %v", err)
	case len(d.InFlight) > 0:
		m.tb.Errorf("testkit: the test ended while deliveries were under way (aborted: %t): %v. Wait for them with AwaitWebhook or AwaitIdle", d.CutOff, d.InFlight)
	}
	if err == nil && passed && len(d.Queue) > 0 {
		m.tb.Errorf("testkit: no charge used the scenarios that Next queued: %s. Check that the code under test uses mock.Key and creates as many charges as the test expects", strings.Join(d.Queue, ", "))
	}
}

// findings are the events of the journal that fail a test, and what the failure says.
var findings = map[tap.Event]string{
	tap.EventUnknown:    "the mock has no route for this request",
	tap.EventAssumption: "assumption_findings=true: the test depends on an assumption about Tap",
}

func (m *Mock) reportFindings(ctx context.Context) {
	m.tb.Helper()
	for event, what := range findings {
		j, err := m.control.Journal(ctx, control.JournalQuery{Event: event})
		if err != nil {
			m.tb.Errorf("testkit: %s: %v", event, err)
			continue
		}
		for _, e := range j.Entries {
			m.tb.Errorf("testkit: %s: %s", what, e.Detail)
		}
	}
}

var (
	keysMu sync.Mutex
	keys   = map[string]int{}
)

// freshKey is a secret key that no other test of the process has. Each run gives the same keys, and so the same ids.
func freshKey(tb TB) string {
	keysMu.Lock()
	defer keysMu.Unlock()
	keys[tb.Name()]++
	h := fnv.New128a()
	fmt.Fprintf(h, "%s %d", tb.Name(), keys[tb.Name()])
	return fmt.Sprintf("sk_test_%x", h.Sum(nil)[:12])
}

// must ends the test if a call failed; the call's result is not needed.
func (m *Mock) must(_ any, err error) { m.tb.Helper(); m.check(err) }

func (m *Mock) check(err error) {
	m.tb.Helper()
	if err != nil {
		m.tb.Fatalf("testkit: %v", err)
	}
}
