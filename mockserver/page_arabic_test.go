package mockserver_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"github.com/tapmock/tapmock/mockserver"
)

// layouts are the layouts of the page: the settings and the user agent that select them.
var layouts = map[string]struct{ setting, agent string }{
	"desktop": {"kfast=true", ""}, "mobile": {"kfast=true", suites["F"].agent}, "onebox": {"page_generation=onebox", ""},
}

// geometry is JavaScript that reports what is drawn in the wrong place on an Arabic page, as a list of texts. rects has a rectangle of
// each line of characters from to to of an element's text.
const geometry = `(function () {
	const found = [], shown = e => e && e.offsetParent;
	const text = e => document.createTreeWalker(e, NodeFilter.SHOW_TEXT).nextNode();
	const rects = (e, from, to) => {
		const range = document.createRange();
		range.setStart(text(e), from);
		range.setEnd(text(e), to);
		return [...range.getClientRects()];
	};
	const box = id => document.getElementById(id).getBoundingClientRect();
	const leftOf = (a, b, what) => { if (!(a.right <= b.left + 0.5 && Math.abs(a.top - b.top) < 2)) found.push(what); };
	for (const label of document.querySelectorAll('form .paymentlabel, form .column-label')) {
		const words = label.textContent;
		if (!shown(label) || words[0] !== ':') continue;
		const colon = rects(label, 0, 1)[0], rest = rects(label, 1, words.length);
		if (rest.length !== 1) found.push(words + ' has ' + rest.length + ' lines');
		leftOf(colon, rest[0], 'the colon is before ' + words);
		if (label.closest('.saved')) continue;
		const row = label.parentElement.getBoundingClientRect();
		if (row.right - rest[0].right > 4) found.push(words + ' ends ' + (row.right - rest[0].right) + ' px from the right edge');
	}
	if (document.getElementById('dcprefix') && shown(document.getElementById('dcprefix'))) {
		leftOf(box('dcprefix'), box('debitNumber'), 'the prefix is not left of the number');
		leftOf(box('debitYearSelect'), box('debitMonthSelect'), 'the year is not left of the month');
		const number = document.getElementById('debitNumber');
		number.value = '0000000001';
		if (number.scrollWidth > number.clientWidth) found.push('the number is wider than its box');
		const bank = document.getElementById('bankBrand');
		if (getComputedStyle(bank).direction !== 'rtl') found.push('the bank list is left-aligned');
	}
	const consent = document.getElementById('fCFlg');
	if (consent) {
		const words = document.getElementById('fcDetails');
		leftOf({left: 0, top: 0, right: words.getBoundingClientRect().right}, {left: box('fCFlg').left, top: 0}, 'the consent box is left of its text');
		if (getComputedStyle(words).direction !== 'rtl') found.push('the consent runs from left to right');
	}
	const hint = document.querySelector('.hint');
	const card = [...hint.querySelectorAll('*')].find(e => e.textContent.includes('888888')) || hint;
	const start = text(card).data.indexOf('888888');
	leftOf(rects(card, start, start + 6)[0], rects(card, start + 7, start + 17)[0], 'the number of the test card is read wrongly');
	return found;
})()`

// TestArabicGeometry draws the Arabic page, from 320 px on: numbers run from left to right, the colon is after its label, and
// every layout has the order of the desktop.
func TestArabicGeometry(t *testing.T) {
	for name, s := range layouts {
		t.Run(name, func(t *testing.T) {
			ctx := tab(t)
			m := startMock(t, mockserver.Config{Now: time.Now}, s.setting, "otp_from=0")
			if name != "onebox" {
				m.saveCard("cus_one")
			}
			for _, width := range []int64{320, 485, 1000} {
				for _, fields := range []chromedp.Tasks{nil, arabicEntry(name)} {
					c := m.create(forCustomer("cus_one"), "lang_code", "ar")
					tasks := chromedp.Tasks{chromedp.EmulateViewport(width, 800)}
					if s.agent != "" {
						tasks = append(tasks, emulation.SetUserAgentOverride(s.agent))
					}
					var found []string
					tasks = append(tasks, chromedp.Navigate(c.Transaction.URL), chromedp.WaitReady("#paypage"), fields, chromedp.Evaluate(geometry, &found))
					if err := chromedp.Run(ctx, tasks); err != nil {
						t.Fatal(err)
					}
					if len(found) > 0 {
						t.Errorf("%d px, confirm screen %v:\n%s", width, fields != nil, strings.Join(found, "\n"))
					}
				}
			}
		})
	}
}

// arabicEntry fills in the entry screen of a layout, and sends it.
func arabicEntry(layout string) chromedp.Tasks {
	card := chromedp.Tasks{fill("#debitNumber", "0000000001"), fill("#cardPin", "1234")}
	if layout == "onebox" {
		card = append(card, fill("#cardExpiry", "09/30"))
	} else {
		card = append(card, choose("#bankBrand", "بنك اختبار كي نت [KNET1]"), choose("#debitMonthSelect", "9"), choose("#debitYearSelect", "2030"))
	}
	return append(card, press("#proceed"), chromedp.WaitVisible("#debitOTPtimer"))
}

// TestArabicStrip checks that outcome panel and countdown are in the language of the page, and that the panel offers the same outcomes
// in both.
func TestArabicStrip(t *testing.T) {
	ctx := tab(t)
	m := startMock(t, mockserver.Config{Now: time.Now})
	const read = `[getComputedStyle(document.querySelector('.outcomes')).direction, document.querySelector('.outcomes').textContent + document.querySelector('#pagelimit').textContent,
		[...document.querySelectorAll('.outcomes button')].map(b => b.value).join(' ')]`
	names := map[string]string{}
	for lang, want := range map[string]struct{ dir, text, time string }{
		"ar": {"rtl", "إنهاء هذه الدفعة", "الوقت المتبقي لهذه الصفحة: "}, "en": {"ltr", "End this payment as", "Time left on this page: "},
	} {
		var got []string
		c := m.create(request(nil), "lang_code", lang)
		if err := chromedp.Run(ctx, chromedp.Navigate(c.Transaction.URL), chromedp.WaitReady("#paypage"), chromedp.Evaluate(read, &got)); err != nil {
			t.Fatal(err)
		}
		names[lang] = got[2]
		if got[0] != want.dir || !strings.Contains(got[1], want.text) || !strings.Contains(got[1], "page_accessible=true") || !strings.Contains(got[1], want.time) {
			t.Errorf("%s: %s", lang, fmt.Sprint(got))
		}
	}
	if names["ar"] != names["en"] {
		t.Errorf("the outcomes are %q and %q", names["ar"], names["en"])
	}
}
