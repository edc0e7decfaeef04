package mockserver_test

import (
	"html"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/tapmock/tapmock/mockserver"
	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/mockserver/gateway"
)

// shows checks that a reload of the return page contains texts.
func (b *buyer) shows(texts ...string) {
	b.t.Helper()
	if err := b.Reload(b.t.Context()); err != nil {
		b.t.Fatal(err)
	}
	page := html.UnescapeString(b.Body)
	for _, text := range texts {
		if !strings.Contains(page, text) {
			b.t.Errorf("the return page has no %q:\n%s", text, page)
		}
	}
}

// TestShopNamesTheAccount opens the shop's pages: they name the account as the home page does, without its key. A page that refuses the visitor
// names none.
func TestShopNamesTheAccount(t *testing.T) {
	t.Parallel()
	b := startShop(t)
	line := "The shop works for the account <code>" + gateway.ShortKey(key) + "</code>"
	if home := b.page("/"); !strings.Contains(home.body, gateway.ShortKey(key)) {
		t.Errorf("the home page names the account in another way:\n%s", home.body)
	}
	for name, page := range map[string]string{"order": b.visit("/ui/shop/").body, "refused order": b.order("amount", "x").body, "failed payment": b.order("email", "x").body,
		"return": b.arrive().pay(control.GoodCard).Body} {
		if !strings.Contains(page, line) || strings.Contains(page, key) {
			t.Errorf("the %s page does not name the account, or shows its key:\n%s", name, page)
		}
	}
	const other = "sk_test_ab12cd34ef56gh78ij90klmn"
	if _, err := control.New(b.url, other).Account(t.Context()); err != nil {
		t.Fatal(err)
	}
	if page := b.visit("/ui/shop/?account=" + gateway.AccountName(other)).body; !strings.Contains(page, "<code>sk_test_ab12…klmn</code>") {
		t.Errorf("the page does not name the account of its address:\n%s", page)
	}
	closed := &buyer{mock: startMock(t, mockserver.Config{Keys: []string{other}})}
	if page := closed.visit("/ui/shop/").body; strings.Contains(page, "The shop works for the account") {
		t.Errorf("a page that refuses the visitor names an account:\n%s", page)
	}
}

// TestShopOnAFrozenClock pays while a late webhook is due on a frozen clock: the page says so, and shows the webhook when the clock has moved to
// the next event.
func TestShopOnAFrozenClock(t *testing.T) {
	t.Parallel()
	b := startShop(t)
	if err := b.SetDefaultScenario("webhook/late"); err != nil {
		t.Fatal(err)
	}
	if _, err := b.control.Freeze(t.Context(), time.Time{}); err != nil {
		t.Fatal(err)
	}
	b.arrive().pay(control.GoodCard).concludes("paid")
	b.shows("Order order-1001, 12.345 KWD", "It has not come yet. It is due in 60 s of the account's clock, which is frozen.",
		"On the payment's page, “To the next event” or “Run now” sends it. Then reload this page.", `<a href="../payments/`+b.charge().ID+`">The payment's page</a>`)
	b.pageHas("“To the next event” or “Run now”")
	b.advance(time.Minute)
	b.shows("CAPTURED, answered with 200 OK")
	if strings.Contains(b.Body, "It is due in") {
		t.Errorf("the webhook is due although it has come:\n%s", b.Body)
	}
}

// TestShopSaysWhenTheWebhookComes pays in scenarios whose webhook comes later, waits at a gate, is held back, or is not scheduled yet.
func TestShopSaysWhenTheWebhookComes(t *testing.T) {
	t.Parallel()
	const gated = "scenarios: [{name: shop/gated, description: It waits., callbacks: [return: {at: settled}, webhook: {at: settled, gate: stock}]}]"
	for name, c := range map[string]struct {
		scenario string
		hold     bool
		want     string
	}{
		"later":    {"webhook/next-day", false, "It is due in 26 h of the account's clock. Reload this page then, or let “Run now” on the payment's page send it at once."},
		"gate":     {"", false, "It waits at the gate stock. On the payment's page, “Open the gate” or “Run now” sends it."},
		"held":     {"webhook/next-day", true, "It is held back. On the payment's page, “Run now” sends it."},
		"no event": {"late/in-progress", false, "the payment has no result. The payment's page shows what is scheduled. Reload this page when it has one."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := startShop(t)
			follow := func() error { return b.SetDefaultScenario(c.scenario) }
			if c.scenario == "" {
				follow = func() error { return b.control.NextYAML(t.Context(), gated) }
			}
			if err := follow(); err != nil {
				t.Fatal(err)
			}
			b.arrive().pay(control.GoodCard)
			if c.hold {
				b.holdAll()
			}
			b.shows(c.want)
			b.pageHas(c.want)
		})
	}
}

var quoted = regexp.MustCompile(`“(.*?)”`)

// pageHas checks that the payment's page has the buttons that a text quotes.
func (b *buyer) pageHas(text string) {
	b.t.Helper()
	page := b.page("/ui/payments/" + b.charge().ID).body
	for _, button := range quoted.FindAllStringSubmatch(text, -1) {
		if !strings.Contains(page, ">"+button[1]+"</button>") {
			b.t.Errorf("the payment's page has no button %s:\n%s", button[1], page)
		}
	}
}

// holdAll holds everything back that is scheduled.
func (b *buyer) holdAll() {
	b.t.Helper()
	line, err := b.control.Timeline(b.t.Context())
	for _, e := range line.Scheduled {
		if err == nil {
			err = b.control.HoldEffect(b.t.Context(), e.ID)
		}
	}
	if err != nil || len(line.Scheduled) == 0 {
		b.t.Fatal(err, line)
	}
}

// TestShopRetries pays on a frozen clock in a shop that refuses each webhook: the page says when the next attempt is due, and why it was refused.
func TestShopRetries(t *testing.T) {
	t.Parallel()
	b := startShop(t, "webhook_retries=30s")
	if _, err := b.control.Freeze(t.Context(), time.Time{}); err != nil {
		t.Fatal(err)
	}
	b.arrive("behaviour", "two-decimals").pay(control.GoodCard)
	b.shows("The next webhook", "It is due in 30 s of the account's clock, which is frozen.", "hashed the amount with two decimals, and KWD has three", "Why was the webhook refused?")
}

// TestShopAsksWhy pays in shops with a mistake: one link leads to the advice on the payment's page. A sound shop has none.
func TestShopAsksWhy(t *testing.T) {
	t.Parallel()
	for behaviour, question := range map[string]string{"two-decimals": "Why was the webhook refused?", "redirect": "Why does the webhook count as not delivered?",
		"error-500": "Why does the webhook count as not delivered?", "slow": "Why does the webhook count as not delivered?", "sound": "", "trusts-return": ""} {
		t.Run(behaviour, func(t *testing.T) {
			t.Parallel()
			b := startShop(t, "webhook_timeout=100ms", "webhook_retries=none").arrive("behaviour", behaviour).pay(control.GoodCard)
			address := "../payments/" + b.charge().ID + "#advice"
			if question == "" {
				if strings.Contains(b.Body, "#advice") {
					t.Errorf("the page asks why:\n%s", b.Body)
				}
				return
			}
			b.shows(`<a class="button" href="` + address + `">` + question + `</a>`)
			if trace := b.page("/ui/payments/" + b.charge().ID); !strings.Contains(trace.body, `id="advice"`) {
				t.Errorf("the payment's page has no advice:\n%s", trace.body)
			}
		})
	}
}
