package mockserver_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"github.com/tapmock/tapmock/mockserver"
)

// focused is JavaScript for the element that has the focus: its id, or its tag and text; the beginning of the visible texts that
// describe it; and whether the page's script has run.
const focused = `(function () {
	const e = document.activeElement, by = (e.getAttribute('aria-describedby') || '').split(' ').filter(id => id);
	const text = by.map(id => document.getElementById(id)).map(d => d && d.offsetParent ? d.textContent.slice(0, 12) : '?').join('+');
	return [e.id || (e === document.body ? 'BODY' : e.tagName + ' ' + e.textContent), text, String('jQuery' in window)];
})()`

// awaitFocus reads the focus until it is where it is wanted, for a second: browsers give it to an element with autofocus after the page
// is drawn. The focus of a page that wants none is read after a tenth of a second.
func awaitFocus(want string, got *[3]string) chromedp.Action {
	return chromedp.ActionFunc(func(ctx context.Context) error {
		for tries := 0; tries < 10 && (tries == 0 || got[0] != want); tries++ {
			if err := (chromedp.Tasks{chromedp.Sleep(100 * time.Millisecond), chromedp.Evaluate(focused, got)}).Do(ctx); err != nil {
				return err
			}
		}
		return nil
	})
}

// focusCase is a way to a screen, the element that has the focus there, and what describes it.
type focusCase struct {
	settings    []string
	steps       chromedp.Tasks
	want, about string
}

// enter fills in the entry screen, and sends it.
func enter(month, year, pin string) chromedp.Tasks {
	return chromedp.Tasks{choose("#bankBrand", bankLabel), fill("#debitNumber", "0000000001"), choose("#debitMonthSelect", month), choose("#debitYearSelect", year),
		fill("#cardPin", pin), press("#proceed")}
}

func focusCases() map[string]focusCase {
	wrong, confirm := chromedp.WaitVisible("#ValidationMessage"), chromedp.WaitVisible("#proceedConfirm")
	otp := []string{"otp_from=0"}
	return map[string]focusCase{
		"first":     {want: "BODY"},
		"confirm":   {want: "H1 Confirm the payment", steps: append(enter("9", "2030", "1234"), confirm)},
		"back":      {want: "H1 Billing Information", steps: append(enter("9", "2030", "1234"), press("#back"), chromedp.WaitVisible("#proceed"))},
		"bank":      {want: "bankBrand", about: "Invalid Data", steps: chromedp.Tasks{press("#proceed"), wrong}},
		"year":      {want: "debitYearSelect", about: "Please check", steps: append(enter("9", "0", "1234"), wrong)},
		"OTP":       {want: "debitOTPtimer", about: "Simulated SM", settings: otp, steps: append(enter("9", "2030", "1234"), confirm)},
		"wrong OTP": {want: "debitOTPtimer", about: "kindly Enter+Simulated SM", settings: otp, steps: append(enter("9", "2030", "1234"), press("#proceedConfirm"), chromedp.WaitVisible("#otpmsgDC2"))},
	}
}

// TestFocus checks where the focus is after a form was sent, without JavaScript and for some cases with it: at the heading of the new
// screen, or at the first wrong field, which names its message. A page that is loaded first has no focus.
func TestFocus(t *testing.T) {
	for name, c := range focusCases() {
		for script, off := range map[string]bool{"with JavaScript": false, "without JavaScript": true} {
			if !off && !slices.Contains([]string{"first", "confirm", "bank"}, name) {
				continue
			}
			t.Run(name+" "+script, func(t *testing.T) {
				ctx := tab(t)
				m := startMock(t, mockserver.Config{Now: time.Now}, c.settings...)
				var got [3]string
				if err := chromedp.Run(ctx, emulation.SetScriptExecutionDisabled(off), chromedp.Navigate(m.create(request(nil)).Transaction.URL),
					chromedp.WaitReady("#paypage"), c.steps, awaitFocus(c.want, &got)); err != nil {
					t.Fatal(err)
				}
				if got[0] != c.want || got[1] != c.about {
					t.Errorf("the focus is at %q, described by %q; want %q, %q", got[0], got[1], c.want, c.about)
				}
				if off && got[2] != "false" {
					t.Error("the page's script has run")
				}
			})
		}
	}
}

// TestFocusOfForeignCard checks that the field has the focus and names the message if the browser itself refuses a card number.
func TestFocusOfForeignCard(t *testing.T) {
	ctx := tab(t)
	m := startMock(t, mockserver.Config{Now: time.Now})
	var got [3]string
	if err := chromedp.Run(ctx, chromedp.Navigate(m.create(request(nil)).Transaction.URL), choose("#bankBrand", bankLabel), fill("#debitNumber", "4111111111111111"),
		press("#proceed"), chromedp.WaitVisible("#ValidationMessage"), awaitFocus("debitNumber", &got)); err != nil {
		t.Fatal(err)
	}
	if got[0] != "debitNumber" || got[1] != "Invalid data" {
		t.Errorf("the focus is at %q, described by %q", got[0], got[1])
	}
}
