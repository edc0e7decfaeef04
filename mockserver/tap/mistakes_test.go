package tap

import (
	"slices"
	"strings"
	"testing"
)

// checkMistakes checks what holds for the mistakes of every webhook: no cause and no signature is unfit, and none is there twice.
func checkMistakes(t *testing.T, x *Explanation) {
	t.Helper()
	seen := map[string]bool{x.Signatures.HashString: true, x.Signatures.Hash: true}
	for _, m := range x.Mistakes() {
		if m.Cause == "" || strings.ContainsAny(m.Cause+m.Signature, "\r\n") || m.Signature == "" || len(m.Signature) > 200 {
			t.Fatalf("the mistake %+q has no cause, or is not one line", m)
		}
		if seen[m.Signature] {
			t.Fatalf("%s: the signature %s is right, or there twice", m.Cause, m.Signature)
		}
		seen[m.Signature] = true
	}
}

// TestMistakes lists the mistakes of a webhook, finds each one by its signature, and compares two lists.
func TestMistakes(t *testing.T) {
	key, _, _, _, body := vector(t)
	x, err := Explain(key, body)
	if err != nil {
		t.Fatal(err)
	}
	checkMistakes(t, x)
	all := x.Mistakes()
	if len(all) < 70 {
		t.Errorf("only %d mistakes are known", len(all))
	}
	for _, m := range all {
		if equals, cause := x.Diagnose(m.Signature); equals != "" || cause != m.Cause {
			t.Errorf("%s: the diagnosis is %q, %q", m.Cause, equals, cause)
		}
	}
	for range 5 {
		if again, _ := Explain(key, body); !slices.Equal(again.Mistakes(), all) {
			t.Fatal("the list has another order in another run")
		}
	}
}

// TestCommonOrders compares the orders of the parts that people choose by mistake.
func TestCommonOrders(t *testing.T) {
	key, _, _, _, body := vector(t)
	x, err := Explain(key, body)
	if err != nil {
		t.Fatal(err)
	}
	var orders []string
	for _, m := range x.Mistakes() {
		if order, ok := strings.CutPrefix(m.Cause, "the parts are in another order: "); ok {
			orders = append(orders, order)
		}
	}
	want := []string{
		"x_created x_status x_payment_reference x_gateway_reference x_currency x_amount x_id",
		"x_amount x_created x_currency x_gateway_reference x_id x_payment_reference x_status",
		"x_amount x_id x_currency x_gateway_reference x_payment_reference x_status x_created",
		"x_id x_currency x_amount x_gateway_reference x_payment_reference x_status x_created",
		"x_id x_amount x_gateway_reference x_currency x_payment_reference x_status x_created",
		"x_id x_amount x_currency x_payment_reference x_gateway_reference x_status x_created",
		"x_id x_amount x_currency x_gateway_reference x_status x_payment_reference x_created",
		"x_id x_amount x_currency x_gateway_reference x_payment_reference x_created x_status",
	}
	if !slices.Equal(orders, want) {
		t.Errorf("the orders are\n%s", strings.Join(orders, "\n"))
	}
}
