package testkit_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/tapmock/tapmock/testkit"
)

// orderOf creates a charge for a customer.
func orderOf(t testing.TB, mock *testkit.Mock, shop, customer, source string) (id, payURL string) {
	t.Helper()
	return createCharge(t, mock, fmt.Sprintf(`{"amount": 1, "currency": "KWD", "source": {"id": %q}, "customer": {"id": %q}, "redirect": {"url": "%s/return"}}`,
		source, customer, shop))
}

// TestKFAST saves a card and pays with it.
func TestKFAST(t *testing.T) {
	t.Parallel()
	mock := testkit.Start(t, testkit.Set("kfast", "true"))
	at := shop(t)
	_, page := orderOf(t, mock, at, "cus_one", "src_kw.knet")
	if p := mock.Open(page).SubmitAndSave(testkit.GoodCard); p.OTP == "" || p.Confirm().Screen != "merchant" {
		t.Fatalf("saving the card: %s %q", p.Screen, p.Message)
	}
	id, page := orderOf(t, mock, at, "cus_one", "src_kw.knet")
	p := mock.Open(page)
	if len(p.Saved) != 1 || !strings.HasPrefix(p.Saved[0], "888888******0001") {
		t.Fatalf("the page offers the cards %q", p.Saved)
	}
	if p.SubmitSaved(0, "1234").Confirm(); mock.Charge(id).Status != "CAPTURED" {
		t.Errorf("the charge is %s", mock.Charge(id).Status)
	}
}

// TestTabs opens the page twice: the older tab is refused, the newer one submits the card.
func TestTabs(t *testing.T) {
	t.Parallel()
	mock := testkit.Start(t)
	id, page := orderOf(t, mock, shop(t), "cus_one", "src_all")
	old := mock.Open(page)
	if old.Screen != "choice" {
		t.Fatalf("src_all opens the screen %s", old.Screen)
	}
	old.Submit(testkit.Card{Number: "8888880000000001", Expiry: "13/2030", PIN: "1234"})
	newer := mock.Open(page)
	if old.Submit(testkit.GoodCard); old.Screen != "other tab" || !strings.Contains(old.Message, "IPAY0100040") {
		t.Errorf("the older tab: %s %q", old.Screen, old.Message)
	}
	if newer.Submit(testkit.DeclinedCard).Confirm(); mock.Charge(id).Status != "FAILED" {
		t.Errorf("the charge is %s", mock.Charge(id).Status)
	}
}
