package mockserver_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tapmock/tapmock/mockserver"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// authorizes asks for an authorization that an automatic payer pays, waits until the account is idle, and returns it as it is then.
func (s *stage) authorizes(scenario string, fields map[string]any) tap.Authorization {
	s.t.Helper()
	if err := s.control.Set(s.t.Context(), map[string]string{"payer": "auto"}); err != nil {
		s.t.Fatal(err)
	}
	if scenario != "" {
		fields = map[string]any{"metadata": at("tapmock_scenario", scenario), "auto": fields["auto"]}
	}
	a := s.authorizationOf(s.call("POST", "/v2/authorize", s.order(fields)))
	s.awaitIdle()
	return s.getAuthorization(a.ID)
}

func (s *stage) authorizationOf(a answer) (of tap.Authorization) {
	s.t.Helper()
	s.decodeInto(a, &of)
	return of
}

func (s *stage) getAuthorization(id string) tap.Authorization {
	s.t.Helper()
	return s.authorizationOf(s.call("GET", "/v2/authorize/"+id, ""))
}

// capture asks for a capture of an authorization.
func (s *stage) capture(id string, amount any, fields map[string]any) answer {
	s.t.Helper()
	all := map[string]any{"amount": amount, "source": at("id", id), "redirect": nil, "post": nil}
	maps.Copy(all, fields)
	return s.call("POST", "/v2/charges", request(all))
}

// captured is the charge of a capture that must be made.
func (s *stage) captured(id string, amount any) tap.Charge {
	s.t.Helper()
	a := s.capture(id, amount, nil)
	if a.status != 200 {
		s.t.Fatalf("HTTP %d %s", a.status, a.body)
	}
	return decode(s.t, a.body)
}

func (s *stage) void(id, body string) answer {
	return s.call("POST", "/v2/authorize/"+id+"/void", body)
}

// code is the error code in an answer, or its HTTP status.
func code(a answer) string {
	if found := errorCode.FindStringSubmatch(a.body); found != nil {
		return found[1]
	}
	return fmt.Sprint(a.status)
}

// authorizationSigned says whether a webhook has the signature of an authorization, and no other.
func (s *stage) authorizationSigned(v visit) bool {
	var a tap.Authorization
	json.Unmarshal([]byte(v.body), &a)
	amount, _ := tap.ParseNumber(string(a.Amount))
	want := tap.SignWebhook(s.key, tap.HashParts(a.ID, amount.Text(3), a.Currency, a.Reference.Gateway, a.Reference.Payment, string(a.Status), a.Transaction.Created), []byte(v.body))
	_, has := v.header["Hash"]
	return v.header.Get("hashstring") == want.HashString && !has
}

