package mockserver_test

import (
	"encoding/csv"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/tapmock/tapmock/mockserver"
)

// TestDownload downloads charges in all states and refunds as CSV: columns, quoting, and pages in headers.
func TestDownload(t *testing.T) {
	s := startStage(t, mockserver.Config{})
	paid := s.pays("", map[string]any{"metadata": map[string]any{"udf1": `one, "two"`, "udf2": 7}, "reference": map[string]any{"order": "ord-1", "transaction": "txn-1"},
		"customer": map[string]any{"first_name": "Test", "last_name": "Payer, Jr", "phone": map[string]any{"country_code": "965", "number": "50000000"}}})
	s.advance(90 * time.Second)
	failed := s.pays("outcome/no-funds", nil)
	open := s.pays("payer/never-opens", nil)
	refund := s.refunds(paid.ID, map[string]any{"reason": "broken, sent back", "metadata": at("a", "b"), "reference": at("merchant", "r-1")})
	s.advance(2 * time.Second)
	s.refunds(paid.ID, at("amount", 1))

	var all strings.Builder
	for _, c := range [][2]string{
		{"charges", `{"limit":100000,"starting_after":"","additional_fields":["destination_id"]}`}, {"charges", `{"limit":2}`}, {"charges", `{"status":"CAPTURED"}`},
		{"charges", fmt.Sprintf(`{"limit":1,"starting_after":%q}`, open.ID)}, {"charges", `{"limit":100001}`}, {"refunds", `{}`}, {"refunds", `{"limit":1}`},
	} {
		a := s.call("POST", "/v2/"+c[0]+"/download", c[1])
		body := strings.NewReplacer(paid.ID, "chg_paid", failed.ID, "chg_failed", open.ID, "chg_open", refund.ID, "re_1").Replace(a.body)
		fmt.Fprintf(&all, "-- %s %s --\n", c[0], strings.ReplaceAll(c[1], open.ID, "chg_open"))
		if a.status != 200 {
			fmt.Fprintf(&all, "HTTP %d %s\n", a.status, a.header.Get("X-Tapmock-Note"))
			continue
		}
		rows, err := csv.NewReader(strings.NewReader(a.body)).ReadAll()
		if err != nil || a.header.Get("Content-Type") != "text/plain" {
			t.Errorf("%s: %v, %s", c[1], err, a.header.Get("Content-Type"))
		}
		for _, name := range []string{"has_more", "page_size", "number_of_pages", "total_count", "last_charge_id", "last_refund_id"} {
			if v := a.header.Get(name); v != "" {
				fmt.Fprintf(&all, "%s: %s\n", name, strings.NewReplacer(paid.ID, "chg_paid", failed.ID, "chg_failed", open.ID, "chg_open", refund.ID, "re_1").Replace(v))
			}
		}
		fmt.Fprintf(&all, "%d rows of %d cells\n%s", len(rows), len(rows[0]), body)
	}
	s.golden("download", all.String(), s.shop.url)
}
