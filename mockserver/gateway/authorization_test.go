package gateway_test

import (
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tapmock/tapmock/mockserver/gateway"
	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/scenarios"
)

// made makes a charge or an authorization of a request; scenario, unless it is "", are the lines of a scenario that it follows.
func made(t *testing.T, a *gateway.Account, kind tap.Kind, req *tap.PaymentRequest, scenario string) (gateway.Creation, error) {
	t.Helper()
	if scenario != "" {
		set, err := scenarios.Parse(scenarios.Builtin(), "x.yaml", []byte("scenarios: [{name: t/x, description: x, "+scenario+"}]"))
		if err != nil {
			t.Fatal(err)
		}
		if err := a.NextOf(set); err != nil {
			t.Fatal(err)
		}
	}
	begun, err := a.Begin(gateway.ForPayment(kind, req), nil)
	if err != nil {
		t.Fatal(err)
	}
	begun.Commit()
	return a.Create(begun, req, nil, "http://mock.example")
}

// hold is an account with an authorization of 12.345 KWD that the payer has confirmed, on a clock that only a test moves.
func hold(t *testing.T, limits gateway.Limits, auto *tap.AutoRequest, scenario string) (*gateway.Account, string) {
	t.Helper()
	g := startGateway(t, gateway.Config{Now: fixed, Limits: limits, Send: count(new(atomic.Int64))})
	a := account(t, g, "sk_test_a")
	return a, held(t, g, a, auto, scenario)
}

func held(t *testing.T, g *gateway.Gateway, a *gateway.Account, auto *tap.AutoRequest, scenario string) string {
	t.Helper()
	req := &tap.PaymentRequest{Amount: 12345, Currency: "KWD", Source: tap.SourceKNET, RedirectURL: "https://shop.example/return", ExpiryMinutes: 30,
		Customer: tap.Customer{FirstName: "Test"}, Auto: auto}
	one, err := made(t, a, tap.KindAuthorization, req, scenario)
	if err != nil {
		t.Fatal(err)
	}
	pay(t, g, one.Payment)
	advance(t, a, 0)
	return one.Payment.ID
}

func captureRequest(id string, amount tap.Amount) *tap.PaymentRequest {
	return &tap.PaymentRequest{Amount: amount, Currency: "KWD", Source: id, Customer: tap.Customer{ID: "cus_1"}}
}

// capture captures an amount of an authorization.
func capture(t *testing.T, a *gateway.Account, id string, amount tap.Amount) (gateway.Payment, error) {
	t.Helper()
	one, err := made(t, a, tap.KindCharge, captureRequest(id, amount), "")
	return one.Payment, err
}

func wantCaptureError(t *testing.T, what string, err error, want gateway.CaptureError, text string) {
	t.Helper()
	if e, ok := errors.AsType[*gateway.CaptureError](err); !ok || *e != want || !strings.Contains(err.Error(), text) {
		t.Errorf("%s: %v", what, err)
	}
}

// authorization is an authorization with its captures.
func authorization(t *testing.T, a *gateway.Account, id string) gateway.Authorization {
	t.Helper()
	of, err := a.Authorization(id)
	if err != nil {
		t.Fatal(err)
	}
	return of
}

