package gateway_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tapmock/tapmock/mockserver/gateway"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// freeze freezes the clock of the account at its current time.
func freeze(t *testing.T, a *gateway.Account) {
	t.Helper()
	if _, err := a.Freeze(t.Context(), time.Time{}); err != nil {
		t.Fatal(err)
	}
}

// TestFrozenClock creates charges that are paid at once, on a frozen clock: their effects start after a moment of real time, run one after
// another, and those that are due later wait.
func TestFrozenClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var at []time.Duration
		begin := time.Now()
		a := account(t, startGateway(t, gateway.Config{Send: func(context.Context, gateway.Delivery) gateway.Attempt {
			at = append(at, time.Since(begin))
			time.Sleep(time.Second)
			return gateway.Attempt{Status: 200}
		}}), "sk_test_a")
		freeze(t, a)
		for range 2 {
			createFrom(t, a, "payer: {pay: {}, at: created}, callbacks: [webhook: {}, webhook: {at: settled + 1m}, return: never]")
		}
		time.Sleep(time.Hour)
		synctest.Wait()
		if now, frozen := a.Clock(); len(at) != 2 || at[0] != 100*time.Millisecond || at[1] != 1100*time.Millisecond || !frozen || !now.Equal(begin) {
			t.Errorf("webhooks were sent after %v, the clock shows %s, frozen %t", at, now, frozen)
		}
		if o := a.Overview(); o.Scheduled != 2 || !o.Frozen {
			t.Errorf("the summary is %+v", o)
		}
	})
}

// TestResume starts a frozen clock again: it goes on from its time, and effects that were due meanwhile run at theirs.
func TestResume(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var sent atomic.Int64
		g := startGateway(t, gateway.Config{Send: count(&sent)})
		a := account(t, g, "sk_test_a")
		begin := time.Now()
		freeze(t, a)
		createFrom(t, a, "callbacks: [webhook: {at: created + 1m}, return: never]")
		time.Sleep(time.Hour)
		for range 2 { // the second time it is not frozen any more
			if err := a.Resume(t.Context()); err != nil {
				t.Error(err)
			}
		}
		if now, frozen := a.Clock(); frozen || !now.Equal(begin) {
			t.Errorf("the resumed clock shows %s, frozen %t", now, frozen)
		}
		time.Sleep(time.Minute - time.Nanosecond)
		synctest.Wait()
		if sent.Load() != 0 {
			t.Error("the webhook was sent too early")
		}
		time.Sleep(time.Nanosecond)
		synctest.Wait()
		if sent.Load() != 1 || !a.Now().Equal(begin.Add(time.Minute)) {
			t.Errorf("%d webhooks, the clock shows %s", sent.Load(), a.Now())
		}
	})
}

// TestFreezeAtAnInstant sets the clock to an instant: an earlier one only before anything has happened, a later one runs what is due.
func TestFreezeAtAnInstant(t *testing.T) {
	var sent atomic.Int64
	a := account(t, startGateway(t, gateway.Config{Now: fixed, Send: count(&sent)}), "sk_test_a")
	early := fixed().Add(-time.Hour)
	if done, err := a.Freeze(t.Context(), early); err != nil || !done.Now.Equal(early) || done.Now.Location() != time.UTC {
		t.Errorf("an earlier instant: %+v, %v", done, err)
	}
	createFrom(t, a, "callbacks: [webhook: {at: created + 1m}, return: never]")
	if done, err := a.Freeze(t.Context(), early.Add(-1)); !errors.Is(err, gateway.ErrBackwards) || !done.Now.Equal(early) {
		t.Errorf("once it has a charge: %+v, %v", done, err)
	}
	if done, err := a.Freeze(t.Context(), early.Add(time.Minute)); err != nil || sent.Load() != 1 || done.Ran != 1 {
		t.Errorf("a later instant: %+v, %v, %d webhooks", done, err, sent.Load())
	}
	if done, err := a.Advance(t.Context(), 0); err != nil || done.Ran != 0 || !done.Now.Equal(early.Add(time.Minute)) {
		t.Errorf("no time: %+v, %v", done, err)
	}
	if _, frozen := a.Clock(); !frozen {
		t.Error("an advance of a frozen clock has resumed it")
	}
	b := account(t, startGateway(t, gateway.Config{Now: fixed}), "sk_test_b")
	b.NoteUnknown("GET", "/", "")
	if _, err := b.Freeze(t.Context(), early); !errors.Is(err, gateway.ErrBackwards) {
		t.Errorf("once it has a journal: %v", err)
	}
}

// TestBusy moves the clock while it is being moved: the error says so, without a delivery.
func TestBusy(t *testing.T) {
	var a *gateway.Account
	var inner []error
	g := startGateway(t, gateway.Config{Now: fixed, Visit: func(ctx context.Context, _ string) gateway.Attempt {
		_, err := a.Advance(ctx, time.Second)
		_, reset := a.Reset(ctx)
		inner = append(inner, err, reset, a.Resume(ctx))
		return gateway.Attempt{Status: 200}
	}})
	a = account(t, g, "sk_test_a")
	freeze(t, a)
	createFrom(t, a, "payer: {pay: {}, at: created}")
	if _, err := a.Advance(t.Context(), time.Minute); err != nil {
		t.Fatal(err)
	}
	for _, err := range inner {
		if busy, ok := errors.AsType[*gateway.BusyError](err); !ok || busy.Error() != "a delivery of the account is under way: "+busy.Delivery || busy.Delivery == "" {
			t.Errorf("from inside a return: %v", err)
		}
	}
	if len(inner) != 3 {
		t.Errorf("%d calls were made", len(inner))
	}
	if text := (&gateway.BusyError{}).Error(); text != "the account's clock is being moved" {
		t.Errorf("without a delivery the error is %q", text)
	}
}

