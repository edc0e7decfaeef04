package testkit_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/testkit"
)

// refusing starts a merchant that refuses webhooks, with these statuses in turn; 0 closes the connection.
func refusing(t *testing.T, statuses ...int) string {
	t.Helper()
	n := 0 // webhooks arrive one after another
	return server(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		if r.Method != http.MethodPost {
			return
		}
		status := statuses[min(n, len(statuses)-1)]
		n++
		if status == 0 {
			panic(http.ErrAbortHandler)
		}
		w.Header().Set("Content-Length", "13")
		w.WriteHeader(status)
		io.WriteString(w, "bad signature")
	})
}

// early runs a test whose Await method cannot succeed, and checks that it fails at once, once and with the traces.
func early(t *testing.T, body func(f *failingTB, mock *testkit.Mock), parts ...string) {
	t.Helper()
	earlyWith(t, body, nil, parts...)
}

func earlyWith(t *testing.T, body func(f *failingTB, mock *testkit.Mock), opts []testkit.Option, parts ...string) {
	t.Helper()
	f := &failingTB{onceTB: onceTB{TB: t}}
	begin := time.Now()
	text := f.run(func() {
		mock := testkit.Start(f, append(opts, testkit.AwaitTimeout(time.Minute), testkit.Set("webhook_retries", "1ms,1ms"))...)
		body(f, mock)
	})
	if took := time.Since(begin); took > 30*time.Second {
		t.Errorf("it took %s", took)
	}
	if strings.Count(text, "tapmock journal:") != 1 {
		t.Errorf("the traces are not logged once:\n%s", text)
	}
	wantParts(t, text, parts...)
}

// TestAwaitDeliveredEnds has merchants that acknowledge no webhook.
func TestAwaitDeliveredEnds(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		scenario string
		statuses []int
		want     string
	}{
		"all refused":   {"payer/pays", []int{401}, `3 attempts, all HTTP 401 "bad signature"` + "\n"},
		"different":     {"payer/pays", []int{500, 0, 401}, `3 attempts: HTTP 500 "bad signature", cut off (the merchant closed the connection without a response), HTTP 401 "bad signature"` + "\n"},
		"one attempt":   {"payer/pays + webhook/no-retry", []int{401}, `1 attempt: HTTP 401 "bad signature"` + "\n"},
		"never sent":    {"payer/pays + webhook/never", []int{401}, "the scenario payer/pays + webhook/never sends no webhook\n"},
		"many attempts": {"payer/pays + webhook/three-days", []int{401}, `8 attempts, all HTTP 401 "bad signature"` + "\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			early(t, func(f *failingTB, mock *testkit.Mock) {
				mock.Next(c.scenario)
				id, _ := order(f, mock, refusing(t, c.statuses...), "o-1")
				if name == "many attempts" {
					mock.AwaitWebhook(id)
					mock.Advance(80 * time.Hour)
				}
				mock.AwaitDelivered(id)
			}, "testkit: no acknowledged webhook for chg_", ": "+c.want)
		})
	}
}

// TestAwaitDeliveredAfterAPerson has a person who pays and returns, and a scenario that the kit cannot know by its name.
func TestAwaitDeliveredAfterAPerson(t *testing.T) {
	t.Parallel()
	early(t, func(f *failingTB, mock *testkit.Mock) {
		mock.NextScenario(scenarioOf("callbacks: [webhook: {at: settled, retries: none}]"))
		_, page := order(f, mock, refusing(t, 400), "o-1")
		mock.Pay(page)
		mock.AwaitDelivered(mock.AwaitCharge("o-1").ID)
	}, "testkit: no acknowledged webhook for chg_", ": 1 attempt: HTTP 400 \"bad signature\"\n")
}

