package mockserver_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tapmock/tapmock/mockserver"
	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/scenarios"
)

// amountsOf lists the amounts of a charge: its own, that of transaction, those of its activities.
func amountsOf(c tap.Charge) string {
	all := []string{string(c.Amount), string(c.Transaction.Amount)}
	for _, a := range c.Activities {
		all = append(all, string(a.Status)+" "+string(a.Amount))
	}
	return strings.Join(all, ", ")
}

func wantAmounts(t *testing.T, where string, c tap.Charge, want string) {
	t.Helper()
	if got := amountsOf(c); got != want {
		t.Errorf("%s: the amounts are %s, want %s", where, got, want)
	}
}

// TestCapturedAmount captures another amount than that of the charge: answers and webhooks show it from the capture on, also after a
// later VOID. The create answer is replayed with the created amount.
func TestCapturedAmount(t *testing.T) {
	s := startStage(t, mockserver.Config{}, "assumption_findings=true", "webhook_retries=none")
	const lines = "payer: {pay: {}, at: answered + 1m}\nbank: {result: CAPTURED, amount: 1.000, later: {at: settled + 1h, status: VOID}}\n" +
		"callbacks: [webhook: {}, webhook: {at: corrected}, webhook: {at: settled + 1m, forge: body-changed}, webhook: {at: settled + 1m, forge: two-decimals}]"
	fields := map[string]any{"reference": map[string]any{"order": "1001", "idempotent": "1"}}
	c := s.createFrom(lines, fields)
	s.awaitIdle()
	wantAmounts(t, "create", c, "12.345, 12.345, INITIATED 12.345")
	wantAmounts(t, "GET while INITIATED", s.get(c.ID), "12.345, 12.345, INITIATED 12.345")
	s.advance(3 * time.Minute)
	const after = "1.000, 1.000, INITIATED 12.345, CAPTURED 1.000"
	wantAmounts(t, "GET", s.get(c.ID), after)
	if list := s.call("POST", "/v2/charges/list", "{}"); !strings.Contains(list.body, `"amount":1.000,"currency":"KWD"`) || strings.Contains(list.body, "12.345") {
		t.Errorf("the list is %s", list.body)
	}
	wantAmounts(t, "the same create again", s.create(s.order(fields)), "12.345, 12.345, INITIATED 12.345")
	s.advance(2 * time.Hour)
	wantAmounts(t, "GET after VOID", s.get(c.ID), after+", VOID 1.000")

	hooks := s.shop.visits("/hook")
	if len(hooks) != 4 {
		t.Fatalf("%d webhooks were received", len(hooks))
	}
	const doubles = "1.0, 1.0, INITIATED 12.345, CAPTURED 1.0"
	wantAmounts(t, "webhook", decode(t, hooks[0].body), doubles)
	wantAmounts(t, "body-changed", decode(t, hooks[1].body), "10.000, 1.0, INITIATED 12.345, CAPTURED 1.0")
	wantAmounts(t, "webhook of the VOID", decode(t, hooks[3].body), doubles+", VOID 1.0")
	for i, want := range []string{"signed", "hash wrong, hashstring wrong", "hashstring wrong", "signed"} {
		if got := s.signatures(hooks[i]); got != want {
			t.Errorf("webhook %d: %s, want %s", i+1, got, want)
		}
	}
	s.capturedAmountIsRecorded(c.ID)
}

// capturedAmountIsRecorded compares what the control API says about the charge of TestCapturedAmount.
func (s *stage) capturedAmountIsRecorded(id string) {
	s.t.Helper()
	charge, err := s.control.Charge(s.t.Context(), id)
	if err != nil || charge.Amount != "1.000" {
		s.t.Errorf("the control API shows the amount %s, %v", charge.Amount, err)
	}
	if e := s.entries("settled"); len(e) != 1 || e[0].Detail != "INITIATED → CAPTURED, 000 Captured, 1.000 KWD of 12.345 KWD" {
		s.t.Errorf("settled: %+v", e)
	}
	found := s.entries("assumption")
	if len(found) != 1 || !strings.Contains(found[0].Detail, "captured with another amount") {
		s.t.Errorf("the findings are %+v", found)
	}
	note := s.call("GET", "/v2/charges/"+id, "").header.Get("X-Tapmock-Note")
	if !slices.ContainsFunc(tap.Ledger(), func(e tap.LedgerEntry) bool { return "assumption: "+e.Behaviour == note && e.Mark == tap.NothingFound }) {
		s.t.Errorf("the note %q is not an unknown behaviour of the ledger", note)
	}
}

