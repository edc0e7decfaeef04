package payment

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// authorized is an authorization of 0.500 KWD with an auto, authorized a minute after its creation.
func authorized(t *testing.T, auto *tap.AutoRequest, change func(*tap.PaymentRequest, *tap.Settings)) Payment {
	t.Helper()
	a := authorizationOf(auto, change)
	a.Page.Card, _ = tap.ParseTestCard("8888880000000001")
	finish(t, &a, tap.KNETOutcome(tap.KNETCaptured, ""), tap.EventSettled, Bank{})
	return a
}

func authorizationOf(auto *tap.AutoRequest, change func(*tap.PaymentRequest, *tap.Settings)) Payment {
	of := chargeOf(change)
	req := *of.Request
	req.Auto = auto
	return NewPayment(tap.KindAuthorization, tap.NewIDs(1), 1, 1, &req, of.Settings, of.Created)
}

// TestAuto ends the auto of an authorization in each way.
func TestAuto(t *testing.T) {
	for end, want := range map[tap.AutoStatus]tap.Status{tap.AutoVoided: tap.Void, tap.AutoCaptured: tap.Captured, tap.AutoFailed: tap.Authorized, tap.AutoDeclined: tap.Authorized} {
		a := authorized(t, &tap.AutoRequest{Type: "VOID", Hours: 2}, nil)
		due, ok := a.AutoDue()
		if !ok || !due.Equal(a.At.Add(2*time.Hour)) || a.Authorization(tap.MethodGet).Auto.Status != tap.AutoScheduled {
			t.Errorf("the auto is %+v, due at %s", a.Authorization(tap.MethodGet).Auto, due)
		}
		facts, err := a.EndAuto(end, due, tap.NewIDs(1), nil)
		if err != nil || len(facts) != 1 || facts[0].Event() != tap.EventAuto {
			t.Fatalf("%s: %v %v", end, facts, err)
		}
		if text := a.Describe(facts[0]); text != fmt.Sprintf("VOID after 2 h: %s, the authorization is %s", end, want) {
			t.Error(text)
		}
		if got := a.Authorization(tap.MethodGet); a.Status != want || got.Auto.Status != end || (a.Activity == "") != (want == tap.Authorized) {
			t.Errorf("%s: the authorization is %s, %+v, activity %q", end, a.Status, got.Auto, a.Activity)
		}
		if _, ok := a.AutoDue(); ok != (want == tap.Authorized) {
			t.Errorf("%s: it is due again: %t", end, ok)
		}
		then := a.Version(a.Latest() - 1)
		if then.Authorization(tap.MethodGet).Auto.Status != tap.AutoScheduled {
			t.Errorf("the version before %s has %+v", end, then.Authorization(tap.MethodGet).Auto)
		}
	}
}

// TestAutoOfOthers has an auto before the authorization, none without a request, and a cancelled one after a decline.
func TestAutoOfOthers(t *testing.T) {
	if a := authorized(t, nil, nil); a.Authorization(tap.MethodGet).Auto != nil {
		t.Error("there is an auto that was not requested")
	} else if _, ok := a.AutoDue(); ok {
		t.Error("it is due")
	}
	a := authorizationOf(&tap.AutoRequest{Type: "CAPTURE", Hours: 1}, nil)
	if _, ok := a.AutoDue(); ok || a.Authorization(tap.MethodGet).Auto.Status != tap.AutoPending {
		t.Errorf("before the payer has paid: due %t, %+v", ok, a.Authorization(tap.MethodGet).Auto)
	}
	finish(t, &a, tap.KNETOutcome(tap.KNETNotCaptured, "51"), tap.EventSettled, Bank{})
	if _, ok := a.AutoDue(); ok || a.Authorization(tap.MethodGet).Auto.Status != tap.AutoCancelled {
		t.Errorf("declined: due %t, %+v", ok, a.Authorization(tap.MethodGet).Auto)
	}
}

// TestRelease voids an authorization and captures one in full; neither can be done twice.
func TestRelease(t *testing.T) {
	a := authorized(t, &tap.AutoRequest{Type: "VOID", Hours: 2}, nil)
	at := a.At.Add(time.Hour)
	facts, err := a.Void(at, tap.NewIDs(1), nil)
	if err != nil || a.Status != tap.Void || !a.At.Equal(at) || len(facts) != 1 || facts[0].Event() != tap.EventVoided || a.Authorization(tap.MethodGet).Auto.Status != tap.AutoCancelled {
		t.Errorf("void: %v %v, %s at %s", facts, err, a.Status, a.At)
	}
	if facts, err := a.Void(at, tap.NewIDs(1), nil); err == nil || len(facts) != 0 {
		t.Errorf("twice: %v %v", facts, err)
	}
	if err := a.CaptureInFull(at, tap.NewIDs(1)); err == nil || a.Status != tap.Void {
		t.Errorf("a capture of it: %v, %s", err, a.Status)
	}
	b := authorized(t, nil, nil)
	if text := b.Describe(b.CapturedBy(200, 300, "chg_1")); text != "0.200 KWD by charge chg_1, 0.300 KWD left" {
		t.Error(text)
	}
	if err := b.CaptureInFull(at, tap.NewIDs(1)); err != nil || b.Status != tap.Captured {
		t.Errorf("a capture in full: %v, %s", err, b.Status)
	}
	if text := b.Describe(b.CapturedBy(300, 0, "chg_2")); text != "0.300 KWD by charge chg_2, 0.000 KWD left; the authorization is CAPTURED" {
		t.Error(text)
	}
	if _, err := authorizedFull(t).EndAuto(tap.AutoFailed, at, tap.NewIDs(1), nil); err == nil {
		t.Error("an auto of an authorization with 64 changes has ended")
	}
}

