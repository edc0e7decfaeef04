package mockserver_test

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/tapmock/tapmock/mockserver"
	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// TestTrace reads the page of a payment: the shop's calls as they were sent, each step with its cause, the time between, what is to come, gates.
func TestTrace(t *testing.T) {
	t.Parallel()
	s := startStage(t, mockserver.Config{})
	c := s.createFrom("payer: {pay: {}}\ncallbacks: [webhook: {at: settled + 1m}, webhook: {at: settled + 1m, gate: late}, webhook: {at: settled + 1h}, return: {}]", map[string]any{"description": "طلب ٧"})
	s.awaitIdle()
	s.get(c.ID)
	s.advance(time.Minute)
	a := s.mock.page("/ui/payments/" + c.ID)
	a.shows(t, "CAPTURED</span>", `<span class="sr">shop to tapmock: </span><span dir="auto">POST /v2/charges</span> <b class="response good">HTTP 200</b>`, "GET /v2/charges/"+c.ID+"</span>",
		`<span class="when">&#43;1 min</span>`, `<span class="sr">tapmock to shop: </span>`, "waits at the gate late", "Open the gate", `<span class="when">in 59 min</span>`, "Run now", "Hold", "webhook attempt 1",
		`caused by <a href="#e`, "طلب ٧", "hashstring: ", "Bearer sk_test_…", "application/json", "as a scenario", "as a Go test", `data-key="r"`)
	if called, created := strings.Index(a.body, ">POST /v2/charges<"), strings.Index(a.body, ">created: "); called < 0 || called > created {
		t.Error("the shop's call is not before what it led to")
	}
	if n := strings.Count(a.body, "Answer: HTTP 200"); n != 2 {
		t.Errorf("%d calls are shown with their answers, want 2", n)
	}
	if strings.Contains(a.body, key) {
		t.Error("the page has the key")
	}
	if n := strings.Count(a.body, `<tr class="line`) + strings.Count(a.body, `<li class="line pending`); n != 2 {
		t.Errorf("%d pending steps", n)
	}
	call := s.mock.page("/ui/calls/call_1")
	call.shows(t, "<h1 dir=\"ltr\">POST /v2/charges</h1>", "curl -s -X POST", "Bearer YOUR_KEY", "طلب ٧", "Answer: HTTP 200")
	if a := s.mock.page("/ui/payments/chg_unknown"); a.status != 404 {
		t.Errorf("an unknown payment: HTTP %d", a.status)
	}
	if a := s.mock.page("/ui/payments/x"); a.status != 404 || !strings.Contains(a.body, "is not the id of a payment object") {
		t.Errorf("no id: HTTP %d", a.status)
	}
}

// TestTraceWithoutCalls reads a trace where no calls are kept.
func TestTraceWithoutCalls(t *testing.T) {
	t.Parallel()
	m := startMock(t, mockserver.Config{Limits: mockserver.Limits{Calls: -1}})
	c := m.create(request(nil))
	m.page("/ui/payments/"+c.ID).shows(t, `<span class="sr">shop to tapmock: </span><span dir="auto">created: `)
	if a := m.page("/ui/calls"); a.status != 404 || !strings.Contains(a.body, "-limit calls") {
		t.Errorf("the calls: HTTP %d", a.status)
	}
}

// advised is what the page of a payment advises the shop.
func (s *stage) advised(id string) string {
	s.t.Helper()
	_, rest, _ := strings.Cut(s.mock.page("/ui/payments/"+id).body, `id="advice"`)
	rest, _, _ = strings.Cut(rest, "</section>")
	return rest
}

