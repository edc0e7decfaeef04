package control

import (
	"context"
	"fmt"
	"html"
	"io"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

// Payer is a payer at a payment page of the mock. It sends the page's forms over HTTP, without a browser. Its fields describe the page
// that is shown now.
//
// Screen is one of: choice (of the payment method), entry (of the card), confirm, waiting (for the bank, or for the return), ended,
// other tab (the page is open in another tab), merchant (the payer left the mock), or failed (the page did not load: no answer, or an
// HTTP status from 500 on).
type Payer struct {
	Screen  string   // see above
	Message string   // the error message on the page; "" is none
	Saved   []string // numbers of the customer's saved cards that the page offers, masked
	OTP     string   // the one-time password that the page shows as a simulated SMS; "" is none
	URL     string   // of the page; after the return an address of the merchant
	Status  int      // HTTP status of the page; 0 if there was no answer
	Body    string   // of the page, at most 1 MB

	client *http.Client // does not follow redirects
	mock   *url.URL     // base address
	at     *url.URL     // of the page
}

// OpenPage opens the payment page of a charge. base is the mock's base address, as for [New], and payURL the charge's transaction.url.
// The payer follows redirects itself; if client has a cookie jar, it keeps cookies on the mock's page and at the merchant, as a browser
// does. Unlike a browser it sends cookies with SameSite=Strict too.
//
// The error says that an address is wrong or that ctx is done. A page that does not load is not an error, see Screen.
func OpenPage(ctx context.Context, client *http.Client, base, payURL string) (*Payer, error) {
	at, err := url.Parse(payURL)
	if err != nil || at.Host == "" {
		return nil, fmt.Errorf("%q is not the URL of a payment page; use transaction.url of the create answer", payURL)
	}
	mock, err := url.Parse(New(base, "").BaseURL())
	if err != nil {
		return nil, fmt.Errorf("the mock's address: %w", err)
	}
	own := *client
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	p := &Payer{client: &own, mock: mock, at: at}
	return p, p.Reload(ctx)
}

// Reload loads the page again, such as while the bank decides.
func (p *Payer) Reload(ctx context.Context) error { return p.request(ctx, http.MethodGet, p.at, nil) }

// Submit types the card on the entry screen and presses Submit. If the page was opened again since, it is refused (screen other tab).
func (p *Payer) Submit(ctx context.Context, card Card) error { return p.submit(ctx, card.fields()) }

// SubmitAndSave is [Payer.Submit] with consent to save the card for KFAST; the page then asks for a one-time password. The setting
// kfast must be true, and the charge must name a customer.
func (p *Payer) SubmitAndSave(ctx context.Context, card Card) error {
	fields := card.fields()
	fields.Set("fCFlg", "on")
	return p.submit(ctx, fields)
}

// SubmitSaved chooses saved card n (an index of Saved), types its PIN and presses Submit.
func (p *Payer) SubmitSaved(ctx context.Context, n int, pin string) error {
	if n < 0 || n >= len(p.Saved) {
		return fmt.Errorf("there is no saved card %d: the page %s offers %d, counted from 0", n, p.URL, len(p.Saved))
	}
	return p.send(ctx, "proceed", url.Values{"paymentOption": {"FC"}, "savedCardNumber": {strconv.Itoa(n)}, "debitsavedcardPIN": {pin}})
}

// submit chooses KNET, if the page shows the choice, and submits the card form.
func (p *Payer) submit(ctx context.Context, fields url.Values) error {
	if p.Screen == "choice" {
		if err := p.send(ctx, "knet", nil); err != nil {
			return err
		}
	}
	return p.send(ctx, "proceed", fields)
}

// Confirm presses Confirm. If the page asks for a one-time password, it types the one that the page shows.
func (p *Payer) Confirm(ctx context.Context) error { return p.ConfirmOTP(ctx, p.OTP) }

// ConfirmOTP types a one-time password, correct or not, and presses Confirm.
func (p *Payer) ConfirmOTP(ctx context.Context, otp string) error {
	return p.send(ctx, "confirm", url.Values{"debitOTP": {otp}})
}

// ResendOTP requests another one-time password.
func (p *Payer) ResendOTP(ctx context.Context) error { return p.send(ctx, "resend", nil) }

// Back goes from the confirm screen to the entry screen.
func (p *Payer) Back(ctx context.Context) error { return p.send(ctx, "back", nil) }

// Cancel presses Cancel.
func (p *Payer) Cancel(ctx context.Context) error { return p.send(ctx, "cancel", nil) }

var (
	formTag     = regexp.MustCompile(`<form [^>]*>`)
	formAction  = regexp.MustCompile(` action="([^"]*)"`)
	hiddenField = regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)">`)
	oneTimeCode = regexp.MustCompile(`id="notification">[^<]*<b dir="ltr">(\d{6})</b>`)
	savedCard   = regexp.MustCompile(`name="savedCardNumber"[^>]*> ([^<]+)<`)
	errorText   = regexp.MustCompile(`id="(?:ValidationMessage|otpmsgDC2?)"[^>]*role="alert"[^>]*>([^<]+)<`)
)

