package mockserver_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tapmock/tapmock/mockserver"
	"github.com/tapmock/tapmock/mockserver/control"
)

// TestSubject shows on a payment's page who pays, what GET answers, and in which list the payment is.
func TestSubject(t *testing.T) {
	t.Parallel()
	s := startStage(t, mockserver.Config{})
	id := s.create(s.order(map[string]any{"customer": map[string]any{"first_name": "Sara", "last_name": "K", "email": "sara@shop.example"}})).ID
	s.mock.page("/ui/payments/"+id).shows(t, "<dt>Customer</dt><dd dir=\"auto\">Sara K sara@shop.example</dd>", "What GET answers now", "&#34;status&#34;: &#34;INITIATED&#34;",
		`<a href="../../" aria-current="true">Payments</a>`)
	s.mock.page("/ui/refunds").shows(t, `<a href="../ui/refunds" aria-current="page">Refunds</a>`)
	held := s.authorizes("", nil).ID
	s.mock.page("/ui/authorizations/"+held).shows(t, `aria-current="true">Authorizations</a>`, "What GET answers now")
}

// TestPendingTexts says what will happen in words about the future, and no due time of what is held back by hand.
func TestPendingTexts(t *testing.T) {
	t.Parallel()
	s := startStage(t, mockserver.Config{})
	id := s.createFrom("payer: {pay: {}}\ncallbacks: [webhook: {at: settled + 1m}, webhook: {at: settled + 2m, gate: late}, return: {at: settled + 3m}]", nil).ID
	s.create(s.order(nil))
	s.awaitIdle()
	s.mock.page("/ui/timeline").shows(t, "the charge expires if it is not paid", "the payer returns", "webhook attempt 1", ", in 1 min<")
	s.mock.page("/ui/payments/"+id).shows(t, `<span class="when">in 1 min</span>`, `<svg class="lock"`)
	if err := s.control.HoldEffect(t.Context(), s.effectOf("webhook", id).ID); err != nil {
		t.Fatal(err)
	}
	s.mock.page("/ui/timeline").shows(t, "when it is released")
	a := s.mock.page("/ui/payments/" + id)
	s.advance(time.Hour)
	if o, err := s.control.Account(t.Context()); err != nil || o.ScheduledCount != 2 || o.NextDue != nil {
		t.Errorf("%+v, %v", o, err)
	}
	s.mock.page("/").shows(t, ` disabled title="POST /_tapmock/v1/clock/advance {&#34;by&#34;:&#34;next&#34;}"`, ">2 scheduled</a>")
	if a.shows(t, "held back"); strings.Contains(a.body, `<span class="when">in 1 min</span>`) {
		t.Error("a step that is held back has a due time")
	}
}

// TestAPIPage lists every call of the control API.
func TestAPIPage(t *testing.T) {
	t.Parallel()
	a := startMock(t, mockserver.Config{}).page("/ui/api")
	for _, op := range control.Operations() {
		a.shows(t, op.Method+" "+control.Prefix+op.Path)
	}
}

// TestUnreachableInTrace shows why a webhook did not arrive once a line, and the remedy behind it.
func TestUnreachableInTrace(t *testing.T) {
	t.Parallel()
	s := startStage(t, mockserver.Config{}, "payer=auto", "webhook_retries=none")
	id := s.create(s.order(map[string]any{"post": at("url", "http://127.0.0.1:9/hook")})).ID
	s.awaitIdle()
	s.mock.page("/ui/payments/"+id).shows(t, `webhook: attempt 1, to http://127.0.0.1:9/hook</span> <b class="response bad">refused</b>`, "make the shop listen on all addresses")
}

// TestRefundsInTrace has the refunds of a charge in its trace, in the order in which everything happened.
func TestRefundsInTrace(t *testing.T) {
	t.Parallel()
	s := startStage(t, mockserver.Config{}, "payer=auto")
	id := s.create(s.order(nil)).ID
	s.awaitIdle()
	refund := s.refunds(id, map[string]any{"post": at("url", s.shop.url+"/hook")}).ID
	s.mock.page("/ui/payments/"+id).shows(t, "refund: the bank decides")
	s.advance(time.Minute)
	a := s.mock.page("/ui/payments/" + id)
	a.shows(t, `<span dir="auto">POST /v2/refunds</span>`, "refund: created", "refund: webhook", "Of the refund <a href=\"../../ui/refunds/"+refund)
	var at []int
	for _, text := range []string{">POST /v2/charges<", ">created: ", ">settled: ", ">POST /v2/refunds<", ">refund: created"} {
		at = append(at, strings.Index(a.body, text))
	}
	if at[0] < 0 || !slices.IsSorted(at) {
		t.Errorf("the trace is not in order: %v", at)
	}
	if page := s.mock.page("/ui/refunds/" + refund); strings.Contains(page.body, "refund: created") {
		t.Error("the refund's own page names it in each line")
	}
}
