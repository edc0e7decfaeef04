package mockserver_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tapmock/tapmock/mockserver"
	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// TestResendSigned sends a delivery again with another signature: the same bytes, both headers with that text, as a forged delivery.
// The charge does not change, and a replay is still that of the genuine webhook.
func TestResendSigned(t *testing.T) {
	s := startStage(t, mockserver.Config{})
	c := s.createFrom("payer: {pay: {}}\ncallbacks: [webhook: {}, webhook: {at: settled + 1h, replay: true}]", nil)
	s.awaitIdle()
	s.shop.respond = func(visit) int { return 401 }
	forged, err := s.control.ResendWebhookSigned(t.Context(), "whd_1", "sha256=Ab+/=")
	if err != nil || forged.ID != "whd_2" || forged.Forge != "signature" || forged.Replay || attemptsOf(forged) != "1:401" {
		t.Fatalf("%+v, %v", forged, err)
	}
	again, err := s.control.ResendWebhook(t.Context(), "whd_2") // the bytes of the last attempt, with its signature
	if err != nil || again.Forge != "signature" || forged.ResendOf != "whd_1" || again.ResendOf != "whd_2" {
		t.Errorf("%+v, %v", again, err)
	}
	if charge, err := s.control.Charge(t.Context(), c.ID); err != nil || charge.PostStatus != tap.DeliverySuccess {
		t.Errorf("post.status is %s, %v", charge.PostStatus, err)
	}
	s.advance(2 * time.Hour)
	hooks := s.shop.visits("/hook")
	if len(hooks) != 4 {
		t.Fatalf("the shop received %d webhooks", len(hooks))
	}
	for i, v := range hooks {
		chosen := i == 1 || i == 2
		if v.body != hooks[0].body || chosen != (v.header.Get("hash") == "sha256=Ab+/=" && v.header.Get("hashstring") == "sha256=Ab+/=") {
			t.Errorf("webhook %d: %+v", i+1, v)
		}
	}
	if got := s.signatures(hooks[3]); got != "signed" {
		t.Errorf("the replay is %s", got)
	}
	if w, err := s.control.ResendWebhookSigned(t.Context(), "whd_4", "guess"); err != nil || w.Forge != "signature" || w.Replay || w.Attempts[0].Body != hooks[0].body {
		t.Errorf("the replay with another signature: %+v, %v", w, err)
	}
	s.signedResendIsRecorded(c.ID, hooks[1].body)
}

// signedResendIsRecorded compares what the control API says about the second delivery of TestResendSigned.
func (s *stage) signedResendIsRecorded(charge, body string) {
	s.t.Helper()
	w, err := s.control.Webhook(s.t.Context(), "whd_2")
	if err != nil || w.Forge != "signature" || w.Object.ID != charge {
		s.t.Fatalf("%+v, %v", w, err)
	}
	a := w.Attempts[0]
	if a.HashString != "sha256=Ab+/=" || a.Hash != "sha256=Ab+/=" || a.Body != body || !strings.Contains(a.Curl, "hash: sha256=Ab+/=") {
		s.t.Errorf("%+v", a)
	}
	i := slices.IndexFunc(s.entries("webhook"), func(e control.Entry) bool { return e.Delivery == "whd_2" })
	if e := s.entries("webhook")[i]; !strings.Contains(e.Detail, "sent again on request: attempt 1, forged (signature)") {
		s.t.Errorf("%+v", e)
	}
}