// screens are the screens that have a button; cancel is on all.
var screens = map[string]string{"knet": "choice", "proceed": "entry", "confirm": "confirm", "back": "confirm", "resend": "confirm"}

func said(message string) string {
	if message == "" {
		return ""
	}
	return ": " + message
}

// send submits the page's form by a button, with these fields. The error says that the page does not show the button.
func (p *Payer) send(ctx context.Context, button string, fields url.Values) error {
	tag := formTag.FindString(p.Body)
	if screen := screens[button]; tag == "" || p.Screen == "merchant" || screen != "" && p.Screen != screen {
		return fmt.Errorf("the payer cannot press %s: the page %s shows the screen %s%s", button, p.URL, p.Screen, said(p.Message))
	}
	to := p.at // a form without an action is sent to the URL of its page
	if action := formAction.FindStringSubmatch(tag); action != nil {
		var err error
		if to, err = p.at.Parse(html.UnescapeString(action[1])); err != nil {
			return fmt.Errorf("the form of the page %s: %w", p.URL, err)
		}
	}
	form := url.Values{button: {"x"}}
	for _, h := range hiddenField.FindAllStringSubmatch(p.Body, -1) {
		form.Set(h[1], html.UnescapeString(h[2]))
	}
	maps.Copy(form, fields)
	return p.request(ctx, http.MethodPost, to, form)
}

// maxRedirects is how many redirects the payer follows.
const maxRedirects = 10

// request makes a request of the payer's browser, follows redirects, and shows the last page. A link into an app is shown without a
// request. The error is ctx's.
func (p *Payer) request(ctx context.Context, method string, to *url.URL, form url.Values) error {
	for range maxRedirects + 1 {
		p.at, p.URL, p.Status, p.Body = to, to.String(), 0, ""
		if to.Scheme != "http" && to.Scheme != "https" {
			break
		}
		next, err := p.load(ctx, method, form)
		if err != nil || next == nil {
			break
		}
		to, method, form = next, http.MethodGet, nil
	}
	p.read()
	return ctx.Err()
}

// maxPage is how much of a page is read, in bytes.
const maxPage = 1 << 20

// load makes one request to the page's address, and returns where it redirects to; nil is nowhere.
func (p *Payer) load(ctx context.Context, method string, form url.Values) (next *url.URL, err error) {
	req, err := http.NewRequestWithContext(ctx, method, p.at.String(), strings.NewReader(form.Encode()))
	if err != nil {
		return nil, err
	}
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	res, err := p.client.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	text, _ := io.ReadAll(io.LimitReader(res.Body, maxPage))
	p.Status, p.Body = res.StatusCode, string(text)
	if to := res.Header.Get("Location"); to != "" && res.StatusCode/100 == 3 {
		return p.at.Parse(to)
	}
	return nil, nil
}

// isMock reports whether the payer is at a page of the mock, not at the merchant or at the mock's start page, which tests use as a
// merchant.
func (p *Payer) isMock() bool {
	path := strings.TrimSuffix(p.mock.Path, "/") + "/"
	return p.at.Scheme == p.mock.Scheme && p.at.Host == p.mock.Host && strings.HasPrefix(p.at.Path, path) && p.at.Path != path
}

// read sets the fields that describe the page.
func (p *Payer) read() {
	p.Screen, p.Message, p.OTP, p.Saved = p.screen(), "", "", nil
	if p.Screen == "merchant" {
		return
	}
	if p.Screen == "other tab" {
		p.Message = "the page is open in another tab (IPAY0100040): continue there, or Reload"
	}
	if m := oneTimeCode.FindStringSubmatch(p.Body); m != nil {
		p.OTP = m[1]
	}
	for _, m := range savedCard.FindAllStringSubmatch(p.Body, -1) {
		p.Saved = append(p.Saved, m[1])
	}
	if m := errorText.FindStringSubmatch(p.Body); m != nil {
		p.Message = strings.TrimSpace(html.UnescapeString(m[1]))
	}
}

// screen is the screen of the page, see [Payer].
func (p *Payer) screen() string {
	switch {
	case p.isMock() && (p.Status == 0 || p.Status/100 == 5):
		return "failed"
	case !p.isMock() || !strings.Contains(p.Body, "SIMULATION"):
		return "merchant"
	case strings.Contains(p.Body, `id="PayPageEntry" hidden`):
		return "confirm"
	case strings.Contains(p.Body, `id="PayPageEntry"`):
		return "entry"
	case strings.Contains(p.Body, `name="knet"`):
		return "choice"
	case p.Status == http.StatusOK:
		return "waiting"
	case p.Status == http.StatusConflict:
		return "other tab"
	}
	return "ended"
}
