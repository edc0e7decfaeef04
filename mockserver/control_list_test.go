package mockserver_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tapmock/tapmock/mockserver"
)

// page requests a page of a list and returns a field of its elements as text, and has_more.
func (s *stage) page(path, list, field string) (values []string, more bool) {
	s.t.Helper()
	status, answer := s.ask("GET", path, "")
	all, ok := answer[list].([]any)
	more, said := answer["has_more"].(bool)
	if status != http.StatusOK || !ok || !said {
		s.t.Fatalf("GET %s: HTTP %d %v", path, status, answer)
	}
	for _, one := range all {
		values = append(values, fmt.Sprint(one.(object)[field]))
	}
	return values, more
}

// wantPage compares a page of a list with the values of a field.
func (s *stage) wantPage(path, list, field string, more bool, want ...string) {
	s.t.Helper()
	if got, hasMore := s.page(path, list, field); !slices.Equal(got, want) || hasMore != more {
		s.t.Errorf("GET %s: %v, has_more %t; want %v, %t", path, got, hasMore, want, more)
	}
}

// TestChargePages lists five charges in pages, with filters, and with values that cannot occur.
func TestChargePages(t *testing.T) {
	s := startStage(t, mockserver.Config{})
	ids := make([]string, 5) // the latest first
	for i := range ids {
		ids[4-i] = s.create(s.order(map[string]any{"reference": at("order", fmt.Sprintf("o-%d", i%2))})).ID
	}
	s.wantPage("/charges", "charges", "id", false, ids...)
	s.wantPage("/charges?limit=5", "charges", "id", false, ids...)
	s.wantPage("/charges?limit=2", "charges", "id", true, ids[:2]...)
	s.wantPage("/charges?limit=2&starting_after="+ids[1], "charges", "id", true, ids[2:4]...)
	s.wantPage("/charges?limit=2&starting_after="+ids[3], "charges", "id", false, ids[4])
	s.wantPage("/charges?starting_after="+ids[4], "charges", "id", false)
	s.wantPage("/charges?order=o-1", "charges", "id", false, ids[1], ids[3])
	s.wantPage("/charges?order=o-0&limit=1&starting_after="+ids[1], "charges", "id", true, ids[2])
	s.wantPage("/charges?order=other", "charges", "id", false)
	s.wantPage("/charges?status=INITIATED&limit=10000", "charges", "id", false, ids...)
	s.wantPage("/charges?status=TIMEDOUT", "charges", "id", false)

	s.refused("GET", "/charges?limit=10001", "", 400, "bad_request", "limit", "10000")
	s.refused("GET", "/charges?limit=0", "", 400, "bad_request", "limit", "above 0")
	s.refused("GET", "/charges?status=paid", "", 400, "bad_request", "status", `"paid"`, "CAPTURED", "TIMEDOUT")
	s.refused("GET", "/charges?statuses=CAPTURED", "", 400, "bad_request", "did you mean status?", "starting_after")
	s.refused("GET", "/charges/"+ids[0]+"?status=CAPTURED", "", 400, "bad_request", `no parameter "status"`)
	s.refused("GET", "/charges?reference.order=7", "", 400, "bad_request", `no parameter "reference.order"`, "did you mean order?")
	s.refused("GET", "/charges?starting_after=chg_none", "", 404, "not_found", "no such charge")
	newStage(t, s.mock, "sk_test_other").refused("GET", "/charges?starting_after="+ids[0], "", 404, "not_found", "no such charge")
}

// TestChargesEvicted checks that a list says how many charges are missing from it.
func TestChargesEvicted(t *testing.T) {
	s := startStage(t, mockserver.Config{Limits: mockserver.Limits{Charges: 2}}, "payer=auto")
	for range 5 {
		s.pays("", nil)
	}
	if _, answer := s.ask("GET", "/charges", ""); answer["evicted"] != 3.0 || len(answer["charges"].([]any)) != 2 {
		t.Errorf("after five charges with a limit of two: %v", answer)
	}
}

