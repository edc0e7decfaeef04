package mockserver_test

import (
	"context"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"github.com/tapmock/tapmock/mockserver"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// timeLeft is JavaScript for the countdown that the payer sees, or "".
const timeLeft = `(e => e && !e.hidden ? e.textContent : '')(document.querySelector('#pagelimit'))`

// TestCountdown leaves a filled-in page open until its limit has passed: the page counts down and then goes on by itself, without
// sending what was typed.
func TestCountdown(t *testing.T) {
	t.Parallel()
	ctx := tab(t)
	hooks := startMerchant(t, nil)
	m := startMock(t, mockserver.Config{Now: time.Now}, "page_limit=5s")
	shop, landed := landing(t)
	c := m.create(request(map[string]any{"redirect": at("url", shop), "post": at("url", hooks.url)}))
	var first, second string
	if err := chromedp.Run(ctx, chromedp.Navigate(c.Transaction.URL), fill("#debitNumber", "0000000001"), fill("#cardPin", "1234"),
		chromedp.Evaluate(timeLeft, &first), chromedp.Sleep(1100*time.Millisecond), chromedp.Evaluate(timeLeft, &second)); err != nil {
		t.Fatal(err)
	}
	says := regexp.MustCompile("^Time left on this page: 0:0[0-5]$")
	if !says.MatchString(first) || !says.MatchString(second) || second >= first {
		t.Errorf("the page says %q, a second later %q", first, second)
	}
	if address := await(ctx, t, landed); address != "/thanks?tap_id="+c.ID {
		t.Errorf("the page went on to %s", address)
	}
	if got := hooks.next(ctx).verify(t, "12.345"); got.Status != tap.Cancelled || got.Response != tap.ResultPageExpired() {
		t.Errorf("the webhook says %s %+v", got.Status, got.Response)
	}
	if events := m.events(c.ID); !slices.Contains(events, tap.EventPageLimitReached) || slices.Contains(events, tap.EventSubmitRefused) || slices.Contains(events, tap.EventSubmitted) {
		t.Errorf("the journal has %v", events)
	}
}

// TestCountdownStandsStill has a frozen clock, and a browser without JavaScript: nothing happens while real time passes.
func TestCountdownStandsStill(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		frozen, scriptOff bool
		want              string
	}{
		"frozen":             {true, false, "Time left on this page: 0:01"},
		"without JavaScript": {false, true, ""},
	} {
		t.Run(name, func(t *testing.T) {
			ctx := tab(t)
			m := startMock(t, mockserver.Config{Now: time.Now}, "page_limit=1s")
			if c.frozen {
				m = newStage(t, m, key).mock
			}
			charge := m.create(request(nil))
			var left string
			if err := chromedp.Run(ctx, emulation.SetScriptExecutionDisabled(c.scriptOff), chromedp.Navigate(charge.Transaction.URL), chromedp.WaitReady("#paypage"),
				chromedp.Sleep(1500*time.Millisecond), chromedp.Evaluate(timeLeft, &left), chromedp.WaitVisible("#proceed")); err != nil {
				t.Fatal(err)
			}
			if left != c.want || m.retrieve(charge.ID).Status != tap.Initiated {
				t.Errorf("the page says %q, the charge is %s", left, m.retrieve(charge.ID).Status)
			}
		})
	}
}

// TestCountdownIsOver loads a page whose limit has passed on a frozen clock: it goes on at once.
func TestCountdownIsOver(t *testing.T) {
	ctx := tab(t)
	s := startStage(t, mockserver.Config{})
	shop, landed := landing(t)
	c := s.create(request(map[string]any{"redirect": at("url", shop)}))
	s.open(c.Transaction.URL)
	s.advance(5 * time.Minute)
	if err := chromedp.Run(ctx, chromedp.ActionFunc(func(ctx context.Context) error {
		if err := chromedp.Navigate(c.Transaction.URL).Do(ctx); err != nil && !leaving(err) && !strings.Contains(err.Error(), "ERR_ABORTED") {
			return err
		}
		return nil
	})); err != nil {
		t.Fatal(err)
	}
	await(ctx, t, landed)
	if got := s.get(c.ID); got.Response != tap.ResultPageExpired() {
		t.Errorf("the charge is %s %+v", got.Status, got.Response)
	}
}

// TestCountdownAfterConfirm lets the limit pass while Confirm is being answered: the page does not overtake it.
func TestCountdownAfterConfirm(t *testing.T) {
	t.Parallel()
	ctx := tab(t)
	hooks := startMerchant(t, func(int, http.ResponseWriter, *http.Request) { time.Sleep(4200 * time.Millisecond) })
	m := startMock(t, mockserver.Config{Now: time.Now}, "page_limit=4s", "return_wait=10s")
	shop, landed := landing(t)
	c := m.create(request(map[string]any{"redirect": at("url", shop), "post": at("url", hooks.url)}))
	if err := chromedp.Run(ctx, chromedp.Navigate(c.Transaction.URL), enter("9", "2030", "1234"), press("#proceedConfirm")); err != nil {
		t.Fatal(err)
	}
	await(ctx, t, landed)
	if events := m.events(c.ID); m.retrieve(c.ID).Status != tap.Captured || slices.Contains(events, tap.EventReturnLost) || slices.Contains(events, tap.EventPageLimitReached) {
		t.Errorf("the charge is %s: %v", m.retrieve(c.ID).Status, events)
	}
}

var secondsLeft = regexp.MustCompile(`id="pagelimit" role="timer" data-left="(\d+)"( data-running)? hidden>`)

// TestCountdownOnTheServer checks the seconds that the server renders, and that it decides what the end of a countdown means.
func TestCountdownOnTheServer(t *testing.T) {
	s := startStage(t, mockserver.Config{}, "page_limit=5m")
	c := s.create(s.order(nil))
	p := s.open(c.Transaction.URL)
	left := func(want, running string) {
		t.Helper()
		if got := secondsLeft.FindStringSubmatch(p.page.body); got == nil || got[1] != want || got[2] != running {
			t.Fatalf("%q, want %s seconds left and %q:\n%s", got, want, running, p.page.body)
		}
	}
	left("300", "")
	s.advance(61*time.Second + 500*time.Millisecond)
	p.submit("9", "2030")
	left("239", "") // the payer must not be sent back early
	p.submit("0", "2030")
	left("239", "")
	older := s.open(c.Transaction.URL)
	p = s.open(c.Transaction.URL)
	if older.post("limit"); older.page.status != 200 || s.get(c.ID).Status != tap.Initiated {
		t.Errorf("before the limit: HTTP %d, the charge is %s\n%s", older.page.status, s.get(c.ID).Status, older.page.body)
	}
	s.advance(240 * time.Second)
	if p.get(); s.get(c.ID).Status != tap.Initiated {
		t.Errorf("a GET ended the payment: %s", s.get(c.ID).Status)
	}
	left("0", "")
	s.open(c.Transaction.URL) // a later view
	if p.post("limit"); p.address.String() != s.shop.url+"/return?tap_id="+c.ID || s.get(c.ID).Response != tap.ResultPageExpired() {
		t.Errorf("after the limit the payer is at %s, the charge is %s", p.address, s.get(c.ID).Status)
	}
	if _, err := s.control.Resume(t.Context()); err != nil {
		t.Fatal(err)
	}
	p = s.open(s.create(s.order(nil)).Transaction.URL)
	left("300", " data-running")
}
