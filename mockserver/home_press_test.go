package mockserver_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"github.com/tapmock/tapmock/mockserver"
)

// pressScript defines in a page: calls, the buttons that are calls of the control API and can be pressed, by their kinds, and pressCall, which
// presses one of them. The kind of a button is its call without ids, and its label. pressCall returns the call that the tooltip announces, and what
// covers the button for a mouse, if something does. It remembers in was what the page showed before.
const pressScript = `
window.calls = () => [...document.querySelectorAll('form.do')].map(form => {
	const button = form.querySelector('button'), typed = form.querySelector('label') ? ' (typed)' : '';
	return {form, button, kind: form.querySelector('[name=call]').value.replace(/(chg|whd|eff)_\w+/, '…') + ': ' + button.textContent + typed};
}).filter(one => !one.button.disabled);
window.isDone = () => new URLSearchParams(location.search).get('done');
window.clockShows = () => Date.parse(document.querySelector('#clock time').dateTime);
window.pressCall = (kind, near, value) => {
	const {form, button} = calls().find(one => one.kind === kind && (one.button.closest('.line') || one.form).textContent.includes(near));
	for (let d = button.closest('details'); d; d = d.parentElement.closest('details')) d.open = true;
	const line = button.closest('.line'), entry = line && line.querySelector('.entry'), input = form.querySelector('label input, label select, label textarea');
	if (entry) entry.open = true;
	if (value) input.value = value;
	button.scrollIntoView({block: 'center'});
	const r = button.getBoundingClientRect(), hit = document.elementFromPoint(r.x + r.width / 2, r.y + r.height / 2);
	window.was = {done: isDone(), clock: clockShows(), pending: parseInt(document.querySelector('.next a').textContent), line: line && line.id};
	const call = input ? button.title.replace('"…"', JSON.stringify(input.value)) : button.title;
	button.click();
	return {call, covered: hit === button ? '' : String(hit && hit.outerHTML).slice(0, 200)};
};
window.nextSays = (text) => document.querySelector('.next').textContent.includes(text);
window.lineNow = () => (document.getElementById(was.line) || {textContent: ''}).textContent;
window.valueOf = (name) => document.getElementsByName('p.settings.' + name)[0].value;`

// pressKind is a kind of button: which one of its kind is pressed, with what, and the effect that the page shows then.
type pressKind struct {
	kind, near, value string
	effect            string // JavaScript
}

// resent is the effect of a webhook that is sent again.
const resent = `/The shop answered HTTP 200 to the webhook whd_\d+/.test(document.querySelector('#result').textContent)`

// pressKinds are the kinds of buttons in the order in which they are pressed on each page. Those of the clock are last, because what is scheduled
// happens with them.
var pressKinds = []pressKind{
	{"POST /timeline/…/hold: Hold", "", "", `lineNow().includes('held back') && lineNow().includes('Release')`},
	{"POST /timeline/…/release: Release", "", "", `!lineNow().includes('held back')`},
	{"POST /gates/late/release: Open the gate", "", "", `!lineNow().includes('Open the gate')`},
	{"POST /timeline/…/run: Run now", "the authorization ends by itself", "", `document.getElementById(was.line) === null && parseInt(document.querySelector('.next a').textContent) < was.pending`},
	{"POST /next: Next payment follows (typed)", "", "outcome/no-funds + webhook/twice", `nextSays('next payment: outcome/no-funds + webhook/twice')`},
	{"DELETE /next: Empty the queue", "", "", `!nextSays('next payment')`},
	{"POST /next: Next payment follows it (typed)", "", "scenarios: [{name: own/mine, description: Mine., extends: webhook/late}]", `nextSays('own/mine')`},
	{"POST /next: Next payment", "outcome/expired", "", `nextSays('outcome/expired')`},
	{"POST /next: Next payment follows it", "", "", `nextSays('recorded/')`},
	{"PUT /default-scenario: Default", "webhook/never", "", `nextSays('default: webhook/never')`},
	{"DELETE /default-scenario: Remove the default scenario", "", "", `!nextSays('default: ')`},
	{"PATCH /settings: Set (typed)", "page_limit", "7m", `valueOf('page_limit') === '7m0s'`},
	{"PATCH /settings: Default", "page_limit", "", `valueOf('page_limit') === '5m0s'`},
	{"POST /webhooks/…/resend: Send it again", "", "", resent},
	{"POST /webhooks/…/resend: Send the last webhook again", "", "", resent},
	{"POST /webhooks/…/resend: Send it again with two decimals in the hash", "", "", resent},
	{"POST /webhooks/…/resend: Send it again forged: signed with another key", "", "", resent},
	{"POST /webhooks/…/resend: Send it again with this signature (typed)", "", "abc", resent},
	{"POST /clock/advance: Move the clock here", "", "", `document.getElementById(was.line) === null && clockShows() > was.clock`},
	{"POST /clock/advance: To the next event", "", "", `clockShows() > was.clock && parseInt(document.querySelector('.next a').textContent) < was.pending`},
	{"POST /clock/advance: +1 min", "", "", `clockShows() - was.clock === 60000`},
	{"POST /clock/advance: +1 h", "", "", `clockShows() - was.clock === 3600000`},
	{"POST /clock/resume: Let it run", "", "", `document.querySelector('#clock .frozen') === null`},
	{"POST /clock/freeze: Freeze", "", "", `document.querySelector('#clock .frozen') !== null`},
}

