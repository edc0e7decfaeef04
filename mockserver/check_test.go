package mockserver_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tapmock/tapmock/mockserver"
	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// begins begins a check of the stage's account, which ends with the test at the latest.
func (s *stage) begins() *control.Check {
	s.t.Helper()
	check, err := s.control.BeginCheck(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { check.End(context.WithoutCancel(s.t.Context())) })
	return check
}

func (s *stage) account() control.Account {
	s.t.Helper()
	a, err := s.control.Account(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	return a
}

// awaitFree waits until no check has the account.
func (s *stage) awaitFree() control.Account {
	s.t.Helper()
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); {
		if a := s.account(); !a.Checking {
			return a
		}
	}
	s.t.Fatal("a check still has the account after 20 s")
	return control.Account{}
}

// do ends the test if a call fails.
func (s *stage) do(errs ...error) {
	s.t.Helper()
	if err := errors.Join(errs...); err != nil {
		s.t.Fatal(err)
	}
}

// gatedThrice is an own scenario with three gates.
const gatedThrice = `scenarios: [{name: own/gated, description: A., callbacks: [webhook: {gate: never-touched}, webhook: {gate: closed}, webhook: {gate: opened}, return: {}]}]`

// furnish gives the account settings, default scenarios, a queue and an open gate, and lets its clock run. It returns how the account is then,
// but for its queue.
func (s *stage) furnish() string {
	s.t.Helper()
	ctx := s.t.Context()
	_, err := s.control.Resume(ctx)
	_, released := s.control.Release(ctx, "opened", "")
	if released == nil {
		s.t.Fatal("the gate exists before its scenario")
	}
	s.put(gatedThrice)
	_, released = s.control.Release(ctx, "opened", "")
	s.do(err, released, s.control.Set(ctx, map[string]string{"webhook_timeout": "7s", "payer": "auto"}), s.control.SetDefaultScenario(ctx, "webhook/late"),
		s.control.SetDefaultScenario(ctx, "refund/failed"), s.control.SetDefaultScenario(ctx, "authorization/declined"),
		s.control.SetDefaultScenario(ctx, "invoice/webhook-twice"))
	before := s.furniture()
	s.next("webhook/twice")
	return before
}

// furniture is what a check restores.
func (s *stage) furniture() string {
	s.t.Helper()
	settings, err := s.control.Settings(s.t.Context())
	gates, failed := s.control.Gates(s.t.Context())
	s.do(err, failed)
	a, open := s.account(), map[string]bool{}
	for _, g := range gates {
		open[g.Name] = g.Open
	}
	return fmt.Sprintf("%s\nqueue %v, frozen %t, settings %v, open gates %v", s.call("GET", control.Prefix+"/default-scenario", "").body, a.Queue, a.Frozen, settings, open)
}

// rearrange changes everything that furnish has set, as a check does. A webhook waits at a gate that it has closed.
func (s *stage) rearrange() {
	s.t.Helper()
	ctx := s.t.Context()
	_, err := s.control.Freeze(ctx, time.Time{})
	s.do(err, s.control.SetDefaultScenario(ctx, ""), s.control.SetDefaultScenario(ctx, "payer/never-opens"), s.control.SetDefaultScenario(ctx, "refund/pending-forever"),
		s.control.Hold(ctx, "opened"), s.control.Hold(ctx, "closed"))
	s.do(s.control.Set(ctx, map[string]string{"webhook_timeout": "5s", "journal_requests": "true", "page_limit": "1m"}), s.control.ClearQueue(ctx))
	s.pays("own/gated", nil)
	s.next("webhook/never")
	s.await(tap.EventGateReached, 3)
	if a, g := s.account(), s.furniture(); !a.Frozen || !strings.Contains(g, "opened:false") || !strings.Contains(g, "payer/never-opens") {
		s.t.Fatalf("nothing was changed: %s", g)
	}
}