// TestCaptures captures parts of an authorization, exactly what is left, and never more.
func TestCaptures(t *testing.T) {
	a, id := hold(t, gateway.Limits{}, nil, "")
	part, err := capture(t, a, id, 5000)
	if err != nil || part.Status != tap.Captured || part.Amount != 5000 {
		t.Fatalf("a part: %s %v", part.Status, err)
	}
	_, err = capture(t, a, id, 7346)
	wantCaptureError(t, "too much", err, gateway.CaptureError{Left: 7345}, "7.345 is left")
	other := captureRequest(id, 1)
	other.Currency = "USD"
	_, err = made(t, a, tap.KindCharge, other, "")
	wantCaptureError(t, "another currency", err, gateway.CaptureError{Currency: "KWD"}, "is KWD")
	if _, err := capture(t, a, "auth_1", 1); !isNo(err) || !strings.Contains(err.Error(), `no authorization "auth_1"`) {
		t.Errorf("an unknown one: %v", err)
	}
	if of := authorization(t, a, id); of.Captured != 5000 || len(of.Captures) != 1 || of.Captures[0] != part.ID || of.Status != tap.Authorized {
		t.Errorf("after a part: %+v", of)
	}
	rest, err := capture(t, a, id, 7345)
	if of := authorization(t, a, id); err != nil || of.Status != tap.Captured || of.Captured != 12345 || len(of.Captures) != 2 || of.Captures[0] != rest.ID {
		t.Errorf("after the rest: %v, %+v", err, of)
	}
	_, err = capture(t, a, id, 1)
	wantCaptureError(t, "once more", err, gateway.CaptureError{Status: tap.Captured}, "is CAPTURED")
	if n := len(details(a, tap.EventCaptured)); n != 2 {
		t.Errorf("%d captures are journalled", n)
	}
}

func isNo(err error) bool { _, ok := errors.AsType[*gateway.NoAuthorizationError](err); return ok }

// TestCapturesAreBounded captures as often as the mock keeps captures.
func TestCapturesAreBounded(t *testing.T) {
	a, id := hold(t, gateway.Limits{}, nil, "")
	for n := range 200 {
		if _, err := capture(t, a, id, 1); err != nil {
			t.Fatalf("capture %d: %v", n+1, err)
		}
	}
	_, err := capture(t, a, id, 1)
	wantCaptureError(t, "one more", err, gateway.CaptureError{Full: true}, "has 200 captures")
}

// TestPartialCaptureSetting has an authorization that the first capture ends.
func TestPartialCaptureSetting(t *testing.T) {
	a, id := hold(t, gateway.Limits{}, nil, "object: authorization, settings: {authorization_partial_capture: CAPTURED}")
	if _, err := capture(t, a, id, 1); err != nil || authorization(t, a, id).Status != tap.Captured {
		t.Errorf("after a part it is %s, %v", authorization(t, a, id).Status, err)
	}
}

// TestVoids voids an authorization once, not one that is not there, and not while a capture or a void is pending.
func TestVoids(t *testing.T) {
	a, id := hold(t, gateway.Limits{}, nil, "")
	if shown, f, err := a.Void(id); err != nil || f != nil || shown.Status != tap.Void {
		t.Errorf("void: %s %v %v", shown.Status, f, err)
	}
	_, _, err := a.Void(id)
	if e, ok := errors.AsType[*gateway.VoidError](err); !ok || *e != (gateway.VoidError{Status: tap.Void}) || !strings.Contains(err.Error(), "is VOID") {
		t.Errorf("twice: %v", err)
	}
	_, err = capture(t, a, id, 1)
	wantCaptureError(t, "a capture of it", err, gateway.CaptureError{Status: tap.Void}, "is VOID")
	if _, _, err := a.Void("auth_1"); !isNo(err) {
		t.Errorf("an unknown one: %v", err)
	}

	a, id = hold(t, gateway.Limits{}, nil, "object: authorization, authorization: {void: {delay: 1h}}")
	if shown, _, err := a.Void(id); err != nil || shown.Status != tap.Authorized {
		t.Errorf("delayed: %s %v", shown.Status, err)
	}
	_, _, err = a.Void(id)
	if e, ok := errors.AsType[*gateway.VoidError](err); !ok || !e.Voiding || !strings.Contains(err.Error(), "pending already") {
		t.Errorf("during the delay: %v", err)
	}
	_, err = capture(t, a, id, 1)
	wantCaptureError(t, "a capture meanwhile", err, gateway.CaptureError{Voiding: true}, "void of the authorization is pending")
	if advance(t, a, time.Hour); authorization(t, a, id).Status != tap.Void || len(details(a, tap.EventVoided)) != 1 {
		t.Errorf("after the delay it is %s", authorization(t, a, id).Status)
	}

	a, id = hold(t, gateway.Limits{}, nil, "")
	one, err := made(t, a, tap.KindCharge, captureRequest(id, 5), "bank: {result: CAPTURED, delay: 1h}")
	if err != nil || one.Payment.Status.Final() {
		t.Fatalf("a delayed capture is %s, %v", one.Payment.Status, err)
	}
	_, _, err = a.Void(id)
	if e, ok := errors.AsType[*gateway.VoidError](err); !ok || *e != (gateway.VoidError{}) || !strings.Contains(err.Error(), "capture of the authorization is pending") {
		t.Errorf("during a capture: %v", err)
	}
	if _, err := capture(t, a, id, 12341); err == nil {
		t.Error("a pending capture does not count")
	}
	advance(t, a, time.Hour)
	if shown, _, err := a.Void(id); err != nil || shown.Status != tap.Void {
		t.Errorf("after it: %s %v", shown.Status, err)
	}
}

