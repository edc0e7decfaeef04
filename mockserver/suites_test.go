package mockserver_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"github.com/tapmock/tapmock/mockserver"
	"github.com/tapmock/tapmock/mockserver/tap"
)

const (
	fivePart  = "201825717889145|Knet Test Card [KNET1]|0.000|0.00|0.000"
	threePart = "201825717889145|Knet Test Card [KNET1]|0.000"
	bankLabel = "Knet Test Card [KNET1]"
)

// suite is a published browser test suite: the settings that it needs, and its steps on the page (fakepage/contract.md).
type suite struct {
	settings []string
	agent    string
	lang     string
	steps    func(month, year string) chromedp.Tasks
}

var suites = map[string]suite{
	"A": {steps: func(month, year string) chromedp.Tasks {
		const x = "/html/body/form/div[1]/div/div[2]/div[3]"
		return chromedp.Tasks{choose(x+"/div[1]/div[2]/select", fivePart), fill("#debitNumber", "0000000001"), choose(x+"/div[3]/div[2]/select[1]", month),
			choose(x+"/div[3]/div[2]/select[2]", year), fill("#cardPin", "1234"), press("#proceed"), press("#proceedConfirm")}
	}},
	"B": {settings: []string{"page_bank_values=3-part"}, steps: func(month, year string) chromedp.Tasks {
		return chromedp.Tasks{choose("//*[@id='FCUseDebitEnable']/div[1]/div[2]/select", threePart), fill("#debitNumber", "0000000000"),
			choose("//*[@id='cardExpdate']/div[2]/select[1]", month), choose("//*[@id='cardExpdate']/div[2]/select[2]", year),
			fill("#cardPin", "1234"), press("#proceed"), press("#proceedConfirm")}
	}},
	"C": {settings: []string{"page_bank_order=2022"}, steps: suiteC},
	"D": {steps: func(month, year string) chromedp.Tasks {
		return suiteD(month, year, bankLabel, "#cardExpdate .col:nth-child(2) select:first-child", "Submit", "Confirm")
	}},
	"D Arabic": {lang: "ar", steps: func(month, year string) chromedp.Tasks {
		return suiteD(month, year, "بنك اختبار كي نت [KNET1]", "#cardExpdate .col:nth-child(1) select:first-child", "إرسال", "تأكيد العملية")
	}},
	"E": {steps: func(month, year string) chromedp.Tasks {
		return chromedp.Tasks{chromedp.WaitVisible("#PayPageEntry"), choose("//*[@id='FCUseDebitEnable']/div[1]/div[2]/select", fivePart), fill("#debitNumber", "0000000001"),
			choose("//*[@id='cardExpdate']/div[2]/select[1]", month), choose("//*[@id='cardExpdate']/div[2]/select[2]", year),
			fill("#cardPin", "1234"), press("//input[@value='Submit']"), press("#proceedConfirm")}
	}},
	"F": {agent: "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36", steps: func(month, year string) chromedp.Tasks {
		return chromedp.Tasks{choose(`//*[@id="FCUseDebitEnable"]/div[1]/select`, fivePart), fill("#debitNumber", "0000000001"),
			choose(`//*[@id="cardExpdate"]/select[1]`, month), choose(`//*[@id="cardExpdate"]/select[2]`, year),
			fill("#cardPin", "1234"), press("#proceed"), press("#proceedConfirm")}
	}},
	"G": {steps: func(month, year string) chromedp.Tasks {
		return chromedp.Tasks{choose("#bankBrand", bankLabel), fill("#debitNumber", "000 000 000 1"), choose("(//select[@class='paymentselect'])[2]", month),
			choose("(//select[@class='paymentselect'])[3]", year), fill("#cardPin", "1234"), press("#proceed"), press("#proceedConfirm")}
	}},
	"H": {steps: func(month, year string) chromedp.Tasks {
		return chromedp.Tasks{press(".bank"), chromedp.WaitReady("//option[. = 'Knet Test Card [KNET1]']", chromedp.BySearch), choose(".bank", bankLabel),
			fill("#debitNumber", "0000000001"), choose("#cardExpdate .paymentselect:nth-child(1)", month), choose(".paymentselect:nth-child(2)", year),
			fill("#cardPin", "1234"), press("#proceed"), press("#proceedConfirm")}
	}},
	"I": {settings: []string{"page_generation=onebox"}, steps: func(month, year string) chromedp.Tasks {
		if len(month) == 1 {
			month = "0" + month
		}
		return chromedp.Tasks{chromedp.ActionFunc(inAddress("kpay")), fill("#debitNumber", "8888880000000001"), fill(`input[placeholder="MM/YY"]`, month+"/"+year[2:]),
			fill(`input[title*="PIN" i]`, "1234"), pressRole("button", "Submit"), pressRole("button", "Confirm")}
	}},
}

