package mockserver_test

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	permission "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"github.com/tapmock/tapmock/mockserver"
	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// clipboard lets the pages of the stage write to the clipboard, or not.
func (v *viewing) clipboard(setting permission.PermissionSetting) {
	v.t.Helper()
	for _, name := range []string{"clipboard-read", "clipboard-write"} {
		v.do(chromedp.ActionFunc(func(ctx context.Context) error {
			return permission.SetPermission(&permission.PermissionDescriptor{Name: name, AllowWithoutSanitization: name == "clipboard-write"}, setting).WithOrigin(v.url).Do(ctx)
		}))
	}
}

// copyAll presses each button that copies, one after the other, and lists those that do not say the word or whose text is not where it should be.
func (v *viewing) copyAll(word, found string) (wrong []string) {
	v.t.Helper()
	v.do(chromedp.Evaluate(`(async () => {
		document.querySelectorAll('details').forEach(d => { d.open = true; });
		const wrong = [], all = [...document.querySelectorAll('.copy')];
		if (all.length !== document.querySelectorAll('[data-copy]').length) wrong.push(all.length + ' buttons');
		for (const b of all) {
			b.click();
			for (let i = 0; b.textContent === 'Copy' && i < 500; i++) await new Promise(done => setTimeout(done, 1));
			const text = `+found+`;
			if (b.textContent !== '`+word+`' || text !== b.previousElementSibling.textContent) wrong.push(b.getAttribute('aria-label') + ': ' + b.textContent + ', ' + text);
		}
		return wrong;
	})()`, &wrong, func(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) }))
	return wrong
}

var copied = regexp.MustCompile(`data-copy(?:="([^"]*)")?>`)

// TestHomeCopyButtons presses the copy buttons of each page that has a new kind of them: the text is in the clipboard, or, where the browser does not
// allow that, selected. A page that follows what happens keeps the buttons, and the focus on them.
func TestHomeCopyButtons(t *testing.T) {
	t.Parallel()
	v := view(t, startStage(t, mockserver.Config{}, "payer=person"))
	v.clipboard(permission.PermissionSettingGranted)
	seen := map[string]bool{}
	for _, target := range v.everyPage() {
		before := len(seen)
		for _, found := range copied.FindAllStringSubmatch(v.mock.page(target).body, -1) {
			seen[found[1]] = true
		}
		if len(seen) == before {
			continue
		}
		v.open(target)
		if wrong := v.copyAll("Copied", "await navigator.clipboard.readText()"); len(wrong) > 0 {
			t.Errorf("%s: %q", target, wrong)
		}
	}
	if len(seen) != 9 {
		t.Errorf("kinds of texts that can be copied: %v", seen)
	}
	v.clipboard(permission.PermissionSettingDenied)
	v.open("/")
	if wrong := v.copyAll("Selected", "getSelection().toString()"); len(wrong) > 0 {
		t.Errorf("without a clipboard: %q", wrong)
	}
	v.do(chromedp.Focus(".copy", chromedp.ByQuery))
	c := v.create(v.order(nil))
	v.until(`document.getElementById('` + c.ID + `') !== null`)
	v.until(`document.activeElement.matches('.copy') && document.querySelectorAll('.copy').length === document.querySelectorAll('[data-copy]').length`)
}

// TestHomeSearchButtons searches payments, scenarios and settings, by the button.
func TestHomeSearchButtons(t *testing.T) {
	t.Parallel()
	v := view(t, startStage(t, mockserver.Config{}))
	v.create(v.order(map[string]any{"reference": at("order", "first")}))
	v.create(v.order(map[string]any{"reference": at("order", "second")}))
	for _, c := range [][3]string{{"/", "first", "first"}, {"/ui/scenarios", "webhook/never", "webhook/never"}, {"/ui/settings", "page_limit", "page_limit"}} {
		v.open(c[0])
		v.do(chromedp.SendKeys("#q", c[1], chromedp.ByQuery), press("form.search button"))
		v.until(`location.search === '?q=` + strings.ReplaceAll(c[1], "/", "%2F") + `' && document.readyState === 'complete'`)
		var lines []string
		if v.ask(`[...document.querySelectorAll('tbody .line, #rows tr')].map(l => l.textContent)`, &lines); len(lines) != 1 || !strings.Contains(lines[0], c[2]) {
			t.Errorf("%s: a search for %s finds %q", c[0], c[1], lines)
		}
	}
}

