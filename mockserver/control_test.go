package mockserver_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tapmock/tapmock/mockserver"
	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// fails checks the status, the code and a part of the message of an error of the control API.
func fails(t *testing.T, err error, status int, code, message string) {
	t.Helper()
	e, ok := errors.AsType[*control.Error](err)
	if !ok || e.Status != status || e.Code != code || !strings.Contains(e.Message, message) {
		t.Errorf("got %+v, want %d %s …%s…", err, status, code, message)
	}
}

// TestClock advances, freezes and resumes a clock, in orders that are allowed and in orders that are not.
func TestClock(t *testing.T) {
	s := startStage(t, mockserver.Config{})
	ctx := t.Context()
	if _, err := s.control.Freeze(ctx, opening.Add(-time.Hour)); err != nil {
		t.Errorf("the account is empty, so the clock can go back: %v", err)
	}
	c := s.create(s.order(nil))
	if c.Transaction.Created != "1772352000000" {
		t.Errorf("created at %s", c.Transaction.Created)
	}
	_, err := s.control.Freeze(ctx, opening.Add(-2*time.Hour))
	fails(t, err, 409, "backwards", "reset the account first")
	moved, err := s.control.Freeze(ctx, opening) // an hour later: the charge expires meanwhile
	if err != nil || moved.Ran != 1 || !moved.Now.Equal(opening) || !moved.Frozen || s.get(c.ID).Status != tap.Abandoned {
		t.Errorf("%+v, %v, %s", moved, err, s.get(c.ID).Status)
	}
	clock, err := s.control.Resume(ctx)
	if err != nil || clock.Frozen || clock.Now.Before(opening) || clock.Now.After(opening.Add(time.Minute)) {
		t.Errorf("%+v, %v", clock, err)
	}
	if moved, err := s.control.Advance(ctx, time.Hour); err != nil || moved.Frozen || moved.Now.Before(opening.Add(time.Hour)) {
		t.Errorf("%+v, %v", moved, err)
	}
	for body, want := range map[string]string{
		`{"by": "-1s"}`: "a time cannot be negative", `{"by": "x"}`: "not a duration", `{"by": 3}`: "by is a number, but must be a string", `{"buy": "1s"}`: `no key \"buy\", did you mean \"by\"?`,
		`{`: "it ends too early", ``: "not a duration", `{"by": "1s"} x`: "more text follows", `{"by": "999999h"}`: "400 days",
	} {
		a := s.call("POST", control.Prefix+"/clock/advance", body)
		if a.status != 400 || !strings.Contains(a.body, want) || !strings.Contains(a.body, `"bad_request"`) {
			t.Errorf("%s: HTTP %d %s", body, a.status, a.body)
		}
	}
}

// TestAdvanceInsideAHandler advances and resets inside a webhook handler: both are refused at once, with the name of the delivery.
func TestAdvanceInsideAHandler(t *testing.T) {
	s := startStage(t, mockserver.Config{})
	var inner, reset error
	s.shop.respond = func(v visit) int {
		if v.path == "/hook" {
			_, inner = s.control.Advance(t.Context(), time.Hour)
			_, reset = s.control.Reset(t.Context())
		}
		return 200
	}
	s.next("webhook/late + payer/pays")
	c := s.create(s.order(nil))
	s.advance(time.Hour)
	fails(t, inner, 409, "busy", "webhook attempt 1 for "+c.ID)
	fails(t, reset, 409, "busy", "webhook attempt 1 for "+c.ID)
}

