package gateway

import (
	"testing"
	"time"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// TestTenth computes a tenth of amounts, down to the smallest unit of the currency.
func TestTenth(t *testing.T) {
	for _, c := range []struct{ amount, currency, want string }{
		{"12.345", "KWD", "1.234"}, {"0.100", "KWD", "0.010"}, {"0.010", "KWD", "0.001"}, {"0.009", "KWD", "0.090"}, {"0.001", "BHD", "0.010"},
		{"12.34", "USD", "1.23"}, {"0.10", "USD", "0.01"}, {"0.09", "USD", "0.90"}, {"999999.999", "KWD", "99999.999"},
	} {
		amount, err := tap.ParseAmount(c.amount)
		if err != nil {
			t.Fatal(err)
		}
		places, _ := tap.Decimals(c.currency)
		if got := tenth(amount, c.currency); got.Text(places) != c.want || !got.Fits(places) || got == amount {
			t.Errorf("a tenth of %s %s is %s, want %s", c.amount, c.currency, got, c.want)
		}
	}
}

// TestCapturedAmountIsRounded captures an amount with more decimals than the currency has.
func TestCapturedAmountIsRounded(t *testing.T) {
	_, a := start(t, Config{Now: frozenNow})
	queueYAML(t, a, "{name: t/x, description: x, payer: {pay: {}, at: created}, bank: {amount: 1.005}}")
	req := *chargeRequest()
	req.Currency, req.Source, req.Amount = "USD", tap.SourceKNET, 12_340
	made, err := a.CreateCharge(&req, nil, "http://mock.example")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Advance(t.Context(), time.Minute); err != nil {
		t.Fatal(err)
	}
	c, err := a.Charge(made.Payment.ID)
	if o := c.Charge(tap.MethodGet); err != nil || c.Status != tap.Captured || o.Amount != "1.01" || o.Transaction.Amount != "1.01" {
		t.Errorf("%s, amount %s, error %v", c.Status, o.Amount, err)
	}
}

// TestPanelOverAnAmount chooses outcomes in the panel under a scenario that captures another amount: a capture is of that amount.
func TestPanelOverAnAmount(t *testing.T) {
	for outcome, want := range map[string]tap.Amount{"captured": 1000, "no-funds": chargeRequest().Amount} {
		g, a := start(t, Config{})
		queueYAML(t, a, "{name: t/x, description: x, bank: {result: CAPTURED, amount: 1.000}}")
		made := create(t, a)
		p, err := g.Payer(made.Token)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.Open(); err != nil {
			t.Fatal(err)
		}
		if _, err := p.End(t.Context(), outcome); err != nil {
			t.Fatal(err)
		}
		c, err := a.Charge(made.ID)
		if original := c.Original(); err != nil || c.Amount != want || original.Amount != c.Request.Amount {
			t.Errorf("%s: %s with the amount %s, created with %s, error %v", outcome, c.Status, c.Amount, original.Amount, err)
		}
	}
}
