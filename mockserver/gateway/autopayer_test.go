package gateway_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tapmock/tapmock/mockserver/gateway"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// visited returns what opens an address as a browser does, and remembers it.
func visited(all *[]string) func(context.Context, string) gateway.Attempt {
	return func(_ context.Context, address string) gateway.Attempt {
		*all = append(*all, address)
		return gateway.Attempt{Status: 200}
	}
}

// automatic creates a charge of an automatic payer on a frozen clock, and moves the clock by two minutes.
func automatic(t *testing.T, lines string) (gateway.Payment, []string, []string) {
	t.Helper()
	var returns []string
	a := account(t, startGateway(t, gateway.Config{Now: fixed, Send: count(new(atomic.Int64)), Visit: visited(&returns)}), "sk_test_a")
	c := createFrom(t, a, lines)
	advance(t, a, 2*time.Minute)
	paid, err := a.Charge(c.ID)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	entries, _ := a.Journal()
	for _, e := range entries {
		all = append(all, string(e.Event)+" "+e.Detail)
	}
	return paid, all, returns
}

// TestAutomaticPayer plays each way in which an automatic payer can pay or not pay.
func TestAutomaticPayer(t *testing.T) {
	for name, test := range map[string]struct {
		lines   string
		status  tap.Status
		returns int
		has     string // in the journal
		hasNot  string
	}{
		"pays":                   {"payer: {pay: {}, at: created}", tap.Captured, 1, "confirmed", "cancelled"},
		"with another expiry":    {"payer: {pay: {expiry: 01/30}, at: created}", tap.Failed, 1, "FAILED", "CAPTURED"},
		"later than the end":     {"payer: {pay: {}, at: created, duration: 10m}", tap.Initiated, 0, "page_opened", "submitted"},
		"cancels at entry":       {"payer: {cancel: entry, at: created}", tap.Cancelled, 1, "cancelled", "submitted"},
		"cancels at confirm":     {"payer: {cancel: confirm, at: created}", tap.Cancelled, 1, "submitted", "confirmed"},
		"abandons at entry":      {"payer: {abandon: entry, at: created}", tap.Initiated, 0, "page_opened", "submitted"},
		"abandons at confirm":    {"payer: {abandon: confirm, at: created}", tap.Initiated, 0, "submitted", "confirmed"},
		"never opens":            {"payer: {abandon: unopened, at: created}", tap.Initiated, 0, "created", "page_opened"},
		"clicks twice":           {"payer: {pay: {clicks: 2}, at: created}", tap.Captured, 1, "Confirm was pressed again", "cancelled"},
		"clicks once":            {"payer: {pay: {clicks: 1}, at: created}", tap.Captured, 1, "confirmed", "Confirm was pressed again"},
		"uses two tabs":          {"payer: {pay: {tabs: 2}, at: created}", tap.Captured, 1, "the page is open in another tab", "cancelled"},
		"uses one tab":           {"payer: {pay: {tabs: 1}, at: created}", tap.Captured, 1, "confirmed", "the page is open in another tab"},
		"with a password":        {"payer: {pay: {}, at: created}, bank: {otp: {ask: true}}", tap.Captured, 1, "message 1", "tries left"},
		"with a wrong password":  {"payer: {pay: {otp: wrong}, at: created}, bank: {otp: {ask: true}}", tap.Failed, 1, "wrong, 0 tries left", "right"},
		"with a late password":   {"payer: {pay: {otp: expired}, at: created}, bank: {otp: {ask: true}}, settings: {otp_lifetime: 10s}", tap.Failed, 1, "expired, 0 tries left", "wrong, "},
		"with a refused PIN":     {"payer: {pay: {}, at: created}, bank: {pin: {refuse: 1}}", tap.Captured, 1, "the bank refused the PIN", "tries left"},
		"with refused PINs":      {"payer: {pay: {}, at: created}, bank: {pin: {refuse: all}}", tap.Failed, 1, "the bank refused the PIN", "confirmed"},
		"without confirm screen": {"payer: {pay: {}, at: created}, settings: {page_confirm_screen: never}", tap.Captured, 1, "submitted", "Confirm was pressed again"},
		"with a slow bank":       {"payer: {pay: {}, at: created}, bank: {delay: 20s}", tap.Captured, 1, "confirmed", "not possible"},
	} {
		c, all, returns := automatic(t, test.lines)
		text := strings.Join(all, "\n")
		if c.Status != test.status || len(returns) != test.returns {
			t.Errorf("%s: the charge is %s, %d returns:\n%s", name, c.Status, len(returns), text)
		}
		if !strings.Contains(text, test.has) || strings.Contains(text, test.hasNot) {
			t.Errorf("%s: the journal wants %q, not %q:\n%s", name, test.has, test.hasNot, text)
		}
	}
}

// TestTabs counts the forms that are refused because the page was opened again in later tabs.
func TestTabs(t *testing.T) {
	c, all, _ := automatic(t, "payer: {pay: {tabs: 3}, at: created}")
	refused := 0
	for _, e := range all {
		if strings.Contains(e, "the page is open in another tab") {
			refused++
		}
	}
	if refused != 2 || c.Page.Views != 3 {
		t.Errorf("%d forms were refused after %d views", refused, c.Page.Views)
	}
}