// TestSecondCheckIsRefused begins a check while another has the account, and again after that has ended.
func TestSecondCheckIsRefused(t *testing.T) {
	s := startStage(t, mockserver.Config{})
	first := s.begins()
	_, err := s.control.BeginCheck(t.Context())
	fails(t, err, 409, "busy", "a check has had the account since "+time.Now().UTC().Format("2006-01-02T15:"))
	fails(t, err, 409, "busy", "wait until it ends, or use another key")
	if a := s.account(); !a.Checking || a.CheckingSince == nil || time.Since(*a.CheckingSince) > time.Minute {
		t.Errorf("during the check: %+v", a)
	}
	_, err = s.control.EndCheck(t.Context(), 17)
	fails(t, err, 404, "not_found", "no such check has the account")
	if a := s.call("DELETE", control.Prefix+"/check?check=first", ""); a.status != 400 || !strings.Contains(a.body, "POST check begins with") {
		t.Errorf("a number that is none: HTTP %d %s", a.status, a.body)
	}
	if a := s.call("POST", control.Prefix+"/check", `{"key": "x"}`); a.status != 400 {
		t.Errorf("a body with a key: HTTP %d %s", a.status, a.body)
	}
	if err := first.Err(); err != nil {
		t.Errorf("during the check: %v", err)
	}
	if a, err := first.End(t.Context()); err != nil || a.Checking || a.CheckingSince != nil {
		t.Errorf("after the check: %+v, %v", a, err)
	}
	if err := first.Err(); err != nil {
		t.Errorf("after the check: %v", err)
	}
	second := s.begins()
	if _, err := first.End(t.Context()); err == nil || !s.account().Checking {
		t.Errorf("the first check has ended the second one: %v", err)
	}
	if _, err := second.End(t.Context()); err != nil {
		t.Error(err)
	}
	_, err = s.control.EndCheck(t.Context(), 0)
	fails(t, err, 404, "not_found", "")
}

// TestEndedCheckRestoresAccount ends a check of an account that had something of everything; the other account had a frozen clock, and nothing else.
func TestEndedCheckRestoresAccount(t *testing.T) {
	s := startStage(t, mockserver.Config{})
	before := s.furnish()
	check := s.begins()
	s.rearrange()
	a, err := check.End(t.Context())
	if err != nil || a.Frozen {
		t.Errorf("%+v, %v", a, err)
	}
	if after := s.furniture(); after != before {
		t.Errorf("before the check\n%s\nand after it\n%s", before, after)
	}
	if n := len(s.shop.visits("/hook")); n != 2 {
		t.Errorf("%d webhooks were sent; want those that waited at gates of the check", n)
	}
	other := newStage(t, s.mock, "sk_test_other")
	before = other.furniture()
	check = other.begins()
	_, err = other.control.Resume(t.Context())
	other.do(err, other.control.SetDefaultScenario(t.Context(), "webhook/late"))
	_, err = check.End(t.Context())
	if other.do(err); other.furniture() != before {
		t.Errorf("before the check\n%s\nand after it\n%s", before, other.furniture())
	}
}

// TestCutCheckRestoresAccount closes the connection of a check: orderly, and without notice of what was received.
func TestCutCheckRestoresAccount(t *testing.T) {
	for name, linger := range map[string]int{"closed": -1, "aborted": 0} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := startStage(t, mockserver.Config{})
			before := s.furnish()
			conn, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
			s.do(err)
			defer conn.Close()
			_, err = fmt.Fprintf(conn, "POST %s/check HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\nContent-Length: 2\r\n\r\n{}", control.Prefix, s.key)
			s.do(err)
			res, err := http.ReadResponse(bufio.NewReader(conn), nil)
			s.do(err)
			if line, err := bufio.NewReader(res.Body).ReadString('\n'); err != nil || line != "{\"check\":1}\n" || res.Header.Get("Content-Type") != "application/json" {
				t.Fatalf("the answer begins with %q, %v, %v", line, res.Header, err)
			}
			s.rearrange()
			s.do(conn.(*net.TCPConn).SetLinger(linger), conn.Close())
			if a, after := s.awaitFree(), s.furniture(); after != before || a.Charges != 1 {
				t.Errorf("before the check\n%s\nand after it\n%s", before, after)
			}
			s.begins()
		})
	}
}

// TestKilledCheckRestoresAccount kills a process that has an account for a check.
func TestKilledCheckRestoresAccount(t *testing.T) {
	if address := os.Getenv("TAPMOCK_TEST_CHECK"); address != "" {
		_, err := control.New(address, key).BeginCheck(t.Context())
		fmt.Println("begun:", err)
		select {}
	}
	s := startStage(t, mockserver.Config{})
	before := s.furnish()
	process := exec.Command(os.Args[0], "-test.run=^TestKilledCheckRestoresAccount$")
	process.Env = append(os.Environ(), "TAPMOCK_TEST_CHECK="+s.url)
	out, err := process.StdoutPipe()
	s.do(err, process.Start())
	t.Cleanup(func() { _ = process.Process.Kill() })
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "begun: <nil>\n" {
		t.Errorf("the process writes %q, %v", line, err)
	}
	s.rearrange()
	s.do(process.Process.Kill())
	_ = process.Wait() // the error says that it was killed
	if s.awaitFree(); s.furniture() != before {
		t.Errorf("before the check\n%s\nand after it\n%s", before, s.furniture())
	}
}