// TestAuthorization goes the whole way: the page, the webhook, the return, two captures; in each style.
func TestAuthorization(t *testing.T) {
	for _, style := range []string{"newest", "2023", "2022"} {
		s := startStage(t, mockserver.Config{}, "charge_style="+style)
		fields := map[string]any{"auto": map[string]any{"type": "VOID", "time": 100}, "reference": map[string]any{"order": "ord_0001", "transaction": "txn_0001", "idempotent": "a-1"}}
		created := s.call("POST", "/v2/authorize/", s.order(fields))
		a := s.authorizationOf(created)
		if !strings.Contains(a.Transaction.URL, "/v2/payment/tap_process.aspx?auth=") || a.Status != tap.Initiated || a.Auto.Status != tap.AutoPending {
			t.Fatalf("created: %s %s %v", a.Status, a.Transaction.URL, a.Auto)
		}
		if code(s.void(a.ID, "")) != "1114" || code(s.capture(a.ID, 1, nil)) != "1114" {
			t.Error("an authorization that is INITIATED was voided or captured")
		}
		back := s.pay(a.Transaction.URL, "9", "2030")
		got := s.call("GET", "/v2/authorize/"+a.ID, "")
		hooks := s.shop.visits("/hook")
		if len(hooks) != 1 || !s.authorizationSigned(hooks[0]) || back != s.shop.url+"/return?tap_id="+a.ID {
			t.Fatalf("%d webhooks, back at %s", len(hooks), back)
		}
		part := s.capture(a.ID, 5, nil)
		after := s.call("GET", "/v2/authorize/"+a.ID, "")
		repeated := s.call("POST", "/v2/authorize", s.order(fields))
		if repeated.body != created.body {
			t.Errorf("the repeated request got %s", repeated.body)
		}
		repeats := at("reference", at("idempotent", "c-1"))
		rest := s.capture(a.ID, "7.345", repeats)
		if again := s.capture(a.ID, "7.345", repeats); again.body != rest.body {
			t.Errorf("the repeated capture got %s", again.body)
		}
		if c := decode(t, rest.body); c.Status != tap.Captured || c.Source.ID != a.ID || c.Transaction.URL != "" {
			t.Errorf("the rest: %s from %s", c.Status, c.Source.ID)
		}
		if a := s.getAuthorization(a.ID); a.Status != tap.Captured || a.Response.Code != "000" || a.Auto.Status != tap.AutoCancelled {
			t.Errorf("at the end it is %s %v, auto %v", a.Status, a.Response, a.Auto)
		}
		s.advance(200 * time.Hour)
		if n := len(s.shop.visits("/hook")); n != 1 {
			t.Errorf("%d webhooks in the end", n)
		}
		trace, err := s.control.AuthorizationTrace(t.Context(), a.ID)
		if err != nil {
			t.Fatal(err)
		}
		s.golden("authorization-"+style, fmt.Sprintf("-- create --\n%s\n-- get --\n%s\n-- webhook --\n%s\n-- capture --\n%s\n-- get after the capture --\n%s\n-- trace --\n%s",
			created.body, got.body, hooks[0].body, part.body, after.body, trace.Text), s.shop.url)
	}
}

// TestAuthorizationErrors sends requests that Tap refuses.
func TestAuthorizationErrors(t *testing.T) {
	s := startStage(t, mockserver.Config{})
	held := s.authorizes("", nil)
	voided := s.authorizes("", nil)
	if a := s.void(voided.ID, "{}"); a.status != 200 {
		t.Fatalf("void: HTTP %d %s", a.status, a.body)
	}
	var all strings.Builder
	note := func(name string, a answer) {
		fmt.Fprintf(&all, "%s: HTTP %d %s (%s)\n", name, a.status, strings.Join(strings.Fields(a.body), " "), a.header.Get("X-Tapmock-Note"))
	}
	auto := func(of ...any) map[string]any { return at("auto", map[string]any{"type": of[0], "time": of[1]}) }
	for _, c := range []struct {
		name   string
		fields map[string]any
	}{
		{"an unknown type", auto("AUTO", 1)}, {"no type", auto("", 1)}, {"no time", auto("VOID", nil)}, {"no hours", auto("VOID", 0)}, {"169 hours", auto("CAPTURE", 169)},
		{"hours as text", auto("CAPTURE", "x")}, {"auto as text", at("auto", "VOID")}, {"an authorization as source", at("source", at("id", held.ID))}, {"no redirect", at("redirect", nil)},
		{"a card", at("source", at("id", "tok_1"))}, {"zero", at("amount", 0)}, {"a scenario for refunds", at("metadata", at("tapmock_scenario", "refund/failed"))},
		{"authorize_debit as text", at("authorize_debit", "perhaps")},
	} {
		note(c.name, s.call("POST", "/v2/authorize", s.order(c.fields)))
	}
	for _, c := range []struct {
		name, id string
		amount   any
		fields   map[string]any
	}{
		{"more than there is", held.ID, 12.346, nil}, {"zero", held.ID, 0, nil}, {"another currency", held.ID, 1, at("currency", "USD")}, {"an unknown authorization", "auth_TS07A0320241133g5RO1906000", 1, nil},
		{"no id", "auth_", 1, nil}, {"a long id", "auth_" + strings.Repeat("x", 60), 1, nil}, {"one that is voided", voided.ID, 1, nil}, {"no customer", held.ID, 1, at("customer", nil)},
		{"the id of a charge", "chg_TS07A0320241133g5RO1906000", 1, nil},
	} {
		note("capture: "+c.name, s.capture(c.id, c.amount, c.fields))
	}
	note("void twice", s.void(voided.ID, ""))
	note("void with fields", s.void(held.ID, `{"amount": 1}`))
	note("void of an unknown one", s.void("auth_TS07A0320241133g5RO1906000", "[]"))
	note("void of a malformed id", s.void("chg_1", ""))
	note("void with broken JSON", s.void(held.ID, "{"))
	for _, path := range []string{"", "/", "/list", "/aut_1", "/auth_TS07A0320241133g5RO1906000"} {
		note("GET "+path, s.call("GET", "/v2/authorize"+path, ""))
	}
	for _, path := range []string{"/list", "/aut_1", "/auth_TS07A0320241133g5RO1906000"} {
		note("PUT "+path, s.call("PUT", "/v2/authorize"+path, `{"description": "x"}`))
	}
	note("a list after an unknown one", s.call("POST", "/v2/authorize/list", `{"starting_after": "auth_TS07A0320241133g5RO1906000"}`))
	note("a refund of it", s.call("POST", "/v2/refunds", s.refundRequest(held.ID, nil)))
	note("as a charge", s.call("GET", "/v2/charges/"+held.ID, ""))
	s.golden("errors-authorization", all.String(), s.shop.url)
}