// TestBeforeAnswer waits before a create answer for what is scheduled at created, and not for anything else.
func TestBeforeAnswer(t *testing.T) {
	for name, test := range map[string]struct {
		lines  string
		frozen bool
		took   time.Duration
		status tap.Status
	}{
		"a payer at created":              {"payer: {pay: {}, at: created}, callbacks: [webhook: {}, return: never]", false, time.Second, tap.Captured},
		"a payer at created, frozen":      {"payer: {pay: {}, at: created}, callbacks: [webhook: {}, return: never]", true, time.Second, tap.Captured},
		"a payer a while after created":   {"payer: {pay: {}, at: created + 1m}, callbacks: [webhook: {}, return: never]", false, 0, tap.Initiated},
		"a payer at answered":             {"payer: {pay: {}}, callbacks: [webhook: {}, return: never]", false, 0, tap.Initiated},
		"a webhook that takes too long":   {"callbacks: [webhook: {at: created, copies: 9}, return: never]", false, 3 * time.Second, tap.Initiated},
		"two webhooks, one after another": {"callbacks: [webhook: {at: created, copies: 2}, return: never]", true, 2 * time.Second, tap.Initiated},
		"too many webhooks, frozen clock": {"callbacks: [webhook: {at: created, copies: 9}, return: never]", true, 3 * time.Second, tap.Initiated},
	} {
		synctest.Test(t, func(t *testing.T) {
			a := account(t, startGateway(t, gateway.Config{Send: func(context.Context, gateway.Delivery) gateway.Attempt {
				time.Sleep(time.Second)
				return gateway.Attempt{Status: 200}
			}}), "sk_test_a")
			if test.frozen {
				freeze(t, a)
			}
			c := createFrom(t, a, test.lines)
			begin := time.Now()
			a.BeforeAnswer(t.Context(), c.Name())
			got, _ := a.Charge(c.ID)
			if took := time.Since(begin); took != test.took || got.Status != test.status {
				t.Errorf("%s: it took %s, the charge is %s", name, took, got.Status)
			}
			a.BeforeAnswer(t.Context(), tap.Object{Kind: tap.KindCharge, ID: "chg_unknown"})
			time.Sleep(time.Minute)
		})
	}
}

// TestCalm waits on a frozen clock for what is due, at most three seconds, and neither on a running clock nor during a delivery.
func TestCalm(t *testing.T) {
	for name, test := range map[string]struct {
		frozen bool
		lines  string
		want   time.Duration
	}{
		"running":           {false, "api: [{on: charge.get, gate: g}]", 0},
		"frozen":            {true, "payer: {pay: {}, at: created}, callbacks: [webhook: never, return: {}]", time.Second},
		"frozen, a webhook": {true, "payer: {pay: {}, at: created}, callbacks: [webhook: {copies: 9}, return: never]", 3 * time.Second},
		"frozen, nothing":   {true, "callbacks: [return: never]", 0},
	} {
		synctest.Test(t, func(t *testing.T) {
			slow := func() gateway.Attempt { time.Sleep(time.Second); return gateway.Attempt{Status: 200} }
			g := startGateway(t, gateway.Config{Send: func(context.Context, gateway.Delivery) gateway.Attempt { return slow() },
				Visit: func(context.Context, string) gateway.Attempt { return slow() }})
			a := account(t, g, "sk_test_a")
			if test.frozen {
				freeze(t, a)
			}
			c := createFrom(t, a, test.lines)
			begin := time.Now()
			payer(t, g, c).Calm(t.Context())
			if took := time.Since(begin); took != test.want {
				t.Errorf("%s: it took %s, want %s", name, took, test.want)
			}
			begin = time.Now()
			if a.Calm(t.Context()); test.want == 3*time.Second && time.Since(begin) != 0 {
				t.Errorf("%s: during a delivery it took %s", name, time.Since(begin))
			}
			time.Sleep(time.Minute)
		})
	}
}

// TestAwaitIdle waits until nothing is running or due, or gives up.
func TestAwaitIdle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := account(t, startGateway(t, gateway.Config{Send: func(context.Context, gateway.Delivery) gateway.Attempt {
			time.Sleep(time.Second)
			return gateway.Attempt{Status: 200}
		}}), "sk_test_a")
		if !a.AwaitIdle(t.Context()) {
			t.Error("a new account is not idle")
		}
		createFrom(t, a, "callbacks: [webhook: {at: created}, return: never]")
		short, cancel := context.WithTimeout(t.Context(), time.Second-1)
		defer cancel()
		if a.AwaitIdle(short) {
			t.Error("it is idle during a delivery")
		}
		if begin := time.Now(); !a.AwaitIdle(t.Context()) || time.Since(begin) != 1 {
			t.Errorf("it is idle after %s", time.Since(begin))
		}
	})
}

// TestBusyWithoutADelivery moves the clock while another call waits until a create answer is written.
func TestBusyWithoutADelivery(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := account(t, startGateway(t, gateway.Config{}), "sk_test_a")
		c := create(t, a)
		written := a.Answering(c.Name())
		first := make(chan error, 1)
		go func() { _, err := a.Advance(t.Context(), time.Second); first <- err }()
		synctest.Wait()
		_, err := a.Advance(t.Context(), time.Second)
		if busy, ok := errors.AsType[*gateway.BusyError](err); !ok || busy.Delivery != "" {
			t.Errorf("the second call: %v", err)
		}
		if written(true); <-first != nil {
			t.Error("the first call was refused")
		}
	})
}