// TestAdvice says in plain words what a shop does wrong.
func TestAdvice(t *testing.T) {
	t.Parallel()
	s := startStage(t, mockserver.Config{}, "payer=auto", "webhook_retries=none")
	for answer, want := range map[int]string{302: "answered the webhook with a redirect (HTTP 302)", 401: "refused the webhook with HTTP 401. Most often its signature is computed differently", 500: "answered the webhook with HTTP 500", 200: ""} {
		s.shop.mu.Lock()
		s.shop.respond = func(v visit) int {
			if v.path == "/hook" {
				return answer
			}
			return 200
		}
		s.shop.mu.Unlock()
		c := s.create(s.order(map[string]any{"reference": at("order", fmt.Sprint("o-", answer))}))
		s.awaitIdle()
		if got := s.advised(c.ID); want != "" && !strings.Contains(got, want) || !strings.Contains(got, "has never asked for this charge") {
			t.Errorf("HTTP %d: %s", answer, got)
		}
		s.get(c.ID)
		if got := s.advised(c.ID); strings.Contains(got, "never asked") || want == "" && got != "" {
			t.Errorf("HTTP %d, asked: %s", answer, got)
		}
	}
	s.shop.mu.Lock()
	s.shop.respond = nil
	s.shop.mu.Unlock()
	first := s.create(s.order(map[string]any{"reference": at("order", "twice")}))
	second := s.create(s.order(map[string]any{"reference": at("order", "twice")}))
	s.awaitIdle()
	if got := s.advised(second.ID); !strings.Contains(got, "The order twice was paid twice: "+first.ID) {
		t.Errorf("paid twice: %s", got)
	}
	s.next("forge/wrong-key")
	forged := s.create(s.order(nil))
	s.awaitIdle()
	if got := s.advised(forged.ID); !strings.Contains(got, "has acknowledged a forged webhook (wrong-key)") {
		t.Errorf("forged: %s", got)
	}
	unreachable := s.create(s.order(map[string]any{"post": at("url", "http://127.0.0.1:1/hook")}))
	s.awaitIdle()
	if got := s.advised(unreachable.ID); !strings.Contains(got, "The webhook did not arrive: refused") {
		t.Errorf("unreachable: %s", got)
	}
}

// TestClinic pastes signatures: the right ones, those of mistakes, and others.
func TestClinic(t *testing.T) {
	t.Parallel()
	s := startStage(t, mockserver.Config{}, "payer=auto")
	s.create(s.order(nil))
	s.awaitIdle()
	w, err := s.control.Webhook(t.Context(), "whd_1")
	if err != nil {
		t.Fatal(err)
	}
	x, err := tap.Explain(key, []byte(w.Attempts[0].Body))
	if err != nil {
		t.Fatal(err)
	}
	two := ""
	for _, m := range x.Mistakes() {
		if strings.Contains(m.Cause, "two decimals") && two == "" {
			two = m.Signature
		}
	}
	for pasted, want := range map[string]string{x.Signatures.HashString: "That is the right hashstring.", " " + x.Signatures.Hash + "\n": "That is the right hash.", two: "with a mistake: x_amount: amount with two decimals, 12.34",
		tap.HMAC(key+"\n", []byte(x.Input)): "with a mistake: the key: with a line end after it", strings.Repeat("a", 64): "no mistake that is known here", "hello": "That is not a signature", strings.Repeat("a", 1001): "a signature has 64"} {
		s.mock.page("/ui/webhooks/whd_1?signature="+url.QueryEscape(pasted)).shows(t, want, "x_gateway_reference", "<td>the same</td>", "x_idchg_")
	}
	s.mock.page("/ui/webhooks/whd_1").shows(t, "with two decimals in the hash", `value="`+two+`"`, "forged: signed with another key")
	if a := s.mock.page("/ui/webhooks/whd_9"); a.status != 404 {
		t.Errorf("an unknown webhook: HTTP %d", a.status)
	}
	again, err := s.control.ResendWebhookSigned(t.Context(), "whd_1", two)
	if err != nil {
		t.Fatal(err)
	}
	s.mock.page("/ui/webhooks/"+again.ID).shows(t, "<dt>Forged</dt><dd>signature</dd>", "the bytes of whd_1</a>", "<td>"+two+"</td>")
}