// TestJournalOrder reads a journal in both directions.
func TestJournalOrder(t *testing.T) {
	s := startStage(t, mockserver.Config{})
	c := s.create(s.order(nil))
	for range 4 {
		s.create(s.order(nil))
	}
	s.wantPage("/journal", "entries", "seq", false, "5", "4", "3", "2", "1")
	s.wantPage("/journal?limit=2", "entries", "seq", true, "5", "4")
	s.wantPage("/journal?limit=2&before=4", "entries", "seq", true, "3", "2")
	s.wantPage("/journal?limit=2&before=2", "entries", "seq", false, "1")
	s.wantPage("/journal?after=0", "entries", "seq", false, "1", "2", "3", "4", "5")
	s.wantPage("/journal?after=1&limit=2", "entries", "seq", true, "2", "3")
	s.wantPage("/journal?after=3&limit=2", "entries", "seq", false, "4", "5")
	s.wantPage("/journal?wait=5s&limit=2", "entries", "seq", true, "1", "2")
	s.wantPage("/journal?after=5&wait=10ms", "entries", "seq", false)
	s.wantPage("/journal?object="+c.ID+"&event=created", "entries", "seq", false, "1")
	s.wantPage("/journal?event=webhook", "entries", "seq", false)

	s.refused("GET", "/journal?before=3&after=1", "", 400, "bad_request", "before", "after")
	s.refused("GET", "/journal?before=3&wait=1s", "", 400, "bad_request", "before", "wait")
	s.refused("GET", "/journal?event=charge_created", "", 400, "bad_request", `"charge_created" is now created`)
	s.refused("GET", "/journal?event=charge_settled", "", 400, "bad_request", `"charge_settled" is now settled, corrected or expired`)
	s.refused("GET", "/journal?event=setled", "", 400, "bad_request", `"setled"`, "did you mean settled?")
	s.refused("GET", "/journal?event=paid", "", 400, "bad_request", `"paid"`, "created, create_repeated", "webhook_given_up")
	s.refused("GET", "/journal?object=whd_1", "", 400, "bad_request", `"whd_1"`, "chg_")
	s.refused("GET", "/journal?charge="+c.ID, "", 400, "bad_request", "object")
	s.refused("GET", "/journal?limit=10001", "", 400, "bad_request", "10000")
	s.refused("GET", "/journal?after=x", "", 400, "bad_request", "after", "whole number")
	s.refused("GET", "/journal?wait=-1s", "", 400, "bad_request", "wait", "a time cannot be negative", "60s")
	s.refused("GET", "/journal?wait=61s", "", 400, "bad_request", "wait", "60s")
}

// TestWebhookPages lists deliveries in pages, and with values that cannot occur.
func TestWebhookPages(t *testing.T) {
	s := startStage(t, mockserver.Config{})
	one, two := s.pays("webhook/twice", nil), s.pays("", nil)
	s.wantPage("/webhooks", "webhooks", "id", false, "whd_2", "whd_1")
	s.wantPage("/webhooks?limit=1", "webhooks", "id", true, "whd_2")
	s.wantPage("/webhooks?limit=1&starting_after=whd_2", "webhooks", "id", false, "whd_1")
	s.wantPage("/webhooks?starting_after=whd_1", "webhooks", "id", false)
	s.wantPage("/webhooks?object="+one.ID, "webhooks", "id", false, "whd_1")

	s.refused("GET", "/webhooks?limit=1001", "", 400, "bad_request", "1000")
	s.refused("GET", "/webhooks?object=order-7", "", 400, "bad_request", `"order-7"`, "chg_")
	s.refused("GET", "/webhooks?starting_after=whd_9", "", 404, "not_found", `"whd_9"`)
	s.refused("GET", "/webhooks?starting_after=whd_1&object="+two.ID, "", 400, "bad_request", "another object")
	s.refused("GET", "/webhooks?charge="+one.ID, "", 400, "bad_request", `no parameter "charge"`, "object, limit, starting_after")
}

// TestChargeAndTrace reads a charge, and the same charge with its entries and effects.
func TestChargeAndTrace(t *testing.T) {
	s := startStage(t, mockserver.Config{})
	s.shop.respond = func(visit) int { return 503 }
	id := s.pays("", map[string]any{"reference": at("order", "o-1")}).ID
	status, charge := s.ask("GET", "/charges/"+id, "")
	if status != http.StatusOK || charge["id"] != id || charge["status"] != "CAPTURED" || charge["order"] != "o-1" || charge["post_status"] != "PENDING" || charge["entries"] != nil {
		t.Errorf("the charge: HTTP %d %v", status, charge)
	}
	status, trace := s.ask("GET", "/charges/"+id+"/trace", "")
	same := fmt.Sprint(trace["charge"]) == fmt.Sprint(charge)
	entries, scheduled := trace["entries"].([]any), trace["scheduled"].([]any)
	if status != http.StatusOK || !same || len(entries) < 6 || len(scheduled) != 1 || !strings.Contains(trace["text"].(string), "\n    1  ") {
		t.Errorf("the trace: HTTP %d %v", status, trace)
	}
	first, effect := entries[0].(object), scheduled[0].(object)
	for _, one := range []object{first, effect} {
		if object := one["object"].(object); object["kind"] != "charge" || object["id"] != id {
			t.Errorf("%v is about %v", one, object)
		}
	}
	if first["event"] != "created" || effect["kind"] != "webhook" || effect["attempt"] != 2.0 {
		t.Errorf("the first entry is %v, the next effect %v", first, effect)
	}
	s.refused("GET", "/charges/chg_none", "", 404, "not_found", "no such charge")
	s.refused("GET", "/charges/chg_none/trace", "", 404, "not_found", "no such charge")
	s.advance(time.Hour)
	if charge, err := s.control.Charge(t.Context(), id); err != nil || charge.PostStatus != "ERROR" || charge.ID != id {
		t.Errorf("after the last attempt: %+v, %v", charge, err)
	}
}
