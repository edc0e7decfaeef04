package mockserver_test

import (
	"errors"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/tapmock/tapmock/mockserver"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// brokenGet makes a GET on a connection of its own, whose answer breaks off, and returns the error with which it does.
func (s *stage) brokenGet(path string) error {
	s.t.Helper()
	req, err := http.NewRequest("GET", s.url+path, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+s.key)
	req.Close = true // on a reused connection Go's client would retry automatically
	res, err := s.http.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	_, err = io.ReadAll(res.Body)
	return err
}

// TestOnlyResetIsATCPReset breaks off two answers. The fault half-body ends the connection properly, so that the client sees an end that
// came too early; the fault reset resets it, so that the client sees no end at all.
func TestOnlyResetIsATCPReset(t *testing.T) {
	s := startStage(t, mockserver.Config{})
	c := s.createFrom("api: [{on: charge.get, calls: 1, fault: half-body}, {on: charge.get, calls: 2, fault: reset}]", nil)
	if err := s.brokenGet("/v2/charges/" + c.ID); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("half a body ends with %v, want %v", err, io.ErrUnexpectedEOF)
	}
	if err := s.brokenGet("/v2/charges/" + c.ID); err == nil || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("a reset ends with %v, want a reset of the connection", err)
	}
}

// wantTimes checks how often the journal has an event.
func (s *stage) wantTimes(event tap.Event, want int) {
	s.t.Helper()
	if got := s.entries(event); len(got) != want {
		s.t.Errorf("the journal has %s %d times, want %d: %+v", event, len(got), want, got)
	}
}

// TestSecondClickWhileTheBankDecides has an automatic payer who presses Confirm twice, and a bank that decides later: the second click is
// refused, and the bank is asked once.
func TestSecondClickWhileTheBankDecides(t *testing.T) {
	s := startStage(t, mockserver.Config{})
	c := s.createFrom("payer: {pay: {clicks: 2}}\nbank: {delay: 20s}", nil)
	s.advance(time.Minute)
	s.wantTimes(tap.EventConfirmed, 1)
	s.wantTimes(tap.EventSubmitRefused, 1)
	s.wantTimes(tap.EventChangeRefused, 0)
	if got := s.get(c.ID).Status; got != tap.Captured {
		t.Errorf("the charge is %s", got)
	}
}

// TestAutomaticPayerAfterAPerson has a person pay before the automatic payer comes, who finds that the bank decides: its step is refused and
// does nothing at the page.
func TestAutomaticPayerAfterAPerson(t *testing.T) {
	s := startStage(t, mockserver.Config{}, "return_wait=0s")
	c := s.createFrom("payer: {pay: {}, at: created + 1m}\nbank: {delay: 20m}", nil)
	s.pay(c.Transaction.URL, "9", "2030")
	s.advance(time.Minute)
	s.wantTimes(tap.EventPageRefused, 1)
	s.advance(20 * time.Minute)
	s.wantTimes(tap.EventSubmitted, 1)
	s.wantTimes(tap.EventConfirmed, 1)
	if got := s.get(c.ID).Status; got != tap.Captured {
		t.Errorf("the charge is %s", got)
	}
}

// TestIdempotentOfAnotherKind sends the reference.idempotent of a charge with a refund, and that of a refund with a charge, when the account
// has objects of both kinds: both requests make new objects.
func TestIdempotentOfAnotherKind(t *testing.T) {
	s := startStage(t, mockserver.Config{})
	reference := func(text string) map[string]any { return map[string]any{"reference": at("idempotent", text)} }
	charge := s.pays("", reference("of a charge"))
	before := s.refunds(charge.ID, reference("of a refund"))
	if r := s.refunds(charge.ID, reference("of a charge")); r.ID == before.ID || r.Reference.Idempotent != "of a charge" {
		t.Errorf("the refund is %s with %q, as was the one before", r.ID, r.Reference.Idempotent)
	}
	if c := s.create(s.order(reference("of a refund"))); c.ID == charge.ID || c.Reference.Idempotent != "of a refund" {
		t.Errorf("the charge is %s with %q, as was the one before", c.ID, c.Reference.Idempotent)
	}
}

// TestRefundIsSignedWithItsOwnTime refunds a charge an hour after its creation: the signature of the webhook has the refund's created.
func TestRefundIsSignedWithItsOwnTime(t *testing.T) {
	s := startStage(t, mockserver.Config{})
	charge := s.pays("", nil)
	s.advance(time.Hour)
	r := s.refunds(charge.ID, nil)
	s.advance(time.Minute)
	if r.Created == charge.Transaction.Created {
		t.Fatalf("the charge and the refund were both created at %s", r.Created)
	}
	if hooks := s.shop.visits("/refund-hook"); len(hooks) != 1 || !s.refundSigned(hooks[0]) {
		t.Errorf("the webhooks are not one signed with the time of the refund: %+v", hooks)
	}
}