// TestCauseInAnswer names the mistake of a shop that says in its refusal which signature it expected.
func TestCauseInAnswer(t *testing.T) {
	t.Parallel()
	m := startMock(t, mockserver.Config{Now: time.Now})
	a := m.press("/ui/shop/orders", url.Values{"amount": {"12.345"}, "name": {"Sara"}, "email": {"a@b.example"}, "behaviour": {"two-decimals"}})
	id := m.page("/").rows()[0]
	if a.status != 303 {
		t.Fatalf("the order: HTTP %d", a.status)
	}
	if _, err := control.New(m.url, key).EndCharge(t.Context(), id, "captured"); err != nil {
		t.Fatal(err)
	}
	if _, err := control.New(m.url, key).Journal(t.Context(), control.JournalQuery{Event: tap.EventWebhook, Oldest: true, Wait: 10 * time.Second}); err != nil {
		t.Fatal(err)
	}
	m.page("/ui/payments/"+id).shows(t, "Its answer has the signature that it computed, with a mistake: x_amount: amount with two decimals, 12.34")
}

// TestDiffPage compares payments, webhooks, and a webhook with GET.
func TestDiffPage(t *testing.T) {
	t.Parallel()
	s := startStage(t, mockserver.Config{}, "payer=auto")
	one, other := s.create(s.order(map[string]any{"reference": at("order", "first-order")})).ID, s.create(s.order(map[string]any{"amount": 12.35})).ID
	s.awaitIdle()
	s.mock.page("/ui/diff?id="+one+"&id="+other).shows(t, `id="first">First difference: `, "12.345", "12.350", "tapmock diff "+one+" "+other, `dir="auto">first-order</a> <code>`+one)
	s.mock.page("/ui/diff?id="+one+"&id="+one).shows(t, "No difference.")
	s.mock.page("/ui/diff?id=whd_1&id=whd_2").shows(t, "part: x_amount")
	s.mock.page("/ui/diff?id=whd_1&id="+one).shows(t, "No difference.", "fields that always differ")
	for query, status := range map[string]int{"": 400, "id=" + one: 400, "id=" + one + "&id=re_1": 400, "id=" + one + "&id=chg_unknown": 404, "id=whd_1&id=whd_9": 404, "id=whd_9&id=" + one: 404, "id=whd_1&id=chg_unknown": 404} {
		if a := s.mock.page("/ui/diff?" + query); a.status != status {
			t.Errorf("%s: HTTP %d, want %d", query, a.status, status)
		}
	}
}

// TestCopyPage shows a payment as a scenario that the next payment can follow, and as a Go test.
func TestCopyPage(t *testing.T) {
	t.Parallel()
	s := startStage(t, mockserver.Config{}, "payer=auto")
	s.next("webhook/twice")
	id := s.create(s.order(nil)).ID
	s.awaitIdle()
	s.mock.page("/ui/payments/"+id+"/scenario").shows(t, "scenarios:", "name: recorded/", `name="p.yaml" value="scenarios:`)
	s.mock.page("/ui/payments/"+id+"/test").shows(t, "package shop_test", "testkit.Start(t")
	if a := s.mock.page("/ui/payments/chg_unknown/test"); a.status != 404 {
		t.Errorf("an unknown payment: HTTP %d", a.status)
	}
}

// nasty is a text that is markup, a script, an attribute's end and a link at once.
const nasty = `"><img src=x onerror=xss()><script>xss()</script>'javascript:xss()` + "\u202e"

// nastyStage has an account in which everything that a merchant or a payer can write is nasty.
func nastyStage(t *testing.T) *stage {
	t.Helper()
	s := startStage(t, mockserver.Config{}, "payer=auto")
	s.shop.mu.Lock()
	s.shop.respond = func(visit) int { return 401 }
	s.shop.mu.Unlock()
	if err := s.control.PutScenarios(t.Context(), "scenarios:\n  - name: own/"+"a\n    description: "+fmt.Sprintf("%q", "<script>xss()</script>")+"\n    payer: {pay: {}}\n"); err != nil {
		t.Fatal(err)
	}
	s.create(s.order(map[string]any{"description": nasty, "metadata": map[string]any{nasty: nasty}, "reference": map[string]any{"order": nasty, "transaction": nasty},
		"customer": map[string]any{"first_name": nasty, "email": "payer@example.com", "id": "cus_<script>"},
	}))
	s.awaitIdle()
	s.api("GET", "/v2/charges/<script>xss()</script>", "", "User-Agent", nasty)
	s.api("GET", "/v2/<img%20src=x%20onerror=xss()>", "")
	return s
}

