package mockserver_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tapmock/tapmock/mockserver"
	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/scenarios"
)

// page gets a page for people. Its text has the status in front.
func (m *mock) page(target string, cookies ...*http.Cookie) answer {
	m.t.Helper()
	req, err := http.NewRequest("GET", m.url+target, nil)
	if err != nil {
		m.t.Fatal(err)
	}
	req.Header.Set("Accept", "text/html")
	for _, c := range cookies {
		req.AddCookie(c)
	}
	return m.send(req)
}

// press posts a form of a page.
func (m *mock) press(target string, form url.Values, headers ...string) answer {
	m.t.Helper()
	req, err := http.NewRequest("POST", m.url+target, strings.NewReader(form.Encode()))
	if err != nil {
		m.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	return m.send(req)
}

// shows checks the parts of a page.
func (a answer) shows(t *testing.T, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(a.body, part) {
			t.Errorf("HTTP %d, the page lacks %q:\n%s", a.status, part, mainOf(a.body))
		}
	}
}

// mainOf is the part of a page that is its own.
func mainOf(page string) string {
	_, rest, _ := strings.Cut(page, "<main")
	rest, _, _ = strings.Cut(rest, "</main>")
	return rest
}

var rowPattern = regexp.MustCompile(`<tr id="(chg_[A-Za-z0-9]+)"`)

// rows are the ids of the payments in a list.
func (a answer) rows() (ids []string) {
	for _, match := range rowPattern.FindAllStringSubmatch(a.body, -1) {
		ids = append(ids, match[1])
	}
	return ids
}

// linked is the address of the link with this text.
func (a answer) linked(t *testing.T, text string) string {
	t.Helper()
	found := regexp.MustCompile(`href="([^"]*)">` + regexp.QuoteMeta(text) + `<`).FindStringSubmatch(a.body)
	if found == nil {
		t.Fatalf("no link %q in\n%s", text, mainOf(a.body))
	}
	return strings.TrimPrefix(strings.ReplaceAll(found[1], "&amp;", "&"), ".")
}

// TestHomeList lists 60 payments on two pages, the latest first, and finds some by each field.
func TestHomeList(t *testing.T) {
	t.Parallel()
	m := startMock(t, mockserver.Config{})
	var ids []string
	for i := range 60 {
		ids = append(ids, m.create(request(map[string]any{"amount": 1 + i, "reference": at("order", fmt.Sprintf("o-%d", i)), "customer": map[string]any{"first_name": "Sara" + fmt.Sprint(i), "email": "payer@example.com"}})).ID)
	}
	slices.Reverse(ids)
	first := m.page("/")
	if got := first.rows(); !slices.Equal(got, ids[:50]) {
		t.Errorf("the first page has %v", got)
	}
	second := m.page(first.linked(t, "Older payments"))
	if got := second.rows(); !slices.Equal(got, ids[50:]) {
		t.Errorf("the second page has %v", got)
	}
	if got := m.page(second.linked(t, "Newest")).rows(); !slices.Equal(got, ids[:50]) {
		t.Errorf("back at the first page: %v", got)
	}
	for query, want := range map[string][]string{
		"order:o-59": ids[:1], "O-59": ids[:1], "amount:>59": ids[:1], "amount:<=1": ids[59:], "amount:2.000": ids[58:59], "customer:SARA59": ids[:1], ids[3]: ids[3:4], "id:" + ids[3]: ids[3:4],
		"status:captured": nil, "is:paid": nil, "is:attention": nil, "o-1 amount:>=11 amount:<12": ids[49:50], "scenario:none": nil, `webhook:"no post" method:knet is:open currency:kwd o-5 amount:=6`: ids[54:55],
	} {
		if got := m.page("/?q=" + url.QueryEscape(query)).rows(); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", query, got, want)
		}
	}
	for query, want := range map[string]string{"colour:red": "there is no field &#34;colour&#34;; the fields are amount, currency, customer", "amount:>many": "is not a comparison", "amount:!5": "is not a comparison",
		strings.Repeat("x", 201): "the search has 201 bytes; the limit is 200", "is:red": "write is:attention, is:open or is:paid"} {
		m.page("/?q="+url.QueryEscape(query)).shows(t, want, `aria-invalid="true"`)
	}
	if a := m.page("/?after=chg_unknown"); a.status != 404 || !strings.Contains(a.body, "no such charge") {
		t.Errorf("after an unknown payment: HTTP %d", a.status)
	}
	m.create(request(nil), "Authorization", "Bearer sk_test_other")
	if got := m.page("/").rows(); !slices.Equal(got, ids[:50]) {
		t.Errorf("the page shows another account's payment: %v", got)
	}
}