// TestReset checks what a reset drops and returns, and that the account starts again with the same ids.
func TestReset(t *testing.T) {
	s := startStage(t, mockserver.Config{Seed: 5})
	ctx := t.Context()
	s.put("scenarios:\n  - {name: mine, description: x, match: {calls: 2}, callbacks: [webhook: {gate: g}]}\n")
	s.next("payer/pays")
	s.next("outcome/captured")
	first := s.create(s.order(nil))
	s.awaitIdle()
	s.next("webhook/late + payer/pays")
	s.create(s.order(nil))
	s.awaitIdle()
	d, err := s.control.Reset(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if d.Charges != 2 || d.Entries < 5 || d.Aborted || len(d.InFlight) != 0 || !slices.Equal(d.Queue, []string{"webhook/late + payer/pays"}) || len(d.Scheduled) != 1 {
		t.Errorf("dropped: %+v", d)
	}
	if a := s.call("GET", "/v2/charges/"+first.ID, ""); a.status != 400 {
		t.Errorf("the old charge: HTTP %d", a.status)
	}
	if p := s.open(first.Transaction.URL); p.page.status != 404 {
		t.Errorf("the old page: HTTP %d", p.page.status)
	}
	acct, err := s.control.Account(ctx)
	if err != nil || acct.Frozen || acct.Charges != 0 || acct.LastEntry != 0 || acct.ScheduledCount != 0 || len(acct.Queue) != 0 {
		t.Errorf("after the reset: %+v, %v", acct, err)
	}
	if _, err := s.control.Freeze(ctx, opening); err != nil {
		t.Fatal(err)
	}
	if again := s.create(s.order(nil)); again.ID != first.ID {
		t.Errorf("the first charge is %s, want %s as before the reset", again.ID, first.ID)
	}
	s.advance(80 * time.Hour)
	if hooks := s.shop.visits("/hook"); len(hooks) != 1 {
		t.Errorf("%d webhooks were received, want 1, from before the reset", len(hooks))
	}
}

// TestResetCutsOff resets an account on a running clock while its merchant does not respond and its payer waits.
func TestResetCutsOff(t *testing.T) {
	s := startStage(t, mockserver.Config{}, "return_wait=20ms")
	if _, err := s.control.Resume(t.Context()); err != nil {
		t.Fatal(err)
	}
	called, end := make(chan struct{}, 1), make(chan struct{})
	defer close(end)
	s.shop.respond = func(visit) int { called <- struct{}{}; <-end; return 200 }
	s.next("payer/pays + return/never")
	c := s.create(s.order(nil))
	<-called
	d, err := s.control.Reset(t.Context())
	if err != nil || !d.Aborted || !slices.Equal(d.InFlight, []string{"webhook attempt 1 for " + c.ID}) {
		t.Errorf("%+v, %v", d, err)
	}
}

// TestJournalWaits waits for an entry that is recorded later, and for one that is not recorded.
func TestJournalWaits(t *testing.T) {
	s := startStage(t, mockserver.Config{Limits: mockserver.Limits{Journal: 4 << 10}})
	ctx := t.Context()
	found := make(chan control.Journal)
	go func() {
		j, _ := s.control.Journal(ctx, control.JournalQuery{Event: "created", Wait: 10 * time.Second})
		found <- j
	}()
	c := s.create(s.order(nil))
	if j := <-found; len(j.Entries) != 1 || j.Entries[0].Object.ID != c.ID || j.LastEntry != 1 {
		t.Errorf("%+v", j)
	}
	if j, err := s.control.Journal(ctx, control.JournalQuery{Event: "webhook", Wait: time.Millisecond}); err != nil || len(j.Entries) != 0 {
		t.Errorf("no such entry: %+v, %v", j, err)
	}
	for range 30 {
		s.create(s.order(nil))
	}
	_, err := s.control.Journal(ctx, control.JournalQuery{Oldest: true})
	fails(t, err, 410, "evicted", "ask for those after ")
	acct, _ := s.control.Account(ctx)
	if j, err := s.control.Journal(ctx, control.JournalQuery{After: acct.EvictedEntries, Limit: 2}); err != nil || len(j.Entries) != 2 || j.Entries[0].Seq != acct.EvictedEntries+1 {
		t.Errorf("%+v, %v", j, err)
	}
	_, err = s.control.Journal(ctx, control.JournalQuery{After: acct.LastEntry, Event: "webhook_atempt"})
	fails(t, err, 400, "bad_request", "the events are created")
	if a := s.call("GET", control.Prefix+"/journal?evnt=x", ""); a.status != 400 || !strings.Contains(a.body, "did you mean event?") {
		t.Errorf("HTTP %d %s", a.status, a.body)
	}
}

// TestWebhookExplained compares deliveries with what the shop received, and sends one again by the control API and by its curl command.
func TestWebhookExplained(t *testing.T) {
	s := startStage(t, mockserver.Config{})
	s.shop.respond = func(v visit) int { return 202 }
	s.pays("forge/two-decimals", nil)
	s.advance(time.Hour)
	hooks, err := s.control.Webhooks(t.Context(), "")
	if err != nil || len(hooks) != 2 {
		t.Fatalf("%d webhooks, %v", len(hooks), err)
	}
	slices.Reverse(hooks)
	for i, got := range s.shop.visits("/hook") {
		w := hooks[i].Attempts[0]
		if w.Body != got.body || w.HashString != got.header.Get("hashstring") || w.Hash != got.header.Get("hash") || w.Headers["user-agent"] != got.header.Get("User-Agent") {
			t.Errorf("%d: the shop received another webhook than %+v", i, w)
		}
		if tap.HMAC(key, []byte(w.Hashed)) != w.HashString || w.Response.Status != 202 || w.Attempt != 1 || len(w.Parts) != 7 {
			t.Errorf("%d: %+v", i, w)
		}
	}
	if hooks[0].Forge != "two-decimals" || hooks[0].Attempts[0].Parts[1] != (control.Part{Label: "x_amount", Value: "12.35"}) || hooks[1].Attempts[0].Parts[1].Value != "12.345" {
		t.Errorf("%s %+v %+v", hooks[0].Forge, hooks[0].Attempts[0].Parts[1], hooks[1].Attempts[0].Parts[1])
	}
	genuine := hooks[1].Attempts[0]
	again, err := s.control.ResendWebhook(t.Context(), hooks[1].ID)
	if err != nil || again.ID == hooks[1].ID || len(again.Attempts) != 1 || again.Attempts[0].Body != genuine.Body {
		t.Errorf("%+v, %v", again, err)
	}
	if out, err := exec.Command("sh", "-c", genuine.Curl).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v %s", genuine.Curl, err, out)
	}
	all := s.shop.visits("/hook")
	for i, v := range all[2:] {
		if v.body != all[1].body || s.signatures(v) != "signed" {
			t.Errorf("%d: another webhook was sent: %s", i, s.signatures(v))
		}
	}
	if len(all) != 4 {
		t.Errorf("%d webhooks were received", len(all))
	}
	_, err = s.control.Webhook(t.Context(), "whd_99")
	fails(t, err, 404, "not_found", `no webhook delivery "whd_99"`)
}

