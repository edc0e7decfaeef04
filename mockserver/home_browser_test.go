package mockserver_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/tapmock/tapmock/mockserver"
	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// viewing is a browser at the pages of a stage.
type viewing struct {
	*stage
	ctx context.Context
}

func view(t *testing.T, s *stage) *viewing {
	t.Helper()
	v := &viewing{s, tab(t)}
	if s.Server != nil {
		t.Cleanup(s.EndHeldAnswers) // before the mock is closed, which waits for the streams of the browser
	}
	v.do(emulation.SetFocusEmulationEnabled(true)) // as if it were the only tab: a page that is not seen does not follow
	return v
}

func (v *viewing) do(tasks ...chromedp.Action) {
	v.t.Helper()
	if err := chromedp.Run(v.ctx, tasks...); err != nil {
		v.t.Fatal(err)
	}
}

func (v *viewing) open(target string) {
	v.t.Helper()
	v.do(chromedp.Navigate(v.url + target))
}

// ask evaluates JavaScript.
func (v *viewing) ask(script string, to any) {
	v.t.Helper()
	v.do(chromedp.Evaluate(script, to))
}

// until waits until a script is true.
func (v *viewing) until(script string) {
	v.t.Helper()
	for end := time.Now().Add(12 * time.Second); ; {
		var so bool
		err := chromedp.Run(v.ctx, chromedp.Evaluate("!!("+script+")", &so)) // an error is that of a page that is being left
		if err == nil && so {
			return
		}
		if chromedp.Run(v.ctx, chromedp.Sleep(20*time.Millisecond)) != nil || time.Now().After(end) {
			v.t.Fatalf("%s: %v, at %s", script, err, v.address())
		}
	}
}

// address is where the browser is, if it still answers.
func (v *viewing) address() (at string) {
	chromedp.Run(v.ctx, chromedp.Location(&at))
	return at
}

// keep saves a screenshot among the artifacts of the test.
func (v *viewing) keep(name string) {
	v.t.Helper()
	var page []byte
	v.do(chromedp.FullScreenshot(&page, 90))
	if err := os.WriteFile(filepath.Join(v.t.ArtifactDir(), name+".png"), page, 0o644); err != nil {
		v.t.Fatal(err)
	}
}

// TestHomeLive has the list open while payments happen: it shows them by itself, without losing scroll, marks, focus and what is typed.
func TestHomeLive(t *testing.T) {
	t.Parallel()
	v := view(t, startStage(t, mockserver.Config{}))
	for i := range 30 {
		v.create(v.order(map[string]any{"reference": at("order", fmt.Sprintf("o-%d", i))}))
	}
	v.do(chromedp.EmulateViewport(1000, 500))
	v.open("/")
	v.until(`document.querySelectorAll('#rows tr').length === 30`)
	v.do(chromedp.Focus("#q"), chromedp.SendKeys("#q", "half a wo"))
	var top, moved float64
	first := v.mock.page("/").rows()[20]
	v.ask(`document.querySelector('#`+first+` input').checked = true; document.getElementById('`+first+`').scrollIntoView({block: 'center'}); document.getElementById('`+first+`').getBoundingClientRect().top`, &top)
	c := v.create(v.order(map[string]any{"reference": at("order", "طلب-جديد")}))
	v.until(`document.getElementById('` + c.ID + `') !== null && document.querySelectorAll('#rows tr').length === 31`)
	v.ask(`document.getElementById('`+first+`').getBoundingClientRect().top`, &moved)
	if d := moved - top; d > 3 || d < -3 {
		t.Errorf("the page jumped by %v", d)
	}
	var typed, focus string
	var checked bool
	v.ask(`document.querySelector('#q').value`, &typed)
	v.ask(`document.activeElement.id`, &focus)
	v.ask(`document.querySelector('#`+first+` input').checked`, &checked)
	if typed != "half a wo" || focus != "q" || !checked {
		t.Errorf("typed %q, focus %q, marked %v", typed, focus, checked)
	}
	if _, err := v.control.EndCharge(t.Context(), c.ID, "captured"); err != nil {
		t.Fatal(err)
	}
	v.until(`document.querySelector('#` + c.ID + ` .status').textContent === 'CAPTURED'`)
	v.next("webhook/twice") // the journal has no entry of this, and of the clock
	v.until(`document.querySelector('.next').textContent.includes('next payment: webhook/twice')`)
	v.advance(time.Minute)
	v.until(`document.querySelector('#clock time').textContent === '2026-03-01 09:01:00'`)
	if _, err := v.control.Reset(t.Context()); err != nil {
		t.Fatal(err)
	}
	v.until(`document.querySelector('#empty') !== null`)
	after := v.create(v.order(nil))
	v.until(`document.getElementById('` + after.ID + `') !== null`)
}