// TestHomeListChanges looks at the list again and again while a payment changes: no page is older than what has happened.
func TestHomeListChanges(t *testing.T) {
	t.Parallel()
	s := startStage(t, mockserver.Config{})
	m := s.mock
	m.page("/").shows(t, "No payments yet", "2026-03-01 09:00:00")
	c := s.create(s.order(nil))
	m.page("/").shows(t, `<span class="status open">INITIATED`, `<span class="hook open">pending`)
	if _, err := s.control.EndCharge(t.Context(), c.ID, "captured"); err != nil {
		t.Fatal(err)
	}
	s.awaitIdle()
	m.page("/").shows(t, `<span class="status good">CAPTURED`, `<span class="hook good">delivered`)
	s.advance(time.Hour)
	m.page("/").shows(t, "2026-03-01 10:00:00", "1 h ago")
	s.next("outcome/captured + webhook/late")
	m.page("/").shows(t, "next payment: <b dir=\"auto\">outcome/captured &#43; webhook/late</b>")
	if _, err := s.control.Resume(t.Context()); err != nil {
		t.Fatal(err)
	}
	if a := m.page("/"); strings.Contains(a.body, "frozen</b>") {
		t.Error("the clock runs, and the page says that it is frozen")
	}
	if _, err := s.control.Reset(t.Context()); err != nil {
		t.Fatal(err)
	}
	m.page("/").shows(t, "No payments yet")
}

// TestHomeAttention marks payments whose webhook was refused, or whose post.url cannot be reached.
func TestHomeAttention(t *testing.T) {
	t.Parallel()
	s := startStage(t, mockserver.Config{}, "payer=auto", "webhook_retries=none", "assumption_findings=true")
	for status, want := range map[int]string{401: "signature refused", 302: "webhook refused", 500: "webhook refused", 200: ""} {
		s.shop.mu.Lock()
		s.shop.respond = func(v visit) int {
			if v.path == "/hook" {
				return status
			}
			return 200
		}
		s.shop.mu.Unlock()
		c := s.create(s.order(nil))
		s.awaitIdle()
		a := s.mock.page("/?q=" + c.ID)
		if got := strings.Contains(a.body, `class="attention">`+want+"<"); got != (want != "") {
			t.Errorf("HTTP %d: the mark is missing or wrong:\n%s", status, mainOf(a.body))
		}
		if got := len(s.mock.page("/?q=is:attention+"+c.ID).rows()) == 1; !got && want != "" {
			t.Errorf("HTTP %d: is:attention does not find it", status)
		}
	}
	c := s.create(s.order(map[string]any{"post": at("url", "https://shop.invalid/hook")}))
	s.mock.page("/?q="+c.ID).shows(t, `class="attention">post.url unreachable<`)
	s.api("GET", "/v2/unknown", "")
	s.mock.page("/").shows(t, "findings</span>")
	s.mock.page("/ui/findings").shows(t, "unknown request: GET /v2/unknown", "assumption: ")
}

// everyPage is the address of each page of an account with something of everything.
func (s *stage) everyPage() []string {
	s.t.Helper()
	charge := s.createFrom("payer: {pay: {}}\ncallbacks: [webhook: {}, webhook: {at: settled + 1m, gate: late}, return: {}]", nil).ID
	s.awaitIdle()
	other := s.create(s.order(nil)).ID
	refund, held := s.refunds(charge, nil).ID, s.authorizes("", at("auto", map[string]any{"type": "VOID", "time": 9})).ID
	invoice := (&calls{stage: s}).idOf(s.call("POST", "/v2/invoices", s.invoice("")))
	s.awaitIdle()
	s.advance(2 * time.Minute)
	s.api("GET", "/v2/unknown", "")
	return []string{"/", "/?q=status:CAPTURED", "/?tap_id=" + charge, "/ui/authorizations", "/ui/refunds", "/ui/customers", "/ui/invoices", "/ui/calls", "/ui/calls/call_1", "/ui/scenarios", "/ui/scenarios?name=webhook/twice",
		"/ui/settings", "/ui/api", "/ui/timeline", "/ui/findings", "/ui/payments/" + charge, "/ui/payments/" + other, "/ui/refunds/" + refund, "/ui/authorizations/" + held, "/ui/invoices/" + invoice, "/ui/webhooks/whd_1", "/ui/webhooks/whd_1?signature=x",
		"/ui/diff?id=" + charge + "&id=" + other, "/ui/diff?id=whd_1&id=" + charge, "/ui/payments/" + charge + "/scenario", "/ui/payments/" + charge + "/test", "/ui/payments/chg_unknown"}
}

