package mockserver_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/tapmock/tapmock/mockserver"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// responds makes the shop respond to the n-th webhook, from 1, with the n-th status, and to later ones with the last.
func (s *shop) responds(statuses ...int) {
	n := 0
	s.respond = func(v visit) int {
		if v.path != "/hook" {
			return 200
		}
		n++
		return statuses[min(n, len(statuses))-1]
	}
}

// TestAcknowledgedWebhookStays has a merchant that acknowledges the first webhook and refuses the second: post.status stays SUCCESS.
func TestAcknowledgedWebhookStays(t *testing.T) {
	s := startStage(t, mockserver.Config{})
	s.shop.responds(200, 500)
	c := s.createFrom("payer: {pay: {}}\ncallbacks: [webhook: {retries: none}, webhook: {at: settled + 1m, retries: none}]", nil)
	s.advance(time.Minute)
	s.wantHooks(c, c)
	if got := s.get(c.ID).Post.Status; got != tap.DeliverySuccess {
		t.Errorf("post.status is %s", got)
	}
	if given := s.entries(tap.EventGivenUp); len(given) != 0 {
		t.Errorf("the journal says that a webhook was given up: %+v", given)
	}
}

// TestRetryIsASingleCopy has a merchant that refuses a webhook of three copies: each retry is one copy.
func TestRetryIsASingleCopy(t *testing.T) {
	for _, order := range []string{"one after another", "concurrent"} {
		s := startStage(t, mockserver.Config{})
		s.shop.respond = func(visit) int { return 500 }
		s.createFrom(fmt.Sprintf("payer: {pay: {}}\ncallbacks: [webhook: {copies: 3, concurrent: %t, retries: \"1m,1m\"}]", order == "concurrent"), nil)
		s.advance(time.Hour)
		var attempts []int
		for _, v := range s.shop.visits("/hook") {
			attempts = append(attempts, decode(t, v.body).Post.Attempt)
		}
		if !slices.Equal(attempts, []int{1, 1, 1, 2, 3}) {
			t.Errorf("%s: the attempts are %v", order, attempts)
		}
	}
}

// TestReplayIsOfItsOwnCharge replays the webhook of a charge after the account has sent one of another charge.
func TestReplayIsOfItsOwnCharge(t *testing.T) {
	s := startStage(t, mockserver.Config{})
	c := s.createFrom("payer: {pay: {}}\ncallbacks: [webhook: {}, webhook: {at: webhook#1 + 1d, replay: true}]", nil)
	s.awaitIdle()
	other := s.pays("", nil)
	s.advance(24 * time.Hour)
	s.wantHooks(c, other, c)
	if hooks := s.shop.visits("/hook"); hooks[2].body != hooks[0].body || hooks[2].header.Get("hashstring") != hooks[0].header.Get("hashstring") {
		t.Errorf("the replay differs from the charge's webhook:\n%+v\n%+v", hooks[2], hooks[0])
	}
}

// TestWebhookWithoutAnAddressKeepsItsTime has a return that is scheduled at a webhook an hour after the payment. Without
// post.url no webhook is sent, but the return does not come earlier.
func TestWebhookWithoutAnAddressKeepsItsTime(t *testing.T) {
	s := startStage(t, mockserver.Config{})
	s.createFrom("payer: {pay: {}}\ncallbacks: [webhook: {at: settled + 1h}, return: {at: webhook#1 + 1m}]", map[string]any{"post": nil})
	s.advance(2 * time.Hour)
	if got := times(s.shop.visits("")); !slices.Equal(got, []time.Duration{61 * time.Minute}) {
		t.Errorf("the shop received requests at %v", got)
	}
}

// TestExpiryKeepsThePayer expires a charge as CANCELLED while its payer waits for the bank: the payer is sent back, and the merchant
// gets the second copy of the return too.
func TestExpiryKeepsThePayer(t *testing.T) {
	s := startStage(t, mockserver.Config{}, "charge_expiry_outcome=CANCELLED")
	c := s.createFrom("bank: {delay: forever}\ncallbacks: [return: {at: settled, copies: 2}]", nil)
	p := s.open(c.Transaction.URL).submit("9", "2030").post("confirm")
	s.advance(30 * time.Minute)
	if got := s.get(c.ID).Status; got != tap.Cancelled {
		t.Fatalf("the charge is %s", got)
	}
	p.get()
	if want := s.shop.url + "/return?tap_id=" + c.ID; p.address.String() != want {
		t.Errorf("the payer is at %s, want %s", p.address, want)
	}
	s.awaitIdle()
	if returns := s.shop.visits("/return"); len(returns) != 1 {
		t.Errorf("the mock has made %d returns, want the second copy", len(returns))
	}
}