// TestVoid voids with each body that clients send, and expects that nothing can be captured then, that the captured part stays, and that it can
// be refunded.
func TestVoid(t *testing.T) {
	s := startStage(t, mockserver.Config{})
	for _, body := range []string{"", "{}", "[]"} {
		a := s.authorizes("", at("auto", map[string]any{"type": "CAPTURE", "time": 1}))
		c := s.captured(a.ID, 2)
		answer := s.void(a.ID, body)
		v := s.authorizationOf(answer)
		if v.Status != tap.Void || v.Response != (tap.Result{Code: "601", Message: "Void"}) || v.Method != tap.MethodVoid || v.Auto.Status != tap.AutoCancelled {
			t.Errorf("with %q: %s %v %s %v", body, v.Status, v.Response, v.Method, v.Auto)
		}
		if note := answer.header.Get("X-Tapmock-Note"); note != "" {
			t.Errorf("with %q: note %s", body, note)
		}
		if got := code(s.capture(a.ID, 1, nil)); got != "1114" {
			t.Errorf("capture after a void: %s", got)
		}
		s.advance(2 * time.Hour)
		if got := s.getAuthorization(a.ID); got.Status != tap.Void {
			t.Errorf("later it is %s", got.Status)
		}
		if r := s.refunds(c.ID, at("amount", 2)); r.Status != tap.RefundPending {
			t.Errorf("the refund of the captured part is %s", r.Status)
		}
	}
	if n := len(s.shop.visits("/hook")); n != 3 {
		t.Errorf("%d webhooks for three authorizations", n)
	}
}

// TestPendingVoid holds a void at a gate: nothing can be captured meanwhile, a captured part can be refunded, and a second void is refused.
func TestPendingVoid(t *testing.T) {
	s := startStage(t, mockserver.Config{})
	s.put("scenarios: [{name: t/void, description: A held void., object: authorization, authorization: {void: {gate: void}}, callbacks: [webhook: {at: settled}, webhook: {at: voided}]}]")
	a := s.authorizes("t/void", nil)
	c := s.captured(a.ID, 2)
	if v := s.authorizationOf(s.void(a.ID, "")); v.Status != tap.Authorized {
		t.Errorf("a pending void is answered with %s", v.Status)
	}
	if got := code(s.void(a.ID, "")) + code(s.capture(a.ID, 1, nil)); got != "11141114" {
		t.Errorf("void and capture during a void: %s", got)
	}
	r := s.refunds(c.ID, at("amount", 1))
	if n, err := s.control.Release(t.Context(), "void", a.ID); n != 1 || err != nil {
		t.Errorf("released %d, %v", n, err)
	}
	s.advance(3 * time.Second)
	if got := s.getAuthorization(a.ID); got.Status != tap.Void {
		t.Errorf("after the gate it is %s", got.Status)
	}
	if got := s.getRefund(r.ID); got.Status != tap.Refunded {
		t.Errorf("the refund is %s", got.Status)
	}
	if hooks := s.shop.visits("/hook"); len(hooks) != 2 || !strings.Contains(hooks[1].body, `"VOID"`) || !s.authorizationSigned(hooks[1]) {
		t.Errorf("%d webhooks", len(hooks))
	}
}