// TestHomeCompareButton marks two payments with the mouse and compares them.
func TestHomeCompareButton(t *testing.T) {
	t.Parallel()
	v := view(t, startStage(t, mockserver.Config{}))
	first := v.create(v.order(map[string]any{"reference": at("order", "first")})).ID
	v.create(v.order(map[string]any{"reference": at("order", "unmarked")}))
	second := v.create(v.order(map[string]any{"reference": at("order", "second"), "amount": 7})).ID
	v.open("/")
	for _, id := range []string{first, second} {
		v.do(press("#" + id + " input[type=checkbox]"))
	}
	v.do(press("#compare button"))
	v.until(`location.pathname === '/ui/diff' && document.readyState === 'complete'`)
	var ids []string
	var found string
	v.ask(`[...document.querySelectorAll('.facts code')].map(c => c.textContent).sort()`, &ids)
	v.ask(`document.querySelector('#first').textContent`, &found)
	want := []string{first, second}
	if slices.Sort(want); !slices.Equal(ids, want) || !strings.Contains(found, `created says "7.000 KWD from src_kw.knet"`) {
		t.Errorf("compared %v, the first difference: %s", ids, found)
	}
}

// TestHomeAccountButtons opens the account of another key, first where the pages are open, then where they ask for a key, and signs out.
func TestHomeAccountButtons(t *testing.T) {
	t.Parallel()
	v := view(t, startStage(t, mockserver.Config{}))
	v.open("/")
	v.do(press("#accounts summary"), fill("#accounts input", "sk_test_second_account"), press("#accounts form button"))
	v.until(`location.search.startsWith('?account=') && document.readyState === 'complete'`)
	account, err := control.New(v.url, "sk_test_second_account").Account(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	v.until(`location.search === '?account=` + account.Name + `' && document.querySelector('#accounts summary code').textContent.startsWith('sk_test_')`)
}

// TestHomeSignInButtons signs in with a wrong key, with the admin token and with the published key, and signs out each time.
func TestHomeSignInButtons(t *testing.T) {
	t.Parallel()
	const token = "an-admin-token-of-24-chars"
	m := startMock(t, mockserver.Config{AdminToken: token})
	v := view(t, &stage{mock: m})
	c := m.create(request(nil))
	v.open("/")
	v.do(fill("main input[type=password]", "sk_test"), press("main form button"))
	v.until(`document.querySelector('[role=alert]').textContent.includes('neither the admin token nor a secret key')`)
	out := func() {
		t.Helper()
		v.until(`location.pathname === '/' && document.getElementById('` + c.ID + `') !== null`)
		v.do(press("#accounts summary"), press(`form[action$="ui/signout"] button`))
		v.until(`document.querySelector('h1').textContent === 'Sign in' && document.getElementById('` + c.ID + `') === null`)
	}
	v.do(fill("main input[type=password]", token), press("main form button"))
	out()
	v.do(press("main form:nth-of-type(2) button"))
	out()
}

// TestHomeSignatureButton pastes signatures that the shop could have computed: the page says which they are.
func TestHomeSignatureButton(t *testing.T) {
	t.Parallel()
	v := view(t, startStage(t, mockserver.Config{}))
	v.pays("", nil)
	w := v.shop.visits("/hook")[0]
	for pasted, want := range map[string]string{w.header.Get("hashstring"): "That is the right hashstring.", w.header.Get("hash"): "That is the right hash.", "12ab": "That is not a signature, which has 64 hexadecimal digits.",
		strings.Repeat("0", 64): "That is the signature of no mistake that is known here."} {
		v.open("/ui/webhooks/whd_1")
		v.do(chromedp.Focus("#signature", chromedp.ByQuery), input.InsertText(pasted), press("#clinic form button"))
		v.until(`document.querySelector('#verdict') !== null && document.querySelector('#verdict').textContent.startsWith('` + want + `')`)
		v.until(fmt.Sprintf(`document.querySelector('#verdict').className === '%s'`, map[bool]string{true: "right", false: "wrong"}[strings.Contains(want, "the right")]))
	}
}

// TestHomeTestPayment makes a test payment from the first page to the return page, and opens it from there.
func TestHomeTestPayment(t *testing.T) {
	t.Parallel()
	v := view(t, startStage(t, mockserver.Config{}))
	v.open("/")
	v.do(press("#start a.button"), press("#order"), chromedp.WaitVisible("#bankBrand"))
	var id string
	for _, e := range v.entries(tap.EventCreated) {
		id = e.Object.ID
	}
	v.open("/ui/payments/" + id)
	v.do(press(".buttons a.button"), choose("#bankBrand", bankLabel), fill("#debitNumber", testCard), choose("#debitMonthSelect", "9"), choose("#debitYearSelect", "2030"),
		fill("#cardPin", "1234"), press("#proceed"), press("#proceedConfirm"), chromedp.WaitVisible("#conclusion"), chromedp.Text("#conclusion b", &id))
	if id != "paid" {
		t.Errorf("the shop concludes %s", id)
	}
	v.do(press(`a[href^="../payments/"]`))
	v.until(`location.pathname.startsWith('/ui/payments/chg_') && document.querySelector('.lead .status').textContent === 'CAPTURED'`)
}

// TestHomeKeysDialog opens the list of keys and closes it with its button.
func TestHomeKeysDialog(t *testing.T) {
	t.Parallel()
	v := view(t, startStage(t, mockserver.Config{}))
	v.open("/ui/settings")
	v.do(chromedp.Evaluate(`window.stays = true`, nil), chromedp.KeyEvent("?"))
	v.until(`document.querySelector('#keys').open && document.querySelectorAll('#keys dt').length === 9`)
	v.do(press("#keys button"))
	v.until(`!document.querySelector('#keys').open && window.stays`)
}

// TestHomeFields changes a setting with a list and one with a text, and returns to their defaults: the fields show the values of the server. What was
// typed in another field stays, and so does a refused value, to be corrected, and what is in the field with the focus.
func TestHomeFields(t *testing.T) {
	t.Parallel()
	v := view(t, startStage(t, mockserver.Config{}))
	v.open("/ui/settings")
	v.ask(pressScript+`; document.getElementsByName('p.settings.otp_tries')[0].value = '19';
		for (const choice of ['onebox', 'lists']) document.getElementsByName('p.settings.page_generation')[0].value = choice`, nil) // what was chosen by hand once, the script must choose again
	for _, c := range [][3]string{{"page_limit", "7m", "5m0s"}, {"page_generation", "onebox", "lists"}} {
		v.pressed(pressKind{"PATCH /settings: Set (typed)", c[0], c[1], fmt.Sprintf(`valueOf('%s').startsWith('%s')`, c[0], c[1])})
		v.pressed(pressKind{"PATCH /settings: Default", "", "", fmt.Sprintf(`valueOf('%s') === '%s'`, c[0], c[2])})
	}
	v.ask(`pressCall('PATCH /settings: Set (typed)', 'pin_tries', '99')`, nil)
	v.until(`document.querySelector('#result.bad p').textContent.startsWith('Refused: ')`)
	v.until(`valueOf('pin_tries') === '99' && valueOf('otp_tries') === '19'`)
	v.do(chromedp.Focus(`[name="p.settings.otp_tries"]`, chromedp.ByQuery))
	if err := v.control.Set(t.Context(), map[string]string{"otp_tries": "7"}); err != nil {
		t.Fatal(err)
	}
	v.create(v.order(nil)) // the page follows it
	v.until(`parseInt(document.querySelector('.next a').textContent) > was.pending`)
	v.until(`valueOf('pin_tries') === '99' && valueOf('otp_tries') === '19'`)
}