// pressed presses a button and waits until the page shows its call and its effect, without being loaded again.
func (v *viewing) pressed(k pressKind) {
	v.t.Helper()
	var made struct{ Call, Covered string }
	v.ask(fmt.Sprintf(`pressCall(%q, %q, %q)`, k.kind, k.near, k.value), &made)
	if made.Covered != "" {
		v.t.Errorf("%s: a mouse would not reach the button at %s but %s", k.kind, v.address(), made.Covered)
	}
	v.until(fmt.Sprintf(`isDone() !== was.done && document.querySelector('#result pre').textContent === %q`, made.Call))
	v.until(`document.querySelector('#result.good') !== null`)
	v.until(k.effect)
}

// can reports whether the page has a button of a kind.
func (v *viewing) can(kind string) (so bool) {
	v.t.Helper()
	v.ask(fmt.Sprintf(`calls().some(one => one.kind === %q)`, kind), &so)
	return so
}

// otherButtons are the buttons without a call of the control API. Each has a test of its own.
var otherButtons = []string{"Copy", "Search", "Compare the marked payments", "Compare", "Open", "Close", "Make a test payment", "Open the payment page"}

// kinds are the kinds of buttons on the page: calls by kind, others by their label.
func (v *viewing) kinds() (all []string) {
	v.t.Helper()
	v.ask(pressScript+`; [...new Set(calls().map(one => one.kind).concat(
		[...document.querySelectorAll('button, a.button, [type=submit]')].filter(b => !b.closest('form.do')).map(b => b.textContent)))]`, &all)
	return all
}

// TestHomePress presses one button of each kind on the first page that has one: the page shows the call of its tooltip, and the effect. Reset and the
// ends of a payment have tests of their own.
func TestHomePress(t *testing.T) {
	t.Parallel()
	v := view(t, startStage(t, mockserver.Config{}, "payer=person"))
	pages, todo := v.everyPage(), slices.Clone(pressKinds)
	seen := map[string]bool{}
	for i, target := range append(pages, "/ui/timeline") {
		if i == len(pages) {
			v.create(v.order(nil))
			v.advance(time.Second) // so that the two do not expire at once
			v.create(v.order(nil))
		}
		v.open(target)
		for _, kind := range v.kinds() {
			seen[kind] = true
		}
		for _, k := range pressKinds {
			if clock := strings.HasPrefix(k.kind, "POST /clock/"); clock == (i == len(pages)) && slices.Contains(todo, k) && v.can(k.kind) {
				todo = slices.DeleteFunc(todo, func(d pressKind) bool { return d == k })
				v.pressed(k)
			}
		}
	}
	for _, k := range todo {
		t.Errorf("no page has the button %s", k.kind)
	}
	known := append(slices.Clone(otherButtons), "POST /reset: Reset the account")
	for _, k := range pressKinds {
		known = append(known, k.kind)
	}
	for _, o := range endKinds {
		known = append(known, endKind(o[0]))
	}
	for kind := range seen {
		if !slices.Contains(known, kind) {
			t.Errorf("no test presses the button %s", kind)
		}
	}
	for _, label := range otherButtons {
		if !seen[label] {
			t.Errorf("no page has the button %s", label)
		}
	}
}