// TestAwaitWebhookEnds has charges that get no webhook.
func TestAwaitWebhookEnds(t *testing.T) {
	t.Parallel()
	const missed = "testkit: no webhook for chg_"
	t.Run("no post.url", func(t *testing.T) {
		t.Parallel()
		body := func(f *failingTB, mock *testkit.Mock) string {
			id, _ := createCharge(f, mock, `{"amount": 1, "currency": "KWD", "source": {"id": "src_kw.knet"}, "customer": {"first_name": "T", "email": "t@example.com"}, "redirect": {"url": "`+mock.URL+`/"}}`)
			return id
		}
		early(t, func(f *failingTB, mock *testkit.Mock) { mock.AwaitWebhook(body(f, mock)) }, missed, ": the charge has no post.url\n")
		early(t, func(f *failingTB, mock *testkit.Mock) { mock.AwaitDelivered(body(f, mock)) }, "no acknowledged webhook for chg_", ": the charge has no post.url\n")
	})
	t.Run("expired", func(t *testing.T) {
		t.Parallel()
		early(t, func(f *failingTB, mock *testkit.Mock) {
			id, page := order(f, mock, shop(t), "o-1")
			mock.Abandon(page)
			mock.Advance(time.Hour)
			mock.AwaitWebhook(id)
		}, missed, ": the charge has expired as ABANDONED and nothing is scheduled\n")
	})
	t.Run("cancelled", func(t *testing.T) {
		t.Parallel()
		early(t, func(f *failingTB, mock *testkit.Mock) {
			mock.Set("webhook_cancelled", "false")
			id, page := order(f, mock, shop(t), "o-1")
			mock.Cancel(page)
			mock.AwaitWebhook(id)
		}, missed, ": the charge has ended as CANCELLED and nothing is scheduled\n")
	})
	t.Run("unknown", func(t *testing.T) {
		t.Parallel()
		early(t, func(f *failingTB, mock *testkit.Mock) { mock.AwaitWebhook("chg_TS01A2920240000a1B2c3d4e5") }, "testkit: ", "charge")
	})
}

// TestAwaitStatusEnds has charges that have ended with another status, also while webhooks are still tried.
func TestAwaitStatusEnds(t *testing.T) {
	t.Parallel()
	early(t, func(f *failingTB, mock *testkit.Mock) {
		mock.Set("webhook_retries", "1h")
		mock.Next("payer/pays + outcome/no-funds")
		id, _ := order(f, mock, refusing(t, 500), "o-1")
		mock.AwaitStatus(id, tap.Captured)
	}, "testkit: charge chg_", "did not become CAPTURED: the charge has ended as FAILED and nothing is scheduled that changes it\n")
	early(t, func(f *failingTB, mock *testkit.Mock) {
		mock.Next("payer/pays + late/captured-after-failure")
		id, _ := order(f, mock, shop(t), "o-1")
		mock.AwaitStatus(id, tap.Failed)
		mock.Advance(time.Hour)
		mock.AwaitStatus(id, tap.Cancelled)
	}, "did not become CANCELLED: the charge has ended as CAPTURED and nothing is scheduled\n")
}

// TestAwaitReturnEnds has payers who do not return.
func TestAwaitReturnEnds(t *testing.T) {
	t.Parallel()
	const missed = "testkit: the payer of chg_"
	early(t, func(f *failingTB, mock *testkit.Mock) {
		mock.Next("return/never")
		id, page := order(f, mock, shop(t), "o-1")
		mock.Pay(page)
		mock.AwaitReturn(id)
	}, missed, "did not return: the scenario return/never never returns the payer\n")
	early(t, func(f *failingTB, mock *testkit.Mock) {
		id, page := order(f, mock, shop(t), "o-1")
		mock.Abandon(page)
		mock.Advance(time.Hour)
		mock.AwaitReturn(id)
	}, missed, "did not return: the charge has expired as ABANDONED and nothing is scheduled\n")
}

