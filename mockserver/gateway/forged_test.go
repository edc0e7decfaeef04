package gateway_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tapmock/tapmock/mockserver/gateway"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// sentBy creates a charge, lets an automatic payer pay it, and returns the webhooks that were sent within a day.
func sentBy(t *testing.T, webhooks string) (*gateway.Account, gateway.Payment, []gateway.Delivery) {
	t.Helper()
	var sent []gateway.Delivery
	a := account(t, startGateway(t, gateway.Config{Now: fixed, Send: func(_ context.Context, d gateway.Delivery) gateway.Attempt {
		sent = append(sent, d)
		return gateway.Attempt{Status: 200}
	}}), "sk_test_a")
	requested(t, a, func(req *tap.PaymentRequest) { req.Order = "another" })
	c := createFrom(t, a, "payer: {pay: {}, at: created}, callbacks: ["+webhooks+"]")
	advance(t, a, 25*time.Hour)
	c, err := a.Charge(c.ID)
	if err != nil || len(sent) == 0 {
		t.Fatalf("%d webhooks were sent: %v", len(sent), err)
	}
	return a, c, sent
}

// TestForgeries compares each forged webhook with the genuine one that follows it.
func TestForgeries(t *testing.T) {
	for forgery, check := range map[string]func(d, real gateway.Delivery, o, genuine tap.Charge) bool{
		"no-signature": func(d, real gateway.Delivery, _, _ tap.Charge) bool {
			return d.Unsigned && !real.Unsigned && d.Key == real.Key
		},
		"wrong-key": func(d, real gateway.Delivery, _, _ tap.Charge) bool {
			return d.Key == "sk_test_guessed" && real.Key == "sk_test_a"
		},
		"another-account": func(d, real gateway.Delivery, _, _ tap.Charge) bool {
			return strings.HasPrefix(d.Key, "sk_test_") && d.Key != real.Key && len(d.Key) == len("sk_test_")+16
		},
		"two-decimals": func(d, real gateway.Delivery, _, _ tap.Charge) bool {
			return part(d, 1) == "12.35" && part(real, 1) == "12.345"
		},
		"upper-case": func(d, real gateway.Delivery, _, _ tap.Charge) bool { return d.UpperCase && !real.UpperCase },
		"body-changed": func(d, real gateway.Delivery, _, _ tap.Charge) bool {
			return strings.Contains(string(d.Sent), "123.45") && real.Sent == nil
		},
		"says-captured": func(_, _ gateway.Delivery, o, genuine tap.Charge) bool {
			return o.Status == tap.Captured && o.Reference.Track != ""
		},
		"unknown-charge": func(d, real gateway.Delivery, o, genuine tap.Charge) bool {
			return o.ID != genuine.ID && part(d, 0) == o.ID && o.Activities[0].TxnID == o.ID
		},
		"another-amount": func(_, _ gateway.Delivery, o, genuine tap.Charge) bool {
			return o.Amount == "1.234" && genuine.Amount == "12.345"
		},
		"another-currency": func(_, _ gateway.Delivery, o, genuine tap.Charge) bool {
			return o.Currency != "KWD" && genuine.Currency == "KWD"
		},
		"another-order": func(_, _ gateway.Delivery, o, genuine tap.Charge) bool {
			return o.Reference.Order == "another" && genuine.Reference.Order == ""
		},
	} {
		at := "settled"
		if forgery == "says-captured" {
			at = "created"
		}
		a, c, sent := sentBy(t, "webhook: {at: "+at+", forge: "+forgery+"}, webhook: {at: settled + 1m}")
		var forged, genuine tap.Charge
		if len(sent) != 2 || json.Unmarshal(sent[0].Body, &forged) != nil || json.Unmarshal(sent[1].Body, &genuine) != nil {
			t.Fatalf("%s: %d webhooks", forgery, len(sent))
		}
		if !check(sent[0], sent[1], forged, genuine) || genuine.ID != c.ID || part(sent[1], 0) != c.ID || genuine.Post.Attempt != 1 {
			t.Errorf("%s: the forged webhook is %s", forgery, sent[0].Body)
		}
		if got := details(a, tap.EventWebhook); !strings.HasPrefix(got[0], "attempt 1, forged ("+forgery+"), to ") || strings.Contains(got[1], "forged") {
			t.Errorf("%s: the journal has %q", forgery, got)
		}
	}
}

// part is a part of the string that a webhook signs.
func part(d gateway.Delivery, n int) string { return d.Parts[n].Value }

// TestReplay sends the last genuine webhook of the charge again, byte for byte.
func TestReplay(t *testing.T) {
	a, _, sent := sentBy(t, "webhook: {}, webhook: {forge: wrong-key}, webhook: {at: webhook#1 + 1d, replay: true}")
	if len(sent) != 3 || string(sent[2].Body) != string(sent[0].Body) || sent[2].Key != sent[0].Key {
		t.Fatalf("%d webhooks were sent", len(sent))
	}
	if got := details(a, tap.EventWebhook); !strings.HasPrefix(got[2], "attempt 1, a replay, to https://shop.example/hook") {
		t.Errorf("the journal has %q", got)
	}
}

// TestReplayOfTheAccount replays where the charge has no webhook of its own: that of another charge, or none at all.
func TestReplayOfTheAccount(t *testing.T) {
	for _, before := range []bool{true, false} {
		var sent []gateway.Delivery
		g := startGateway(t, gateway.Config{Now: fixed, Send: func(_ context.Context, d gateway.Delivery) gateway.Attempt {
			sent = append(sent, d)
			return gateway.Attempt{Status: 200}
		}})
		a := account(t, g, "sk_test_a")
		if before {
			pay(t, g, create(t, a))
		}
		c := createFrom(t, a, "payer: {pay: {}, at: created}, callbacks: [webhook: {replay: true}]")
		advance(t, a, time.Minute)
		last := sent[len(sent)-1]
		if own := part(last, 0) == c.ID; own == before || before && string(last.Body) != string(sent[0].Body) {
			t.Errorf("after another webhook %t: the replay is %s", before, last.Body)
		}
	}
}

