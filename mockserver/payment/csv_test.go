package payment

import (
	"encoding/csv"
	"slices"
	"strings"
	"testing"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// cellsOf reads the only line of a download.
func cellsOf(t *testing.T, line []byte) []string {
	t.Helper()
	rows, err := csv.NewReader(strings.NewReader(string(line))).ReadAll()
	if err != nil || len(rows) != 1 {
		t.Fatalf("%d lines in %q: %v", len(rows), line, err)
	}
	return rows[0]
}

// TestChargeCSV writes a charge before and after its capture, and one that has ended without KNET: the cells that differ.
func TestChargeCSV(t *testing.T) {
	named := func(req *tap.PaymentRequest, _ *tap.Settings) {
		req.Customer = tap.Customer{ID: "cus_1", FirstName: "Ada", LastName: "Byron"}
	}
	before, after := chargeOf(named), captured(t, named)
	elsewhere := newCharge(tap.SourceAll)
	finish(t, &elsewhere, tap.OutcomePageExpired(), tap.EventSettled, Bank{})
	open, paid, ended := cellsOf(t, before.AppendCSV(nil, nil, 0)), cellsOf(t, after.AppendCSV(nil, nil, 0)), cellsOf(t, elsewhere.AppendCSV(nil, nil, 0))
	for what, test := range map[string]struct{ row, cells []string }{
		"open":          {open, []string{before.ID, "0.500", "INITIATED", "cus_1", "Ada Byron", "GOSELL"}},
		"captured":      {paid, []string{after.ID, "0.500", "CAPTURED", "cus_1", "Ada Byron", "DEBIT", "KNET", "0.000"}},
		"ended without": {ended, []string{"chg_1", "CANCELLED", "GOSELL"}},
	} {
		for _, cell := range test.cells {
			if !slices.Contains(test.row, cell) {
				t.Errorf("%s: %q is not in %q", what, cell, test.row)
			}
		}
	}
	for what, row := range map[string][]string{"open": open, "ended without": ended} {
		if slices.Contains(row, "KNET") || slices.Contains(row, "0.000") || len(row) != len(paid) {
			t.Errorf("%s: cells of a captured charge in %q", what, row)
		}
	}
	if wide := after.AppendCSV([]byte("x,"), nil, 2); !strings.HasPrefix(string(wide), "x,") || len(cellsOf(t, wide)) != len(paid)+3 {
		t.Errorf("with two more cells the line is %q", wide)
	}
}

// TestCapturedChargeCSV has the customer that Tap drew, and the date of the capture rather than of a later change.
func TestCapturedChargeCSV(t *testing.T) {
	c := captured(t, nil)
	first := string(c.AppendCSV(nil, nil, 0))
	if !slices.Contains(cellsOf(t, []byte(first)), c.References().Customer) {
		t.Errorf("the drawn customer is not in %q", first)
	}
	if _, err := c.Update(&tap.Update{ReceiptSMS: new(true)}, nil); err != nil || string(c.AppendCSV(nil, nil, 0)) != first {
		t.Errorf("after an update: %v\n%s\n%s", err, first, c.AppendCSV(nil, nil, 0))
	}
}

// TestRefundCSV writes a refund before and after each result: references while it is refunded, its completion once it has ended.
func TestRefundCSV(t *testing.T) {
	r := refundFor(nil)
	pending := cellsOf(t, r.AppendCSV(nil))
	end(t, &r, tap.Refunded, false)
	refunded, refs := cellsOf(t, r.AppendCSV(nil)), r.Object(tap.MethodGet).Reference
	end(t, &r, tap.RefundFailed, true)
	failed := cellsOf(t, r.AppendCSV(nil))
	if want := []string{r.ID, "chg_1", "KWD", "0.500", "PENDING"}; !slices.Equal(pending[:5], want) || pending[8] != "" || pending[11] != "" {
		t.Errorf("the pending refund is %q", pending)
	}
	if refunded[4] != "REFUNDED" || refunded[8] == "" || refunded[10] != refs.Acquirer || refunded[11] != refs.Payment {
		t.Errorf("the refund is %q", refunded)
	}
	if failed[4] != "FAILED" || failed[8] == "" || failed[8] == refunded[8] || failed[10] != "" || failed[11] != "" {
		t.Errorf("the failed refund is %q", failed)
	}
}