// TestHomeByHand drives a payment by hand, with buttons: clock, hold, release, run, end, resend. The page stays where it is.
func TestHomeByHand(t *testing.T) {
	t.Parallel()
	v := view(t, startStage(t, mockserver.Config{}))
	v.next("webhook/late")
	c := v.create(v.order(nil))
	v.open("/ui/payments/" + c.ID)
	v.do(chromedp.Evaluate(`document.querySelector('#ends').open = true; window.stays = true`, nil), pressRole("button", "captured"))
	v.until(`document.querySelector('.lead .status').textContent === 'CAPTURED'`)
	v.until(`document.querySelector('#result pre').textContent.startsWith('POST /_tapmock/v1/charges/` + c.ID + `/end {"outcome":"captured"}')`)
	v.do(pressRole("button", "Hold"))
	v.until(`[...document.querySelectorAll('.hand button')].some(b => b.textContent === 'Release')`)
	v.do(pressRole("button", "+1 h"))
	v.until(`document.querySelector('#clock time').textContent.startsWith('2026-03-01 10:00:00')`)
	if n := len(v.entries(tap.EventWebhook)); n != 0 {
		t.Errorf("%d webhooks were sent although one was held back", n)
	}
	v.do(pressRole("button", "Release"))
	v.until(`[...document.querySelectorAll('.trace li')].some(l => l.textContent.includes('webhook: attempt 1') && l.textContent.includes('HTTP 200'))`)
	v.do(pressRole("button", "Send the last webhook again"))
	v.until(`document.body.textContent.includes('sent again on request')`)
	var stays bool
	if v.ask(`window.stays === true`, &stays); !stays {
		t.Error("the page was loaded again")
	}
	v.do(pressRole("button", "Let it run"))
	v.until(`[...document.querySelectorAll('#clock button')].some(b => b.textContent === 'Freeze')`)
	v.do(pressRole("button", "Freeze"))
	v.until(`document.querySelector('.frozen') !== null`)
	v.keep("trace")
}

// TestHomeKeyboard uses the pages by keyboard only.
func TestHomeKeyboard(t *testing.T) {
	t.Parallel()
	v := view(t, startStage(t, mockserver.Config{}, "payer=auto"))
	first := v.create(v.order(map[string]any{"reference": at("order", "first")})).ID
	second := v.create(v.order(map[string]any{"reference": at("order", "second"), "amount": 7})).ID
	v.awaitIdle()
	v.open("/")
	v.until(`document.readyState === 'complete'`)
	here := func(id string) { v.t.Helper(); v.until(`document.querySelector('[data-here]')?.id === '` + id + `'`) }
	v.do(chromedp.KeyEvent("j"))
	here(second)
	v.do(chromedp.KeyEvent("x"), chromedp.KeyEvent("j"))
	here(first)
	v.do(chromedp.KeyEvent("x"), chromedp.KeyEvent("j"))
	here(first)
	v.do(chromedp.KeyEvent("d"))
	v.until(`location.pathname === '/ui/diff' && document.readyState === 'complete'`)
	v.do(chromedp.KeyEvent("u"))
	v.until(`location.pathname === '/' && document.readyState === 'complete' && document.querySelector('#rows') !== null`)
	here(first) // where the visitor was
	v.do(chromedp.KeyEvent(kb.Enter))
	v.until(`location.pathname === '/ui/payments/` + first + `' && document.readyState === 'complete'`)
	v.do(chromedp.KeyEvent("r"))
	v.until(`document.body.textContent.includes('sent again on request')`)
	v.do(chromedp.Evaluate(`history.back()`, nil))
	v.until(`location.pathname === '/' && document.querySelector('[data-here]')?.id === '` + first + `'`)
	v.do(chromedp.KeyEvent("/"))
	v.until(`document.activeElement.id === 'q'`)
	v.do(chromedp.Evaluate(`document.querySelector('#q').value = ''`, nil)) // the slash, which only a simulated key types
	v.do(chromedp.KeyEvent("jjdxu?"), chromedp.KeyEvent(kb.Enter))
	v.until(`new URLSearchParams(location.search).get('q') === 'jjdxu?'`)
	v.do(chromedp.KeyEvent(kb.Escape))
	v.open("/")
	v.until(`document.readyState === 'complete'`)
	v.do(chromedp.KeyEvent("?"))
	v.until(`document.querySelector('#keys').open`)
	v.do(chromedp.KeyEvent(kb.Escape))
	v.until(`!document.querySelector('#keys').open`)
}