// TestAuto runs an auto of each type to each status it can have.
func TestAuto(t *testing.T) {
	for _, c := range []struct {
		of, scenario string
		status       tap.Status
		auto         tap.AutoStatus
		charges      int
	}{
		{"VOID", "", tap.Void, tap.AutoVoided, 1}, {"CAPTURE", "", tap.Captured, tap.AutoCaptured, 2}, {"CAPTURE", "authorization/auto-failed", tap.Authorized, tap.AutoFailed, 1},
		{"VOID", "t/declined", tap.Authorized, tap.AutoDeclined, 1},
	} {
		s := startStage(t, mockserver.Config{})
		s.put("scenarios: [{name: t/declined, description: A word., object: authorization, authorization: {auto: {status: DECLINED}}}]")
		a := s.authorizes(c.scenario, at("auto", map[string]any{"type": c.of, "time": 3}))
		if a.Auto.Status != tap.AutoScheduled || a.Auto.Type != tap.AutoType(c.of) || a.Auto.Time != 3 {
			t.Errorf("%v: auto %v", c, a.Auto)
		}
		s.captured(a.ID, 2)
		s.advance(3*time.Hour - time.Millisecond)
		if got := s.getAuthorization(a.ID); got.Status != tap.Authorized {
			t.Errorf("%v: too early %s", c, got.Status)
		}
		s.advance(time.Second)
		if got := s.getAuthorization(a.ID); got.Status != c.status || got.Auto.Status != c.auto {
			t.Errorf("%v: %s, auto %s", c, got.Status, got.Auto.Status)
		}
		hooks := s.shop.visits("/hook")
		if len(hooks) != 2 || !s.authorizationSigned(hooks[1]) || !strings.Contains(hooks[1].body, `"auto":{"status":"`+string(c.auto)) {
			t.Errorf("%v: %d webhooks", c, len(hooks))
		}
		all, err := s.control.Charges(t.Context(), "")
		if err != nil || len(all) != c.charges {
			t.Errorf("%v: %d charges, %v", c, len(all), err)
		}
		if c.charges == 2 && (all[0].Amount != "10.345" || all[0].Status != tap.Captured) {
			t.Errorf("the auto captured %s, %s", all[0].Amount, all[0].Status)
		}
	}
}

// TestAuthorizationSettings chooses the alternatives to what is assumed.
func TestAuthorizationSettings(t *testing.T) {
	s := startStage(t, mockserver.Config{}, "authorization_partial_capture=CAPTURED", "authorization_auto_charge=false", "authorization_not_found=2102")
	a := s.authorizes("", nil)
	s.captured(a.ID, 1)
	if got := s.getAuthorization(a.ID); got.Status != tap.Captured || got.Auto != nil {
		t.Errorf("after a part it is %s, auto %v", got.Status, got.Auto)
	}
	if got := code(s.capture(a.ID, 1, nil)); got != "1114" {
		t.Errorf("a second capture: %s", got)
	}
	s.authorizes("", at("auto", map[string]any{"type": "CAPTURE", "time": 1}))
	s.advance(time.Hour)
	if all, err := s.control.Charges(t.Context(), ""); err != nil || len(all) != 1 {
		t.Errorf("%d charges, %v", len(all), err)
	}
	if unknown := s.call("GET", "/v2/authorize/auth_1", ""); code(unknown) != "2102" || unknown.status != 400 {
		t.Errorf("unknown: HTTP %d %s", unknown.status, unknown.body)
	}
}

