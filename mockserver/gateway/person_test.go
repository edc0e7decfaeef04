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
	"github.com/tapmock/tapmock/mockserver/payment"
	"github.com/tapmock/tapmock/mockserver/tap"
)

var (
	testCard = func() tap.TestCard { c, _ := tap.ParseTestCard("8888880000000001"); return c }()
	captures = tap.CardExpiry{Month: 9, Year: 2030} // with which a payment is captured
)

// requested creates a charge whose request was changed.
func requested(t *testing.T, a *gateway.Account, change func(*tap.PaymentRequest)) gateway.Payment {
	t.Helper()
	req := &tap.PaymentRequest{Amount: 12345, Currency: "KWD", Source: tap.SourceKNET, RedirectURL: "https://shop.example/return", ExpiryMinutes: 30}
	change(req)
	made, err := a.CreateCharge(req, nil, "http://mock.example")
	if err != nil {
		t.Fatal(err)
	}
	return made.Payment
}

func payer(t *testing.T, g *gateway.Gateway, c gateway.Payment) *gateway.Payer {
	t.Helper()
	p, err := g.Payer(c.Token)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestViews counts the views of a page: only the form of the latest one is taken.
func TestViews(t *testing.T) {
	g := startGateway(t, gateway.Config{Now: fixed})
	a := account(t, g, "sk_test_a")
	p := payer(t, g, create(t, a))
	first, err := p.View()
	if err != nil || first.Payment.Page.Views != 1 || first.Payment.Page.Stage != payment.StageEntry || first.Frozen || !first.Now.Equal(fixed()) {
		t.Errorf("the first view is %+v: %v", first.Payment.Page, err)
	}
	if second, _ := p.View(); second.Payment.Page.Views != 2 || !p.Latest(2) || p.Latest(1) {
		t.Errorf("after the second view: %+v", second.Payment.Page)
	}
	if opened, _ := p.Open(); opened.Payment.Page.Views != 2 {
		t.Errorf("opening without a browser is counted: %+v", opened.Payment.Page)
	}
	if opened := details(a, tap.EventPageOpened); len(opened) != 1 {
		t.Errorf("the page was opened %d times", len(opened))
	}
	p.Cancel(t.Context())
	if !p.Latest(1) {
		t.Error("after the end an old form is refused because of its tab")
	}
	if _, err := g.Payer("unknown"); !errors.Is(err, payment.ErrNoPage) {
		t.Errorf("an unknown page: %v", err)
	}
}

// TestActionsAfterTheEnd acts at a page whose payment has ended: a person who has ended it is sent back, another one gets the error.
func TestActionsAfterTheEnd(t *testing.T) {
	g := startGateway(t, gateway.Config{Now: fixed})
	a := account(t, g, "sk_test_a")
	c := create(t, a)
	p := payer(t, g, c)
	back, err := p.Cancel(t.Context())
	if again, err2 := p.Submit(t.Context(), testCard, captures, false); err != nil || err2 != nil || back == "" || again != back || !strings.HasSuffix(back, "?tap_id="+c.ID) {
		t.Errorf("the payer is sent to %q (%v) and %q (%v)", back, err, again, err2)
	}
	expired := create(t, a)
	advance(t, a, 30*time.Minute)
	back, err = payer(t, g, expired).Submit(t.Context(), testCard, captures, false)
	if ended, ok := errors.AsType[*payment.EndedError](err); !ok || back != "" || ended.Payment.Status != tap.Abandoned {
		t.Errorf("at the page of an expired charge: %q, %v", back, err)
	}
}

// TestOnward requests the page again after the payment: who was sent back gets the error, who was not is sent back.
func TestOnward(t *testing.T) {
	g := startGateway(t, gateway.Config{Now: fixed})
	a := account(t, g, "sk_test_a")
	open := payer(t, g, create(t, a))
	if back, err := open.Onward(t.Context()); back != "" || err != nil {
		t.Errorf("an open payment: %q, %v", back, err)
	}
	c := createFrom(t, a, "callbacks: [return: {gate: g}], settings: {return_wait: 0s}")
	p := submit(t, g, c)
	if back, err := p.Confirm(t.Context(), ""); back != "" || !isWait(err) {
		t.Errorf("before the scenario allows the return: %q, %v", back, err)
	}
	if back, err := p.Onward(t.Context()); back != "" || !isWait(err) {
		t.Errorf("a request for the page meanwhile: %q, %v", back, err)
	}
	a.Release("g", "")
	advance(t, a, 0)
	if back, err := p.Onward(t.Context()); !strings.HasSuffix(back, "?tap_id="+c.ID) || err != nil {
		t.Errorf("after the release: %q, %v", back, err)
	}
	back, err := p.Onward(t.Context())
	if _, ok := errors.AsType[*payment.EndedError](err); !ok || back != "" {
		t.Errorf("after the return: %q, %v", back, err)
	}
	if returned := details(a, tap.EventReturned); len(returned) != 1 {
		t.Errorf("the journal has the returns %q", returned)
	}
}

func isWait(err error) bool { _, ok := errors.AsType[*payment.WaitError](err); return ok }

// TestOnwardWhileTheBankDecides waits for a slow bank: the page says so until the decision.
func TestOnwardWhileTheBankDecides(t *testing.T) {
	g := startGateway(t, gateway.Config{Now: fixed})
	a := account(t, g, "sk_test_a")
	c := createFrom(t, a, "bank: {delay: 20s}, settings: {return_wait: 0s}")
	p := submit(t, g, c)
	if _, err := p.Confirm(t.Context(), ""); !isWait(err) {
		t.Errorf("the payer does not wait for the bank: %v", err)
	}
	if _, err := p.Onward(t.Context()); !isWait(err) || err.Error() != "the bank has not decided yet" {
		t.Errorf("the page says %v", err)
	}
	if _, err := p.Back(t.Context()); !isWait(err) {
		t.Errorf("a form meanwhile: %v", err)
	}
	advance(t, a, 20*time.Second)
	if back, err := p.Onward(t.Context()); back == "" || err != nil {
		t.Errorf("after the decision: %q, %v", back, err)
	}
}

// TestPageLimitOfAPerson lets the time limit of the page pass: the next action ends the payment.
func TestPageLimitOfAPerson(t *testing.T) {
	g := startGateway(t, gateway.Config{Now: fixed})
	a := account(t, g, "sk_test_a")
	for _, test := range []struct {
		wait   time.Duration
		status tap.Status
	}{{5*time.Minute - time.Nanosecond, tap.Initiated}, {5 * time.Minute, tap.Cancelled}} {
		c := create(t, a)
		p := submit(t, g, c)
		advance(t, a, test.wait)
		back, err := p.NoticeLimit(t.Context())
		if got, _ := a.Charge(c.ID); got.Status != test.status || err != nil || (back != "") != (test.status == tap.Cancelled) {
			t.Errorf("after %s the charge is %s, the payer is sent to %q: %v", test.wait, got.Status, back, err)
		}
	}
}

// TestForms makes the moves of a person at the page: refused forms, going back, and one more password.
func TestForms(t *testing.T) {
	g := startGateway(t, gateway.Config{Now: fixed})
	a := account(t, g, "sk_test_a")
	c := requested(t, a, func(req *tap.PaymentRequest) { req.Source = tap.SourceAll })
	p := payer(t, g, c)
	p.Open()
	stage := func() payment.Stage { got, _ := a.Charge(c.ID); return got.Page.Stage }
	for _, step := range []struct {
		name string
		do   func() (string, error)
		want payment.Stage
		log  tap.Event
	}{
		{"choose", func() (string, error) { return p.ChooseKNET(t.Context()) }, payment.StageEntry, tap.EventMethodChosen},
		{"submit", func() (string, error) { return p.Submit(t.Context(), testCard, captures, false) }, payment.StageConfirm, tap.EventSubmitted},
		{"back", func() (string, error) { return p.Back(t.Context()) }, payment.StageEntry, tap.EventPageBack},
		{"refuse", func() (string, error) { return p.RefuseSubmit(t.Context(), "no card", false) }, payment.StageEntry, tap.EventSubmitRefused},
		{"wrong PIN", func() (string, error) { return p.RefuseSubmit(t.Context(), "not 4 digits", true) }, payment.StageEntry, tap.EventSubmitRefused},
	} {
		back, err := step.do()
		if all := events(a); back != "" || err != nil || stage() != step.want || all[len(all)-1] != step.log {
			t.Errorf("%s: %q, %v, stage %s, %v", step.name, back, err, stage(), all)
		}
	}
	if got, _ := a.Charge(c.ID); got.Page.WrongPINs != 1 {
		t.Errorf("%d wrong PINs are counted", got.Page.WrongPINs)
	}
	p.RefuseSubmit(t.Context(), "not 4 digits", true)
	if back, err := p.RefuseSubmit(t.Context(), "not 4 digits", true); back == "" || err != nil {
		t.Errorf("after the last PIN the payer is sent to %q: %v", back, err)
	}
}

// TestOTPOfAPerson asks for another one-time password, and enters a wrong and the right one.
func TestOTPOfAPerson(t *testing.T) {
	g := startGateway(t, gateway.Config{Now: fixed})
	a := account(t, g, "sk_test_a")
	c := createFrom(t, a, "bank: {otp: {ask: true, refuse: 1}}")
	p := submit(t, g, c)
	if _, err := p.ResendOTP(t.Context()); err != nil {
		t.Error(err)
	}
	got, _ := a.Charge(c.ID)
	for try, want := range []string{"the OTP is wrong, 2 tries are left", ""} {
		back, err := p.Confirm(t.Context(), got.OTPCode())
		if wrong, ok := errors.AsType[*payment.OTPError](err); ok != (want != "") || ok && wrong.Error() != want || (back != "") != (want == "") {
			t.Errorf("try %d: %q, %v", try+1, back, err)
		}
	}
	if sent := details(a, tap.EventOTPSent); !slices.Equal(sent, []string{"message 1", "message 2"}) {
		t.Errorf("the messages are %q", sent)
	}
}

// kfast is a gateway with one account whose customers can save two cards each.
type kfast struct {
	*testing.T
	g *gateway.Gateway
	a *gateway.Account
}

func withKFAST(t *testing.T) kfast {
	t.Helper()
	g := startGateway(t, gateway.Config{Now: fixed})
	a := account(t, g, "sk_test_a")
	setting(t, a, "kfast", "true")
	setting(t, a, "kfast_max_cards", "2")
	return kfast{t, g, a}
}

// open opens the page of a new charge of a customer.
func (k kfast) open(customer string) (*gateway.Payer, gateway.Payment, []payment.SavedCard) {
	k.Helper()
	c := requested(k.T, k.a, func(req *tap.PaymentRequest) { req.Customer.ID = customer })
	p := payer(k.T, k.g, c)
	shown, err := p.Open()
	if err != nil {
		k.Fatal(err)
	}
	return p, c, shown.Saved
}

// save pays with a card that the customer wants saved.
func (k kfast) save(customer, number string) error {
	k.Helper()
	p, c, _ := k.open(customer)
	card, _ := tap.ParseTestCard(number)
	if _, err := p.Submit(k.Context(), card, captures, true); err != nil {
		return err
	}
	c, _ = k.a.Charge(c.ID)
	_, err := p.Confirm(k.Context(), c.OTPCode())
	return err
}

func (k kfast) saved(customer string) int {
	k.Helper()
	_, _, saved := k.open(customer)
	return len(saved)
}

// TestKFAST saves cards of a customer, each once and as many as the setting allows.
func TestKFAST(t *testing.T) {
	k := withKFAST(t)
	for i, step := range []struct {
		card  string
		err   error
		saved int
	}{
		{"8888880000000001", nil, 1}, {"8888880000000001", nil, 1}, {"8888880000000002", nil, 2}, {"8888880000000003", payment.ErrKFASTRefused, 2},
	} {
		if err := k.save("cus_1", step.card); !errors.Is(err, step.err) || k.saved("cus_1") != step.saved {
			t.Errorf("payment %d: %v, %d cards are saved", i+1, err, k.saved("cus_1"))
		}
	}
	if k.saved("cus_2") != 0 || k.saved("") != 0 {
		t.Error("another customer has saved cards")
	}
}

// TestSavedCards pays with a saved card and deletes one; there are no others than those of the customer.
func TestSavedCards(t *testing.T) {
	k := withKFAST(t)
	if err := errors.Join(k.save("cus_1", "8888880000000001"), k.save("cus_1", "8888880000000002")); err != nil {
		t.Fatal(err)
	}
	p, c, _ := k.open("cus_1")
	for _, n := range []int{-1, 2} {
		if _, err := p.SubmitSaved(t.Context(), n); !errors.Is(err, payment.ErrNoSavedCard) {
			t.Errorf("saved card %d: %v", n, err)
		}
		if p.DeleteSaved(t.Context(), n); k.saved("cus_1") != 2 {
			t.Errorf("card %d was deleted", n)
		}
	}
	if _, err := p.SubmitSaved(t.Context(), 1); err != nil {
		t.Error(err)
	}
	other, _, _ := k.open("cus_1")
	if _, err := other.SubmitSaved(t.Context(), 0); err != nil {
		t.Errorf("the first saved card in another payment: %v", err)
	}
	second, _ := tap.ParseTestCard("8888880000000002")
	if got, _ := k.a.Charge(c.ID); got.Page.Card != second || got.Page.Stage != payment.StageConfirm {
		t.Errorf("the page is %+v", got.Page)
	}
	p.DeleteSaved(t.Context(), 0)
	if _, _, left := k.open("cus_1"); len(left) != 1 || left[0].Card != second || !slices.Contains(details(k.a, tap.EventCardDeleted), "1 saved cards left") {
		t.Errorf("left are %v", left)
	}
	for _, customer := range []string{"", "cus_2"} {
		p, _, _ := k.open(customer)
		if _, err := p.SubmitSaved(t.Context(), 0); !errors.Is(err, payment.ErrNoSavedCard) {
			t.Errorf("the card of another customer: %v", err)
		}
	}
}

// TestCustomersAreBounded saves cards for no more customers than the account may have charges.
func TestCustomersAreBounded(t *testing.T) {
	g := startGateway(t, gateway.Config{Now: fixed, Limits: gateway.Limits{Charges: 2}})
	a := account(t, g, "sk_test_a")
	setting(t, a, "kfast", "true")
	for customer, want := range map[string]bool{"cus_1": true, "cus_2": true} {
		saveFor(t, g, a, customer, want)
	}
	saveFor(t, g, a, "cus_3", false)
	saveFor(t, g, a, "cus_1", true) // one more card of a known customer
}

// saveFor pays with a card that the payer wants saved.
func saveFor(t *testing.T, g *gateway.Gateway, a *gateway.Account, customer string, want bool) {
	t.Helper()
	c := requested(t, a, func(req *tap.PaymentRequest) { req.Customer.ID = customer })
	p := payer(t, g, c)
	p.Open()
	_, err := p.Submit(t.Context(), testCard, captures, true)
	if got, _ := a.Charge(c.ID); err == nil {
		p.Confirm(t.Context(), got.OTPCode())
	} else {
		p.Cancel(t.Context())
	}
	if (err == nil) != want {
		t.Errorf("a card of %s: %v", customer, err)
	}
}

// TestDisconnectedPayer disconnects before the merchant has responded to the webhook: redirect.status stays PENDING.
func TestDisconnectedPayer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := startGateway(t, gateway.Config{Send: func(ctx context.Context, _ gateway.Delivery) gateway.Attempt {
			<-ctx.Done()
			return gateway.Attempt{Failure: "timeout"}
		}})
		a := account(t, g, "sk_test_a")
		c := create(t, a)
		gone, leave := context.WithTimeout(t.Context(), time.Second)
		defer leave()
		back, err := submit(t, g, c).Confirm(gone, "")
		if got, _ := a.Charge(c.ID); back != "" || !errors.Is(err, context.DeadlineExceeded) || got.Redirect != payment.Pending || len(details(a, tap.EventReturnLost)) != 1 {
			t.Errorf("%q, %v, redirect.status is %s: %v", back, err, got.Redirect.Status(), events(a))
		}
		time.Sleep(time.Minute)
	})
}