// endKinds are the buttons that end a payment, and the status that it has then.
var endKinds = [][2]string{
	{"captured", "CAPTURED"}, {"no funds", "FAILED"}, {"wrong PIN", "FAILED"}, {"bank does not answer", "FAILED"}, {"cancelled by the payer", "CANCELLED"}, {"page expired", "CANCELLED"},
	{"captured, and the payer does not come back", "CAPTURED"}, {"captured, no webhook", "CAPTURED"}, {"captured, webhook twice", "CAPTURED"}, {"captured, webhook late", "CAPTURED"},
	{"declined, captured later", "FAILED"},
}

// endKind is the kind of the button for an end.
func endKind(label string) string { return "POST /charges/…/end: " + label }

// TestHomePressEnds ends payments with each of the buttons for it.
func TestHomePressEnds(t *testing.T) {
	t.Parallel()
	v := view(t, startStage(t, mockserver.Config{}, "payer=person"))
	for _, o := range endKinds {
		c := v.create(v.order(nil))
		v.open("/ui/payments/" + c.ID)
		v.ask(pressScript+`; null`, nil)
		v.pressed(pressKind{endKind(o[0]), "", "", `document.querySelector('#ends') === null && document.querySelector('.lead .status').textContent !== 'INITIATED'`})
		if got := v.get(c.ID).Status; string(got) != o[1] {
			t.Errorf("%s: the payment is %s, want %s", o[0], got, o[1])
		}
	}
}

// TestHomePressTwice presses a button again and again, until the page has nothing more for it to do: then it cannot be pressed.
func TestHomePressTwice(t *testing.T) {
	t.Parallel()
	v := view(t, startStage(t, mockserver.Config{}, "payer=person"))
	v.create(v.order(nil))
	v.advance(time.Minute)
	v.create(v.order(nil)) // expires a minute later
	v.open("/")
	v.ask(pressScript+`; null`, nil)
	next := slices.IndexFunc(pressKinds, func(k pressKind) bool { return strings.HasSuffix(k.kind, "To the next event") })
	times := 0
	for v.can(pressKinds[next].kind) {
		v.pressed(pressKinds[next])
		times++
	}
	v.until(`document.querySelector('.next a').textContent === '0 scheduled'`)
	if times != 2 {
		t.Errorf("pressed %d times", times)
	}
}

// answers answers the questions of the pages, as they come, and counts them.
func (v *viewing) answers(all ...bool) (asked *[]string) {
	asked = new([]string)
	chromedp.ListenTarget(v.ctx, func(event any) {
		if e, ok := event.(*page.EventJavascriptDialogOpening); ok {
			accept := all[len(*asked)%len(all)]
			*asked = append(*asked, e.Message)
			go chromedp.Run(v.ctx, page.HandleJavaScriptDialog(accept)) // an error shows, because the page waits
		}
	})
	return asked
}

// TestHomePressReset resets the account with the mouse. The page asks first: nothing happens when the visitor says no.
func TestHomePressReset(t *testing.T) {
	t.Parallel()
	v := view(t, startStage(t, mockserver.Config{}))
	c := v.create(v.order(nil))
	v.open("/")
	asked := v.answers(false, true)
	v.do(chromedp.Click("#reset summary", chromedp.ByQuery), chromedp.Click("#reset button", chromedp.ByQuery))
	var rows, sent int
	v.ask(`document.querySelectorAll('#rows tr').length`, &rows)
	v.ask(`performance.getEntriesByType('resource').filter(e => e.name.includes('/ui/call')).length`, &sent)
	if _, err := v.control.Charge(t.Context(), c.ID); err != nil || rows != 1 || sent != 0 {
		t.Errorf("after the answer no: %v, %d rows, %d calls", err, rows, sent)
	}
	v.do(chromedp.Click("#reset button", chromedp.ByQuery))
	v.until(`document.querySelector('#empty') !== null && document.querySelector('#result.good pre').textContent === 'POST /_tapmock/v1/reset'`)
	if _, err := v.control.Charge(t.Context(), c.ID); err == nil {
		t.Error("the payment is still there")
	}
	if want := "Delete all payments and the journal of this account, and everything that is scheduled?"; len(*asked) != 2 || (*asked)[0] != want || (*asked)[1] != want {
		t.Errorf("the page has asked %q", *asked)
	}
}