// TestResendWithASignature sends a webhook again with a chosen signature: it is forged, and its bytes are the same.
func TestResendWithASignature(t *testing.T) {
	a, c, sent := sentBy(t, "webhook: {}")
	first, _ := a.AskNow(gateway.Question{Event: tap.EventWebhook})
	for signature, want := range map[string]string{"": "sent again on request: attempt 1, to ", "abc": "sent again on request: attempt 1, forged (signature), to "} {
		entry, err := a.Resend(t.Context(), first[0], signature)
		if err != nil || !strings.HasPrefix(entry.Detail, want) || entry.Sent.ResendOf() != "whd_1" || entry.Cause != first[0].Seq || entry.Object.ID != c.ID {
			t.Errorf("signature %q: %+v, %v", signature, entry, err)
		}
		d, err := a.Message(entry.Sent)
		if err != nil || d.Signature != signature || string(d.Body) != string(sent[0].Body) {
			t.Errorf("signature %q: the message has %q: %v", signature, d.Signature, err)
		}
		if forged := entry.Sent.Forged(); forged != map[string]string{"": "", "abc": "signature"}[signature] {
			t.Errorf("signature %q: it is forged as %q", signature, forged)
		}
	}
}

// TestShownWebhook masks card numbers in what the control API shows of a webhook, not in what was sent.
func TestShownWebhook(t *testing.T) {
	const number = "4508750015741019"
	g := startGateway(t, gateway.Config{Now: fixed})
	a := account(t, g, "sk_test_a")
	for description, want := range map[string]bool{"an order": false, "card " + number: true} {
		c := requested(t, a, func(req *tap.PaymentRequest) { req.Description, req.PostURL = description, "https://shop.example/hook" })
		pay(t, g, c)
		entries, _ := a.AskNow(gateway.Question{Event: tap.EventWebhook, Object: c.ID})
		sent, shown, masked, err := a.Shown(entries[0].Sent)
		if err != nil || masked != want || strings.Contains(string(sent.Body), number) != want || strings.Contains(string(shown.Body), number) {
			t.Errorf("%q: masked %t, %v:\n%s", description, masked, err, shown.Body)
		}
		if same := string(sent.Body) == string(shown.Body); same == want || shown.URL != sent.URL {
			t.Errorf("%q: what is shown is what was sent: %t", description, same)
		}
	}
}

// TestShownAddress masks the address of a webhook, and the request of another order.
func TestShownAddress(t *testing.T) {
	const number = "4508750015741019"
	g := startGateway(t, gateway.Config{Now: fixed})
	a := account(t, g, "sk_test_a")
	requested(t, a, func(req *tap.PaymentRequest) { req.Order = "card " + number })
	c := createFrom(t, a, "callbacks: [webhook: {forge: another-order}]")
	secret := requested(t, a, func(req *tap.PaymentRequest) { req.PostURL = "https://shop.example/" + number })
	pay(t, g, c)
	pay(t, g, secret)
	for _, id := range []string{c.ID, secret.ID} {
		entries, _ := a.AskNow(gateway.Question{Event: tap.EventWebhook, Object: id})
		sent, shown, masked, err := a.Shown(entries[0].Sent)
		if err != nil || !masked || !strings.Contains(string(sent.Body)+sent.URL, number) || strings.Contains(string(shown.Body)+shown.URL, number) {
			t.Errorf("masked %t, %v: %s\n%s", masked, err, shown.URL, shown.Body)
		}
	}
}

// TestWebhookFormat indents the body under the format of 2022 only.
func TestWebhookFormat(t *testing.T) {
	for format, want := range map[string]bool{"2022": true, "2023": false, "2026": false} {
		var sent []gateway.Delivery
		g := startGateway(t, gateway.Config{Now: fixed, Send: func(_ context.Context, d gateway.Delivery) gateway.Attempt {
			sent = append(sent, d)
			return gateway.Attempt{Status: 200}
		}})
		a := account(t, g, "sk_test_a")
		setting(t, a, "webhook_format", format)
		pay(t, g, create(t, a))
		if got := strings.Contains(string(sent[0].Body), "\n"); got != want || sent[0].Format != format || sent[0].Timeout != 10*time.Second {
			t.Errorf("format %s: %+v", format, sent[0])
		}
	}
}

// TestEvidenceError names the delivery whose charge was evicted.
func TestEvidenceError(t *testing.T) {
	g := startGateway(t, gateway.Config{Send: count(new(atomic.Int64)), Limits: gateway.Limits{Charges: 1}})
	a := account(t, g, "sk_test_a")
	pay(t, g, create(t, a))
	entries, _ := a.AskNow(gateway.Question{Event: tap.EventWebhook})
	create(t, a)
	_, _, _, err := a.Shown(entries[0].Sent)
	if gone, ok := errors.AsType[*gateway.EvidenceError](err); !ok || !strings.Contains(gone.Error(), "webhook delivery whd_1 ") {
		t.Errorf("the error is %v", err)
	}
	if _, err := a.Attempts("whd_9"); err == nil || err.Error() != `the account has no webhook delivery "whd_9"` {
		t.Errorf("an unknown delivery: %v", err)
	}
}