// suiteC finds elements by text, title and role, as Playwright does.
func suiteC(month, year string) chromedp.Tasks {
	const byText = `(function () {
		const want = 'Select Your Bank: Select Your Bank Ahli United Bank [AUB] Al Ahli Bank of Kuwait'.toLowerCase();
		const holds = e => e.textContent.replace(/\s+/g, ' ').trim().toLowerCase().includes(want);
		const smallest = [...document.querySelectorAll('body *')].filter(e => holds(e) && ![...e.children].some(holds))[0];
		smallest.querySelector('select').id = 'found-by-text';
		document.querySelectorAll('select')[2].dataset.nth = '2';
		document.querySelectorAll('select')[3].dataset.nth = '3';
		return true;
	})()`
	return chromedp.Tasks{chromedp.WaitReady("#bankBrand"), chromedp.Evaluate(byText, nil), choose("#found-by-text", bankLabel),
		fillRole("textbox", "Should be in number. Length should be 10", "0000000001"),
		choose(`select[data-nth="2"]`, month), choose(`select[data-nth="3"]`, year),
		fillRole("textbox", "Should be in number. Length should be 4", "1234"),
		pressRole("button", "Submit"), pressRole("button", "Confirm")}
}

// suiteD sets month and year with jQuery, without change events.
func suiteD(month, year, bank, expiry, submit, confirm string) chromedp.Tasks {
	script := fmt.Sprintf(`jQuery('#debitMonthSelect').val(%s); jQuery('#debitYearSelect').val(%s); jQuery.active === 0`, month, year)
	return chromedp.Tasks{chromedp.WaitReady("#paypage"), choose(".paymentselect", bank), chromedp.WaitReady("#dcprefix option[value='888888']", chromedp.ByQuery),
		chromedp.WaitReady(expiry, chromedp.ByQuery), fill("[name=debitNumber]", "0000000001"), chromedp.Evaluate(script, nil), fill("[name=cardPin]", "1234"),
		press("input[value='" + submit + "']"), chromedp.WaitVisible("#payConfirm", chromedp.ByQuery), press("input[value='" + confirm + "']")}
}

func inAddress(want string) func(context.Context) error {
	return func(ctx context.Context) error {
		var address string
		if err := chromedp.Location(&address).Do(ctx); err != nil || !strings.Contains(address, want) {
			return fmt.Errorf("the address %s lacks %s: %w", address, want, err)
		}
		return nil
	}
}

// TestSuites runs each suite with its own locators in a real Chromium, from opening the page to the merchant's URL with tap_id, for a
// captured and a declined payment.
func TestSuites(t *testing.T) {
	for name, s := range suites {
		for _, end := range []struct {
			month, year string
			want        tap.Status
		}{{"9", "2030", tap.Captured}, {"1", "2031", tap.Failed}} {
			t.Run(name+"/"+string(end.want), func(t *testing.T) {
				ctx := tab(t)
				m := startMock(t, mockserver.Config{Now: time.Now}, s.settings...)
				shop, landed := landing(t)
				c := m.create(request(map[string]any{"redirect": at("url", shop)}), "lang_code", s.lang)
				tasks := chromedp.Tasks{}
				if s.agent != "" {
					tasks = append(tasks, emulation.SetUserAgentOverride(s.agent))
				}
				tasks = append(tasks, chromedp.Navigate(c.Transaction.URL), s.steps(end.month, end.year))
				if err := chromedp.Run(ctx, tasks); err != nil {
					var page string
					chromedp.Run(ctx, chromedp.OuterHTML("html", &page))
					t.Fatalf("%v\n%s", err, page)
				}
				if address := await(ctx, t, landed); address != "/thanks?tap_id="+c.ID {
					t.Errorf("the browser reached %s", address)
				}
				if got := m.retrieve(c.ID).Status; got != end.want {
					t.Errorf("the charge is %s, want %s", got, end.want)
				}
			})
		}
	}
}
