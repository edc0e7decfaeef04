package testkit_test

import (
	"strings"
	"testing"
	"time"

	"github.com/tapmock/tapmock/testkit"
)

// TestNewAccountRelays opens a second account on a relaying mock.
func TestNewAccountRelays(t *testing.T) {
	t.Parallel()
	mock := testkit.Start(t, testkit.Relay()).NewAccount(t)
	_, page := order(t, mock, shop(t), "o-1")
	mock.Pay(page)
	if s, err := mock.Control().Settings(t.Context()); err != nil || s["delivery"] != "relay" {
		t.Errorf("delivery is %q, %v", s["delivery"], err)
	}
	if c := mock.AwaitCharge("o-1"); c.PostStatus != "SUCCESS" {
		t.Errorf("%+v", c)
	}
}

// TestRelayed relays concurrent and forged webhooks, returns, and webhooks to a merchant that does not listen.
func TestRelayed(t *testing.T) {
	t.Parallel()
	mock := testkit.Start(t, testkit.Relay(), testkit.Frozen(time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)))
	at := shop(t)
	for _, scenario := range []string{"payer/pays + webhook/concurrent", "payer/pays + forge/body-changed", "payer/pays + return/twice"} {
		mock.Next(scenario)
		id, _ := order(t, mock, at, scenario)
		mock.Advance(time.Hour)
		c := mock.Charge(id)
		for _, w := range mock.Webhooks(id) {
			if w.Response.Status != 200 || w.Response.Took <= 0 || w.Response.Body != "thank you" {
				t.Errorf("%s: %+v", scenario, w.Response)
			}
		}
		if c.PostStatus != "SUCCESS" || c.RedirectStatus != "SUCCESS" || !strings.Contains(mock.Trace(id), "return?") && !strings.Contains(mock.Trace(id), "/return: HTTP 200") {
			t.Errorf("%s", mock.Trace(id))
		}
	}
	id, page := order(t, mock, "http://127.0.0.1:9", "o-1")
	mock.Pay(page)
	mock.Advance(time.Minute)
	if trace := mock.Trace(id); !strings.Contains(trace, "refused") || mock.Charge(id).PostStatus != "ERROR" {
		t.Errorf("%s", trace)
	}
}