// TestAutos lets the hours of an authorization pass: it is voided, or captured by a charge of the rest.
func TestAutos(t *testing.T) {
	a, id := hold(t, gateway.Limits{}, &tap.AutoRequest{Type: "VOID", Hours: 2}, "")
	if advance(t, a, 2*time.Hour-time.Second); authorization(t, a, id).Status != tap.Authorized {
		t.Error("it was voided before its time")
	}
	if advance(t, a, time.Second); authorization(t, a, id).Status != tap.Void {
		t.Errorf("after its time it is %s", authorization(t, a, id).Status)
	}
	a, id = hold(t, gateway.Limits{}, &tap.AutoRequest{Type: "CAPTURE", Hours: 2}, "")
	if _, err := capture(t, a, id, 5000); err != nil {
		t.Fatal(err)
	}
	advance(t, a, 2*time.Hour)
	of := authorization(t, a, id)
	if of.Status != tap.Captured || of.Captured != 12345 || len(of.Captures) != 2 {
		t.Fatalf("after a capturing auto: %+v", of)
	}
	if rest, err := a.Charge(of.Captures[0]); err != nil || rest.Amount != 7345 || rest.Status != tap.Captured || rest.Request.PostURL != "" {
		t.Errorf("its charge: %+v %v", rest, err)
	}
	for _, lines := range []string{"settings: {authorization_auto_charge: false}", "authorization: {auto: {status: FAILED}}"} {
		a, id = hold(t, gateway.Limits{}, &tap.AutoRequest{Type: "CAPTURE", Hours: 2}, "object: authorization, "+lines)
		if advance(t, a, 2*time.Hour); authorization(t, a, id).Captured != 0 {
			t.Errorf("%s: %+v", lines, authorization(t, a, id))
		}
	}
}

// TestAutoWithoutPlace lets autos capture in an account, and in a server, that can have no more charges; in a full account that can evict one, it does.
func TestAutoWithoutPlace(t *testing.T) {
	auto := &tap.AutoRequest{Type: "CAPTURE", Hours: 2}
	for _, limits := range []gateway.Limits{{Charges: 1}, {ServerCharges: 1}} {
		a, id := hold(t, limits, auto, "")
		if advance(t, a, 2*time.Hour); authorization(t, a, id).Status != tap.Captured || len(details(a, tap.EventChangeRefused)) != 1 {
			t.Errorf("%+v: %s, %q", limits, authorization(t, a, id).Status, details(a, tap.EventChangeRefused))
		}
	}
	g := startGateway(t, gateway.Config{Now: fixed, Limits: gateway.Limits{Charges: 2}, Send: count(new(atomic.Int64))})
	a := account(t, g, "sk_test_a")
	gone := create(t, a)
	pay(t, g, gone)
	advance(t, a, 0)
	id := held(t, g, a, auto, "")
	advance(t, a, 2*time.Hour)
	if _, err := a.Charge(gone.ID); err == nil || authorization(t, a, id).Captured != 12345 {
		t.Errorf("an idle charge was kept, %+v", authorization(t, a, id))
	}
}

