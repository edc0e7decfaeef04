package mockserver_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/tapmock/tapmock/mockserver"
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
