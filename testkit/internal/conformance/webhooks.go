package conformance

import (
	"strings"
	"testing"
	"time"
)

// webhookBytes compares what the shop got with what the mock says it has sent.
func webhookBytes(t *testing.T, v *visit) {
	c := v.order(t, "o-1")
	v.Pay(c.Transaction.URL)
	w := v.AwaitWebhook(c.ID)
	hooks, _ := v.shop.got()
	if len(hooks) != 1 || hooks[0].body != w.Body || !strings.Contains(w.Body, c.ID) {
		t.Fatalf("sent\n%s\ngot\n%v", w.Body, hooks)
	}
	h := hooks[0].header
	if h.Get("Hashstring") != w.HashString || h.Get("Hash") != w.Hash || len(w.HashString) != 64 || !strings.HasPrefix(h.Get("User-Agent"), "Apache-HttpClient/") {
		t.Errorf("headers %v, want %+v", h, w)
	}
	for name, value := range w.Headers {
		if got := h.Get(name); got != value {
			t.Errorf("header %s is said to be %q and came as %q", name, value, got)
		}
	}
}

func retried(t *testing.T, v *visit) {
	v.Freeze(start)
	v.shop.refuse = 2
	c := v.order(t, "o-1")
	v.Pay(c.Transaction.URL)
	v.Advance(time.Hour)
	var got []int
	for _, w := range v.Webhooks(c.ID) {
		got = append(got, w.Response.Status)
	}
	if hooks, _ := v.shop.got(); len(hooks) != 3 || len(got) != 3 || got[0] != 500 || got[1] != 500 || got[2] != 200 || v.Charge(c.ID).Post != "SUCCESS" {
		t.Errorf("%d webhooks came, answered %v\n%s", len(hooks), got, v.Trace(c.ID))
	}
}

func resent(t *testing.T, v *visit) {
	c := v.order(t, "o-1")
	v.Pay(c.Transaction.URL)
	first := v.AwaitWebhook(c.ID)
	again, err := v.Control().ResendWebhook(t.Context(), first.Seq)
	if err != nil || again.Response.Status != 200 {
		t.Fatalf("%v %+v", err, again)
	}
	if hooks, _ := v.shop.got(); len(hooks) != 2 || hooks[0].body != hooks[1].body || hooks[0].header.Get("Hashstring") != hooks[1].header.Get("Hashstring") {
		t.Errorf("%v", hooks)
	}
}

func concurrent(t *testing.T, v *visit) {
	v.Freeze(start)
	v.Next("webhook/concurrent")
	c := v.order(t, "o-1")
	v.Pay(c.Transaction.URL)
	v.Advance(time.Minute)
	if hooks, _ := v.shop.got(); len(hooks) != 3 {
		t.Errorf("%d copies\n%s", len(hooks), v.Trace(c.ID))
	}
}

// unreachable is about what the mock says to a person whose shop it cannot reach.
func unreachable(t *testing.T, v *visit) {
	v.Freeze(start)
	c := v.create(t, "o-1", "http://127.0.0.1:9/hook", v.shop.here+"/return")
	v.Pay(c.Transaction.URL)
	v.Advance(time.Hour)
	w := v.Webhooks(c.ID)
	if len(w) != 3 || w[0].Response.Fault != "refused" || !strings.Contains(w[0].Response.Remedy, "inside a container 127.0.0.1 is the container itself") || v.Charge(c.ID).Post != "ERROR" {
		t.Errorf("%+v\n%s", w, v.Trace(c.ID))
	}
}