// TestCaptureScenarios: a capture follows scenarios for charges. The bank can decline it, which gives its amount back, or decide later, which
// holds it; a void is refused meanwhile.
func TestCaptureScenarios(t *testing.T) {
	s := startStage(t, mockserver.Config{})
	a := s.authorizes("", at("auto", map[string]any{"type": "VOID", "time": 1}))
	s.next("outcome/no-funds")
	if c := s.captured(a.ID, 12.345); c.Status != tap.Failed {
		t.Errorf("declined: %s", c.Status)
	}
	s.put("scenarios: [{name: t/later, description: A bank that decides late., bank: {delay: 10m}}, {name: t/longer, description: Later., bank: {delay: 2h}}, " +
		"{name: t/late, description: A late capture., bank: {result: NOT CAPTURED, later: {at: settled + 1m, result: CAPTURED}}}]")
	s.next("t/later")
	c := s.captured(a.ID, 12)
	if c.Status != tap.Initiated || code(s.capture(a.ID, 1, nil)) != "1150" || code(s.void(a.ID, "")) != "1114" {
		t.Errorf("pending: %s", c.Status)
	}
	s.advance(10 * time.Minute)
	if got := s.get(c.ID); got.Status != tap.Captured {
		t.Errorf("after ten minutes: %s", got.Status)
	}
	s.next("t/late")
	late := s.captured(a.ID, 0.345)
	s.captured(a.ID, 0.245)
	s.next("t/longer")
	long := s.captured(a.ID, 0.1)
	s.advance(3 * time.Hour)
	if got := s.getAuthorization(a.ID); got.Status != tap.Void {
		t.Errorf("after the auto: %s", got.Status)
	}
	if got := s.get(late.ID); got.Status != tap.Failed {
		t.Errorf("a late capture of what is gone: %s", got.Status)
	}
	if got := s.get(long.ID); got.Status != tap.Failed {
		t.Errorf("a capture that the auto overtook: %s", got.Status)
	}
	if n := len(s.entries(tap.EventChangeRefused)); n != 1 {
		t.Errorf("%d refused changes", n)
	}
}

// TestCaptureInProgress: a capture that the bank has not decided holds its amount, so that its later result is not refused for itself.
func TestCaptureInProgress(t *testing.T) {
	s := startStage(t, mockserver.Config{})
	s.put("scenarios: [{name: t/later, description: In progress at first., bank: {status: IN_PROGRESS, later: {at: settled + 1m, result: CAPTURED}}}]")
	a := s.authorizes("", nil)
	s.next("t/later")
	c := s.captured(a.ID, 12.345)
	s.advance(time.Minute)
	if got, held := s.get(c.ID), s.getAuthorization(a.ID); c.Status != tap.InProgress || got.Status != tap.Captured || held.Status != tap.Captured {
		t.Errorf("%s, then %s; the authorization is %s", c.Status, got.Status, held.Status)
	}
}

// TestCaptureAfterManyUpdates captures all of an authorization that can have no more versions: the journal says so, and nothing is left of it.
func TestCaptureAfterManyUpdates(t *testing.T) {
	s := startStage(t, mockserver.Config{})
	a := s.authorizes("", nil)
	for n := 0; s.call("PUT", "/v2/authorize/"+a.ID, fmt.Sprintf(`{"description": "%d"}`, n)).status == 200; n++ {
	}
	if c := s.captured(a.ID, 12.345); c.Status != tap.Captured {
		t.Errorf("the capture is %s", c.Status)
	}
	if got := code(s.capture(a.ID, 1, nil)); got != "1150" {
		t.Errorf("another capture: %s", got)
	}
	if n, m := len(s.entries(tap.EventCaptured)), len(s.entries(tap.EventChangeRefused)); n != 1 || m != 1 {
		t.Errorf("%d captures and %d refused changes are journalled", n, m)
	}
}

