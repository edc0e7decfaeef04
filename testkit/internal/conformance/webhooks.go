package conformance

import (
	"strings"
	"testing"
	"time"
)

// webhookBytes compares the received webhook with the webhook in the journal.
func webhookBytes(t *testing.T, e *env) {
	c := e.order(t, "o-1")
	e.Pay(c.Transaction.URL)
	w := e.AwaitWebhook(c.ID)
	hooks, _ := e.shop.got()
	if len(hooks) != 1 || hooks[0].body != w.Body || !strings.Contains(w.Body, c.ID) {
		t.Fatalf("sent\n%s\nreceived\n%v", w.Body, hooks)
	}
	h := hooks[0].header
	if h.Get("Hashstring") != w.HashString || h.Get("Hash") != w.Hash || len(w.HashString) != 64 || h.Get("User-Agent") != "Tap-Webhooks/1.0" {
		t.Errorf("headers %v, want %+v", h, w)
	}
	for name, value := range w.Headers {
		if got := h.Get(name); got != value {
			t.Errorf("header %s was sent as %q and received as %q", name, value, got)
		}
	}
}

func retried(t *testing.T, e *env) {
	e.Freeze(start)
	e.shop.refuse = 2
	c := e.order(t, "o-1")
	e.Pay(c.Transaction.URL)
	if w := e.AwaitWebhook(c.ID); w.Attempt != 1 || w.Response.Status != 500 {
		t.Errorf("the first attempt: %+v", w)
	}
	e.Advance(time.Hour)
	if w := e.AwaitDelivered(c.ID); w.Attempt != 3 || w.Response.Status != 200 {
		t.Errorf("the acknowledged attempt: %+v", w)
	}
	var got []int
	for _, w := range e.Webhooks(c.ID) {
		got = append(got, w.Response.Status)
	}
	if hooks, _ := e.shop.got(); len(hooks) != 3 || len(got) != 3 || got[0] != 500 || got[1] != 500 || got[2] != 200 || e.Charge(c.ID).PostStatus != "SUCCESS" {
		t.Errorf("%d webhooks received, responses %v\n%s", len(hooks), got, e.Trace(c.ID))
	}
}

func resent(t *testing.T, e *env) {
	c := e.order(t, "o-1")
	e.Pay(c.Transaction.URL)
	first := e.AwaitWebhook(c.ID)
	again, err := e.Control().ResendWebhook(t.Context(), first.Delivery)
	if err != nil || again.ID == first.Delivery || len(again.Attempts) != 1 || again.Attempts[0].Response.Status != 200 {
		t.Fatalf("%v %+v", err, again)
	}
	if hooks, _ := e.shop.got(); len(hooks) != 2 || hooks[0].body != hooks[1].body || hooks[0].header.Get("Hashstring") != hooks[1].header.Get("Hashstring") {
		t.Errorf("%v", hooks)
	}
}

func concurrent(t *testing.T, e *env) {
	e.Freeze(start)
	e.Next("webhook/concurrent")
	c := e.order(t, "o-1")
	e.Pay(c.Transaction.URL)
	e.Advance(time.Minute)
	if hooks, _ := e.shop.got(); len(hooks) != 3 {
		t.Errorf("%d copies\n%s", len(hooks), e.Trace(c.ID))
	}
}

// unreachable tests the fault and the remedy of a webhook to a shop that does not listen.
func unreachable(t *testing.T, e *env) {
	e.Freeze(start)
	c := e.create(t, "o-1", "http://127.0.0.1:9/hook", e.shop.testURL+"/return")
	e.Pay(c.Transaction.URL)
	e.Advance(time.Hour)
	w := e.Webhooks(c.ID)
	if len(w) != 3 || w[0].Response.Failure != "refused" || !strings.Contains(w[0].Response.Remedy, "127.0.0.1 is the container itself") || e.Charge(c.ID).PostStatus != "ERROR" {
		t.Errorf("%d attempts\n%s", len(w), e.Trace(c.ID))
	}
}
