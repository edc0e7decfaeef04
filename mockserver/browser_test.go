package mockserver_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"github.com/tapmock/tapmock/mockserver"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// browser is one real Chromium for all tests; each has a tab of its own.
var browser struct {
	once sync.Once
	ctx  context.Context
	stop func()
	err  error
}

func TestMain(m *testing.M) {
	m.Run()
	if browser.stop != nil {
		browser.stop()
	}
}

// tab opens a tab in a real Chromium. It skips the test if none is installed.
func tab(t *testing.T) context.Context {
	t.Helper()
	if testing.Short() {
		t.Skip("browser tests are skipped with -short")
	}
	browser.once.Do(func() {
		path := ""
		for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
			if found, err := exec.LookPath(name); err == nil && path == "" {
				path = found
			}
		}
		if path == "" {
			browser.err = fmt.Errorf("no Chromium is installed; install Debian's package chromium to run the browser tests")
			return
		}
		options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
			chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-quic", true))
		allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
		ctx, cancel := chromedp.NewContext(allocator)
		browser.ctx, browser.stop = ctx, func() { cancel(); stop() }
		browser.err = chromedp.Run(ctx)
	})
	if browser.ctx == nil {
		t.Skip(browser.err)
	}
	if browser.err != nil {
		t.Fatal(browser.err)
	}
	ctx, cancel := chromedp.NewContext(browser.ctx)
	t.Cleanup(cancel)
	ctx, timeout := context.WithTimeout(ctx, 30*time.Second)
	t.Cleanup(timeout)
	return ctx
}

// landing is a shop whose return page redirects to another origin, which reports the address that the browser has reached.
func landing(t *testing.T) (address string, landed chan string) {
	t.Helper()
	landed = make(chan string, 10)
	last := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/thanks" {
			landed <- r.URL.String()
		}
		fmt.Fprint(w, "<title>shop</title>thanks")
	}))
	t.Cleanup(last.Close)
	first := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, strings.Replace(last.URL, "127.0.0.1", "localhost", 1)+"/thanks?"+r.URL.RawQuery, http.StatusFound)
	}))
	t.Cleanup(first.Close)
	return first.URL + "/return", landed
}

// await returns the address that the browser has reached.
func await(ctx context.Context, t *testing.T, landed <-chan string) string {
	t.Helper()
	select {
	case address := <-landed:
		return address
	case <-ctx.Done():
		t.Fatal("the browser did not reach the shop")
		return ""
	}
}

// locate is JavaScript for the first element that an XPath or a CSS selector finds.
func locate(selector string) string {
	if strings.HasPrefix(selector, "/") || strings.HasPrefix(selector, "(") {
		return fmt.Sprintf("document.evaluate(%q, document, null, XPathResult.FIRST_ORDERED_NODE_TYPE, null).singleNodeValue", selector)
	}
	return fmt.Sprintf("document.querySelector(%q)", selector)
}

// by is the chromedp option for the kind of selector.
func by(selector string) chromedp.QueryOption {
	if strings.HasPrefix(selector, "/") || strings.HasPrefix(selector, "(") {
		return chromedp.BySearch
	}
	return chromedp.ByQuery
}

// choose selects an option of a list by its value or its text, with the change event of a click.
func choose(selector, pick string) chromedp.Action {
	script := fmt.Sprintf(`(function () {
		const list = %s;
		if (!list) throw new Error('no list ' + %q);
		for (const o of list.options) if (o.value === %[3]q || o.text.trim() === %[3]q) {
			list.value = o.value;
			list.dispatchEvent(new Event('change', {bubbles: true}));
			return true;
		}
		throw new Error('no option ' + %[3]q);
	})()`, locate(selector), selector, pick)
	return chromedp.Tasks{chromedp.WaitEnabled(selector, by(selector)), chromedp.Evaluate(script, nil)}
}

func fill(selector, text string) chromedp.Action {
	return chromedp.Tasks{chromedp.WaitEnabled(selector, by(selector)), chromedp.SendKeys(selector, text, by(selector))}
}