// TestAutoWithoutRoom lets an auto capture when the account can have no more charges: the authorization is captured, and the journal says that
// there is no charge.
func TestAutoWithoutRoom(t *testing.T) {
	s := startStage(t, mockserver.Config{Limits: mockserver.Limits{Charges: 1}})
	a := s.authorizes("", at("auto", map[string]any{"type": "CAPTURE", "time": 1}))
	s.advance(time.Hour)
	if got := s.getAuthorization(a.ID); got.Status != tap.Captured || len(s.entries(tap.EventChangeRefused)) != 1 {
		t.Errorf("it is %s, %v", got.Status, s.entries(tap.EventChangeRefused))
	}
}

// TestCaptureOrVoid races captures of the whole amount against voids: exactly one wins.
func TestCaptureOrVoid(t *testing.T) {
	s := startStage(t, mockserver.Config{})
	for range 20 {
		a := s.authorizes("", nil)
		var captured, voided atomic.Int64
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() {
				if s.capture(a.ID, 12.345, nil).status == 200 {
					captured.Add(1)
				}
			})
			all.Go(func() {
				if s.void(a.ID, "").status == 200 {
					voided.Add(1)
				}
			})
		}
		all.Wait()
		got := s.getAuthorization(a.ID).Status
		want := tap.Void
		if captured.Load() == 1 {
			want = tap.Captured
		}
		if captured.Load()+voided.Load() != 1 || got != want {
			t.Fatalf("%d captures and %d voids won, it is %s", captured.Load(), voided.Load(), got)
		}
	}
}

// TestRefundedCapturedAuthorized has many clients capture, void and refund at random: at no time is more refunded than captured, or more
// captured than authorized.
func TestRefundedCapturedAuthorized(t *testing.T) {
	s := startStage(t, mockserver.Config{}, "refund_delay=0s")
	var all sync.WaitGroup
	held := []tap.Authorization{s.authorizes("", nil), s.authorizes("", nil), s.authorizes("", nil)}
	for client := range 8 {
		all.Go(func() {
			draw := rand.New(rand.NewPCG(7, uint64(client)))
			var mine []string
			for range 40 {
				a := held[draw.IntN(len(held))]
				switch draw.IntN(8) {
				case 0, 1, 2, 3:
					if c := s.capture(a.ID, float64(100+draw.IntN(900))/1000, nil); c.status == 200 {
						mine = append(mine, parsed(c.body).ID)
					}
				case 4, 5, 6:
					if len(mine) > 0 {
						s.call("POST", "/v2/refunds", s.refundRequest(mine[draw.IntN(len(mine))], at("amount", float64(100+draw.IntN(500))/1000)))
					}
				case 7:
					if draw.IntN(20) == 0 {
						s.void(a.ID, "")
					}
				}
				s.wantSums(a.ID)
			}
		})
	}
	all.Wait()
}

// wantSums compares the sums of an authorization.
func (s *stage) wantSums(id string) {
	a, err := s.control.Authorization(s.t.Context(), id)
	if err != nil {
		s.t.Error(err)
		return
	}
	authorized, _ := tap.ParseAmount(a.Amount)
	taken, _ := tap.ParseAmount(a.Captured)
	if taken > authorized {
		s.t.Errorf("%s of %s is captured", a.Captured, a.Amount)
	}
	for _, c := range a.Captures {
		charge, err := s.control.Charge(s.t.Context(), c)
		if err != nil {
			s.t.Error(err)
			continue
		}
		if amount, _ := tap.ParseAmount(charge.Amount); s.held(c) > amount {
			s.t.Errorf("%s is refunded of %s", s.held(c), charge.Amount)
		}
	}
}