// TestAuthorizations lists authorizations, the latest first, and none of the charges.
func TestAuthorizations(t *testing.T) {
	g := startGateway(t, gateway.Config{Now: fixed, Send: count(new(atomic.Int64))})
	a := account(t, g, "sk_test_a")
	first := held(t, g, a, nil, "")
	create(t, a)
	second := held(t, g, a, nil, "")
	if some, more := a.Authorizations(1); len(some) != 1 || !more || some[0].ID != second {
		t.Errorf("one: %d, more %t", len(some), more)
	}
	if some, more := a.Authorizations(2); len(some) != 2 || more || some[1].ID != first {
		t.Errorf("two: %d, more %t", len(some), more)
	}
	if of, entries, _, err := a.TraceAuthorization(first); err != nil || of.ID != first || len(entries) == 0 {
		t.Errorf("trace: %v, %d entries", err, len(entries))
	}
	for _, call := range []func() error{
		func() error { _, err := a.Authorization("auth_1"); return err },
		func() error { _, _, _, err := a.TraceAuthorization("auth_1"); return err },
		func() error { _, _, err := a.Retrieve(tap.KindAuthorization, "auth_1"); return err },
		func() error { _, _, err := a.Update(tap.KindAuthorization, "auth_1", &tap.Update{}); return err },
		func() error {
			_, err := a.List(tap.KindAuthorization, &tap.ListRequest{StartingAfter: "auth_1", Limit: 1})
			return err
		},
	} {
		if err := call(); !isNo(err) {
			t.Errorf("an unknown one: %v", err)
		}
	}
}

// TestLateCapture has a capture that fails first: a later result captures it if enough is left, and is refused if not.
func TestLateCapture(t *testing.T) {
	for left, want := range map[tap.Amount]tap.Status{5000: tap.Captured, 4999: tap.Failed} {
		a, id := hold(t, gateway.Limits{}, nil, "")
		one, err := made(t, a, tap.KindCharge, captureRequest(id, 5000), "bank: {result: NOT CAPTURED, later: {result: CAPTURED, at: settled + 1h}}")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := capture(t, a, id, 12345-left); err != nil {
			t.Fatal(err)
		}
		advance(t, a, time.Hour)
		if got, err := a.Charge(one.Payment.ID); err != nil || got.Status != want {
			t.Errorf("with %s left the capture is %s, %v, %q", left, got.Status, err, details(a, tap.EventChangeRefused))
		}
		if of := authorization(t, a, id); (of.Status == tap.Captured) != (want == tap.Captured) {
			t.Errorf("with %s left the authorization is %s", left, of.Status)
		}
	}
}

// TestDownloadCounts counts all authorizations that match, also those on other pages.
func TestDownloadCounts(t *testing.T) {
	g := startGateway(t, gateway.Config{Now: fixed, Send: count(new(atomic.Int64))})
	a := account(t, g, "sk_test_a")
	for range 3 {
		held(t, g, a, nil, "")
	}
	create(t, a)
	all := &tap.ListRequest{From: -1 << 62, To: 1 << 62, Limit: 2}
	list, err := a.Download(tap.KindAuthorization, all)
	if err != nil || list.Total != 3 || len(list.Payments) != 2 || !list.More || list.Payouts != nil {
		t.Errorf("%d of %d, more %t, %v", len(list.Payments), list.Total, list.More, err)
	}
	if list, err := a.Download(tap.KindCharge, all); err != nil || list.Total != 1 || list.Payouts == nil {
		t.Errorf("charges: %d, %v", list.Total, err)
	}
	if _, err := a.Download(tap.KindAuthorization, &tap.ListRequest{StartingAfter: "auth_1", Limit: 1}); !isNo(err) {
		t.Errorf("after an unknown one: %v", err)
	}
}

// TestCaptureMessages compares the texts with which an authorization is refused.
func TestCaptureMessages(t *testing.T) {
	for want, err := range map[string]error{
		"source.id: the authorization is VOID, only one that is AUTHORIZED can be captured": &gateway.CaptureError{Status: tap.Void},
		"amount: 0.300 is left of the authorization":                                        &gateway.CaptureError{Left: 300},
		"the authorization is VOID, only one that is AUTHORIZED can be voided":              &gateway.VoidError{Status: tap.Void},
	} {
		if fmt.Sprint(err) != want {
			t.Errorf("%q, want %q", err, want)
		}
	}
}