func press(selector string) chromedp.Action {
	return chromedp.Tasks{chromedp.WaitVisible(selector, by(selector)), chromedp.WaitEnabled(selector, by(selector)), chromedp.Click(selector, by(selector))}
}

// byRole calls a method of the first element with an accessible role and name, as getByRole finds it.
func byRole(role, name, method string) chromedp.Action {
	return chromedp.ActionFunc(func(ctx context.Context) error {
		for {
			element, err := elementOf(ctx, role, name)
			if err == nil {
				_, _, err = runtime.CallFunctionOn("function () { this." + method + "() }").WithObjectID(element.ObjectID).Do(ctx)
				if leaving(err) { // the call submitted the form, and its result was lost when the page navigated
					return nil
				}
				return err
			}
			if !leaving(err) && !errors.Is(err, errNotFound) {
				return err
			}
			if err := chromedp.Sleep(20 * time.Millisecond).Do(ctx); err != nil {
				return fmt.Errorf("no %s named %q: %w", role, name, err)
			}
		}
	})
}

var errNotFound = errors.New("not on the page yet")

// elementOf is the first element with an accessible role and name.
func elementOf(ctx context.Context, role, name string) (*runtime.RemoteObject, error) {
	document, _, err := runtime.Evaluate("document").Do(ctx)
	if err != nil {
		return nil, err
	}
	found, err := accessibility.QueryAXTree().WithObjectID(document.ObjectID).WithRole(role).WithAccessibleName(name).Do(ctx)
	if err != nil || len(found) == 0 {
		return nil, errNotFound
	}
	return dom.ResolveNode().WithBackendNodeID(found[0].BackendDOMNodeID).Do(ctx)
}

// leaving reports whether the call failed because the page navigated.
func leaving(err error) bool {
	return err != nil && strings.Contains(err.Error(), "navigated or closed")
}

func pressRole(role, name string) chromedp.Action { return byRole(role, name, "click") }

func fillRole(role, name, text string) chromedp.Action {
	return chromedp.Tasks{byRole(role, name, "focus"), chromedp.KeyEvent(text)}
}

// TestPhoneArabicOTP pays on a phone, in Arabic, with a one-time password, and presses Enter instead of the last button.
func TestPhoneArabicOTP(t *testing.T) {
	ctx := tab(t)
	m := startMock(t, mockserver.Config{Now: time.Now}, "otp_from=0")
	shop, landed := landing(t)
	c := m.create(request(map[string]any{"redirect": at("url", shop)}), "lang_code", "ar")
	var code, lang, dir string
	var width int64
	if err := chromedp.Run(ctx, chromedp.Tasks{
		emulation.SetUserAgentOverride(suites["F"].agent), chromedp.EmulateViewport(360, 740), chromedp.Navigate(c.Transaction.URL),
		choose("#bankBrand", "بنك اختبار كي نت [KNET1]"), fill("#debitNumber", "0000000001"), choose("#debitMonthSelect", "9"), choose("#debitYearSelect", "2030"),
		fill("#cardPin", "1234"), press("#proceed"), chromedp.WaitVisible("#debitOTPtimer"), chromedp.Text("#notification b", &code, chromedp.ByQuery),
		chromedp.Evaluate("document.documentElement.lang", &lang), chromedp.Evaluate("document.documentElement.dir", &dir),
		chromedp.Evaluate("document.documentElement.scrollWidth", &width), chromedp.ActionFunc(func(ctx context.Context) error { return chromedp.SendKeys("#debitOTPtimer", code+"\r").Do(ctx) }),
	}); err != nil {
		t.Fatal(err)
	}
	await(ctx, t, landed)
	if got := m.retrieve(c.ID).Status; got != tap.Captured || lang != "ar" || dir != "rtl" || width > 360 {
		t.Errorf("the charge is %s; the page was %s, %s, %d px wide", got, lang, dir, width)
	}
}