// TestHomeKeysMatchScript compares the table of keys that the pages show with the script's.
func TestHomeKeysMatchScript(t *testing.T) {
	t.Parallel()
	script, err := os.ReadFile("inspector/assets/home.js")
	if err != nil {
		t.Fatal(err)
	}
	m := startMock(t, mockserver.Config{})
	shown := m.page("/").body
	for _, key := range []string{"/", "j", "k", "x", "d", "r", "u", "?"} {
		written := "\n    " + key + ": () =>"
		if key == "/" || key == "?" {
			written = "\n    '" + key + "': () =>"
		}
		if !strings.Contains(string(script), written) || !strings.Contains(shown, "<kbd>"+key+"</kbd>") {
			t.Errorf("the key %s is not in both", key)
		}
	}
	if n := strings.Count(shown, "<dt><kbd>"); n != 9 { // Enter needs no script
		t.Errorf("%d keys are shown", n)
	}
}

// TestHomeWithoutScript makes a payment, follows it and drives it without JavaScript.
func TestHomeWithoutScript(t *testing.T) {
	t.Parallel()
	s := startStage(t, mockserver.Config{})
	v := view(t, s)
	v.do(emulation.SetScriptExecutionDisabled(true))
	c := s.create(s.order(map[string]any{"reference": at("order", "no-script")}))
	v.open("/")
	v.do(chromedp.Click("a.open", chromedp.ByQuery), chromedp.WaitVisible(".trace", chromedp.ByQuery), chromedp.Click("#ends summary", chromedp.ByQuery),
		chromedp.Click(`#ends form:first-of-type button`, chromedp.ByQuery), chromedp.WaitVisible("#result", chromedp.ByQuery))
	var status, body string
	v.do(chromedp.Text(".lead .status", &status, chromedp.ByQuery), chromedp.Text("#result", &body, chromedp.ByQuery))
	if status != "CAPTURED" || !strings.Contains(body, "/charges/"+c.ID+"/end") {
		t.Errorf("%s, %s", status, body)
	}
	v.do(chromedp.Click(".trace li:nth-child(1) summary", chromedp.ByQuery), chromedp.WaitVisible(".trace li:nth-child(1) pre", chromedp.ByQuery))
	v.open("/?q=status:CAPTURED")
	v.do(chromedp.WaitVisible("#rows", chromedp.ByQuery))
}

// TestHomeNarrow looks at each page on a narrow phone: none is wider than the screen, in light and dark.
func TestHomeNarrow(t *testing.T) {
	t.Parallel()
	s := startStage(t, mockserver.Config{}, "payer=person")
	v := view(t, s)
	for i, target := range append(s.everyPage(), "/ui/shop/") {
		v.do(chromedp.EmulateViewport(320, 700))
		v.open(target)
		var width int
		v.ask(`document.documentElement.scrollWidth`, &width)
		if width > 320 {
			var widest string
			v.ask(`[...document.querySelectorAll('*')].filter(e => e.getBoundingClientRect().right > 321 || e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).overflowX === 'visible' && e.clientWidth > 0).slice(-4).map(e => e.outerHTML.slice(0, 160)).join('\n')`, &widest)
			t.Errorf("%s is %d pixels wide:\n%s", target, width, widest)
		}
		if i == 0 || strings.HasPrefix(target, "/ui/payments/chg_T") {
			v.keep(fmt.Sprintf("narrow-%d", i))
		}
	}
	v.do(emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "dark"}}))
	v.open("/")
	var background string
	if v.ask(`getComputedStyle(document.body).backgroundColor`, &background); background != "rgb(18, 24, 28)" {
		t.Errorf("dark: the background is %s", background)
	}
	v.keep("dark")
}