// TestStaleAmount has GET lag behind a capture of another amount: it still shows the created one.
func TestStaleAmount(t *testing.T) {
	s := startStage(t, mockserver.Config{})
	c := s.pays("outcome/captured-less + api/get-stale", nil)
	wantAmounts(t, "first GET", s.get(c.ID), "12.345, 12.345, INITIATED 12.345")
	s.get(c.ID)
	wantAmounts(t, "third GET", s.get(c.ID), "0.100, 0.100, INITIATED 12.345, CAPTURED 0.100")
}

// TestDeclinedAmount has a card that is declined although the bank would capture another amount: nothing is captured.
func TestDeclinedAmount(t *testing.T) {
	s := startStage(t, mockserver.Config{})
	c := s.createFrom("payer: {pay: {expiry: 01/29}}\nbank: {amount: 1.000}", nil)
	s.awaitIdle()
	wantAmounts(t, "GET", s.get(c.ID), "12.345, 12.345, INITIATED 12.345, FAILED 12.345")
}

// orderOf are the references and metadata with which merchants find the order of a charge.
func orderOf(c tap.Charge) string {
	return fmt.Sprint(c.Reference.Order, " ", c.Reference.Transaction, " ", c.Metadata)
}

// withOrder are the fields of a create request of an order.
func withOrder(order string) map[string]any {
	return map[string]any{"reference": map[string]any{"order": order, "transaction": "t-" + order}, "metadata": at("cart", "c-"+order)}
}

// TestAnotherOrder forges a webhook and an answer: they have the references of the account's latest charge of another order. Charges of
// the same order and charges without an order do not count.
func TestAnotherOrder(t *testing.T) {
	s := startStage(t, mockserver.Config{}, "payer=auto")
	for _, order := range []string{"1", "2", "3"} {
		s.create(s.order(withOrder(order)))
	}
	s.create(s.order(nil))
	c := s.createFrom("callbacks: [webhook: {}, webhook: {forge: another-order}]\napi: [{on: charge.get, calls: 2, fault: another-order}]", withOrder("3"))
	s.awaitIdle()
	all := s.shop.visits("/hook")
	genuine, forged := all[len(all)-2], all[len(all)-1]
	const own, other = `3 t-3 {"cart":"c-3"}`, `2 t-2 {"cart":"c-2"}`
	if got := orderOf(decode(t, genuine.body)); got != own {
		t.Errorf("the genuine webhook is of the order %s", got)
	}
	if got := orderOf(decode(t, forged.body)); got != other || s.signatures(forged) != "signed" {
		t.Errorf("the forged webhook, %s, is of the order %s", s.signatures(forged), got)
	}
	for i, want := range []string{own, other, own} {
		if got := orderOf(s.get(c.ID)); got != want {
			t.Errorf("GET %d: the order %s, want %s", i+1, got, want)
		}
	}
	hooks, err := s.control.Webhooks(t.Context(), c.ID)
	if err != nil || hooks[0].Forge != "another-order" || hooks[0].Attempts[0].Body != forged.body {
		t.Errorf("the control API shows another webhook than was sent: %+v, %v", hooks, err)
	}
}

