package payment

import (
	"encoding/json"
	"errors"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// refundFor is a PENDING refund of 0.500 KWD whose request and settings were changed.
func refundFor(change func(*tap.RefundRequest, *tap.Settings)) Refund {
	settings := tap.DefaultSettings()
	req := &tap.RefundRequest{ChargeID: "chg_1", Amount: 500, Currency: "KWD", Reason: "requested_by_customer", PostURL: "https://shop.example/hook",
		Merchant: "r-1", Idempotent: "i-1", Metadata: `{"a":"1"}`, Description: "A part"}
	if change != nil {
		change(req, &settings)
	}
	return NewRefund(tap.NewIDs(1), 1, 1, req, &settings, time.Date(2026, 3, 1, 9, 0, 0, 123_456_789, time.UTC))
}

// end gives the refund a result, a minute after its creation or after the last one.
func end(t *testing.T, r *Refund, status tap.RefundStatus, late bool) []Fact {
	t.Helper()
	facts, err := r.Finish(RefundEnd{Status: status, Result: tap.PlainRefundResult(status), Late: late, At: r.At.Add(time.Minute)}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return facts
}

// TestFinishRefund tries every pair of statuses: a legal move makes one version and one fact, any other changes nothing.
func TestFinishRefund(t *testing.T) {
	for _, from := range tap.RefundStatuses() {
		for _, to := range tap.RefundStatuses() {
			for _, late := range []bool{false, true} {
				tryRefundMove(t, from, to, late)
			}
		}
	}
}

func tryRefundMove(t *testing.T, from, to tap.RefundStatus, late bool) {
	t.Helper()
	r := refundFor(nil)
	r.ID, r.Status = "re_1", from
	before := r.RefundState
	facts, err := r.Finish(RefundEnd{Status: to, Late: late, At: r.Created.Add(time.Hour)}, nil)
	if from.CanBecome(to) || late && from.CanBecomeLate(to) {
		event := map[bool]tap.Event{false: tap.EventSettled, true: tap.EventCorrected}[late]
		if err != nil || r.Status != to || r.At != r.Created.Add(time.Hour) || r.Latest() != 1 || r.Version(0).RefundState != before || len(facts) != 1 || facts[0].Event() != event {
			t.Errorf("%s → %s, late %t: %v, %+v %v", from, to, late, err, r, facts)
		}
		return
	}
	move, ok := errors.AsType[*MoveError](err)
	if !ok || *move != (MoveError{"refund re_1", string(from), string(to)}) || r.RefundState != before || r.Latest() != 0 || len(facts) != 0 {
		t.Errorf("%s → %s, late %t: %v, %+v %v", from, to, late, err, r, facts)
	}
}

// TestRefundVersions makes each version of a refund that was updated, failed and was refunded later: it is the refund as each change left it.
func TestRefundVersions(t *testing.T) {
	r := refundFor(nil)
	at := []Refund{r}
	if _, err := r.Update(&tap.Update{Metadata: `{"a":"2"}`}, nil); err != nil {
		t.Fatal(err)
	}
	at = append(at, r)
	end(t, &r, tap.RefundFailed, false)
	r.Post = Failed
	at = append(at, r)
	end(t, &r, tap.Refunded, true)
	at = append(at, r)
	for n, want := range at {
		if got := r.Version(n); got.RefundState != want.RefundState || got.Latest() != n {
			t.Errorf("version %d is %+v, number %d; want %+v", n, got.RefundState, got.Latest(), want.RefundState)
		}
	}
	if first := r.Original(); first.Status != tap.RefundPending || first.Post != Pending || first.Request.Metadata != `{"a":"1"}` {
		t.Errorf("the original is %+v", first.RefundState)
	}
	one, two := r, r
	one.Post, two.Post = Succeeded, Failed
	end(t, &one, tap.RefundFailed, true)
	end(t, &two, tap.RefundFailed, true)
	if one.Version(3).Post != Succeeded || two.Version(3).Post != Failed {
		t.Errorf("two copies of a refund share their past: %v %v", one.Version(3).Post, two.Version(3).Post)
	}
}

// TestDescribeRefund checks the text of each kind of fact, and what is left of it when the refund has been evicted.
func TestDescribeRefund(t *testing.T) {
	r := refundFor(nil)
	settled := end(t, &r, tap.RefundDeclined, false)[0]
	corrected := end(t, &r, tap.Refunded, true)[0]
	const evicted = "the refund was evicted"
	for _, test := range []struct {
		fact       Fact
		want, left string
	}{
		{Said(tap.EventCreated, ""), "0.500 KWD of charge chg_1", evicted},
		{settled, "PENDING → DECLINED, 501 Declined", evicted},
		{corrected, "DECLINED → REFUNDED, 000 Refunded", evicted},
		{Said(tap.EventUpdated, "text"), "text", "text"},
		{Counted(tap.EventGivenUp, 3), "attempt 3 was the last, post.status is ERROR", "attempt 3 was the last, post.status is ERROR"},
	} {
		if got, left := r.Describe(test.fact), DescribeEvicted(r.Name(), test.fact); got != test.want || left != test.left {
			t.Errorf("%s: %q, without the refund %q", test.fact.Event(), got, left)
		}
	}
}

// TestRefundChangesAreBounded refuses a change beyond the maximum; an update that changes nothing is none.
func TestRefundChangesAreBounded(t *testing.T) {
	r := refundFor(nil)
	r.ID = "re_1"
	r.past = make([]RefundState, 62)
	if _, err := r.Update(&tap.Update{Metadata: `{"a":"2"}`}, nil); err != nil || r.Latest() != 63 {
		t.Fatalf("the last change: %v, version %d", err, r.Latest())
	}
	_, updated := r.Update(&tap.Update{Metadata: `{"a":"3"}`}, nil)
	_, moved := r.Finish(RefundEnd{Status: tap.Refunded}, nil)
	for _, err := range []error{updated, moved} {
		if full, ok := errors.AsType[*ChangesError](err); !ok || full.Error() != "refund re_1 has 64 changes, which is the maximum" {
			t.Errorf("a 65th change: %v", err)
		}
	}
	if _, err := r.Update(&tap.Update{Metadata: `{"a":"2"}`}, nil); err != nil || r.Latest() != 63 || r.Status != tap.RefundPending {
		t.Errorf("an update without a change: %v, version %d, %s", err, r.Latest(), r.Status)
	}
	last := refundFor(nil)
	last.past = make([]RefundState, 62)
	if _, err := last.Finish(RefundEnd{Status: tap.Refunded}, nil); err != nil {
		t.Errorf("the last change as a result: %v", err)
	}
}

// TestChargeUpdatesAreBounded is the same for the updates of a charge, none of which is a move.
func TestChargeUpdatesAreBounded(t *testing.T) {
	c := newCharge(tap.SourceKNET)
	c.past = make([]State, 62)
	facts, err := c.Update(&tap.Update{Description: new("one")}, nil)
	if err != nil || c.Latest() != 63 || c.Request.Description != "one" || c.Activity != "" || len(facts) != 1 || facts[0].Event() != tap.EventUpdated {
		t.Fatalf("the last change: %v, version %d, %+v", err, c.Latest(), c.State)
	}
	_, err = c.Update(&tap.Update{Description: new("two")}, nil)
	if full, ok := errors.AsType[*ChangesError](err); !ok || full.Object != "charge chg_1" || c.Request.Description != "one" {
		t.Errorf("a 65th change: %v", err)
	}
	if facts, err := c.Update(&tap.Update{Description: new("one")}, nil); err != nil || len(facts) != 0 || c.Latest() != 63 {
		t.Errorf("an update without a change: %v, %v", facts, err)
	}
}

// TestRefundObject shows a refund before and after each result: its dates once it has ended, its references while it is refunded.
func TestRefundObject(t *testing.T) {
	r := refundFor(nil)
	pending := r.Object(tap.MethodGet)
	end(t, &r, tap.Refunded, false)
	refunded := r.Object(tap.MethodGet)
	end(t, &r, tap.RefundFailed, true)
	failed := r.Object(tap.MethodGet)
	if pending.Date != "" || pending.Transaction.Date.Completed != 0 || pending.Reference != (tap.RefundReference{Merchant: "r-1", Idempotent: "i-1"}) || pending.Acquirer != nil || pending.Gateway != nil {
		t.Errorf("the pending refund is %+v", pending)
	}
	ref := refunded.Reference
	if refunded.Date != "1772355660123" || refunded.Transaction.Date != (tap.RefundDate{Created: 1772355600123, Completed: 1772355660123}) || len(ref.ID) != 13 || ref.Gateway == "" || ref.Payment == "" || ref.Acquirer == "" {
		t.Errorf("the refund is %+v", refunded)
	}
	if refunded.Gateway.Response != (tap.Result{Code: "00", Message: "Approved"}) || refunded.Acquirer.Response != refunded.Response {
		t.Errorf("the results are %+v and %+v", refunded.Gateway, refunded.Acquirer)
	}
	if failed.Date != "1772355720123" || failed.Reference.ID != "" || failed.Gateway != nil || failed.Status != tap.RefundFailed {
		t.Errorf("the failed refund is %+v", failed)
	}
}

// TestRefundReferences draws the references of many refunds: thirteen digits that do not begin with 0, different for each refund.
func TestRefundReferences(t *testing.T) {
	seen := map[string]bool{}
	for ordinal := range uint64(200) {
		r := refundFor(nil)
		r = NewRefund(tap.NewIDs(1), 1, ordinal, r.Request, r.Settings, r.Created)
		end(t, &r, tap.Refunded, false)
		id := r.Object(tap.MethodGet).Reference.ID
		if len(id) != 13 || id[0] == '0' || seen[id] {
			t.Errorf("refund %d has the reference %s", ordinal, id)
		}
		seen[id] = true
	}
}

// TestRefundInWebhook has amounts in Tap's format for webhooks there only, and a post.status that is always PENDING there.
func TestRefundInWebhook(t *testing.T) {
	for _, test := range []struct {
		amounts string
		method  tap.Method
		want    tap.Number
		status  tap.DeliveryStatus
	}{
		{"double", tap.MethodWebhook, "0.5", tap.DeliveryPending}, {"double", tap.MethodGet, "0.500", tap.DeliverySuccess},
		{"decimals", tap.MethodWebhook, "0.500", tap.DeliveryPending}, {"decimals", tap.MethodCreate, "0.500", tap.DeliverySuccess},
	} {
		r := refundFor(func(_ *tap.RefundRequest, s *tap.Settings) { s.WebhookAmounts = test.amounts })
		r.Post = Succeeded
		if o := r.Object(test.method); o.Amount != test.want || o.Transaction.Amount != test.want || o.Post.Status != test.status || o.Post.URL != "https://shop.example/hook" {
			t.Errorf("%s, %s: amount %s, post %+v", test.amounts, test.method, o.Amount, o.Post)
		}
	}
	r := refundFor(func(req *tap.RefundRequest, _ *tap.Settings) { req.PostURL = "" })
	for _, method := range []tap.Method{tap.MethodGet, tap.MethodWebhook} {
		if o := r.Object(method); o.Post != nil {
			t.Errorf("%s: without post.url there is %+v", method, o.Post)
		}
	}
}

// TestRefundBodies writes a refund under each setting of its form.
func TestRefundBodies(t *testing.T) {
	for _, style := range []string{"newest", "old"} {
		for _, indented := range []bool{false, true} {
			r := refundFor(func(_ *tap.RefundRequest, s *tap.Settings) {
				if s.RefundStyle = style; indented {
					s.AnswerFormat, s.WebhookFormat = "indented", "2022"
				}
			})
			for what, body := range map[string][]byte{"answer": r.AppendWith(nil, tap.MethodGet, nil), "webhook": r.WebhookBody(r.Object(tap.MethodWebhook))} {
				var o tap.Refund
				if err := json.Unmarshal(body, &o); err != nil || o.ID != r.ID || (o.APIVersion == "V1.2") != (style == "old") || (o.Transaction.Timezone == "") != (style == "old") || strings.Contains(string(body), "\n") != indented {
					t.Errorf("%s, indented %t: the %s is %v %s", style, indented, what, err, body)
				}
			}
		}
	}
}

// TestPretendRefund makes a copy look refunded: with other references than the refund itself gets, which does not change.
func TestPretendRefund(t *testing.T) {
	r := refundFor(nil)
	forged := r
	forged.Pretend(rand.New(rand.NewPCG(1, 2)))
	if o := forged.Object(tap.MethodWebhook); o.Status != tap.Refunded || o.Response.Code != "000" || o.Reference.ID == "" || r.Status != tap.RefundPending {
		t.Errorf("the forged refund is %+v, the refund itself %s", o, r.Status)
	}
	end(t, &r, tap.Refunded, false)
	if r.Object(tap.MethodGet).Reference.ID == forged.Object(tap.MethodGet).Reference.ID {
		t.Error("the forged refund has the references of the real one")
	}
}

// TestRefundInLogic ends a refund with each status in both logics: REJECTED is only in V2, and there it is what gives nothing back.
func TestRefundInLogic(t *testing.T) {
	v1, v2 := refundFor(nil), refundFor(func(_ *tap.RefundRequest, s *tap.Settings) { s.RefundLogic = "v2" })
	for _, s := range tap.RefundStatuses() {
		want1, want2 := s, tap.RefundRejected
		if s == tap.RefundRejected {
			want1 = tap.RefundDeclined
		}
		if s.Holds() {
			want2 = s
		}
		if got1, got2 := v1.InLogic(s), v2.InLogic(s); got1 != want1 || got2 != want2 {
			t.Errorf("%s: %s and %s", s, got1, got2)
		}
	}
}

// TestRefundV2 embeds the charge as it was when the refund was made, with the trace of its last activity.
func TestRefundV2(t *testing.T) {
	v2 := func(_ *tap.RefundRequest, s *tap.Settings) { s.RefundLogic = "v2" }
	c := captured(t, func(req *tap.PaymentRequest, _ *tap.Settings) { req.PostURL = "https://shop.example/hook" })
	r := refundFor(v2)
	r.Embed(&c)
	if _, err := c.Update(&tap.Update{ReceiptSMS: new(true)}, nil); err != nil {
		t.Fatal(err)
	}
	o := r.ObjectWith(tap.MethodCreate, &c)
	activity := c.Version(1).Activity
	if o.Method != tap.MethodRefund || o.Merchant.Country != "KW" || o.Acquirer != nil || o.Charge == nil || o.Charge.Receipt.SMS || o.Reference.Payment != activity {
		t.Fatalf("created: %+v", o)
	}
	if in := o.Charge; in.Method != tap.MethodGet || in.Redirect.Status != tap.DeliverySuccess || in.Post.Status != tap.DeliverySuccess || "activity_"+in.Reference.TraceID != activity ||
		in.Transaction.Date.Posted != c.Version(1).At.UnixMilli() {
		t.Errorf("the embedded charge is %+v", in)
	}
	end(t, &r, tap.Refunded, false)
	if o := r.ObjectWith(tap.MethodGet, &c); o.Method != tap.MethodGet || o.Charge == nil || o.Acquirer != nil || o.Reference.Payment == activity {
		t.Errorf("refunded: %+v", o)
	}
	if o := r.ObjectWith(tap.MethodGet, nil); o.Charge != nil {
		t.Error("a charge is embedded that there is not")
	}
	plain := refundFor(nil)
	if body := string(plain.AppendWith([]byte("x"), tap.MethodGet, &c)); !strings.HasPrefix(body, `x{"id"`) || strings.Contains(body, `"charge":`) {
		t.Errorf("without V2: %s", body)
	}
	wide := refundFor(func(_ *tap.RefundRequest, s *tap.Settings) { s.AnswerFormat = "indented" })
	if body := string(wide.AppendWith(nil, tap.MethodGet, &c)); !strings.Contains(body, "\n  \"id\"") {
		t.Errorf("indented: %s", body)
	}
}
