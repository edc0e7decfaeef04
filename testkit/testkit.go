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

// TB is what the kit needs of a test: *testing.T, *testing.B and *testing.F have it.
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

// Mock is a mock as one account of it sees it. Its methods end the test when the mock says no.
type Mock struct {
	URL string // base address, without /v2
	Key string // secret key of the account

	tb       TB
	control  *control.Client
	http     *http.Client
	patience time.Duration
	stop     func() // ends the relay; nil without one
}

// APIURL is the base address of Tap's API, to be put into the code under test instead of https://api.tap.company/v2.
func (m *Mock) APIURL() string { return m.URL + "/v2" }

// Control is the account's control API, for what the kit has no method for.
func (m *Mock) Control() *control.Client { return m.control }

// Start runs a mock inside the test, with an account of its own, and ends it with the test. It fails the test if deliveries are
// still under way at the end, or if the mock was asked for what it does not know.
func Start(tb TB, opts ...Option) *Mock {
	tb.Helper()
	o := options{patience: defaultPatience, seed: 1}
	for _, opt := range opts {
		opt(&o)
	}
	settings := tap.DefaultSettings()
	settings.JournalRequests = true
	server, err := mockserver.New(mockserver.Config{Seed: o.seed, ScenarioFiles: o.files, Settings: &settings, Unknown: func(method, path string) {
		tb.Errorf("testkit: the mock was asked for %s %s, which it does not know, and without an account's key", method, path)
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

// stopBound is how long the end of a test waits for deliveries under way.
const stopBound = 5 * time.Second

// stop ends the deliveries first, so that no request waits for one.
func stop(tb TB, front *http.Server, server *mockserver.Server) {
	tb.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), stopBound) // the test's own is done by now
	defer cancel()
	if err := server.Close(ctx); err != nil {
		tb.Errorf("testkit: deliveries were still under way when the test ended, and were cut off: %v", err)
	}
	if err := front.Shutdown(ctx); err != nil {
		front.Close()
		tb.Errorf("testkit: requests were still under way when the test ended: %v", err)
	}
}

// Attach works on a mock that runs elsewhere: at that address, with the account of that secret key, which is reset before and
// after.
func Attach(tb TB, url, key string, opts ...Option) *Mock {
	tb.Helper()
	o := options{patience: defaultPatience}
	for _, opt := range opts {
		opt(&o)
	}
	if o.seed != 0 || o.files != nil {
		tb.Fatalf("testkit: a mock that runs elsewhere has its seed and its files from its own command line")
	}
	m := o.open(tb, url, key)
	m.must(m.control.Reset(tb.Context()))
	Set("journal_requests", "true")(&o)
	o.apply(m)
	return m
}

// Account opens another account on the same server, for a test or subtest of its own. It is [Relay] if this one is.
func (m *Mock) Account(tb TB, opts ...Option) *Mock {
	tb.Helper()
	if m.stop != nil {
		opts = append([]Option{Relay()}, opts...)
	}
	return Attach(tb, m.URL, freshKey(tb), opts...)
}

// open makes a Mock that is looked through at the end.
func (o *options) open(tb TB, url, key string) *Mock {
	tb.Helper()
	m := &Mock{URL: url, Key: key, tb: tb, control: control.New(url, key), patience: o.patience,
		http: &http.Client{Transport: &http.Transport{}, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	m.URL = m.control.BaseURL()
	tb.Cleanup(m.finish)
	return m
}

// apply gives the account what the options say.
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

// finish looks at what the test has left behind.
func (m *Mock) finish() {
	m.tb.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), stopBound)
	defer cancel()
	defer func() { m.control.CloseIdle(); m.http.CloseIdleConnections() }()
	account, err := m.control.Account(ctx)
	if err != nil {
		m.tb.Errorf("testkit: the mock does not answer at the end of the test: %v", err)
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
		m.tb.Errorf("testkit: the test ended while deliveries were under way (cut off: %t): %v. Wait for them with AwaitWebhook or Settle", d.CutOff, d.InFlight)
	}
	if err == nil && passed && len(d.Queue) > 0 {
		m.tb.Errorf("testkit: the test ended, and no charge followed what Next had queued: %s. Does the code under test use mock.Key, and did it create as many charges as you thought?", strings.Join(d.Queue, ", "))
	}
}

// findings are events of the journal that fail a test.
var findings = map[tap.Event]string{
	tap.EventUnknown:    "the mock was asked for what it does not know",
	tap.EventAssumption: "assumption_findings: true: the test rests on a guess about Tap",
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

// freshKey is a secret key that no other test of the process has. It is the same in every run, as are the ids that are drawn from it.
func freshKey(tb TB) string {
	keysMu.Lock()
	defer keysMu.Unlock()
	keys[tb.Name()]++
	h := fnv.New128a()
	fmt.Fprintf(h, "%s %d", tb.Name(), keys[tb.Name()])
	return fmt.Sprintf("sk_test_%x", h.Sum(nil)[:12])
}

// must takes the answer of a call, or ends the test.
func (m *Mock) must(_ any, err error) { m.tb.Helper(); m.check(err) }

func (m *Mock) check(err error) {
	m.tb.Helper()
	if err != nil {
		m.tb.Fatalf("testkit: %v", err)
	}
}
