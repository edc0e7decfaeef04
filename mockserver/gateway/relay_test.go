package gateway_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tapmock/tapmock/mockserver/gateway"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// relayed starts an account whose calls to the merchant are made by a relay.
func relayed(t *testing.T) (*gateway.Gateway, *gateway.Account) {
	t.Helper()
	g := startGateway(t, gateway.Config{})
	a := account(t, g, "sk_test_a")
	setting(t, a, "delivery", "relay")
	return g, a
}

// next takes a relay task that must be there.
func next(t *testing.T, a *gateway.Account) gateway.RelayTask {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	task, ok, _ := a.NextRelayTask(ctx, "", 0)
	if !ok {
		t.Fatalf("there is no relay task: %v", events(a))
	}
	return task
}

// TestRelay makes the calls of two charges by a relay: webhooks in copies, one after another and concurrently, and the return.
func TestRelay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, a := relayed(t)
		c := createFrom(t, a, "payer: {pay: {}, at: created}, callbacks: [webhook: {copies: 2, concurrent: true}, webhook: {at: settled + 1s}, return: {}]")
		var got []string
		for id := uint64(1); id <= 3; id++ {
			task := next(t, a)
			text := task.Visit
			if task.Webhook.URL != "" {
				text = "webhook"
			}
			got = append(got, text)
			if task.ID != id || task.Concurrent != (id == 1) || task.Copies != map[uint64]int{1: 2, 2: 1, 3: 1}[id] {
				t.Errorf("task %d is %+v", id, task)
			}
			time.Sleep(time.Second)
			if err := a.FinishRelayTask(task.ID, slices.Repeat([]gateway.Attempt{{Status: 200}}, task.Copies)); err != nil {
				t.Error(err)
			}
			if err := a.FinishRelayTask(task.ID, []gateway.Attempt{{Status: 200}}); !errors.Is(err, gateway.ErrNoRelayTask) {
				t.Errorf("finished twice: %v", err)
			}
			synctest.Wait()
		}
		slices.Sort(got)
		if want := []string{"https://shop.example/return?tap_id=" + c.ID, "webhook", "webhook"}; !slices.Equal(got, want) {
			t.Errorf("the tasks are %q, want %q", got, want)
		}
		entries, _ := a.Journal()
		for _, e := range entries {
			if e.Attempt != nil && (e.Attempt.Took != time.Second || e.Attempt.Status != 200) {
				t.Errorf("an attempt took %s: %+v", e.Attempt.Took, e.Attempt)
			}
		}
	})
}

// TestUnfinishedRelay finishes tasks that were not fetched, or with the wrong number of results, or too late.
func TestUnfinishedRelay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, a := relayed(t)
		begin := time.Now()
		createFrom(t, a, "payer: {pay: {}, at: created}, callbacks: [webhook: {retries: none}, return: never], settings: {webhook_timeout: 10s}")
		synctest.Wait()
		ok := []gateway.Attempt{{Status: 200}}
		if err := a.FinishRelayTask(1, ok); !errors.Is(err, gateway.ErrNoRelayTask) {
			t.Errorf("a task that was not fetched: %v", err)
		}
		task := next(t, a)
		if err := a.FinishRelayTask(task.ID, nil); !errors.Is(err, gateway.ErrNoRelayTask) {
			t.Errorf("without a result: %v", err)
		}
		time.Sleep(10 * time.Second)
		synctest.Wait()
		if err := a.FinishRelayTask(task.ID, ok); !errors.Is(err, gateway.ErrNoRelayTask) {
			t.Errorf("a result that comes too late: %v", err)
		}
		got := details(a, tap.EventWebhook)
		if len(got) != 1 || !strings.HasSuffix(got[0], ": timeout (delivery=relay: check that the process that fetches the deliveries is still running)") || time.Since(begin) != 10*time.Second {
			t.Errorf("after %s the journal has %q", time.Since(begin), got)
		}
	})
}

// TestRelayTaskIsWithdrawn lets a task that is not fetched time out: it is not offered any more.
func TestRelayTaskIsWithdrawn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, a := relayed(t)
		createFrom(t, a, "payer: {pay: {}, at: created}, callbacks: [webhook: {retries: none}, return: never], settings: {webhook_timeout: 10s}")
		time.Sleep(time.Minute)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if task, ok, _ := a.NextRelayTask(ctx, "", 0); ok {
			t.Errorf("the task %+v is offered", task)
		}
	})
}

// TestResetCancelsRelay resets the account while a relay has a task: after a while the task is cancelled, not timed out.
func TestResetCancelsRelay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, a := relayed(t)
		createFrom(t, a, "payer: {pay: {}, at: created}, callbacks: [webhook: {}, return: never]")
		task := next(t, a)
		dropped, err := a.Reset(t.Context())
		if err != nil || !dropped.Aborted || len(dropped.InFlight) != 1 || dropped.Charges != 1 {
			t.Errorf("dropped are %+v, %v", dropped, err)
		}
		if err := a.FinishRelayTask(task.ID, []gateway.Attempt{{Status: 200}}); !errors.Is(err, gateway.ErrNoRelayTask) {
			t.Errorf("a task of before the reset: %v", err)
		}
	})
}