// TestListAuthorizations lists, downloads and updates authorizations; charges are in none of their lists, and the other way round.
func TestListAuthorizations(t *testing.T) {
	s := startStage(t, mockserver.Config{})
	var ids []string
	for i := range 3 {
		ids = append(ids, s.authorizes("", map[string]any{"reference": at("order", fmt.Sprint("o-", i)), "metadata": at("udf1", "x")}).ID)
		s.advance(time.Minute)
	}
	charge := s.pays("", nil)
	update := s.call("PUT", "/v2/authorize/"+ids[0], `{"description": "changed", "metadata": {"udf1": "", "udf2": "y"}}`)
	if a := s.authorizationOf(update); a.Description != "changed" || a.Metadata != `{"udf2":"y"}` || a.Method != tap.MethodUpdate || a.Status != tap.Authorized {
		t.Errorf("updated: %s", update.body)
	}
	s.void(ids[1], "")
	list := s.call("POST", "/v2/authorize/list", `{"status": "AUTHORIZED", "limit": 1}`)
	csv := s.call("POST", "/v2/authorize/download", `{}`)
	s.golden("authorization-list", list.body+"\n-- download --\n"+csv.body+csv.header.Get("last_authorize_id")+"\n", s.shop.url)
	for body, want := range map[string][]string{"{}": {ids[2], ids[1], ids[0]}, `{"status":"VOID"}`: {ids[1]}, `{"starting_after":"` + ids[2] + `","limit":1}`: {ids[1]}, `{"reference":{"order":["o-0"]}}`: {ids[0]}} {
		var got tap.AuthorizationList
		s.decodeInto(s.call("POST", "/v2/authorize/list", body), &got)
		if got.Object != "list" || len(got.Authorizes) != len(want) || got.Authorizes[0].ID != want[0] {
			t.Errorf("%s: %d authorizations", body, len(got.Authorizes))
		}
	}
	var charges tap.ChargeList
	s.decodeInto(s.call("POST", "/v2/charges/list", "{}"), &charges)
	if len(charges.Charges) != 1 || charges.Charges[0].ID != charge.ID {
		t.Errorf("%d charges are listed", len(charges.Charges))
	}
}

// recordAuthorization runs a scenario for authorizations from the create to the end of the third day, and returns what the merchant received.
func (s *stage) recordAuthorization(name string) string {
	s.t.Helper()
	if err := s.control.Set(s.t.Context(), map[string]string{"payer": "auto"}); err != nil {
		s.t.Fatal(err)
	}
	if err := s.control.SetDefaultScenario(s.t.Context(), name); err != nil {
		s.t.Fatal(err)
	}
	var b strings.Builder
	var a tap.Authorization
	for try := 1; try <= 5 && a.ID == ""; try++ {
		got := s.patientCall("POST", "/v2/authorize", s.order(map[string]any{"auto": map[string]any{"type": "VOID", "time": 24}, "reference": at("idempotent", "1")}))
		if json.Unmarshal([]byte(got.body), &a) != nil {
			fmt.Fprintf(&b, "create %d: HTTP %d %s\n", try, got.status, got.body)
			continue
		}
		fmt.Fprintf(&b, "create %d: %s %s\n", try, a.Status, a.Response.Code)
	}
	show := func(what string) {
		got := s.getAuthorization(a.ID)
		fmt.Fprintf(&b, "%s: %s %s, auto %s\n", what, got.Status, got.Response.Code, got.Auto.Status)
	}
	s.awaitIdle()
	show("GET at once")
	s.advance(2 * time.Minute)
	show("GET after 2m")
	if strings.Contains(name, "void") {
		fmt.Fprintf(&b, "void: HTTP %d\n", s.void(a.ID, "").status)
		show("GET after the void")
	}
	s.advance(75 * time.Hour)
	show("GET after 75h")
	for _, v := range s.shop.visits("/hook") {
		var sent tap.Authorization
		json.Unmarshal([]byte(v.body), &sent)
		fmt.Fprintf(&b, "%10s  webhook  %s %s, auto %s, signed %t\n", v.at, sent.Status, sent.Response.Code, sent.Auto.Status, s.authorizationSigned(v))
	}
	return b.String()
}