// TestAwaitOnFrozenClock waits for effects that only a move of the clock can run.
func TestAwaitOnFrozenClock(t *testing.T) {
	t.Parallel()
	frozen := []testkit.Option{testkit.Frozen(morning)}
	for name, c := range map[string]struct {
		scenario string
		wait     func(*testkit.Mock, string)
		want     []string
	}{
		"webhook": {"payer/pays + webhook/late", func(m *testkit.Mock, id string) { m.AwaitWebhook(id) },
			[]string{"no webhook for chg_", ": the charge has ended as CAPTURED; the clock is frozen, pending until 2026-03-01 09:01:00: call Advance (webhook attempt 1 for chg_"}},
		"retry": {"payer/pays", func(m *testkit.Mock, id string) { m.AwaitDelivered(id) },
			[]string{"no acknowledged webhook for chg_", `: 1 attempt: HTTP 401 "bad signature"; the charge has ended as CAPTURED; the clock is frozen, pending until 2026-03-01 09:00:00.001: call Advance (webhook attempt 2`}},
		"bank": {"payer/pays + outcome/slow-bank", func(m *testkit.Mock, id string) { m.AwaitStatus(id, tap.Captured) },
			[]string{"did not become CAPTURED: the charge is INITIATED; the clock is frozen, pending until 2026-03-01 09:00:20: call Advance ("}},
		"payer": {"payer/pays-later", func(m *testkit.Mock, id string) { m.AwaitReturn(id) },
			[]string{"did not return: the charge is INITIATED; the clock is frozen, pending until 2026-03-01 09:00:10: call Advance (payer: "}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			earlyWith(t, func(f *failingTB, mock *testkit.Mock) {
				mock.Next(c.scenario)
				id, _ := order(f, mock, refusing(t, 401), "o-1")
				c.wait(mock, id)
			}, frozen, c.want...)
		})
	}
}

// TestAwaitTimesOut waits for what may still come until the timeout, and then says what is missing.
func TestAwaitTimesOut(t *testing.T) {
	t.Parallel()
	gated := "callbacks: [return: {at: settled}, webhook: {at: settled, gate: inspected}]"
	for name, c := range map[string]struct {
		wait func(f *failingTB, mock *testkit.Mock)
		want []string
	}{
		"gate": {func(f *failingTB, mock *testkit.Mock) {
			mock.Freeze(morning)
			mock.NextScenario(scenarioOf(gated))
			id, page := order(f, mock, shop(t), "o-1")
			mock.Pay(page)
			mock.AwaitWebhook(id)
		}, []string{"waiting for a webhook of chg_", ": the charge has ended as CAPTURED, and an effect waits at the gate inspected: call Release (webhook attempt 1 for chg_"}},
		"person": {func(f *failingTB, mock *testkit.Mock) {
			mock.Freeze(morning)
			id, _ := order(f, mock, shop(t), "o-1")
			mock.AwaitStatus(id, tap.Captured)
		}, []string{"waiting for charge chg_", ": the charge is INITIATED; the clock is frozen, pending until 2026-03-01 09:30:00: call Advance ("}},
		"retry": {func(f *failingTB, mock *testkit.Mock) {
			mock.Set("webhook_retries", "1h")
			mock.Next("payer/pays")
			id, _ := order(f, mock, refusing(t, 401), "o-1")
			mock.AwaitDelivered(id)
		}, []string{"to acknowledge a webhook of chg_", `: 1 attempt: HTTP 401 "bad signature"; the charge has ended as CAPTURED; pending until `, "(webhook attempt 2 for chg_"}},
		"charge": {func(f *failingTB, mock *testkit.Mock) {
			order(f, mock, shop(t), "o-1")
			mock.AwaitCharge("o-2")
		}, []string{"waiting for a charge of order o-2: the account's charges are of the orders \"o-1\"\n"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := &failingTB{onceTB: onceTB{TB: t}}
			const timeout = 3 * time.Second // more than a frozen clock may stand still
			begin := time.Now()
			text := f.run(func() { c.wait(f, testkit.Start(f, testkit.AwaitTimeout(timeout))) })
			if took := time.Since(begin); took < timeout {
				t.Errorf("it ended after %s", took)
			}
			wantParts(t, text, append(c.want, "testkit: timeout after 3s ")...)
		})
	}
}

// lateness is how late the healthy events of TestAwaitGoesOn come.
const lateness = 150 * time.Millisecond

// slowShop is a merchant that responds late.
func slowShop(t *testing.T) string {
	return server(t, func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		time.Sleep(lateness)
	})
}

// soon does something in another goroutine after a while; wait waits for its end.
func soon(do func()) (wait func()) {
	done := make(chan struct{})
	go func() { defer close(done); time.Sleep(lateness); do() }()
	return func() { <-done }
}