// TestTraceText compares the text of a trace, which people read when a test fails.
func TestTraceText(t *testing.T) {
	s := startStage(t, mockserver.Config{})
	s.shop.respond = func(v visit) int { return 500 }
	c := s.pays("webhook/twice", nil)
	trace, err := s.control.Trace(t.Context(), c.ID)
	if err != nil {
		t.Fatal(err)
	}
	s.golden("trace", strings.ReplaceAll(trace.Text, c.ID, "chg_own"), s.shop.url)
	_, err = s.control.Trace(t.Context(), "chg_x")
	fails(t, err, 404, "not_found", "no such charge")
}

// TestControlSettings changes several settings, or none.
func TestControlSettings(t *testing.T) {
	s := startStage(t, mockserver.Config{})
	ctx := t.Context()
	err := s.control.Set(ctx, map[string]string{"bank_decline_code": "51", "page_limt": "1m"})
	fails(t, err, 400, "bad_request", `did you mean "page_limit"?`)
	if all, _ := s.control.Settings(ctx); all["bank_decline_code"] != "05" || len(all) < 40 {
		t.Errorf("a part of the change was made: %v", all)
	}
	if err := s.control.Set(ctx, map[string]string{"public_url": "https://pay.example/mock"}); err != nil {
		t.Fatal(err)
	}
	if link := s.create(s.order(nil)).Transaction.URL; !strings.HasPrefix(link, "https://pay.example/mock/gosell/") {
		t.Errorf("the page link is %s", link)
	}
}

// TestControlScenarios sends mistakes, then scenarios, reads and deletes them.
func TestControlScenarios(t *testing.T) {
	s := startStage(t, mockserver.Config{})
	ctx := t.Context()
	err := s.control.PutScenarios(ctx, "scenarios:\n  - name: a\n    descrption: x\n    bank: {result: CAPTURD}\n")
	fails(t, err, 400, "bad_request", `did you mean "description"?`)
	fails(t, err, 400, "bad_request", `did you mean "CAPTURED"?`)
	s.put("scenarios:\n  - {name: a, description: one, bank: {result: CAPTURED}}\n")
	list, err := s.control.Scenarios(ctx)
	if err != nil || len(list.Own) != 1 || list.Own[0] != (control.ScenarioInfo{Name: "a", Description: "one"}) || len(list.Server) != 0 || len(list.Library) < 30 {
		t.Errorf("%+v, %v", list, err)
	}
	if text, err := s.control.Scenario(ctx, "a + webhook/twice"); err != nil || !strings.Contains(text, "copies: 2") || !strings.Contains(text, "result: CAPTURED") {
		t.Errorf("%s, %v", text, err)
	}
	_, err = s.control.Scenario(ctx, "webhook/twise")
	fails(t, err, 404, "not_found", "did you mean webhook/twice")
	fails(t, s.control.SetDefaultScenario(ctx, "b"), 404, "not_found", "there is no scenario")
	if err := s.control.DeleteScenarios(ctx); err != nil {
		t.Fatal(err)
	}
	_, err = s.control.Scenario(ctx, "a")
	fails(t, err, 404, "not_found", "there is no scenario")
	_, err = s.control.Chaos(ctx)
	fails(t, err, 404, "not_found", "chaos scenario")
}