// TestResetEndsCheck resets an account during a check: what was before the check does not come back.
func TestResetEndsCheck(t *testing.T) {
	s := startStage(t, mockserver.Config{})
	s.furnish()
	check := s.begins()
	playing, stop := check.Context(t.Context())
	defer stop()
	s.rearrange()
	_, err := s.control.Reset(t.Context())
	s.do(err)
	<-playing.Done()
	if cause := context.Cause(playing); !errors.Is(cause, control.ErrCheckOver) || !errors.Is(check.Err(), control.ErrCheckOver) {
		t.Errorf("the check ends with %v and %v", cause, check.Err())
	}
	if _, err := check.End(t.Context()); !errors.Is(err, control.ErrCheckOver) {
		t.Errorf("End: %v", err)
	}
	if a, settings := s.account(), s.furniture(); a.Checking || a.DefaultScenario != "" || !strings.Contains(settings, "payer:person") || strings.Contains(settings, "opened:") {
		t.Errorf("after the reset: %+v %s", a, settings)
	}
	next := s.begins()
	if _, err := next.End(t.Context()); err != nil {
		t.Error(err)
	}
}

// TestChecksOfTwoAccounts has checks of two accounts at the same time.
func TestChecksOfTwoAccounts(t *testing.T) {
	s := startStage(t, mockserver.Config{})
	other := newStage(t, s.mock, "sk_test_other")
	other.furnish()
	one, two := s.begins(), other.begins()
	other.rearrange()
	during := other.furniture()
	if _, err := one.End(t.Context()); err != nil {
		t.Error(err)
	}
	if other.furniture() != during || !other.account().Checking || two.Err() != nil {
		t.Errorf("during the check of the account\n%s\nand after that of another\n%s, %v", during, other.furniture(), two.Err())
	}
}

// TestStoppingServerEndsCheck shuts a server down, and closes another one, while a check is under way.
func TestStoppingServerEndsCheck(t *testing.T) {
	for name, stop := range map[string]func(context.Context, *http.Server, *mockserver.Server) error{
		"shutdown": func(ctx context.Context, front *http.Server, _ *mockserver.Server) error { return front.Shutdown(ctx) },
		"close":    func(ctx context.Context, _ *http.Server, mock *mockserver.Server) error { return mock.Close(ctx) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			mock, err := mockserver.New(mockserver.Config{})
			if err != nil {
				t.Fatal(err)
			}
			front := httptest.NewUnstartedServer(mock)
			front.Config.RegisterOnShutdown(mock.EndHeldAnswers)
			front.Start()
			defer front.Close()
			defer mock.Close(t.Context())
			client := control.New(front.URL, key)
			check, err := client.BeginCheck(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			defer check.End(t.Context())
			playing, done := check.Context(t.Context())
			defer done()
			ctx, cancel := contextOf(t)
			defer cancel()
			if err := stop(ctx, front.Config, mock); err != nil {
				t.Error(err)
			}
			select {
			case <-playing.Done():
			case <-ctx.Done():
				t.Error("the check is not over")
			}
		})
	}
}

