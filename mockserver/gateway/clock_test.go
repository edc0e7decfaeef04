package gateway

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tapmock/tapmock/mockserver/payment"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// TestRunningClock lets real time pass, in a bubble: the expiry and each retry run at their due time.
func TestRunningClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var at []time.Duration
		begin := time.Now()
		g, a := start(t, Config{Send: func(context.Context, Delivery) Attempt {
			at = append(at, time.Since(begin))
			return Attempt{Status: 500}
		}})
		unpaid, paid := create(t, a), create(t, a)
		confirm(t, g, paid)
		time.Sleep(30*time.Minute - time.Nanosecond)
		synctest.Wait()
		if want := []time.Duration{0, time.Second, 6 * time.Second}; !slices.Equal(at, want) {
			t.Errorf("attempts at %v, want %v", at, want)
		}
		if c, _ := a.Charge(unpaid.ID); c.Status != tap.Initiated {
			t.Errorf("before its expiry the unpaid charge is %s", c.Status)
		}
		time.Sleep(time.Nanosecond)
		synctest.Wait()
		if c, _ := a.Charge(unpaid.ID); c.Status != tap.Abandoned {
			t.Errorf("after 30 minutes the unpaid charge is %s", c.Status)
		}
		if c, _ := a.Charge(paid.ID); c.Post != payment.Failed {
			t.Errorf("post is %s", c.Post.Status())
		}
	})
}

// TestAdvance moves a clock by three days: the retries run at their due times, and each entry has its cause.
func TestAdvance(t *testing.T) {
	g, a := start(t, Config{Now: func() time.Time { return time.Unix(1_800_000_000, 0) }, Send: func(context.Context, Delivery) Attempt { return Attempt{Status: 500} }})
	c := create(t, a)
	confirm(t, g, c)
	begin := a.Now()
	done, err := a.Advance(t.Context(), 72*time.Hour)
	n := done.Ran
	if err != nil || n != 2 || a.Now().Sub(begin) != 72*time.Hour {
		t.Errorf("%d effects, error %v, the clock moved by %s", n, err, a.Now().Sub(begin))
	}
	entries, dropped := a.Journal()
	var at []time.Duration
	for i, e := range entries {
		if e.Seq != uint64(i+1) {
			t.Errorf("entry %d has number %d", i, e.Seq)
		}
		if e.Event == tap.EventWebhook {
			at = append(at, e.At.Sub(begin))
			if cause := entries[e.Cause-1]; cause.Event != tap.EventSettled && cause.Event != tap.EventWebhook {
				t.Errorf("attempt %+v was caused by %+v", e, cause)
			}
		}
	}
	if want := []time.Duration{0, time.Second, 6 * time.Second}; !slices.Equal(at, want) || dropped != 0 {
		t.Errorf("attempts at %v, want %v; %d entries dropped", at, want, dropped)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := a.Advance(ctx, time.Hour); !errors.Is(err, context.Canceled) {
		t.Errorf("with a cancelled context: %v", err)
	}
}

// TestAdvanceFromInsideAWebhook advances the clock from a webhook handler, during an advance: an error at once, not a deadlock.
func TestAdvanceFromInsideAWebhook(t *testing.T) {
	var account *Account
	inner := make(chan error, 1)
	g, a := start(t, Config{Now: func() time.Time { return time.Unix(1_800_000_000, 0) }, Send: func(ctx context.Context, d Delivery) Attempt {
		if d.Format == "2026" && account != nil {
			_, err := account.Advance(ctx, time.Hour)
			inner <- err
			return Attempt{Status: 200}
		}
		return Attempt{Status: 500}
	}})
	confirm(t, g, create(t, a))
	account = a
	if _, err := a.Advance(t.Context(), time.Minute); err != nil {
		t.Fatal(err)
	}
	if busy, ok := errors.AsType[*BusyError](<-inner); !ok || !strings.Contains(busy.Error(), "attempt 2 for chg_") {
		t.Errorf("the inner Advance: %v", busy)
	}
	account = nil
	if _, err := a.Advance(t.Context(), -time.Hour); err == nil {
		t.Error("a negative advance returned no error")
	}
}

// TestAdvanceFromInsideAWebhookOnARunningClock does the same without an outer advance.
func TestAdvanceFromInsideAWebhookOnARunningClock(t *testing.T) {
	var account *Account
	inner := make(chan error, 1)
	g, a := start(t, Config{Send: func(ctx context.Context, _ Delivery) Attempt {
		_, err := account.Advance(ctx, time.Hour)
		inner <- err
		return Attempt{Status: 200}
	}})
	account = a
	confirm(t, g, create(t, a))
	if busy, ok := errors.AsType[*BusyError](<-inner); !ok || !strings.Contains(busy.Error(), "attempt 1 for chg_") {
		t.Errorf("the inner Advance: %v", busy)
	}
}

// TestExpiryAgainstPayment expires and cancels a charge concurrently, many times: exactly one of the two ends it.
func TestExpiryAgainstPayment(t *testing.T) {
	g, a := start(t, Config{})
	for range 50 {
		c := create(t, a)
		p, _ := g.Payer(c.Token)
		var both sync.WaitGroup
		both.Go(func() { p.Cancel(t.Context()) })
		both.Go(func() { a.Advance(t.Context(), time.Hour) })
		both.Wait()
		got, err := a.Charge(c.ID)
		if err != nil || got.Latest() != 1 || got.Status != tap.Cancelled && got.Status != tap.Abandoned {
			t.Fatalf("%v: %s with %d changes", err, got.Status, got.Latest())
		}
	}
}

// TestRefusedFreezeChangesNothing freezes the clock at an earlier time.
func TestRefusedFreezeChangesNothing(t *testing.T) {
	_, a := start(t, Config{})
	create(t, a)
	if _, err := a.Freeze(t.Context(), time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)); err == nil {
		t.Fatal("freezing at an earlier time returned no error")
	}
	if _, frozen := a.Clock(); frozen {
		t.Error("the refused freeze froze the clock")
	}
}