// TestHomeNames reads the accessibility tree of each page: every control has a role and a name, and the page has its landmarks.
func TestHomeNames(t *testing.T) {
	t.Parallel()
	s := startStage(t, mockserver.Config{}, "payer=person")
	v := view(t, s)
	for _, target := range s.everyPage() {
		v.open(target)
		roles := map[string]int{}
		for _, n := range v.tree() {
			role, name := fmt.Sprint(n.Role.Value), fmt.Sprint(n.Name.Value)
			if n.Ignored {
				continue
			}
			roles[role]++
			if slices.Contains([]string{"button", "link", "textbox", "searchbox", "checkbox", "combobox", "DisclosureTriangle", "heading", "navigation"}, role) && strings.TrimSpace(name) == "" {
				t.Errorf("%s: a %s has no name", target, role)
			}
		}
		if roles["main"] != 1 || roles["navigation"] == 0 || roles["heading"] == 0 || roles["banner"] == 0 {
			t.Errorf("%s: roles %v", target, roles)
		}
		var levels int
		if v.ask(`document.querySelectorAll('h1').length`, &levels); levels != 1 {
			t.Errorf("%s has %d headings of the first level", target, levels)
		}
	}
}

// accessible is an element of the accessibility tree. The package for it knows fewer reasons than Chromium why an element is not in the tree.
type accessible struct {
	Ignored bool       `json:"ignored"`
	Role    treeString `json:"role"`
	Name    treeString `json:"name"`
}

// treeString is a value in the accessibility tree.
type treeString struct {
	Value any `json:"value"`
}

// tree is the accessibility tree of the page.
func (v *viewing) tree() []accessible {
	v.t.Helper()
	var all struct {
		Nodes []accessible `json:"nodes"`
	}
	v.do(chromedp.ActionFunc(func(ctx context.Context) error {
		return cdp.Execute(ctx, accessibility.CommandGetFullAXTree, nil, &all)
	}))
	return all.Nodes
}

// TestHomeArabic shows Arabic texts in their own direction, isolated from what stands beside them.
func TestHomeArabic(t *testing.T) {
	t.Parallel()
	v := view(t, startStage(t, mockserver.Config{}))
	c := v.create(v.order(map[string]any{"reference": at("order", "طلب رقم 7"), "customer": map[string]any{"first_name": "سارة", "email": "a@b.example"}, "description": "وصف"}))
	v.open("/")
	var direction, text string
	v.ask(`getComputedStyle(document.querySelector('a.open')).direction`, &direction)
	v.ask(`document.querySelector('a.open').textContent`, &text)
	if direction != "rtl" || text != "طلب رقم 7" {
		t.Errorf("%s %q", direction, text)
	}
	v.open("/ui/payments/" + c.ID)
	if v.ask(`getComputedStyle(document.querySelector('h1')).direction`, &direction); direction != "rtl" {
		t.Errorf("the title runs %s", direction)
	}
}

// TestHomeNastyInBrowser opens each page that shows what a merchant wrote, and opens all its details: no script of it runs.
func TestHomeNastyInBrowser(t *testing.T) {
	t.Parallel()
	s := nastyStage(t)
	v := view(t, s)
	for _, target := range s.nastyPages() {
		v.open(target)
		var ran bool
		v.ask(`window.ran === true || document.querySelectorAll('main img, main script, main [onerror]').length > 0`, &ran)
		if ran {
			t.Errorf("%s has an element that a merchant wrote", target)
		}
		v.ask(`window.xss = () => { window.ran = true }; document.querySelectorAll('details').forEach(d => d.open = true); window.ran === true`, &ran)
		if ran {
			t.Errorf("a script ran on %s", target)
		}
	}
}

// TestHomeLost shows in one quiet line that the mock does not answer, and goes on when it does, also when it was started again.
func TestHomeLost(t *testing.T) {
	t.Parallel()
	first, err := mockserver.New(mockserver.Config{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	front := newRestartable(t, first)
	v := view(t, &stage{mock: &mock{t: t, url: front.url}})
	v.open("/")
	v.until(`document.readyState === 'complete'`)
	front.stop()
	v.until(`document.querySelector('#lost:not([hidden])') !== null`)
	second, err := mockserver.New(mockserver.Config{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	front.start(second)
	v.until(`document.querySelector('#lost:not([hidden])') === null`)
	client := control.New(front.url, key)
	if err := client.Next(t.Context(), "webhook/twice"); err != nil {
		t.Fatal(err)
	}
	mine := &mock{t: t, url: front.url, http: front.client}
	c := mine.create(request(nil))
	v.until(`document.getElementById('` + c.ID + `') !== null`)
}