// nastyPages are the pages that show what a merchant wrote.
func (s *stage) nastyPages() []string {
	id := s.mock.page("/").rows()[0]
	q := url.QueryEscape(nasty)
	return []string{"/", "/?q=" + q, "/?account=" + q, "/?tap_id=" + q, "/?done=" + q, "/ui/payments/" + id, "/ui/payments/" + q, "/ui/calls", "/ui/calls/call_1", "/ui/calls/call_2", "/ui/webhooks/whd_1?signature=" + q, "/ui/customers", "/ui/scenarios?q=" + q,
		"/ui/scenarios", "/ui/settings?q=" + q, "/ui/findings", "/ui/timeline", "/ui/diff?id=" + id + "&id=" + q, "/ui/diff?id=whd_1&id=" + id, "/ui/payments/" + id + "/scenario", "/ui/payments/" + id + "/test"}
}

// TestNasty shows nothing that a merchant wrote as markup.
func TestNasty(t *testing.T) {
	t.Parallel()
	s := nastyStage(t)
	for _, target := range s.nastyPages() {
		a := s.mock.page(target)
		for _, bad := range []string{"<img", "<script>xss", `="javascript:`, `onerror=xss()>`} {
			if strings.Contains(a.body, bad) {
				t.Errorf("%s has %q:\n%s", target, bad, mainOf(a.body))
			}
		}
	}
}

// TestHomeEvents follows the stream of a page: an event for each time that something has happened, also a GET, none else; it ends with the server.
func TestHomeEvents(t *testing.T) {
	t.Parallel()
	m := startMock(t, mockserver.Config{Now: time.Now})
	ctx, stop := context.WithTimeout(t.Context(), 20*time.Second)
	defer stop()
	req, _ := http.NewRequestWithContext(ctx, "GET", m.url+"/ui/events", nil)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.Header.Get("Content-Type") != "text/event-stream" || res.Header.Get("X-Accel-Buffering") != "no" || res.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("headers %v", res.Header)
	}
	lines := bufio.NewScanner(res.Body)
	moved := func(why string) {
		t.Helper()
		for lines.Scan() {
			if lines.Text() == "event: moved" {
				return
			}
		}
		t.Fatalf("no event after %s: %v", why, lines.Err())
	}
	for lines.Scan() && lines.Text() != "" {
	}
	c := m.create(request(nil))
	moved("a create")
	m.retrieve(c.ID)
	moved("a GET")
	if _, err := control.New(m.url, key).Reset(ctx); err != nil {
		t.Fatal(err)
	}
	moved("a reset")
	m.EndHeldAnswers()
	for lines.Scan() {
	}
	if err := lines.Err(); err != nil {
		t.Errorf("the stream did not end with the server: %v", err)
	}
}

// TestHomeViewers bounds the streams of the pages.
func TestHomeViewers(t *testing.T) {
	t.Parallel()
	m := startMock(t, mockserver.Config{})
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	for i := range 101 {
		req, _ := http.NewRequestWithContext(ctx, "GET", m.url+"/ui/events", nil)
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		if want := map[bool]int{true: 200, false: 503}[i < 100]; res.StatusCode != want {
			t.Fatalf("stream %d: HTTP %d", i+1, res.StatusCode)
		}
	}
	stop()
	for { // until one is free
		a := m.page("/ui/settings")
		req, _ := http.NewRequestWithContext(t.Context(), "GET", m.url+"/ui/events", nil)
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode == 200 && a.status == 200 {
			return
		}
	}
}
