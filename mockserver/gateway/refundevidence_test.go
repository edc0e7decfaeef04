package gateway_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/tapmock/tapmock/mockserver/gateway"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// refundWebhooks makes a refund of 1.234 KWD and returns the webhooks that were sent for it within a day.
func refundWebhooks(t *testing.T, change func(*tap.RefundRequest), scenario string) (*gateway.Account, gateway.Refund, []gateway.Delivery) {
	t.Helper()
	var sent []gateway.Delivery
	_, a, c := captured(t, gateway.Config{Send: func(_ context.Context, d gateway.Delivery) gateway.Attempt {
		sent = append(sent, d)
		return gateway.Attempt{Status: 200}
	}})
	sent = nil
	req := refundOf(c, 1234)
	change(req)
	r := refund(t, a, req, scenario)
	advance(t, a, 25*time.Hour)
	return a, r, sent
}

// asSent is a request that no test changes.
func asSent(*tap.RefundRequest) {}

// TestRefundWebhooks sends the plain webhook once the refund has ended, and those of a scenario when it says so; none without post.url.
func TestRefundWebhooks(t *testing.T) {
	noAddress := func(req *tap.RefundRequest) { req.PostURL = "" }
	for _, test := range []struct {
		change   func(*tap.RefundRequest)
		scenario string
		want     []string
	}{
		{asSent, "", []string{"REFUNDED"}},
		{asSent, "refund: {delay: forever}", nil},
		{asSent, "callbacks: [webhook: {at: created}, webhook: {at: settled}]", []string{"PENDING", "REFUNDED"}},
		{noAddress, "", nil},
		{noAddress, "callbacks: [webhook: {at: created}, webhook: {at: settled}]", nil},
		{asSent, "refund: {status: FAILED, later: {at: settled + 1m, status: REFUNDED}}, callbacks: [webhook: {at: settled}, webhook: {at: corrected}]", []string{"FAILED", "REFUNDED"}},
	} {
		_, r, sent := refundWebhooks(t, test.change, test.scenario)
		var got []string
		for _, d := range sent {
			if got = append(got, part(d, 5)); part(d, 0) != r.ID || d.URL != "https://shop.example/refund-hook" || d.Timeout != 10*time.Second {
				t.Errorf("%q: the webhook is %+v", test.scenario, d)
			}
		}
		if strings.Join(got, " ") != strings.Join(test.want, " ") {
			t.Errorf("%q, to %q: the webhooks show %q, want %q", test.scenario, r.Request.PostURL, got, test.want)
		}
	}
}

// TestRefundForgeries compares each forged webhook of a refund with the genuine one that follows it.
func TestRefundForgeries(t *testing.T) {
	for forgery, check := range map[string]func(d, real gateway.Delivery, o, genuine tap.Refund) bool{
		"no-signature": func(d, real gateway.Delivery, _, _ tap.Refund) bool { return d.Unsigned && !real.Unsigned },
		"wrong-key": func(d, real gateway.Delivery, _, _ tap.Refund) bool {
			return d.Key == "sk_test_guessed" && real.Key == "sk_test_a"
		},
		"two-decimals": func(d, real gateway.Delivery, _, _ tap.Refund) bool {
			return part(d, 1) == "1.23" && part(real, 1) == "1.234"
		},
		"body-changed": func(d, real gateway.Delivery, o, _ tap.Refund) bool {
			return strings.Contains(string(d.Sent), `"amount":12.34`) && real.Sent == nil && o.Amount == "1.234"
		},
		"says-captured": func(d, real gateway.Delivery, o, genuine tap.Refund) bool {
			return o.Status == tap.Refunded && part(d, 5) == "REFUNDED" && o.Response.Code == "000" && o.Reference.Payment != genuine.Reference.Payment && part(d, 4) == o.Reference.Payment
		},
		"unknown-charge": func(d, _ gateway.Delivery, o, genuine tap.Refund) bool {
			return o.ID != genuine.ID && strings.HasPrefix(o.ID, "re_") && part(d, 0) == o.ID
		},
		"another-amount": func(d, _ gateway.Delivery, o, genuine tap.Refund) bool {
			return o.Amount == "0.123" && part(d, 1) == "0.123" && o.Currency == genuine.Currency
		},
		"another-currency": func(d, _ gateway.Delivery, o, genuine tap.Refund) bool {
			return o.Currency != "KWD" && part(d, 2) == o.Currency && o.Amount == genuine.Amount
		},
	} {
		at := "settled"
		if forgery == "says-captured" {
			at = "created"
		}
		a, r, sent := refundWebhooks(t, asSent, "callbacks: [webhook: {at: "+at+", forge: "+forgery+"}, webhook: {at: settled + 1m}]")
		var forged, genuine tap.Refund
		if len(sent) != 2 || json.Unmarshal(sent[0].Body, &forged) != nil || json.Unmarshal(sent[1].Body, &genuine) != nil {
			t.Fatalf("%s: %d webhooks", forgery, len(sent))
		}
		if !check(sent[0], sent[1], forged, genuine) || genuine.ID != r.ID || genuine.Status != tap.Refunded || genuine.Post.Attempt != 1 {
			t.Errorf("%s: the forged webhook is %s, the genuine one %s", forgery, sent[0].Body, sent[1].Body)
		}
		if kept, _, _ := a.RetrieveRefund(r.ID); kept.Request.Amount != 1234 || kept.Request.Currency != "KWD" || kept.ID != r.ID {
			t.Errorf("%s: the refund itself is %+v", forgery, kept.Request)
		}
	}
}

// TestShownRefundWebhook masks card numbers in what the control API shows of a refund's webhook, not in what was sent.
func TestShownRefundWebhook(t *testing.T) {
	const number = "4508750015741019"
	for description, want := range map[string]bool{"a part": false, "card " + number: true} {
		a, r, _ := refundWebhooks(t, func(req *tap.RefundRequest) { req.Description = description }, "")
		entries, _ := a.AskNow(gateway.Question{Event: tap.EventWebhook, Object: r.ID})
		sent, shown, masked, err := a.Shown(entries[0].Sent)
		if err != nil || masked != want || strings.Contains(string(sent.Body), number) != want || strings.Contains(string(shown.Body), number) {
			t.Errorf("%q: masked %t, %v:\n%s", description, masked, err, shown.Body)
		}
		if same := string(sent.Body) == string(shown.Body); same == want {
			t.Errorf("%q: what is shown is what was sent: %t", description, same)
		}
	}
}

// TestSentRefundIsRemembered makes the bytes of a webhook again after the refund has changed: they are those that were sent.
func TestSentRefundIsRemembered(t *testing.T) {
	a, r, sent := refundWebhooks(t, asSent, "refund: {status: FAILED, later: {at: settled + 1m, status: REFUNDED}}, callbacks: [webhook: {at: settled}, webhook: {at: corrected}]")
	if _, _, err := a.UpdateRefund(r.ID, &tap.Update{Metadata: `{"a":"1"}`}); err != nil {
		t.Fatal(err)
	}
	entries, _ := a.AskNow(gateway.Question{Event: tap.EventWebhook, Object: r.ID})
	for i, e := range entries {
		if d, err := a.Message(e.Sent); err != nil || string(d.Body) != string(sent[i].Body) {
			t.Errorf("webhook %d: %v\n%s\nwas sent as\n%s", i+1, err, d.Body, sent[i].Body)
		}
	}
	if kept, _, _ := a.RetrieveRefund(r.ID); len(entries) != 2 || kept.Post.Status() != tap.DeliverySuccess {
		t.Errorf("%d webhooks, post.status is %s", len(entries), kept.Post.Status())
	}
}
