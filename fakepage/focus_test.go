package fakepage

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/tapmock/tapmock/mockserver/tap"
)

var (
	focusedTag = regexp.MustCompile(`<(\w+)((?: [\w-]+(?:="[^"]*")?)*) autofocus`)
	invalidTag = regexp.MustCompile(`<\w+[^>]* id="([^"]*)"[^>]* aria-invalid="true" aria-describedby="ValidationMessage"`)
	idOf       = regexp.MustCompile(` id="([^"]*)"`)
)

// focusOf is the id, or else the tag, of the element that gets the focus, and the ids of the fields that are marked as wrong.
func focusOf(page string) (focus string, wrong []string) {
	for _, m := range focusedTag.FindAllStringSubmatch(page, -1) {
		focus += m[1]
		if id := idOf.FindStringSubmatch(m[2]); id != nil {
			focus = id[1]
		}
	}
	for _, m := range invalidTag.FindAllStringSubmatch(page, -1) {
		wrong = append(wrong, m[1])
	}
	return focus, wrong
}

// TestFocusAfterAnError checks which field each message is about: it is marked, names the message, and the first gets the focus.
func TestFocusAfterAnError(t *testing.T) {
	both := []layout{desktop, mobile}
	for _, c := range []struct {
		message string
		form    entryForm
		shapes  []layout
		want    string
	}{
		{msgBank, entryForm{}, both, "bankBrand"},
		{msgNumber, entryForm{}, []layout{desktop, mobile, oneBox}, "debitNumber"},
		{msgExpiry, entryForm{}, both, "debitMonthSelect debitYearSelect"},
		{msgExpiry, entryForm{Month: 9}, both, "debitYearSelect"},
		{msgExpiry, entryForm{Year: 2030}, both, "debitMonthSelect"},
		{msgExpiry, entryForm{}, []layout{oneBox}, "cardExpiry"},
		{msgPIN, entryForm{}, []layout{desktop, mobile, oneBox}, "cardPin"},
		{msgPIN, entryForm{saved: true}, []layout{desktop, mobile, oneBox}, "debitsavedcardPIN"},
		{msgKFAST, entryForm{}, []layout{desktop, mobile, oneBox}, "fCFlg"},
	} {
		for _, shape := range c.shapes {
			p := Payment{Screen: Entry, Year: 2026, Look: testLook, KFAST: true, Saved: []SavedCard{{"888888******0001", "09/30"}}}
			var page strings.Builder
			if err := templates.ExecuteTemplate(&page, string(shape)+".html.tmpl", knetView(p, shape, "token", c.message, c.form)); err != nil {
				t.Fatal(err)
			}
			focus, wrong := focusOf(page.String())
			if first, _, _ := strings.Cut(c.want, " "); focus != first || !slices.Equal(wrong, strings.Fields(c.want)) {
				t.Errorf("%s, %s, %+v: the focus is at %q, %q are wrong, want %s", shape, c.message, c.form, focus, wrong, c.want)
			}
		}
	}
}

// TestFocusOfScreens checks that a page which is loaded first has no focus, and that a new screen begins at its heading, or at the
// field for the one-time password.
func TestFocusOfScreens(t *testing.T) {
	otp := &OTP{Code: "123456"}
	for _, shape := range []layout{desktop, mobile, oneBox} {
		for _, c := range []struct {
			payment Payment
			want    string
		}{
			{Payment{Screen: Entry}, ""}, {Payment{Screen: Confirm}, "h1"}, {Payment{Screen: Confirm, OTP: otp}, "debitOTPtimer"},
		} {
			c.payment.Look, c.payment.Year = testLook, 2026
			if focus, wrong := focusOf(renderKNET(t, c.payment, shape)); focus != c.want || len(wrong) > 0 {
				t.Errorf("%s, %s: the focus is at %q, %q are wrong, want %q", shape, c.payment.Screen, focus, wrong, c.want)
			}
		}
	}
	back := Payment{Screen: Entry, Year: 2026, Look: testLook, Expiry: tap.CardExpiry{Month: 9, Year: 2030}}
	var page strings.Builder
	if err := templates.ExecuteTemplate(&page, "desktop.html.tmpl", knetView(back, desktop, "token", "", prefilled(back))); err != nil {
		t.Fatal(err)
	}
	if focus, _ := focusOf(page.String()); focus != "h1" {
		t.Errorf("after Back the focus is at %q", focus)
	}
}

// TestFocusOfNotices checks that a notice begins at its heading, except the one that reloads itself.
func TestFocusOfNotices(t *testing.T) {
	for name, want := range map[string]string{"ended": "h1", "unknown": "h1", "waiting": "", "choice": ""} {
		if focus, _ := focusOf(screens(t)[name].Body.String()); focus != want {
			t.Errorf("%s: the focus is at %q, want %q", name, focus, want)
		}
	}
}
