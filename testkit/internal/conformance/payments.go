package conformance

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tapmock/tapmock/testkit"
)

var start = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)

func pay(t *testing.T, v *visit) {
	c := v.order(t, "o-1")
	if landed := v.Pay(c.Transaction.URL); landed != v.shop.here+"/return?tap_id="+c.ID {
		t.Errorf("landed at %s", landed)
	}
	if got := v.AwaitCharge("o-1"); got.ID != c.ID || got.Status != "CAPTURED" || got.Amount != "12.345" {
		t.Errorf("%+v", got)
	}
	if w := v.AwaitWebhook(c.ID); w.Response.Status != 200 || w.Response.Body != "thank you" {
		t.Errorf("%+v", w.Response)
	}
	v.AwaitReturn(c.ID)
	v.ended(t, c.ID, "CAPTURED")
	if hooks, returns := v.shop.got(); len(hooks) != 1 || !slices.Equal(returns, []string{c.ID}) {
		t.Errorf("%d webhooks, returns %v", len(hooks), returns)
	}
}

func cancel(t *testing.T, v *visit) {
	c := v.order(t, "o-1")
	if landed := v.Cancel(c.Transaction.URL); !strings.HasPrefix(landed, v.shop.here) {
		t.Errorf("landed at %s", landed)
	}
	v.ended(t, c.ID, "CANCELLED")
}

func refuse(t *testing.T, v *visit) {
	c := v.order(t, "o-1")
	v.PayWith(c.Transaction.URL, testkit.RefusedCard)
	v.AwaitWebhook(c.ID)
	v.ended(t, c.ID, "FAILED")
}

func abandon(t *testing.T, v *visit) {
	v.Freeze(start)
	c := v.order(t, "o-1")
	v.Abandon(c.Transaction.URL)
	v.ended(t, c.ID, "INITIATED")
	v.Advance(time.Hour)
	v.ended(t, c.ID, "ABANDONED")
	if hooks, returns := v.shop.got(); len(hooks)+len(returns) > 0 {
		t.Errorf("somebody told of it: %v %v", hooks, returns)
	}
	if p := v.Open(c.Transaction.URL); p.Screen != "ended" {
		t.Errorf("the expired page shows the screen %s", p.Screen)
	}
}

func otp(t *testing.T, v *visit) {
	v.Set("otp_from", "0")
	c := v.order(t, "o-1")
	p := v.Open(c.Transaction.URL).Submit(testkit.GoodCard)
	if p.Screen != "confirm" || len(p.OTP) != 6 {
		t.Fatalf("screen %s, one-time password %q", p.Screen, p.OTP)
	}
	if p.ConfirmOTP("000000"); p.Screen != "confirm" || p.Message == "" {
		t.Errorf("a wrong one-time password: screen %s, %q", p.Screen, p.Message)
	}
	if p.Confirm(); p.Screen != "merchant" || p.Body != "thank you" {
		t.Errorf("screen %s, %q", p.Screen, p.Body)
	}
	v.ended(t, c.ID, "CAPTURED")
}

func next(t *testing.T, v *visit) {
	v.Freeze(start)
	v.Next("outcome/no-funds + webhook/twice")
	first, second := v.order(t, "o-1"), v.order(t, "o-2")
	v.Pay(first.Transaction.URL)
	v.Pay(second.Transaction.URL)
	v.Advance(time.Minute)
	v.ended(t, first.ID, "FAILED")
	v.ended(t, second.ID, "CAPTURED")
	if a, b := len(v.Webhooks(first.ID)), len(v.Webhooks(second.ID)); a != 2 || b != 1 {
		t.Errorf("%d and %d webhooks", a, b)
	}
	if s := v.Charge(first.ID).Scenario; s != "outcome/no-funds + webhook/twice" {
		t.Errorf("scenario %q", s)
	}
}

func always(t *testing.T, v *visit) {
	v.DefaultScenario("outcome/cancelled")
	first := v.order(t, "o-1")
	v.DefaultScenario("")
	second := v.order(t, "o-2")
	v.Pay(first.Transaction.URL)
	v.Pay(second.Transaction.URL)
	v.ended(t, first.ID, "CANCELLED")
	v.ended(t, second.ID, "CAPTURED")
}

// automatic has the mock pay; it opens the way back itself.
func automatic(t *testing.T, v *visit) {
	v.Next("payer/pays + return/twice")
	c := v.orderPaid(t, "o-1")
	v.AwaitStatus(c.ID, "CAPTURED")
	v.AwaitReturn(c.ID)
	v.AwaitIdle()
	if hooks, returns := v.shop.got(); len(hooks) != 1 || !slices.Equal(returns, []string{c.ID, c.ID}) {
		t.Errorf("%d webhooks, returns %v\n%s", len(hooks), returns, v.Trace(c.ID))
	}
}