// TestForeignCardStaysInTheBrowser types a number that is not a test card's: the browser must not send it.
func TestForeignCardStaysInTheBrowser(t *testing.T) {
	ctx := tab(t)
	m := startMock(t, mockserver.Config{Now: time.Now})
	c := m.create(request(nil))
	var message, number string
	if err := chromedp.Run(ctx, chromedp.Tasks{
		chromedp.Navigate(c.Transaction.URL), choose("#bankBrand", bankLabel), fill("#debitNumber", "4111111111111111"), press("#proceed"),
		chromedp.WaitVisible("#ValidationMessage"), chromedp.Text("#ValidationMessage", &message), chromedp.Value("#debitNumber", &number),
	}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(message, "Only test cards that begin with 888888") || number != "" {
		t.Errorf("the message is %q, the field has %q", message, number)
	}
	for _, e := range m.events(c.ID) {
		if e == "submit_refused" || e == "submitted" {
			t.Errorf("the form was sent: %s", e)
		}
	}
}

// TestPrefixDelay checks that the prefix list is filled some time after the bank is chosen, as on the real page.
func TestPrefixDelay(t *testing.T) {
	ctx := tab(t)
	m := startMock(t, mockserver.Config{Now: time.Now}, "page_prefix_delay=300ms")
	c := m.create(request(nil))
	var before, busy bool
	if err := chromedp.Run(ctx, chromedp.Tasks{
		chromedp.Navigate(c.Transaction.URL), choose("#bankBrand", bankLabel),
		chromedp.Evaluate("document.querySelector('#dcprefix option[value=\"888888\"]') !== null", &before), chromedp.Evaluate("jQuery.active > 0", &busy),
		chromedp.WaitReady("#dcprefix option[value='888888']", chromedp.ByQuery),
	}); err != nil {
		t.Fatal(err)
	}
	if before || !busy {
		t.Errorf("directly after the choice the prefix is listed: %v, busy: %v", before, busy)
	}
}

// TestDoubleClick double-clicks Submit and Confirm: the payer returns once, and one webhook is sent.
func TestDoubleClick(t *testing.T) {
	ctx := tab(t)
	hooks := startMerchant(t, nil)
	m := startMock(t, mockserver.Config{Now: time.Now})
	shop, landed := landing(t)
	c := m.create(request(map[string]any{"redirect": at("url", shop), "post": at("url", hooks.url)}))
	if err := chromedp.Run(ctx, chromedp.Tasks{
		chromedp.Navigate(c.Transaction.URL), choose("#bankBrand", bankLabel), fill("#debitNumber", "0000000001"), choose("#debitMonthSelect", "9"),
		choose("#debitYearSelect", "2030"), fill("#cardPin", "1234"), chromedp.DoubleClick("#proceed"), chromedp.WaitEnabled("#proceedConfirm"), chromedp.DoubleClick("#proceedConfirm"),
	}); err != nil {
		t.Fatal(err)
	}
	await(ctx, t, landed)
	hooks.next(t.Context())
	hooks.none()
	if got := m.retrieve(c.ID); got.Status != tap.Captured || len(got.Activities) != 2 {
		t.Errorf("%s with %d activities", got.Status, len(got.Activities))
	}
}

// TestScreenshots draws each screen. With -update it writes the pictures to fakepage/testdata:
// go test ./mockserver -run TestScreenshots -update
func TestScreenshots(t *testing.T) {
	for name, s := range map[string]struct {
		width, height int64
		settings      []string
		lang, agent   string
		steps         chromedp.Tasks
	}{
		"page":   {1000, 740, nil, "en", "", nil},
		"arabic": {1000, 740, nil, "ar", "", nil},
		"panel":  {1000, 860, nil, "en", "", chromedp.Tasks{press(".outcomes summary")}},
		"arabic-phone": {320, 960, nil, "ar", suites["F"].agent, chromedp.Tasks{choose("#bankBrand", "بنك اختبار كي نت [KNET1]"), fill("#debitNumber", "0000000001"),
			choose("#debitMonthSelect", "9"), choose("#debitYearSelect", "2030")}},
		"arabic-narrow": {320, 1120, []string{"kfast=true"}, "ar", "", chromedp.Tasks{fill("#debitNumber", "0000000001")}},
		"error":         {1000, 790, nil, "en", "", chromedp.Tasks{press("#proceed"), chromedp.WaitVisible("#ValidationMessage")}},
		"phone":         {360, 900, nil, "en", suites["F"].agent, nil},
		"onebox":        {1000, 600, []string{"page_generation=onebox"}, "en", "", nil},
		"otp": {1000, 810, []string{"otp_from=0"}, "en", "", chromedp.Tasks{choose("#bankBrand", bankLabel), fill("#debitNumber", "0000000001"),
			choose("#debitMonthSelect", "9"), choose("#debitYearSelect", "2030"), fill("#cardPin", "1234"), press("#proceed"), chromedp.WaitVisible("#debitOTPtimer")}},
	} {
		t.Run(name, func(t *testing.T) {
			ctx := tab(t)
			m := startMock(t, mockserver.Config{Now: time.Now}, s.settings...)
			c := m.create(forCustomer("cus_one"), "lang_code", s.lang)
			var png []byte
			tasks := chromedp.Tasks{chromedp.EmulateViewport(s.width, s.height)}
			if s.agent != "" {
				tasks = append(tasks, emulation.SetUserAgentOverride(s.agent))
			}
			tasks = append(tasks, chromedp.Navigate(c.Transaction.URL), chromedp.WaitReady("#paypage"), s.steps, chromedp.CaptureScreenshot(&png))
			if err := chromedp.Run(ctx, tasks); err != nil {
				t.Fatal(err)
			}
			if len(png) < 5000 {
				t.Errorf("the picture has only %d bytes", len(png))
			}
			if *update {
				if err := os.WriteFile(filepath.Join("..", "fakepage", "testdata", name+".png"), png, 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// TestNothingOverflows draws every form of the page in both languages at widths down to 320 px, which also covers a small screen zoomed
// to 200 %: the page is not wider than the window, and every field and button is at least 44 px high.
func TestNothingOverflows(t *testing.T) {
	const measure = `[document.documentElement.scrollWidth,
		Math.min(...[...document.querySelectorAll('select, input:not([type=hidden]):not([type=radio]):not([type=checkbox])')].filter(e => e.offsetParent).map(e => e.offsetHeight))]`
	for _, lang := range []string{"en", "ar"} {
		for name, s := range map[string]struct{ setting, agent string }{
			"desktop": {"kfast=true", ""}, "mobile": {"kfast=true", suites["F"].agent}, "onebox": {"page_generation=onebox", ""},
		} {
			t.Run(name+"/"+lang, func(t *testing.T) {
				ctx := tab(t)
				m := startMock(t, mockserver.Config{Now: time.Now}, s.setting)
				c := m.create(forCustomer("cus_one"), "lang_code", lang)
				for _, width := range []int64{320, 500, 1200} {
					tasks := chromedp.Tasks{chromedp.EmulateViewport(width, 700)}
					if s.agent != "" {
						tasks = append(tasks, emulation.SetUserAgentOverride(s.agent))
					}
					var got []int64
					tasks = append(tasks, chromedp.Navigate(c.Transaction.URL), chromedp.WaitReady("#paypage"), chromedp.Click(".outcomes summary"), chromedp.Evaluate(measure, &got))
					if err := chromedp.Run(ctx, tasks); err != nil {
						t.Fatal(err)
					}
					if got[0] > width || got[1] < 44 {
						t.Errorf("%d px: the page is %d px wide, its lowest field %d px high", width, got[0], got[1])
					}
				}
			})
		}
	}
}

// TestBrowserBackStays checks that the browser's Back stays on the page.
func TestBrowserBackStays(t *testing.T) {
	ctx := tab(t)
	m := startMock(t, mockserver.Config{Now: time.Now})
	c := m.create(request(nil))
	const back = `new Promise(done => { addEventListener('popstate', () => setTimeout(() => done(location.pathname))); history.back(); })`
	var path string
	if err := chromedp.Run(ctx, chromedp.Navigate(m.url), chromedp.Navigate(c.Transaction.URL), chromedp.WaitReady("#paypage"),
		chromedp.Evaluate(back, &path, func(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) })); err != nil {
		t.Fatal(err)
	}
	if !strings.HasSuffix(path, "/paymentpage.htm") {
		t.Errorf("Back led to %s", path)
	}
}