// externalAddress is an address outside the mock that a browser would load.
var externalAddress = regexp.MustCompile(`(?:src|href|action)="(https?:)?//[^"]*"`)

// TestEveryPage gets each page: it has the band, a policy that allows no other site, no address of another site to load, and no key.
func TestEveryPage(t *testing.T) {
	t.Parallel()
	s := startStage(t, mockserver.Config{}, "payer=person")
	for _, target := range s.everyPage() {
		a := s.mock.page(target)
		if want := map[bool]int{true: 404, false: 200}[strings.HasSuffix(target, "unknown")]; a.status != want {
			t.Errorf("%s: HTTP %d\n%s", target, a.status, mainOf(a.body))
		}
		a.shows(t, "SIMULATION", "محاكاة", `<html lang="en"`, "<title>", `name="viewport"`)
		policy := a.header.Get("Content-Security-Policy")
		if !strings.Contains(policy, "default-src 'none'") || strings.Contains(policy, "unsafe") || a.header.Get("Cache-Control") != "no-store" || a.header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: headers %v", target, a.header)
		}
		for _, address := range externalAddress.FindAllString(a.body, -1) {
			if !strings.Contains(address, s.url) && !strings.Contains(address, "github.com/tapmock") {
				t.Errorf("%s: %s", target, address)
			}
		}
		if strings.Contains(a.body, " style=") || strings.Contains(a.body, "<style") || strings.Contains(a.body, " onclick") {
			t.Errorf("%s has styles or scripts that the policy forbids", target)
		}
		if target != "/" && !strings.HasPrefix(target, "/?") && strings.Contains(a.body, key) {
			t.Errorf("%s has the key", target)
		}
	}
}

// TestScriptSize bounds all scripts of the pages together.
func TestScriptSize(t *testing.T) {
	t.Parallel()
	m := startMock(t, mockserver.Config{})
	a, total := m.page("/"), 0
	for _, name := range regexp.MustCompile(`ui/assets/[0-9a-f]+-[a-z]+\.js`).FindAllString(a.body, -1) {
		file := m.page("/" + name)
		if total += len(file.body); file.status != 200 || !strings.Contains(file.header.Get("Cache-Control"), "immutable") {
			t.Errorf("%s: HTTP %d %v", name, file.status, file.header)
		}
	}
	if total < 1000 || total > 40<<10 {
		t.Errorf("%d bytes of scripts", total)
	}
	if a := m.page("/ui/assets/home.js"); a.status != 404 {
		t.Errorf("a script without its hash: HTTP %d", a.status)
	}
}