// lateEvents are healthy events that come late: from a slow merchant, a retry, a bank, a gate or a clock that another goroutine moves,
// and a payer at the page.
var lateEvents = map[string]func(t *testing.T, mock *testkit.Mock){
	"slow merchant": func(t *testing.T, mock *testkit.Mock) {
		mock.Next("payer/pays")
		id, _ := order(t, mock, slowShop(t), "o-1")
		mock.AwaitDelivered(id)
		mock.AwaitReturn(id)
		mock.AwaitIdle() // the request of the return is slow too
	},
	"after the return": func(t *testing.T, mock *testkit.Mock) {
		mock.Set("return_wait", "0s")
		mock.NextScenario(scenarioOf("bank: {delay: 50ms}\n    callbacks: [return: {at: settled}, webhook: {at: returned}]"))
		id, page := order(t, mock, slowShop(t), "o-1")
		p := mock.Open(page).Submit(testkit.GoodCard).Confirm()
		if p.Screen != "waiting" {
			t.Errorf("screen %s", p.Screen)
		}
		mock.AwaitStatus(id, tap.Captured)
		defer soon(func() { p.Reload() })() // until then nothing is scheduled
		mock.AwaitDelivered(id)
	},
	"retry": func(t *testing.T, mock *testkit.Mock) {
		mock.Set("webhook_retries", "100ms,100ms")
		mock.Next("payer/pays")
		id, _ := order(t, mock, refusing(t, 500, 0, 200), "o-1")
		if w := mock.AwaitDelivered(id); w.Attempt != 3 {
			t.Errorf("attempt %d", w.Attempt)
		}
	},
	"bank": func(t *testing.T, mock *testkit.Mock) {
		mock.NextScenario(scenarioOf("payer: {pay: {}}\n    bank: {result: NOT CAPTURED, delay: 100ms, later: {at: settled + 100ms, result: CAPTURED}}"))
		id, _ := order(t, mock, shop(t), "o-1")
		mock.AwaitStatus(id, tap.Captured)
	},
	"gate": func(t *testing.T, mock *testkit.Mock) {
		mock.NextScenario(scenarioOf("payer: {pay: {}}\n    callbacks: [return: {at: settled}, webhook: {at: settled, gate: inspected}]"))
		id, _ := order(t, mock, shop(t), "o-1")
		mock.AwaitReturn(id)
		defer soon(func() { mock.Release("inspected") })()
		mock.AwaitWebhook(id)
	},
	"frozen clock": func(t *testing.T, mock *testkit.Mock) {
		mock.Freeze(morning)
		mock.Next("payer/pays + webhook/late")
		id, _ := order(t, mock, shop(t), "o-1")
		mock.AwaitReturn(id)
		defer soon(func() { mock.Advance(time.Hour) })()
		mock.AwaitDelivered(id)
	},
	"payer": func(t *testing.T, mock *testkit.Mock) {
		id, page := order(t, mock, slowShop(t), "o-1")
		defer soon(func() { mock.Pay(page) })()
		mock.AwaitStatus(id, tap.Captured)
		mock.AwaitReturn(id)
		mock.AwaitDelivered(id)
	},
	"busy account": func(t *testing.T, mock *testkit.Mock) {
		for i := range 10 {
			mock.Next("payer/pays")
			defer mock.AwaitIdle()
			order(t, mock, slowShop(t), fmt.Sprint("other-", i))
		}
		mock.Next("payer/pays + webhook/concurrent")
		id, _ := order(t, mock, slowShop(t), "o-1")
		mock.AwaitDelivered(id)
	},
	"before the answer": func(t *testing.T, mock *testkit.Mock) {
		mock.NextScenario(scenarioOf("payer: {at: created, pay: {}}\n    api: [{on: charge.create, calls: 1, commit: true, fault: reset}]\n    callbacks: [webhook: {at: answered}]"))
		r := testkit.NewReceiver(t, mock.Key)
		checkout(mock, r, "o-1", "1.000") // the answer is lost
		id := mock.AwaitCharge("o-1").ID
		mock.AwaitReturn(id)
		defer soon(func() { checkout(mock, r, "o-1", "1.000") })() // until then nothing is scheduled
		mock.AwaitDelivered(id)
	},
}

// TestAwaitGoesOn waits for late events. None of the Await methods ends early.
func TestAwaitGoesOn(t *testing.T) {
	t.Parallel()
	for name, play := range lateEvents {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			play(t, testkit.Start(t, testkit.AwaitTimeout(time.Minute)))
		})
	}
}