// TestCheckOutlastsReadTimeout has a check that takes longer than a client may take for its request, and than it may take to read.
func TestCheckOutlastsReadTimeout(t *testing.T) {
	t.Parallel()
	m := startMock(t, mockserver.Config{Now: time.Now})
	const bound = 100 * time.Millisecond
	m.SetWriteBound(bound)
	front := httptest.NewUnstartedServer(m)
	front.Config.ReadTimeout = bound
	front.Start()
	defer front.Close()
	check, err := control.New(front.URL, key).BeginCheck(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	playing, stop := check.Context(t.Context())
	defer stop()
	select {
	case <-playing.Done():
		t.Error(check.Err())
	case <-time.After(5 * bound):
	}
	if _, err := check.End(t.Context()); err != nil {
		t.Error(err)
	}
}

// TestCheckEndsDuringDelivery ends a check while the shop has not responded to a webhook: the account is restored when it has.
func TestCheckEndsDuringDelivery(t *testing.T) {
	s := startStage(t, mockserver.Config{})
	_, err := s.control.Resume(t.Context())
	s.do(err)
	begun, respond := make(chan bool), make(chan bool)
	s.shop.respond = func(v visit) int {
		if v.path == "/hook" {
			begun <- true
			<-respond
		}
		return 200
	}
	check := s.begins()
	_, err = s.control.Freeze(t.Context(), time.Time{})
	s.do(err, s.control.Set(t.Context(), map[string]string{"payer": "auto"}))
	if a := s.call("POST", "/v2/charges", s.order(nil)); a.status != 200 {
		t.Fatal(a.body)
	}
	<-begun
	ended := make(chan error)
	go func() {
		_, err := check.End(t.Context())
		ended <- err
	}()
	_, err = s.control.BeginCheck(t.Context())
	fails(t, err, 409, "busy", "")
	select {
	case err := <-ended:
		t.Errorf("the check has ended during a delivery: %v", err)
	case respond <- true:
	}
	if err := <-ended; err != nil || s.account().Frozen {
		t.Errorf("%v, %+v", err, s.account())
	}
}

// TestCheckEndsWithoutResponse ends a check while a shop never responds to a webhook: the delivery is aborted, and the account restored.
func TestCheckEndsWithoutResponse(t *testing.T) {
	if testing.Short() {
		t.Skip("waits 6 s for the delivery")
	}
	t.Parallel()
	s := startStage(t, mockserver.Config{}, "webhook_timeout=1h")
	_, err := s.control.Resume(t.Context())
	s.do(err)
	gone := make(chan bool)
	silent := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		<-r.Context().Done()
		close(gone)
	}))
	defer silent.Close()
	check := s.begins()
	_, err = s.control.Freeze(t.Context(), time.Time{})
	s.do(err, s.control.Set(t.Context(), map[string]string{"payer": "auto"}))
	s.call("POST", "/v2/charges", s.order(map[string]any{"post": at("url", silent.URL)}))
	for len(s.account().InFlight) == 0 {
		if t.Context().Err() != nil {
			t.Fatal("no delivery is under way")
		}
	}
	if a, err := check.End(t.Context()); err != nil || a.Frozen || a.Checking {
		t.Errorf("%+v, %v", a, err)
	}
	<-gone
}

// TestCheckedAccountIsKept has no room for another account: one that a check has is not evicted, until the check has ended.
func TestCheckedAccountIsKept(t *testing.T) {
	s := startStage(t, mockserver.Config{Limits: mockserver.Limits{Accounts: 1}})
	_, err := s.control.Resume(t.Context())
	s.do(err)
	check := s.begins()
	s.wantKept()
	_, err = check.End(t.Context())
	if s.do(err); s.anotherAccount().status != 200 {
		t.Error("after the check the account is kept")
	}
}

// TestManyChecks begins and ends checks of one account concurrently, and cuts some: never do two have the account, and at the end the account is as before.
func TestManyChecks(t *testing.T) {
	s := startStage(t, mockserver.Config{})
	before := s.furniture()
	var having, had atomic.Int32
	var all sync.WaitGroup
	for worker := range 8 {
		all.Go(func() {
			client := control.New(s.url, s.key)
			defer client.CloseIdle()
			for had.Load() < 50 && !t.Failed() {
				check, err := client.BeginCheck(t.Context())
				if err != nil {
					fails(t, err, 409, "busy", "")
					continue
				}
				had.Add(1)
				if n := having.Add(1); n != 1 {
					t.Errorf("%d checks have the account", n)
				}
				if err := client.SetDefaultScenario(t.Context(), "webhook/late"); err != nil {
					t.Error(err)
				}
				having.Add(-1)
				if worker%2 == 0 {
					_, err = check.End(t.Context())
				} else {
					_, err = client.EndCheck(t.Context(), 0)
				}
				if err != nil {
					fails(t, err, 404, "not_found", "")
				}
				_, _ = check.End(t.Context())
			}
		})
	}
	all.Wait()
	if s.awaitFree(); s.furniture() != before || t.Failed() {
		t.Errorf("%d checks; before them\n%s\nand after them\n%s", had.Load(), before, s.furniture())
	}
}
