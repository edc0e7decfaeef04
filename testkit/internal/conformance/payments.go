package conformance

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tapmock/tapmock/testkit"
)

var start = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)

func pay(t *testing.T, e *env) {
	c := e.order(t, "o-1")
	if landed := e.Pay(c.Transaction.URL); landed != e.shop.testURL+"/return?tap_id="+c.ID {
		t.Errorf("landed at %s", landed)
	}
	if got := e.AwaitCharge("o-1"); got.ID != c.ID || got.Status != "CAPTURED" || got.Amount != "12.345" {
		t.Errorf("%+v", got)
	}
	if w := e.AwaitWebhook(c.ID); w.Response.Status != 200 || w.Response.Body != "thank you" {
		t.Errorf("%+v", w.Response)
	}
	e.AwaitReturn(c.ID)
	e.wantStatus(t, c.ID, "CAPTURED")
	if hooks, returns := e.shop.got(); len(hooks) != 1 || !slices.Equal(returns, []string{c.ID}) {
		t.Errorf("%d webhooks, returns %v", len(hooks), returns)
	}
}

func cancel(t *testing.T, e *env) {
	c := e.order(t, "o-1")
	if landed := e.Cancel(c.Transaction.URL); !strings.HasPrefix(landed, e.shop.testURL) {
		t.Errorf("landed at %s", landed)
	}
	e.wantStatus(t, c.ID, "CANCELLED")
}

func refuse(t *testing.T, e *env) {
	c := e.order(t, "o-1")
	e.PayWith(c.Transaction.URL, testkit.DeclinedCard)
	e.AwaitWebhook(c.ID)
	e.wantStatus(t, c.ID, "FAILED")
}

func abandon(t *testing.T, e *env) {
	e.Freeze(start)
	c := e.order(t, "o-1")
	e.Abandon(c.Transaction.URL)
	e.wantStatus(t, c.ID, "INITIATED")
	e.Advance(time.Hour)
	e.wantStatus(t, c.ID, "ABANDONED")
	if hooks, returns := e.shop.got(); len(hooks)+len(returns) > 0 {
		t.Errorf("webhooks %v and returns %v for an abandoned charge", hooks, returns)
	}
	if p := e.Open(c.Transaction.URL); p.Screen != "ended" {
		t.Errorf("the expired page shows the screen %s", p.Screen)
	}
}

func otp(t *testing.T, e *env) {
	e.Set("otp_from", "0")
	c := e.order(t, "o-1")
	p := e.Open(c.Transaction.URL).Submit(testkit.GoodCard)
	if p.Screen != "confirm" || len(p.OTP) != 6 {
		t.Fatalf("screen %s, one-time password %q", p.Screen, p.OTP)
	}
	if p.ConfirmOTP("000000"); p.Screen != "confirm" || p.Message == "" {
		t.Errorf("after a wrong one-time password: screen %s, %q", p.Screen, p.Message)
	}
	if p.Confirm(); p.Screen != "merchant" || p.Body != "thank you" {
		t.Errorf("screen %s, %q", p.Screen, p.Body)
	}
	e.wantStatus(t, c.ID, "CAPTURED")
}

func next(t *testing.T, e *env) {
	e.Freeze(start)
	e.Next("outcome/no-funds + webhook/twice")
	first, second := e.order(t, "o-1"), e.order(t, "o-2")
	e.Pay(first.Transaction.URL)
	e.Pay(second.Transaction.URL)
	e.Advance(time.Minute)
	e.wantStatus(t, first.ID, "FAILED")
	e.wantStatus(t, second.ID, "CAPTURED")
	if a, b := len(e.Webhooks(first.ID)), len(e.Webhooks(second.ID)); a != 2 || b != 1 {
		t.Errorf("%d and %d webhooks", a, b)
	}
	if s := e.Charge(first.ID).Scenario; s != "outcome/no-funds + webhook/twice" {
		t.Errorf("scenario %q", s)
	}
}

func defaultScenario(t *testing.T, e *env) {
	e.DefaultScenario("outcome/cancelled")
	first := e.order(t, "o-1")
	e.DefaultScenario("")
	second := e.order(t, "o-2")
	e.Pay(first.Transaction.URL)
	e.Pay(second.Transaction.URL)
	e.wantStatus(t, first.ID, "CANCELLED")
	e.wantStatus(t, second.ID, "CAPTURED")
}

// automatic has an automatic payer, whose return the mock makes.
func automatic(t *testing.T, e *env) {
	e.Next("payer/pays + return/twice")
	c := e.orderAutomatic(t, "o-1")
	e.AwaitStatus(c.ID, "CAPTURED")
	e.AwaitReturn(c.ID)
	e.AwaitIdle()
	if hooks, returns := e.shop.got(); len(hooks) != 1 || !slices.Equal(returns, []string{c.ID, c.ID}) {
		t.Errorf("%d webhooks, returns %v\n%s", len(hooks), returns, e.Trace(c.ID))
	}
}