// TestHomeButtons presses buttons by their forms: each makes the call that it shows, and leads back to its page.
func TestHomeButtons(t *testing.T) {
	t.Parallel()
	s := startStage(t, mockserver.Config{})
	press := func(call string, form url.Values) answer {
		form.Set("call", call)
		a := s.press("/ui/call", form)
		if a.status != 303 {
			t.Fatalf("%s: HTTP %d %s", call, a.status, mainOf(a.body))
		}
		return s.mock.page("/" + strings.TrimPrefix(a.header.Get("Location"), "../"))
	}
	press("POST /clock/advance", url.Values{"p.by": {"90s"}, "back": {"ui/timeline"}}).shows(t, "<h1>Scheduled</h1>", "POST /_tapmock/v1/clock/advance {&#34;by&#34;:&#34;90s&#34;}", "2026-03-01 09:01:30", "Done.")
	press("POST /clock/advance", url.Values{"p.by": {"soon"}, "back": {"?q=status:FAILED"}}).shows(t, `value="status:FAILED"`, "Refused: by: ")
	press("POST /next", url.Values{"p.scenario": {"webhook/twice"}}).shows(t, "next payment: <b dir=\"auto\">webhook/twice</b>")
	press("PATCH /settings", url.Values{"p.settings.page_limit": {"7m"}, "back": {"ui/settings"}}).shows(t, `name="p.settings.page_limit" value="7m0s"`, `{&#34;settings&#34;:{&#34;page_limit&#34;:&#34;7m&#34;}}`)
	press("PATCH /settings", url.Values{"null": {"settings.page_limit"}, "back": {"ui/settings"}}).shows(t, `name="p.settings.page_limit" value="5m0s"`)
	for _, held := range []string{"GET /events", "POST /check", "POST /relay/next?wait=60s"} {
		press(held, url.Values{}).shows(t, "Refused: a page cannot make this call")
	}
	press("POST /nothing", url.Values{}).shows(t, "Refused: ")
	for _, back := range []string{"https://evil.example/", "//evil.example/", "/ui/timeline", "%zz"} {
		a := s.press("/ui/call", url.Values{"call": {"GET /clock"}, "back": {back}})
		if to := a.header.Get("Location"); a.status != 303 || !strings.HasPrefix(to, "../?done=") {
			t.Errorf("back to %s: HTTP %d to %s", back, a.status, to)
		}
	}
	if a := s.press("/ui/call", url.Values{"call": {"clock"}}); a.status != 400 {
		t.Errorf("no call: HTTP %d", a.status)
	}
	other := newStage(t, s.mock, "sk_test_another_account")
	if a := s.mock.page("/?account=" + other.account().Name + "&done=1"); a.status != 200 || strings.Contains(a.body, `id="result"`) {
		t.Errorf("the result of one account is shown in another: HTTP %d", a.status)
	}
}

// TestScenarioPage lists every scenario of the library with its description and its two buttons.
func TestScenarioPage(t *testing.T) {
	t.Parallel()
	m := startMock(t, mockserver.Config{})
	a := m.page("/ui/scenarios")
	for _, one := range scenarios.Builtin().List() {
		a.shows(t, `id="s-`+string(one.Name)+`"`, `value="`+string(one.Name)+`"`)
	}
	if n := strings.Count(a.body, `<tr class="line"`); n != len(scenarios.Builtin().List()) {
		t.Errorf("%d scenarios", n)
	}
	m.page("/ui/scenarios?q=FORGE").shows(t, "forge/wrong-key")
	found := regexp.MustCompile(`id="s-([^"]+)"`).FindAllStringSubmatch(m.page("/ui/scenarios?q=webhook+late").body, -1)
	inName := func(m []string) bool { return strings.Contains(m[1], "webhook") && strings.Contains(m[1], "late") }
	if n := slices.IndexFunc(found, func(m []string) bool { return !inName(m) }); n < 1 || slices.ContainsFunc(found[n:], inName) {
		t.Errorf("scenarios with the searched words in their names are not the first: %v", found)
	}
	m.page("/ui/scenarios?q=zzz").shows(t, "No scenario matches.")
	m.page("/ui/scenarios?name=webhook/twice").shows(t, "name: webhook/twice")
	if a := m.page("/ui/scenarios?name=webhook/twise"); a.status != 404 {
		t.Errorf("an unknown scenario: HTTP %d", a.status)
	}
}

// TestSettingsPage lists every setting with its meaning, and the certainty of its default where it imitates something.
func TestSettingsPage(t *testing.T) {
	t.Parallel()
	m := startMock(t, mockserver.Config{})
	a := m.page("/ui/settings")
	for _, one := range tap.SettingKeys() {
		a.shows(t, `id="s-`+one.Key+`"`, `name="p.settings.`+one.Key+`"`)
	}
	a.shows(t, `<span class="mark-of">inferred</span>`, `<span class="mark-of">unknown</span>`, "Rest of v2 1.2")
	if a := m.page("/ui/settings?q=otp_lifetime"); strings.Count(a.body, `<tr class="line"`) != 1 {
		t.Errorf("a search for one setting:\n%s", mainOf(a.body))
	}
}