// TestWrongAnswers compares GETs with a wrong value with the correct answer: nothing else differs.
func TestWrongAnswers(t *testing.T) {
	s := startStage(t, mockserver.Config{})
	c := s.createFrom(`payer: {pay: {}}
api:
  - {on: charge.get, calls: 2, fault: another-amount}
  - {on: charge.get, calls: 3, fault: another-currency}
  - {on: charge.get, calls: 4, fault: another-order}
  - {on: charge.get, calls: 5, gate: late, fault: another-amount}`, withOrder("1"))
	s.awaitIdle()
	get := func() string { return s.call("GET", "/v2/charges/"+c.ID, "").body }
	right := get()
	less := strings.ReplaceAll(right, "12.345", "1.234")
	if got := get(); got != less || strings.Count(right, "12.345") != 4 {
		t.Errorf("another-amount:\n%s\n%s", right, got)
	}
	if got := get(); got != onlyCurrency(right, "KWD", "BHD") {
		t.Errorf("another-currency:\n%s\n%s", right, got)
	}
	invented := get()
	order := decode(t, invented).Reference.Order
	if !strings.HasPrefix(order, "order-") || invented != strings.Replace(right, `"order":"1"`, fmt.Sprintf(`"order":%q`, order), 1) {
		t.Errorf("another-order:\n%s\n%s", right, invented)
	}
	late := make(chan string)
	go func() { late <- get() }()
	s.await("gate_reached", 1)
	if _, err := s.control.Release(t.Context(), "late", ""); err != nil {
		t.Error(err)
	}
	if got := <-late; got != less {
		t.Errorf("another-amount at a gate:\n%s\n%s", right, got)
	}
	if got := get(); got != right {
		t.Errorf("the charge has changed:\n%s\n%s", right, got)
	}
}

// TestWrongValuesOfTheLibrary plays the scenarios in which a merchant sees only a wrong value, with another order in the account, and
// compares what the merchant sees with the charge in the mock.
func TestWrongValuesOfTheLibrary(t *testing.T) {
	for _, name := range []string{"another-amount", "another-currency", "another-order"} {
		s := startStage(t, mockserver.Config{})
		s.create(s.order(withOrder("other")))
		c := s.pays("forge/"+name, withOrder("own"))
		hooks := s.shop.visits("")
		if len(hooks) != 1 || hooks[0].path != "/hook" || s.signatures(hooks[0]) != "signed" {
			t.Fatalf("%s: the shop received %+v", name, hooks)
		}
		seen := decode(t, hooks[0].body)
		if seen.Status != tap.Captured || seen.ID != c.ID || !isWrong(name, seen) {
			t.Errorf("forge/%s: the webhook is %s", name, hooks[0].body)
		}
		if a := s.call("GET", "/v2/charges/"+c.ID, ""); a.status != 503 {
			t.Errorf("forge/%s: GET is answered with HTTP %d", name, a.status)
		}
		c = s.pays("api/get-"+name, withOrder("own"))
		if got := s.get(c.ID); got.Status != tap.Captured || !isWrong(name, got) {
			t.Errorf("api/get-%s: GET shows %s %s, order %s", name, got.Amount, got.Currency, got.Reference.Order)
		}
		if got := s.shop.visits("/hook"); len(got) != 1 {
			t.Errorf("api/get-%s: %d webhooks were sent", name, len(got)-1)
		}
		if got, err := s.control.Charge(t.Context(), c.ID); err != nil || got.Amount != "12.345" || got.Currency != "KWD" || got.Order != "own" {
			t.Errorf("api/get-%s: the charge is %+v, %v", name, got, err)
		}
	}
}

// isWrong reports whether one value of the charge of the order own is wrong, and the others are right.
func isWrong(name string, c tap.Charge) bool {
	amount, _ := tap.ParseNumber(string(c.Amount))
	got := []string{amount.String(), c.Currency, c.Reference.Order}
	want := map[string][]string{
		string(scenarios.AnotherAmount):   {"1.234", "KWD", "own"},
		string(scenarios.AnotherCurrency): {"12.345", "BHD", "own"},
		string(scenarios.AnotherOrder):    {"12.345", "KWD", "other"},
	}[name]
	return slices.Equal(got, want)
}
