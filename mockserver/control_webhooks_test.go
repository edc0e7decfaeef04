package mockserver_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tapmock/tapmock/mockserver"
	"github.com/tapmock/tapmock/mockserver/control"
)

// attemptsOf lists the attempts of a delivery with the statuses of the responses: "1:500 2:200".
func attemptsOf(w control.Webhook) string {
	var all []string
	for _, a := range w.Attempts {
		all = append(all, fmt.Sprintf("%d:%d", a.Attempt, a.Response.Status))
	}
	return strings.Join(all, " ")
}

// TestDeliveries checks that a delivery holds all its attempts and copies, and that journal entries name it.
func TestDeliveries(t *testing.T) {
	s := startStage(t, mockserver.Config{})
	tries := 0
	s.shop.respond = func(visit) int { tries++; return []int{500, 500, 204}[min(tries, 3)-1] }
	c := s.pays("webhook/twice", nil)
	s.advance(time.Minute)
	hooks, err := s.control.Webhooks(t.Context(), c.ID)
	if err != nil || len(hooks) != 1 || hooks[0].ID != "whd_1" || hooks[0].Object != (control.Object{Kind: "charge", ID: c.ID}) || hooks[0].URL != s.shop.url+"/hook" {
		t.Fatalf("%+v, %v", hooks, err)
	}
	if got := attemptsOf(hooks[0]); !strings.HasPrefix(got, "1:500 1:500 2:") {
		t.Errorf("the attempts are %s", got)
	}
	var entries []uint64
	for _, e := range s.entries("webhook") {
		if e.Delivery != "whd_1" {
			t.Errorf("the entry %d names the delivery %q", e.Seq, e.Delivery)
		}
		entries = append(entries, e.Seq)
	}
	for i, a := range hooks[0].Attempts {
		if !slices.Contains(entries, a.Entry) || a.Body == "" || a.HashString == "" || i > 0 && a.Entry <= hooks[0].Attempts[i-1].Entry {
			t.Errorf("attempt %d: %+v", i, a)
		}
	}
	if one, err := s.control.Webhook(t.Context(), "whd_1"); err != nil || attemptsOf(one) != attemptsOf(hooks[0]) {
		t.Errorf("by id: %+v, %v", one, err)
	}
}

// TestResendWebhook sends a delivery again: the same bytes, as a new delivery. The charge does not change.
func TestResendWebhook(t *testing.T) {
	s := startStage(t, mockserver.Config{})
	c := s.pays("", nil)
	s.shop.respond = func(visit) int { return 418 }
	again, err := s.control.ResendWebhook(t.Context(), "whd_1")
	if err != nil || again.ID != "whd_2" || attemptsOf(again) != "1:418" || again.Object.ID != c.ID {
		t.Fatalf("%+v, %v", again, err)
	}
	visits := s.shop.visits("/hook")
	if len(visits) != 2 || visits[0].body != visits[1].body || visits[0].header.Get("hash") != visits[1].header.Get("hash") {
		t.Errorf("the shop received %+v", visits)
	}
	if got := s.get(c.ID).Post.Status; got != "SUCCESS" {
		t.Errorf("post.status is %s", got)
	}
	if one, err := s.control.Webhook(t.Context(), "whd_2"); err != nil || attemptsOf(one) != "1:418" {
		t.Errorf("by id: %+v, %v", one, err)
	}
	s.refused("POST", "/webhooks/whd_3/resend", "", 404, "not_found", `no webhook delivery "whd_3"`)
	s.refused("GET", "/webhooks/7", "", 404, "not_found", `no webhook delivery "7"`)
}

// TestEvictedDelivery asks for a delivery whose entries the journal has evicted.
func TestEvictedDelivery(t *testing.T) {
	s := startStage(t, mockserver.Config{Limits: mockserver.Limits{Journal: 8 << 10}})
	s.pays("", nil)
	for range 30 {
		s.create(s.order(nil))
	}
	s.awaitIdle()
	s.refused("GET", "/webhooks/whd_1", "", 410, "evicted", "whd_1", "-limit journal")
	s.refused("POST", "/webhooks/whd_1/resend", "", 410, "evicted", "whd_1")
	s.refused("GET", "/webhooks?starting_after=whd_1", "", 410, "evicted", "whd_1")
	s.refused("GET", "/webhooks/whd_999", "", 404, "not_found", "whd_999")
	s.refused("GET", "/journal?after=0", "", 410, "evicted", "ask for those after")
}

// TestEvictedPages lists deliveries and entries of which the older ones were evicted: a page that they would belong to is an error.
func TestEvictedPages(t *testing.T) {
	s := startStage(t, mockserver.Config{Limits: mockserver.Limits{Journal: 8 << 10}})
	old := s.pays("", nil).ID
	for range 30 {
		s.create(s.order(nil))
	}
	s.awaitIdle()
	last := s.pays("", nil).ID
	s.wantPage("/webhooks?object="+last, "webhooks", "id", false, "whd_32")
	s.wantPage("/webhooks?limit=1", "webhooks", "id", true, "whd_32")
	s.refused("GET", "/webhooks", "", 410, "evicted", "-limit journal")
	s.refused("GET", "/webhooks?object="+old, "", 410, "evicted", "-limit journal")

	if got, more := s.page("/journal?limit=3", "entries", "event"); len(got) != 3 || !more {
		t.Errorf("the latest entries: %v, has_more %t", got, more)
	}
	if got, more := s.page("/journal?object="+last, "entries", "event"); got[len(got)-1] != "created" || more {
		t.Errorf("the entries of the last charge: %v, has_more %t", got, more)
	}
	s.refused("GET", "/journal", "", 410, "evicted", "ask for those after")
	s.refused("GET", "/journal?object="+old, "", 410, "evicted", "ask for those after")
	s.refused("GET", "/journal?event=webhook&before=9", "", 410, "evicted", "ask for those after")
	if all, err := s.control.Webhooks(t.Context(), ""); err == nil {
		t.Errorf("the client returns %d deliveries of 32 without an error", len(all))
	}
}