// TestAdminToken checks that the admin token reaches every account, and a key only its own.
func TestAdminToken(t *testing.T) {
	s := startStage(t, mockserver.Config{AdminToken: "an-admin-token-of-24-chars"})
	ctx := t.Context()
	s.create(s.order(nil))
	other := newStage(t, s.mock, "sk_test_other")
	admin := control.NewAdmin(s.url, "an-admin-token-of-24-chars", "")
	all, err := admin.Accounts(ctx)
	if err != nil || len(all) != 2 {
		t.Fatalf("%+v, %v", all, err)
	}
	_, err = s.control.Accounts(ctx)
	fails(t, err, 401, "unauthorized", "needs the admin token")
	_, err = admin.Clock(ctx)
	fails(t, err, 400, "bad_request", control.AccountHeader)
	_, err = control.New(s.url, "an-admin-token-of-24-charz").Accounts(ctx)
	fails(t, err, 401, "unauthorized", "2104")
	for _, named := range []string{key, all[0].Name} {
		if a, err := control.NewAdmin(s.url, "an-admin-token-of-24-chars", named).Account(ctx); err != nil || a.Name == "" {
			t.Errorf("%+v, %v", a, err)
		}
	}
	_, err = control.NewAdmin(s.url, "an-admin-token-of-24-chars", "unknown").Account(ctx)
	fails(t, err, 404, "not_found", "no account has this key")
	if err := admin.Set(ctx, map[string]string{"bank_decline_code": "61"}); err != nil {
		t.Fatal(err)
	}
	if now, _ := control.New(s.url, "sk_test_new").Settings(ctx); now["bank_decline_code"] != "61" {
		t.Errorf("a new account has bank_decline_code %s", now["bank_decline_code"])
	}
	if now, _ := other.control.Settings(ctx); now["bank_decline_code"] != "05" {
		t.Errorf("an old account has bank_decline_code %s", now["bank_decline_code"])
	}
	d, err := admin.Reset(ctx)
	if err != nil || d.Accounts != 3 || d.Charges != 1 {
		t.Errorf("%+v, %v", d, err)
	}
}

// TestControlErrors checks that every error has the same JSON shape.
func TestControlErrors(t *testing.T) {
	m := startMock(t, mockserver.Config{Limits: mockserver.Limits{Body: 100}})
	for _, c := range []struct {
		method, path, body, key string
		status                  int
		code                    string
	}{
		{"GET", "/clok", "", key, 404, "not_found"},
		{"DELETE", "", "", key, 405, "not_found"},
		{"PUT", "/clock", "", key, 405, "not_found"},
		{"GET", "/clock", "", "", 401, "unauthorized"},
		{"GET", "/clock", "", "sk_live_x", 400, "bad_request"},
		{"PUT", "/scenarios", strings.Repeat("x", 200), key, 413, "too_large"},
		{"POST", "/next", `{}`, key, 400, "bad_request"},
		{"POST", "/next", `[]`, key, 400, "bad_request"},
		{"POST", "/gates/A B/hold", "", key, 400, "bad_request"},
		{"GET", "/webhooks/x", "", key, 404, "not_found"},
		{"GET", "/webhooks?limit=x", "", key, 400, "bad_request"},
		{"GET", "/charges?limit=-1", "", key, 400, "bad_request"},
		{"GET", "/journal?wait=2m", "", key, 400, "bad_request"},
		{"GET", "/charges/%zz", "", key, 400, ""},
	} {
		req, err := http.NewRequest(c.method, m.url+control.Prefix+strings.ReplaceAll(c.path, " ", "%20"), strings.NewReader(c.body))
		if err != nil {
			continue // Go's client cannot send it
		}
		if c.key != "" {
			req.Header.Set("Authorization", "Bearer "+c.key)
		}
		a := m.send(req)
		var e struct{ Error control.Error }
		if err := json.Unmarshal([]byte(a.body), &e); err != nil || a.status != c.status || e.Error.Code != c.code || e.Error.Message == "" || a.header.Get("Content-Type") != "application/json" {
			t.Errorf("%s %s: HTTP %d %s", c.method, c.path, a.status, a.body)
		}
	}
	if a := m.send(must(http.NewRequest("GET", m.url+control.Prefix+"/openapi.json", nil))); a.status != 200 || !strings.Contains(a.body, `"openapi": "3.1.0"`) {
		t.Errorf("openapi.json: HTTP %d %.100s", a.status, a.body)
	}
}

func must(r *http.Request, err error) *http.Request {
	if err != nil {
		panic(err)
	}
	return r
}