// TestClicks counts the clicks after the first one.
func TestClicks(t *testing.T) {
	_, all, _ := automatic(t, "payer: {pay: {clicks: 4}, at: created}")
	again := slices.DeleteFunc(all, func(e string) bool { return !strings.Contains(e, "Confirm was pressed again") })
	if len(again) != 3 {
		t.Errorf("%d clicks came after the first one", len(again))
	}
}

// TestDuration delays only what follows the opening of the page.
func TestDuration(t *testing.T) {
	var returns []string
	a := account(t, startGateway(t, gateway.Config{Now: fixed, Send: count(new(atomic.Int64)), Visit: visited(&returns)}), "sk_test_a")
	c := createFrom(t, a, "payer: {pay: {}, at: created + 5s, duration: 10s}")
	for _, step := range []struct {
		d    time.Duration
		want []tap.Event
		end  tap.Status
	}{
		{5*time.Second - 1, nil, tap.Initiated},
		{1, []tap.Event{tap.EventPageOpened}, tap.Initiated},
		{10*time.Second - 1, []tap.Event{tap.EventPageOpened}, tap.Initiated},
		{1, []tap.Event{tap.EventPageOpened, tap.EventSubmitted, tap.EventConfirmed}, tap.Captured},
	} {
		advance(t, a, step.d)
		var got []tap.Event
		for _, e := range events(a) {
			if e == tap.EventPageOpened || e == tap.EventSubmitted || e == tap.EventConfirmed {
				got = append(got, e)
			}
		}
		if now, _ := a.Charge(c.ID); !slices.Equal(got, step.want) || now.Status != step.end {
			t.Errorf("after %s more the payer has done %v, the charge is %s", step.d, got, now.Status)
		}
	}
}

// TestPayerAfterTheEnd ends a payment before its automatic payer acts: the step is refused.
func TestPayerAfterTheEnd(t *testing.T) {
	g := startGateway(t, gateway.Config{Now: fixed})
	a := account(t, g, "sk_test_a")
	c := createFrom(t, a, "payer: {pay: {}, at: created + 1m}")
	p, err := g.Payer(c.Token)
	if err != nil {
		t.Fatal(err)
	}
	p.Cancel(t.Context())
	advance(t, a, time.Minute)
	if got := details(a, tap.EventPageRefused); len(got) != 1 || got[0] != "page_opened was not possible: the payment has ended: CANCELLED" {
		t.Errorf("the journal has %q", got)
	}
}

// TestEnteredCard enters the card and the expiry of the scenario, or else ones with which payments are captured.
func TestEnteredCard(t *testing.T) {
	for lines, want := range map[string]string{
		"payer: {pay: {}, at: created}": "8888880000000001 9/2030",
		"payer: {pay: {}, at: created}, settings: {bank_captured_expiries: '05/31,06/31'}":       "8888880000000001 5/2031",
		"payer: {pay: {}, at: created}, settings: {bank_captured_expiries: none}":                "8888880000000001 9/2030",
		"payer: {pay: {card: '8888880000000002', expiry: 01/29}, at: created}":                   "8888880000000002 1/2029",
		"payer: {abandon: confirm, at: created}, settings: {bank_captured_expiries: '05/31'}":    "8888880000000001 5/2031",
		"payer: {pay: {card: '8888880000000002'}, at: created}, bank: {result: CAPTURED}":        "8888880000000002 9/2030",
		"payer: {pay: {expiry: 12/28}, at: created}, bank: {result: CAPTURED, pin: {refuse: 1}}": "8888880000000001 12/2028",
	} {
		c, _, _ := automatic(t, lines)
		card, _ := tap.ParseTestCard(want[:16])
		if got := fmt.Sprintf("%d/%d", c.Page.Expiry.Month, c.Page.Expiry.Year); c.Page.Card != card || got != want[17:] {
			t.Errorf("%s: the payer entered %v and %s, want %s", lines, c.Page.Card, got, want)
		}
	}
}

// TestAutomaticPayerChoosesKNET pays on the page of a charge that leaves the method to the payer.
func TestAutomaticPayerChoosesKNET(t *testing.T) {
	a := account(t, startGateway(t, gateway.Config{Now: fixed, Send: count(new(atomic.Int64))}), "sk_test_a")
	if err := a.Next("payer/pays"); err != nil {
		t.Fatal(err)
	}
	made, err := a.CreateCharge(&tap.PaymentRequest{Amount: 12345, Currency: "KWD", Source: tap.SourceAll, RedirectURL: "https://shop.example/return", ExpiryMinutes: 30}, nil, "")
	if err != nil {
		t.Fatal(err)
	}
	a.Answering(made.Payment.Name())(true)
	advance(t, a, time.Minute)
	if c, _ := a.Charge(made.Payment.ID); c.Status != tap.Captured || c.Source != tap.SourceKNET || !slices.Contains(events(a), tap.EventMethodChosen) {
		t.Errorf("the charge is %s with %s: %v", c.Status, c.Source, events(a))
	}
}