// TestResendSignedBounds sends signatures that a header cannot have, and the longest one.
func TestResendSignedBounds(t *testing.T) {
	s := startStage(t, mockserver.Config{})
	s.pays("", nil)
	for body, want := range map[string]string{
		`{"signature": ""}`:                                      "empty",
		`{"signature": " a"}`:                                    "white space",
		`{"signature": "a\n"}`:                                   "white space",
		`{"signature": "a\nb"}`:                                  "one line",
		`{"signature": "a\u0000b"}`:                              "one line",
		`{"signature": "` + strings.Repeat("x", 201) + `"}`:      "201 bytes; the limit is 200",
		`{"signature": 7}`:                                       "signature is a number, but must be a string",
		`{"signatur": "a"}`:                                      "signatur",
		`{"signature": "a"} {}`:                                  "more text",
		`{"signature": "` + strings.Repeat("\u00e9", 101) + `"}`: "202 bytes",
	} {
		s.refused("POST", "/webhooks/whd_1/resend", body, 400, "bad_request", want)
	}
	if n := len(s.shop.visits("/hook")); n != 1 {
		t.Errorf("the shop received %d webhooks", n)
	}
	longest := strings.Repeat("é", 100)
	if w, err := s.control.ResendWebhookSigned(t.Context(), "whd_1", longest); err != nil || w.Attempts[0].Hash != longest {
		t.Errorf("%+v, %v", w, err)
	}
	if got := s.shop.visits("/hook"); len(got) != 2 || got[1].header.Get("hash") != longest {
		t.Errorf("the shop received %+v", got)
	}
	s.refused("POST", "/webhooks/whd_9/resend", `{"signature": "a"}`, 404, "not_found", "whd_9")
	if status, answer := s.ask("POST", "/webhooks/whd_1/resend", "{}"); status != 200 || answer["forge"] != nil {
		t.Errorf("without a signature: HTTP %d %v", status, answer)
	}
}

// TestResendSignedRelayed sends an unsigned delivery again through a relay: the task has the signature.
func TestResendSignedRelayed(t *testing.T) {
	s := startStage(t, mockserver.Config{})
	s.pays("forge/no-signature", nil)
	if err := s.control.Set(t.Context(), map[string]string{"delivery": "relay"}); err != nil {
		t.Fatal(err)
	}
	done := make(chan control.Webhook, 1)
	go func() {
		w, err := s.control.ResendWebhookSigned(t.Context(), "whd_1", "guess")
		if err != nil {
			t.Error(err)
		}
		done <- w
	}()
	task, err := s.control.NextRelayTask(t.Context(), 10*time.Second)
	if err != nil || task.Signature != "guess" || task.Body != s.shop.visits("/hook")[0].body {
		t.Errorf("%+v, %v", task, err)
	}
	if err := s.control.FinishRelayTask(t.Context(), task.ID, []control.Response{{Status: 204}}); err != nil {
		t.Error(err)
	}
	if w := <-done; w.Forge != "signature" || attemptsOf(w) != "1:204" {
		t.Errorf("%+v", w)
	}
}

// TestResendKnownMistakes sends a webhook with the signature of each known mistake to a shop that computes it with two decimals: the
// shop accepts exactly that one.
func TestResendKnownMistakes(t *testing.T) {
	s := startStage(t, mockserver.Config{})
	s.shop.respond = func(v visit) int {
		c := parsed(v.body)
		parts := tap.HashParts(c.ID, "12.35", c.Currency, c.Reference.Gateway, c.Reference.Payment, string(c.Status), c.Transaction.Created)
		if v.path == "/hook" && v.header.Get("hashstring") != tap.HMAC(s.key, []byte(tap.HashInput(parts))) {
			return 401
		}
		return 200
	}
	s.pays("webhook/no-retry", nil)
	genuine, err := s.control.Webhook(t.Context(), "whd_1")
	if err != nil || attemptsOf(genuine) != "1:401" {
		t.Fatalf("%+v, %v", genuine, err)
	}
	x, err := tap.Explain(s.key, []byte(genuine.Attempts[0].Body))
	if err != nil {
		t.Fatal(err)
	}
	var accepted []string
	for _, m := range x.Mistakes() {
		w, err := s.control.ResendWebhookSigned(t.Context(), "whd_1", m.Signature)
		if err != nil {
			t.Fatal(err)
		}
		if w.Attempts[0].Response.OK() {
			accepted = append(accepted, m.Cause)
		}
	}
	if len(accepted) != 1 || accepted[0] != "x_amount: amount rounded to two decimals, 12.35" {
		t.Errorf("the shop accepts %q", accepted)
	}
}
