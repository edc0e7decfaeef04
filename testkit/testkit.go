package testkit

import (
	"context"
	"errors"
	"net"
	"net/http"
	"sync/atomic"
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

	tb       TB
	control  *control.Client
	http     *http.Client
	timeout  time.Duration // of the Await methods
	stop     func()        // stops the relay; nil without one
	keys     *keyring      // of Keys; nil: any key has an account
	reported *atomic.Bool  // the log of the test has the traces, or a report that replaces them; one for all copies of the Mock
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
	server, err := mockserver.New(mockserver.Config{Seed: o.seed, Keys: o.keys, ScenarioFiles: o.files, Settings: &settings, Unknown: func(method, path string) {
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
	ring := newKeyring(o.keys)
	m := o.open(tb, "http://"+listener.Addr().String(), ring.take(tb), ring)
	m.control.Via(inside{server})
	m.tb.Cleanup(m.finish)
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

// must ends the test if a call failed; the call's result is not needed.
func (m *Mock) must(_ any, err error) { m.tb.Helper(); m.check(err) }

func (m *Mock) check(err error) {
	m.tb.Helper()
	if err != nil {
		m.tb.Fatalf("testkit: %v", err)
	}
}
