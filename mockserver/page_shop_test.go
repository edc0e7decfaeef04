package mockserver_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/tapmock/tapmock/mockserver"
	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// buyer is a person with a browser at the example shop.
type buyer struct {
	*mock
	*control.Payer
	control *control.Client
}

func startShop(t *testing.T, settings ...string) *buyer {
	t.Helper()
	m := startMock(t, mockserver.Config{Now: time.Now}, settings...)
	return &buyer{mock: m, control: control.New(m.url, key)}
}

// order sends the order form with some fields changed.
func (b *buyer) order(fields ...string) answer {
	b.t.Helper()
	form := url.Values{"amount": {"12.345"}, "name": {"Test Payer"}, "email": {"payer@example.com"}, "behaviour": {"sound"}}
	for i := 0; i < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	return b.postForm("/ui/shop/orders", form)
}

func (b *buyer) postForm(path string, form url.Values, headers ...string) answer {
	b.t.Helper()
	req, _ := http.NewRequest("POST", b.url+path, strings.NewReader(form.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	return b.send(req)
}

// visit gets a page of the shop as a browser does.
func (b *buyer) visit(path string) answer {
	b.t.Helper()
	req, _ := http.NewRequest("GET", b.url+path, nil)
	return b.send(req)
}

// arrive orders and opens the payment page.
func (b *buyer) arrive(fields ...string) *buyer {
	b.t.Helper()
	a := b.order(fields...)
	if a.status != 303 {
		b.t.Fatalf("the order: HTTP %d\n%s", a.status, a.body)
	}
	payer, err := control.OpenPage(b.t.Context(), b.http, b.url, a.header.Get("Location"))
	if err != nil || payer.Screen != "entry" {
		b.t.Fatalf("the payment page: %v %+v", err, payer)
	}
	b.Payer = payer
	return b
}

// pay pays with a card and returns to the shop.
func (b *buyer) pay(card control.Card) *buyer {
	b.t.Helper()
	if err := b.Submit(b.t.Context(), card); err != nil {
		b.t.Fatal(err)
	}
	if err := b.Confirm(b.t.Context()); err != nil {
		b.t.Fatal(err)
	}
	return b
}

var conclusionOnPage = regexp.MustCompile(`id="conclusion"><b class="word is-\w+">([a-z ]+)</b>`)

// concludes checks what the return page concludes, and that it contains texts.
func (b *buyer) concludes(want string, texts ...string) {
	b.t.Helper()
	found := conclusionOnPage.FindStringSubmatch(b.Body)
	if b.Status != 200 || found == nil || found[1] != want {
		b.t.Fatalf("the conclusion is %q, want %s; the payer is at %s, HTTP %d\n%s", found, want, b.URL, b.Status, b.Body)
	}
	for _, text := range texts {
		if !strings.Contains(b.Body, text) {
			b.t.Errorf("the return page has no %q:\n%s", text, b.Body)
		}
	}
}

// charge is the charge of the order whose payer is back.
func (b *buyer) charge() tap.Charge {
	b.t.Helper()
	at, err := url.Parse(b.URL)
	if err != nil {
		b.t.Fatal(err)
	}
	return b.retrieve(at.Query().Get("tap_id"))
}

// attempt is the first attempt of the only webhook of the mock's account.
func (b *buyer) attempt() control.WebhookAttempt {
	b.t.Helper()
	all, err := b.control.Webhooks(b.t.Context(), "")
	if err != nil || len(all) != 1 || len(all[0].Attempts) == 0 {
		b.t.Fatalf("the webhooks: %v %+v", err, all)
	}
	return all[0].Attempts[0]
}

// TestShopPays orders in a sound shop and pays: the return page has verified everything, and the charge is that of the order.
func TestShopPays(t *testing.T) {
	t.Parallel()
	b := startShop(t).arrive().pay(control.GoodCard)
	b.concludes("paid", "tap_id=chg_", "order-1001, 12.345 KWD", "CAPTURED, answered with 200 OK", "is what the shop computed", "CAPTURED, 000 Captured",
		`href="../payments/chg_`, "Order again", "Sound")
	if strings.Contains(b.Body, "is-wrong") || strings.Contains(b.Body, "is-open") || strings.Contains(b.Body, key) {
		t.Errorf("a check of a sound shop is not right, or the page shows the key:\n%s", b.Body)
	}
	c := b.charge()
	if c.Status != tap.Captured || c.Reference.Order != "order-1001" || c.Reference.Transaction != "txn-1001" || c.Post.URL != "http://shop.tapmock.test/webhook/sound" ||
		c.Redirect.URL != b.url+"/ui/shop/return" || c.Customer.FirstName != "Test" || c.Customer.LastName != "Payer" || c.Post.Status != tap.DeliverySuccess {
		t.Errorf("the charge: %+v", c)
	}
	if a := b.attempt().Response; a.Status != 200 || strings.TrimSpace(a.Body) != "ok" {
		t.Errorf("the webhook's attempt: %+v", a)
	}
}

// TestShopUnpaid declines and cancels: the sound shop concludes that it is not paid.
func TestShopUnpaid(t *testing.T) {
	t.Parallel()
	b := startShop(t).arrive().pay(control.DeclinedCard)
	b.concludes("not paid", "is what the shop computed", "delivers nothing")
	b.arrive()
	if err := b.Cancel(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.concludes("not paid", "CANCELLED", "order-1002")
}

// TestShopTrustsTheReturn cancels in a shop that takes each return as a payment.
func TestShopTrustsTheReturn(t *testing.T) {
	t.Parallel()
	b := startShop(t).arrive("behaviour", "trusts-return")
	if err := b.Cancel(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.concludes("paid", "delivers without money: the charge is CANCELLED", "did not ask")
	b.arrive("behaviour", "trusts-return").pay(control.GoodCard).concludes("paid", "It is lucky")
}

// TestShopMistakes pays in shops with a mistake in the webhook: the attempt has what the shop answered, or that it did not answer in time.
func TestShopMistakes(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]struct {
		status              int
		failure, body, page string
	}{
		"two-decimals": {401, "", "signature", "is not what the shop computed"},
		"redirect":     {302, "", "address", "redirects each webhook"},
		"error-500":    {500, "", "failed", "answered with 500 Internal Server Error"},
		"slow":         {0, "timeout", "", "the shop answers after 12s"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := startShop(t, "webhook_timeout=100ms").arrive("behaviour", name).pay(control.GoodCard)
			b.concludes("paid", want.page, "An order whose payer closes the browser stays open")
			a := b.attempt().Response
			if a.Status != want.status || a.Failure != want.failure || !strings.Contains(a.Body, want.body) {
				t.Errorf("the attempt is %+v, want %+v", a, want)
			}
			if name == "two-decimals" && !strings.Contains(a.Body, "for x_amount 12.34") {
				t.Errorf("the answer does not say what was hashed: %s", a.Body)
			}
		})
	}
}

// TestShopWithoutWebhook pays when no webhook is sent: the page says that it has not come, and the shop relies on the API.
func TestShopWithoutWebhook(t *testing.T) {
	t.Parallel()
	b := startShop(t)
	if err := b.SetDefaultScenario("webhook/never"); err != nil {
		t.Fatal(err)
	}
	b.arrive().pay(control.GoodCard).concludes("paid", "It has not come, and none is scheduled", "webhook/never", "Reload this page")
}

// TestShopForgeries sends a forged webhook before the true one: the shop refuses the forged one and accepts the other.
func TestShopForgeries(t *testing.T) {
	t.Parallel()
	for _, forgery := range []string{"no-signature", "wrong-key", "body-changed", "two-decimals"} {
		t.Run(forgery, func(t *testing.T) {
			t.Parallel()
			b := startShop(t)
			if err := b.SetDefaultScenario("forge/" + forgery); err != nil {
				t.Fatal(err)
			}
			b.arrive().pay(control.GoodCard).concludes("paid", "is not what the shop computed", "answered with 401 Unauthorized")
			if a := b.attempt().Response; a.Status != 401 || !strings.Contains(a.Body, "wrong signature") {
				t.Errorf("the forged webhook: %+v", a)
			}
			b.advance(time.Hour)
			if err := b.Reload(t.Context()); err != nil {
				t.Fatal(err)
			}
			b.concludes("paid", "is what the shop computed", "answered with 200 OK", "the shop accepted 1 of them")
		})
	}
}

// TestShopErrors starts payments that the API refuses or does not answer: the page shows the whole error and a way back.
func TestShopErrors(t *testing.T) {
	t.Parallel()
	for scenario, want := range map[string][]string{
		"api/create-lost":     {"the connection was closed without an answer", "order-1001"},
		"api/create-done-502": {"502 Bad Gateway", "The charge may exist even so", "&#34;code&#34;: &#34;2101&#34;"},
		"api/create-half":     {"the answer breaks off", "chg_"},
		"api/create-not-json": {"not the JSON of a charge", "&lt;html&gt;"},
	} {
		t.Run(scenario, func(t *testing.T) {
			t.Parallel()
			b := startShop(t)
			if err := b.SetDefaultScenario(scenario); err != nil {
				t.Fatal(err)
			}
			a := b.order()
			for _, text := range append(want, "SIMULATION", "محاكاة", "POST /v2/charges", `<a class="button" href="./">Order again</a>`) {
				if a.status != 502 || !strings.Contains(a.body, text) {
					t.Errorf("HTTP %d without %q:\n%s", a.status, text, a.body)
				}
			}
		})
	}
}

// TestShopWithoutAnswer has an API that does not answer the call for the charge: the shop does not take the order as unpaid.
func TestShopWithoutAnswer(t *testing.T) {
	t.Parallel()
	b := startShop(t)
	if err := b.SetDefaultScenario("api/get-down + webhook/never"); err != nil {
		t.Fatal(err)
	}
	b.arrive().pay(control.GoodCard).concludes("waiting", "503 Service Unavailable", "must not take the order as unpaid", "2101")
}

// TestShopForm sends forms that the shop or the API refuses.
func TestShopForm(t *testing.T) {
	t.Parallel()
	b := startShop(t)
	for _, amount := range []string{"", "0", "0.000", "-1", "1.2345", "1e3", "12,5", "<b>1</b>", strings.Repeat("9", 50)} {
		if a := b.order("amount", amount); a.status != 400 || !strings.Contains(a.body, "The amount must be a number above 0") || strings.Contains(a.body, "<b>1") {
			t.Errorf("the amount %s: HTTP %d\n%s", amount, a.status, a.body)
		}
	}
	if a := b.order("behaviour", "other"); a.status != 400 || !strings.Contains(a.body, "Choose how the shop behaves") {
		t.Errorf("an unknown behaviour: HTTP %d", a.status)
	}
	if a := b.order("name", strings.Repeat("x", 20<<10)); a.status != 400 || !strings.Contains(a.body, "larger than 16 KB") {
		t.Errorf("a large form: HTTP %d\n%s", a.status, a.body)
	}
	if a := b.order("name", ""); a.status != 502 || !strings.Contains(a.body, "1130") || !strings.Contains(a.body, "400 Bad Request</p>") || !strings.Contains(a.body, "has refused the request") {
		t.Errorf("no name: HTTP %d\n%s", a.status, a.body)
	}
	if a := b.order("email", "nothing"); a.status != 502 || !strings.Contains(a.body, "1138") {
		t.Errorf("a wrong address: HTTP %d\n%s", a.status, a.body)
	}
}

// TestShopPages gets the pages: band, policy, style sheets and links are those of the mock's pages.
func TestShopPages(t *testing.T) {
	t.Parallel()
	b := startShop(t)
	a := b.visit("/ui/shop/")
	for _, text := range []string{"SIMULATION", "محاكاة", `action="orders"`, `value="12.345"`, `value="sound" checked`, `value="trusts-return"`} {
		if a.status != 200 || !strings.Contains(a.body, text) {
			t.Errorf("HTTP %d without %q:\n%s", a.status, text, a.body)
		}
	}
	if policy := a.header.Get("Content-Security-Policy"); !strings.Contains(policy, "default-src 'none'; style-src 'self'") || strings.Contains(policy, "script") {
		t.Errorf("the policy is %s", policy)
	}
	sheets := regexp.MustCompile(`<link rel="stylesheet" href="([^"]+)">`).FindAllStringSubmatch(a.body, -1)
	base, _ := url.Parse("/ui/shop/")
	for _, sheet := range sheets {
		at, _ := base.Parse(sheet[1])
		if a := b.visit(at.Path); a.status != 200 || a.header.Get("Content-Type") != "text/css; charset=utf-8" {
			t.Errorf("%s: HTTP %d %v", at, a.status, a.header)
		}
	}
	if len(sheets) != 2 {
		t.Errorf("the style sheets: %v", sheets)
	}
	for path, to := range map[string]string{"/ui/shop": "shop/", "/ui/shop/orders": "./"} {
		if a := b.visit(path); a.status != 303 || a.header.Get("Location") != to {
			t.Errorf("%s: HTTP %d, %s", path, a.status, a.header.Get("Location"))
		}
	}
	for path, status := range map[string]int{"/ui/shop/return": 400, "/ui/shop/return?tap_id=x": 400, "/ui/shop/return?tap_id=chg_none": 200, "/ui/shop/assets/x.css": 404} {
		if a := b.visit(path); a.status != status {
			t.Errorf("%s: HTTP %d\n%s", path, a.status, a.body)
		}
	}
}

// TestShopOtherSites sends the form from another site, and opens the shop of a mock whose keys a visitor does not have.
func TestShopOtherSites(t *testing.T) {
	t.Parallel()
	b := startShop(t)
	form := url.Values{"amount": {"1"}, "behaviour": {"sound"}, "name": {"A"}, "email": {"a@example.com"}}
	for _, header := range [][]string{{"Sec-Fetch-Site", "cross-site"}, {"Origin", "https://evil.example"}} {
		if a := b.postForm("/ui/shop/orders", form, header...); a.status != 403 || !strings.Contains(a.body, "Another site sent this form") {
			t.Errorf("%s: HTTP %d\n%s", header, a.status, a.body)
		}
	}
	if a := b.postForm("/ui/shop/orders", form, "Origin", "https://mock.example", "X-Forwarded-Host", "mock.example", "X-Forwarded-Proto", "https", "X-Forwarded-Prefix", "/tap"); a.status != 303 ||
		!strings.HasPrefix(a.header.Get("Location"), "https://mock.example/tap/gosell/") {
		t.Errorf("behind a proxy: HTTP %d %v\n%s", a.status, a.header, a.body)
	}
	closed := &buyer{mock: startMock(t, mockserver.Config{Keys: []string{"sk_test_mine"}})}
	for _, a := range []answer{closed.visit("/ui/shop/"), closed.order(), closed.visit("/ui/shop/return?tap_id=chg_1")} {
		if a.status != 403 || !strings.Contains(a.body, "Open the account on the mock&#39;s home page") || strings.Contains(a.body, "sk_test_mine") {
			t.Errorf("with keys of its own: HTTP %d\n%s", a.status, a.body)
		}
	}
}

// TestShopHTML types HTML: no page runs it.
func TestShopHTML(t *testing.T) {
	t.Parallel()
	const html = `"><script>alert(1)</script>`
	b := startShop(t)
	for _, a := range []answer{b.order("name", html, "amount", html), b.order("email", html), b.visit("/ui/shop/return?tap_id=chg_none&x=" + html)} {
		if strings.Contains(a.body, "<script") {
			t.Errorf("HTTP %d: the page has a script:\n%s", a.status, a.body)
		}
	}
	b.arrive("name", html+" "+html).pay(control.GoodCard).concludes("paid")
	if strings.Contains(b.Body, "<script") {
		t.Errorf("the return page has a script:\n%s", b.Body)
	}
}

// TestShopOfOtherAccount opens the return of a charge that the visitor's account does not have, and posts a webhook to the shop that another
// account's merchant has named.
func TestShopOfOtherAccount(t *testing.T) {
	t.Parallel()
	b := startShop(t)
	c := b.create(request(map[string]any{"post": at("url", "http://shop.tapmock.test/webhook/sound"), "redirect": at("url", b.url+"/ui/shop/return")}))
	payer, err := control.OpenPage(t.Context(), b.http, b.url, c.Transaction.URL)
	if err != nil {
		t.Fatal(err)
	}
	b.Payer = payer
	b.pay(control.GoodCard).concludes("not paid", "The shop has no order of this account with this charge")
	if a := b.attempt().Response; a.Status != 404 || !strings.Contains(a.Body, "no order with the charge") {
		t.Errorf("the webhook of a charge without an order: %+v", a)
	}
}
