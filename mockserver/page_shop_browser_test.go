package mockserver_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"github.com/tapmock/tapmock/mockserver"
	"github.com/tapmock/tapmock/mockserver/control"
)

// TestShopInBrowser makes a whole test payment in a real Chromium, on a narrow phone, from the order form to the return page. No page is wider
// than the screen. Screenshots are among the artifacts of the test.
func TestShopInBrowser(t *testing.T) {
	t.Parallel()
	ctx, m := tab(t), startMock(t, mockserver.Config{Now: time.Now})
	var word string
	run := func(tasks ...chromedp.Action) {
		t.Helper()
		if err := chromedp.Run(ctx, tasks...); err != nil {
			t.Fatal(err)
		}
	}
	look := func(name string) {
		t.Helper()
		var width int
		var page []byte
		run(chromedp.Evaluate(`document.documentElement.scrollWidth`, &width), chromedp.FullScreenshot(&page, 100))
		if width > 320 {
			t.Errorf("the page %s is %d pixels wide", name, width)
		}
		if err := os.WriteFile(filepath.Join(t.ArtifactDir(), name+".png"), page, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	run(chromedp.EmulateViewport(320, 800), chromedp.Navigate(m.url+"/ui/shop/"), chromedp.WaitVisible("#order"))
	look("form")
	run(chromedp.SetValue("#amount", "1.250"), chromedp.Click(`input[value="two-decimals"]`), press("#order"), chromedp.WaitVisible("#bankBrand"),
		choose("#bankBrand", bankLabel), fill("#debitNumber", testCard), choose("#debitMonthSelect", "9"), choose("#debitYearSelect", "2030"),
		fill("#cardPin", "1234"), press("#proceed"), press("#proceedConfirm"), chromedp.WaitVisible("#conclusion"), chromedp.Text("#conclusion b", &word))
	look("return")
	if word != "paid" {
		t.Errorf("the shop concludes %s", word)
	}
	run(press("a[href='./']"), chromedp.WaitVisible("#order"), chromedp.SetValue("#amount", "1.2345"), press("#order"), chromedp.WaitVisible("[role=alert]"))
	look("refused")
}

// faint lists the visible texts of a page whose contrast with what is behind them is below 4.5:1.
const faint = `(() => {
  const parts = c => c.match(/[\d.]+/g).map(Number), linear = v => (v /= 255) <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4
  const light = c => { const [r, g, b] = parts(c).map(linear); return .2126 * r + .7152 * g + .0722 * b }
  const behind = e => { const c = getComputedStyle(e).backgroundColor; return parts(c)[3] === 0 && e.parentElement ? behind(e.parentElement) : c }
  const said = e => e.matches('input[type=text]') || [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim())
  return [...document.body.querySelectorAll('*')].filter(e => said(e) && e.checkVisibility()).flatMap(e => {
    const [a, b] = [light(getComputedStyle(e).color), light(behind(e))].sort((x, y) => y - x), ratio = (a + .05) / (b + .05)
    return ratio < 4.5 ? [ratio.toFixed(2) + ' ' + e.outerHTML.slice(0, 120)] : []
  })
})()`

// TestShopColours looks at the shop's pages in light and dark, on a wide screen and a narrow one: every text has enough contrast, and no page is
// wider than the screen. KNET's page has one look, which does not depend on what the browser prefers.
func TestShopColours(t *testing.T) {
	t.Parallel()
	b := startShop(t, "webhook_timeout=100ms", "webhook_retries=none")
	pages := b.eachReturn()
	pages["order"], pages["unknown"], pages["notice"] = "/ui/shop/", "/ui/shop/return?tap_id=chg_none", "/ui/shop/return"
	knet := strings.TrimPrefix(b.create(request(nil)).Transaction.URL, b.url)
	v := &viewing{&stage{mock: b.mock}, tab(t)}
	for _, scheme := range []struct{ name, paper string }{{"light", "rgb(243, 245, 244)"}, {"dark", "rgb(18, 24, 28)"}} {
		v.do(emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme.name}}))
		for name, at := range pages {
			for _, width := range []int64{320, 1000} {
				v.do(chromedp.EmulateViewport(width, 900))
				v.open(at)
				v.judge(fmt.Sprintf("%s-%s-%d", name, scheme.name, width), scheme.paper, int(width))
			}
		}
		v.open(knet)
		v.do(chromedp.WaitVisible("#bankBrand"))
		v.judge("knet-"+scheme.name, "rgb(243, 245, 244)", 1000)
	}
}

// eachReturn pays until there is a return page of each kind, and returns their addresses.
func (b *buyer) eachReturn() map[string]string {
	b.t.Helper()
	pages := map[string]string{}
	for name, c := range map[string]struct {
		behaviour, scenario string
		card                control.Card
	}{
		"paid": {"sound", "", control.GoodCard}, "declined": {"sound", "", control.DeclinedCard}, "trusting": {"trusts-return", "", control.DeclinedCard},
		"refused": {"two-decimals", "", control.GoodCard}, "slow": {"slow", "", control.GoodCard}, "late": {"sound", "webhook/next-day", control.GoodCard},
		"never": {"sound", "webhook/never", control.GoodCard}, "waiting": {"sound", "late/in-progress", control.GoodCard},
	} {
		if c.scenario != "" {
			if err := b.control.Next(b.t.Context(), c.scenario); err != nil {
				b.t.Fatal(err)
			}
		}
		b.arrive("behaviour", c.behaviour).pay(c.card)
		pages[name] = strings.TrimPrefix(b.URL, b.url)
	}
	return pages
}

// judge keeps a screenshot of a narrow page and checks its background, its width and its contrasts.
func (v *viewing) judge(name, paper string, width int) {
	v.t.Helper()
	if width == 320 {
		v.keep("shop-" + name)
	}
	var background string
	var widest int
	var texts []string
	v.ask(`getComputedStyle(document.body).backgroundColor`, &background)
	v.ask(`document.documentElement.scrollWidth`, &widest)
	if v.ask(faint, &texts); background != paper || widest > width || len(texts) > 0 {
		v.t.Errorf("%s: the background is %s, the page %d pixels wide, and these texts are faint: %q", name, background, widest, texts)
	}
}