// authorizedFull is an authorization that can have no more versions.
func authorizedFull(t *testing.T) *Payment {
	a := authorized(t, &tap.AutoRequest{Type: "VOID", Hours: 2}, nil)
	for n := 0; ; n++ {
		text := fmt.Sprint(n)
		if _, err := a.Update(&tap.Update{Description: &text}, nil); err != nil {
			return &a
		}
	}
}

// TestAuthorizationBody compares what an answer, a webhook and the styles show.
func TestAuthorizationBody(t *testing.T) {
	open := authorizationOf(nil, nil)
	if o := open.Authorization(tap.MethodCreate); o.Acquirer != nil || o.Gateway != nil || o.Product != "GOSELL" || o.Method != tap.MethodCreate || o.Customer.ID != "" {
		t.Errorf("open: %+v", o)
	}
	a := authorized(t, nil, nil)
	if o := a.Authorization(tap.MethodGet); o.Acquirer == nil || o.Acquirer.Response.Code != "00" || o.Gateway != nil || o.Merchant != nil || o.Customer.ID != a.References().Customer {
		t.Errorf("authorized: %+v", o)
	}
	hook := a.Authorization(tap.MethodWebhook)
	if hook.Method != "" || hook.Gateway == nil || hook.Gateway.Response.Code != "00" || hook.Merchant == nil || hook.Merchant.ID == "" || hook.Merchant.Country != "KW" {
		t.Errorf("webhook: %+v", hook)
	}
	old := authorized(t, nil, func(_ *tap.PaymentRequest, s *tap.Settings) { s.ChargeStyle = tap.Style2022 })
	if o := old.Authorization(tap.MethodWebhook); o.Product != "" || o.Merchant.Country != "" {
		t.Errorf("style 2022: %+v", o)
	}
	none := authorizationOf(nil, nil)
	finish(t, &none, tap.OutcomePageExpired(), tap.EventSettled, Bank{})
	if o := none.Authorization(tap.MethodWebhook); o.Gateway == nil || o.Gateway.Response.Code != "?" {
		t.Errorf("without a bank: %+v", o.Gateway)
	}
}

// TestWebhookBody shows another amount in a webhook of each kind, and the form of 2022.
func TestWebhookBody(t *testing.T) {
	a, c := authorized(t, nil, nil), captured(t, nil)
	for _, p := range []*Payment{&a, &c} {
		if body := string(p.WebhookBody(1, nil)); !strings.Contains(body, `"amount":0.5`) || strings.Contains(body, "attempt") != (p.Kind() == tap.KindCharge) {
			t.Errorf("the webhook is %s", body)
		}
		if body := string(p.WebhookBody(1, new(tap.Amount(700)))); !strings.Contains(body, `"amount":0.700,`) || strings.Contains(body, "\n") {
			t.Errorf("with another amount it is %s", body)
		}
	}
	wide := authorized(t, nil, func(_ *tap.PaymentRequest, s *tap.Settings) { s.WebhookFormat = "2022" })
	if body := string(wide.WebhookBody(1, nil)); !strings.Contains(body, "\n  ") {
		t.Errorf("in the form of 2022 it is %s", body)
	}
}

// TestCustomerNow is the customer of the request until the end, then the one that the bank's answer brings.
func TestCustomerNow(t *testing.T) {
	named := func(req *tap.PaymentRequest, _ *tap.Settings) { req.Customer = tap.Customer{ID: "cus_1"} }
	open, other := authorizationOf(nil, named), authorizationOf(nil, nil)
	finish(t, &other, tap.KNETOutcome(tap.KNETNotCaptured, "51"), tap.EventSettled, Bank{})
	paid := authorized(t, nil, nil)
	if open.CustomerNow() != "cus_1" || other.CustomerNow() != "" || paid.CustomerNow() == "" || paid.CustomerNow() != paid.References().Customer {
		t.Errorf("%q, %q, %q", open.CustomerNow(), other.CustomerNow(), paid.CustomerNow())
	}
}
