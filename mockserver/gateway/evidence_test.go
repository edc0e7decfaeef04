package gateway

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// TestWebhookBytesAreThoseOfTheirVersion sends webhooks of a charge before and after a later result: asked for afterwards, each has the
// bytes that were sent.
func TestWebhookBytesAreThoseOfTheirVersion(t *testing.T) {
	var sent []string
	g, a := start(t, Config{Seed: 3, Now: frozenNow, Send: func(_ context.Context, d Delivery) Attempt {
		sent = append(sent, string(d.Body)+d.URL)
		return Attempt{Status: 200}
	}})
	queueYAML(t, a, "{name: t/x, description: x, bank: {result: NOT CAPTURED, later: {at: settled + 1h, result: CAPTURED}}, "+
		"callbacks: [webhook: {at: created, forge: says-captured}, webhook: {at: settled}, webhook: {at: corrected}, webhook: {at: corrected, replay: true}]}")
	c := create(t, a)
	awaitEvent(t, a, tap.EventWebhook)
	pay(t, g, c)
	if _, err := a.Advance(t.Context(), 2*time.Hour); err != nil {
		t.Fatal(err)
	}
	entries, err := a.AskNow(Question{Event: tap.EventWebhook})
	if err != nil || len(entries) != 4 || len(sent) != 4 {
		t.Fatalf("%d entries, %d webhooks: %v", len(entries), len(sent), err)
	}
	for i, e := range entries {
		m, err := a.Message(e.Sent)
		if err != nil || string(m.Body)+m.URL != sent[i] {
			t.Errorf("webhook %d was\n%s\nand is now\n%s\n%v", i, sent[i], m.Body, err)
		}
	}
	if !strings.Contains(sent[1], `"FAILED"`) || !strings.Contains(sent[2], `"CAPTURED"`) || sent[3] != sent[2] {
		t.Errorf("the webhooks are\n%s", strings.Join(sent, "\n"))
	}
}

// TestEvidenceGoesWithItsCharge evicts a charge: the entry of its webhook stays, and asking for the bytes is an error.
func TestEvidenceGoesWithItsCharge(t *testing.T) {
	g, a := start(t, Config{Limits: Limits{Charges: 1}})
	confirm(t, g, create(t, a))
	entries, err := a.AskNow(Question{Event: tap.EventWebhook})
	if err != nil || len(entries) != 1 {
		t.Fatalf("%d entries: %v", len(entries), err)
	}
	before := entries[0].Detail
	create(t, a)
	entries, err = a.AskNow(Question{Event: tap.EventWebhook})
	if err != nil || len(entries) != 1 || entries[0].Detail != before {
		t.Fatalf("after the eviction: %+v, %v", entries, err)
	}
	_, err = a.Message(entries[0].Sent)
	if gone, ok := errors.AsType[*EvidenceError](err); !ok || gone.Delivery != "whd_1" {
		t.Errorf("the bytes of a webhook of an evicted charge: %v", err)
	}
	if _, err := a.Resend(t.Context(), entries[0], ""); err == nil {
		t.Error("a webhook of an evicted charge was sent again")
	}
	settled, err := a.AskNow(Question{Event: tap.EventSettled})
	if err != nil || len(settled) != 1 || settled[0].Detail != "the charge was evicted" {
		t.Errorf("the entry of a change of an evicted charge: %+v, %v", settled, err)
	}
}

// TestWebhookOfAnotherSource sends a webhook before the payer chooses KNET and one after it: each has the source of its time.
func TestWebhookOfAnotherSource(t *testing.T) {
	var sent []string
	g, a := start(t, Config{Now: frozenNow, Send: func(_ context.Context, d Delivery) Attempt {
		sent = append(sent, string(d.Body))
		return Attempt{Status: 200}
	}})
	queueYAML(t, a, "{name: t/x, description: x, callbacks: [webhook: {at: created}, webhook: {at: settled}]}")
	req := chargeRequest()
	req.Source = tap.SourceAll
	made, err := a.CreateCharge(req, nil, "")
	if err != nil {
		t.Fatal(err)
	}
	awaitEvent(t, a, tap.EventWebhook)
	p, _ := g.Payer(made.Payment.Token)
	p.Open()
	p.ChooseKNET(t.Context())
	pay(t, g, made.Payment)
	a.AwaitIdle(t.Context())
	entries, _ := a.AskNow(Question{Event: tap.EventWebhook})
	if len(entries) != 2 || len(sent) != 2 || !strings.Contains(sent[0], `"src_all"`) || !strings.Contains(sent[1], `"src_kw.knet"`) {
		t.Fatalf("%d entries, the webhooks are %q", len(entries), sent)
	}
	for i, e := range entries {
		if m, err := a.Message(e.Sent); err != nil || string(m.Body) != sent[i] {
			t.Errorf("webhook %d was\n%s\nand is now\n%s\n%v", i, sent[i], m.Body, err)
		}
	}
}
