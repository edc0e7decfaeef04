package mockserver_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tapmock/tapmock/mockserver"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// withPost is a create request whose webhooks go to that address.
func withPost(address string) string {
	return request(map[string]any{"post": at("url", address)})
}

// TestInProgressIsSigned sends a webhook of a charge that has no result yet: what the body does not show is not signed.
func TestInProgressIsSigned(t *testing.T) {
	s := startStage(t, mockserver.Config{}, "payer=auto")
	s.put("scenarios: [{name: t/open, description: In progress., bank: {status: IN_PROGRESS}, callbacks: [webhook: {at: settled}]}]")
	s.pays("t/open", nil)
	if hooks := s.shop.visits("/hook"); len(hooks) != 1 || s.signatures(hooks[0]) != "signed" || parsed(hooks[0].body).Status != tap.InProgress {
		t.Errorf("%d webhooks: %+v", len(hooks), hooks)
	}
}

// events are the journal's, of one charge.
func (m *mock) events(id string) []tap.Event {
	var all []tap.Event
	for _, e := range m.Journal(key) {
		if e.Object.ID == id {
			all = append(all, e.Event)
		}
	}
	return all
}

// TestFirstAttemptBeforeTheReturn delays the merchant's response: the payer waits for it, and returns to a charge whose post.status is
// not PENDING.
func TestFirstAttemptBeforeTheReturn(t *testing.T) {
	called, respond := make(chan bool), make(chan bool)
	shop := startMerchant(t, func(int, http.ResponseWriter, *http.Request) { called <- true; <-respond })
	m := startMock(t, mockserver.Config{})
	c := m.create(withPost(shop.url))
	p := m.open(c.Transaction.URL).submit("9", "2030")
	returned := make(chan afterReturn, 1)
	go func() { returned <- afterReturn{p.lastAnswer("confirm"), m.retrieve(c.ID)} }()
	<-called
	if got := m.retrieve(c.ID); got.Status != tap.Captured || got.Redirect.Status != "PENDING" || got.Post.Status != "PENDING" {
		t.Errorf("during the webhook: %s, redirect %s, post %s", got.Status, got.Redirect.Status, got.Post.Status)
	}
	select {
	case <-returned:
		t.Error("the payer returned before the merchant responded")
	default:
	}
	close(respond)
	got := <-returned
	if got.answer.status != 303 || got.charge.Post.Status != "SUCCESS" || got.charge.Redirect.Status != "SUCCESS" {
		t.Errorf("HTTP %d, redirect %s, post %s", got.answer.status, got.charge.Redirect.Status, got.charge.Post.Status)
	}
	want := []tap.Event{"created", "page_opened", "submitted", "confirmed", "settled", "webhook", "returned"}
	if events := m.events(c.ID); !slices.Equal(events, want) {
		t.Errorf("the journal has %v, want %v", events, want)
	}
}

// afterReturn is the answer to Confirm, and the charge after it.
type afterReturn struct {
	answer answer
	charge tap.Charge
}

// TestSilentMerchant has a merchant that does not respond within return_wait: the payer returns, and the journal says why.
func TestSilentMerchant(t *testing.T) {
	respond := make(chan bool)
	shop := startMerchant(t, func(int, http.ResponseWriter, *http.Request) { <-respond })
	m := startMock(t, mockserver.Config{}, "return_wait=50ms")
	c := m.create(withPost(shop.url))
	p := m.open(c.Transaction.URL).submit("9", "2030")
	if res := p.lastAnswer("confirm"); res.status != 303 {
		t.Errorf("HTTP %d", res.status)
	}
	if got := m.retrieve(c.ID); got.Post.Status != "PENDING" || got.Redirect.Status != "SUCCESS" {
		t.Errorf("redirect %s, post %s", got.Redirect.Status, got.Post.Status)
	}
	if !slices.Contains(m.events(c.ID), tap.EventMerchantTimeout) {
		t.Errorf("the journal does not say that the merchant was silent: %v", m.events(c.ID))
	}
	close(respond)
}

// TestConfirmWhileTheFirstWaits sends Confirm again while the first waits for the webhook: both redirect to the merchant.
func TestConfirmWhileTheFirstWaits(t *testing.T) {
	called, respond := make(chan bool), make(chan bool)
	shop := startMerchant(t, func(int, http.ResponseWriter, *http.Request) { called <- true; <-respond })
	m := startMock(t, mockserver.Config{})
	c := m.create(withPost(shop.url))
	p := m.open(c.Transaction.URL).submit("9", "2030")
	results := make(chan answer, 2)
	go func() { results <- p.lastAnswer("confirm") }()
	<-called
	go func() { results <- p.lastAnswer("confirm") }()
	close(respond)
	if one, two := <-results, <-results; one.status != 303 || two.status != 303 {
		t.Errorf("HTTP %d and %d, want a redirect to the merchant twice", one.status, two.status)
	}
	shop.next(t.Context())
	shop.none()
}

// TestConfirmTwice sends Confirm twice at once and once more afterwards, 100 times: each answer redirects to the same address of the
// merchant, also where the address has drawn parameters, and one payment with one webhook is made.
func TestConfirmTwice(t *testing.T) {
	shop := startMerchant(t, nil)
	m := startMock(t, mockserver.Config{}, "return_data=true")
	for range 100 {
		c := m.create(withPost(shop.url))
		p := m.open(c.Transaction.URL).submit("9", "2030")
		results := make(chan answer, 2)
		for range cap(results) {
			go func() { results <- p.lastAnswer("confirm") }()
		}
		one, two := <-results, <-results
		late := p.lastAnswer("confirm")
		shop.next(t.Context())
		way := one.header.Get("Location")
		for _, a := range []answer{one, two, late} {
			if a.status != 303 || a.header.Get("Location") != way || !strings.Contains(way, c.ID) {
				t.Fatalf("HTTP %d to %q, want 303 to %q", a.status, a.header.Get("Location"), way)
			}
		}
		if got := m.retrieve(c.ID); len(got.Activities) != 2 {
			t.Errorf("%d activities", len(got.Activities))
		}
	}
	shop.none()
}

// TestRetries has a merchant that fails: three attempts in all, one and five seconds apart, then ERROR.
func TestRetries(t *testing.T) {
	shop := startMerchant(t, func(_ int, w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
	})
	m := startMock(t, mockserver.Config{})
	c := m.create(withPost(shop.url))
	m.pay(c.Transaction.URL, "9", "2030")
	if got := shop.next(t.Context()).verify(t, "12.345"); got.Post.Attempt != 1 || got.Post.Status != "PENDING" {
		t.Errorf("the first attempt says %+v", got.Post)
	}
	m.advance(time.Second - time.Millisecond)
	shop.none()
	m.advance(time.Millisecond)
	if got := shop.next(t.Context()).verify(t, "12.345"); got.Post.Attempt != 2 {
		t.Errorf("the second attempt says %+v", got.Post)
	}
	if got := m.retrieve(c.ID).Post.Status; got != "PENDING" {
		t.Errorf("after two attempts post.status is %s", got)
	}
	m.advance(5 * time.Second)
	if got := shop.next(t.Context()).verify(t, "12.345"); got.Post.Attempt != 3 {
		t.Errorf("the third attempt says %+v", got.Post)
	}
	m.advance(time.Hour)
	shop.none()
	if got := m.retrieve(c.ID); got.Post.Status != "ERROR" || got.Post.Attempt != 0 {
		t.Errorf("after three attempts post is %+v", got.Post)
	}
}

// TestRetrySucceeds responds with 204 to the second attempt, with other waits.
func TestRetrySucceeds(t *testing.T) {
	shop := startMerchant(t, func(n int, w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(map[int]int{1: 500, 2: 204}[n])
	})
	m := startMock(t, mockserver.Config{}, "webhook_retries=24h")
	c := m.create(withPost(shop.url))
	m.pay(c.Transaction.URL, "9", "2030")
	m.advance(72 * time.Hour)
	shop.next(t.Context())
	shop.next(t.Context())
	shop.none()
	if got := m.retrieve(c.ID).Post.Status; got != "SUCCESS" {
		t.Errorf("post.status is %s", got)
	}
}

// TestHeaders checks that webhooks have the headers of their format, by default that of 2026, and no others.
func TestHeaders(t *testing.T) {
	for format, want := range map[string][]string{
		"":     {"Accept", "Accept-Encoding", "Connection", "Content-Length", "Content-Type", "Hash", "Hashstring", "User-Agent"},
		"2023": {"Accept", "Accept-Encoding", "Connection", "Content-Length", "Content-Type", "Hash", "Hashstring", "User-Agent"},
		"2022": {"Content-Length", "Content-Type", "Hash", "Hashstring"},
	} {
		shop := startMerchant(t, nil)
		set := []string{"webhook_amounts=decimals"}
		if format != "" {
			set = append(set, "webhook_format="+format)
		}
		m := startMock(t, mockserver.Config{}, set...)
		m.pay(m.create(withPost(shop.url)).Transaction.URL, "9", "2030")
		hook := shop.next(t.Context())
		hook.verify(t, "12.345")
		var names []string
		for name := range hook.header {
			names = append(names, name)
		}
		slices.Sort(names)
		if !slices.Equal(names, want) || hook.proto != "HTTP/1.1" || hook.header.Get("Content-Type") != "application/json" {
			t.Errorf("%s: %s %v, want %v", format, hook.proto, hook.header, want)
		}
		if agent := hook.header.Get("User-Agent"); agent != map[string]string{"": "Tap-Webhooks/1.0", "2023": "Apache-HttpClient/4.5.13 (Java/18.0.2.1)"}[format] {
			t.Errorf("format %q: user-agent %q", format, agent)
		}
		if indented := strings.HasPrefix(hook.body, "{\r\n  \"id\""); indented != (format == "2022") || strings.HasSuffix(hook.body, "\n") {
			t.Errorf("%s: indented is %v", format, indented)
		}
	}
}

func TestAmountsInWebhooks(t *testing.T) {
	for setting, amounts := range map[string]map[string]string{
		"double":   {"1": "1.0", "0.5": "0.5", "12.345": "12.345", "10.10": "10.1", "100.05": "100.05"},
		"decimals": {"1": "1.000", "0.5": "0.500", "12.345": "12.345", "10.10": "10.100", "100.05": "100.050"},
	} {
		shop := startMerchant(t, nil)
		m := startMock(t, mockserver.Config{}, "webhook_amounts="+setting)
		for sent, want := range amounts {
			c := m.create(request(map[string]any{"post": at("url", shop.url), "amount": sent}))
			m.pay(c.Transaction.URL, "9", "2030")
			hook := shop.next(t.Context())
			amount, _ := tap.ParseAmount(sent)
			got := hook.verify(t, amount.Text(3))
			if string(got.Amount) != want || got.Transaction.Amount != got.Amount || got.Activities[0].Amount != got.Amount {
				t.Errorf("%s, %s: the webhook says %s, %s, %s, want %s", setting, sent, got.Amount, got.Transaction.Amount, got.Activities[0].Amount, want)
			}
		}
	}
}

func TestNoWebhookWithoutAnAddress(t *testing.T) {
	m := startMock(t, mockserver.Config{}, "charge_post_absent=none", "webhook_cancelled=false")
	c := m.create(request(nil))
	if c.Post != nil {
		t.Errorf("post is %+v", c.Post)
	}
	m.pay(c.Transaction.URL, "9", "2030")
	if events := m.events(c.ID); slices.Contains(events, tap.EventWebhook) {
		t.Errorf("something was sent: %v", events)
	}
	shop := startMerchant(t, nil)
	m.open(m.create(withPost(shop.url)).Transaction.URL).post("proceedCancel")
	m.advance(time.Hour)
	shop.none()
}

// TestHTTPS sends to a shop with a self-signed certificate: it is refused by default, and accepted with its CA or with Insecure.
func TestHTTPS(t *testing.T) {
	shop := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	shop.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	shop.StartTLS()
	t.Cleanup(shop.Close)
	roots := shop.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs
	for name, c := range map[string]struct {
		trust mockserver.WebhookTrust
		want  tap.DeliveryStatus
	}{
		"system roots": {mockserver.WebhookTrust{}, tap.DeliveryPending},
		"own CA":       {mockserver.WebhookTrust{Roots: roots}, tap.DeliverySuccess},
		"insecure":     {mockserver.WebhookTrust{Insecure: true}, tap.DeliverySuccess},
	} {
		m := startMock(t, mockserver.Config{Webhooks: c.trust})
		charge := m.create(withPost(shop.URL))
		m.pay(charge.Transaction.URL, "9", "2030")
		if got := m.retrieve(charge.ID).Post.Status; got != c.want {
			t.Errorf("%s: post.status is %s, want %s", name, got, c.want)
		}
	}
}

// TestCancelTwiceAtOnce cancels twice while the webhook is under way, as a double click does: at least one answer redirects to the merchant.
func TestCancelTwiceAtOnce(t *testing.T) {
	called, respond := make(chan bool), make(chan bool)
	shop := startMerchant(t, func(int, http.ResponseWriter, *http.Request) { called <- true; <-respond })
	m := startMock(t, mockserver.Config{})
	c := m.create(withPost(shop.url))
	p := m.open(c.Transaction.URL)
	results := make(chan answer, 2)
	go func() { results <- p.lastAnswer("cancel") }()
	<-called
	go func() { results <- p.lastAnswer("cancel") }()
	close(respond)
	one, two := <-results, <-results
	if one.status != 303 && two.status != 303 || one.status == 500 || two.status == 500 {
		t.Errorf("HTTP %d and %d", one.status, two.status)
	}
	if got := m.retrieve(c.ID); got.Status != tap.Cancelled || len(got.Activities) != 2 || got.Redirect.Status != "SUCCESS" {
		t.Errorf("%s, redirect %s", got.Status, got.Redirect.Status)
	}
}

// TestAddressesThatCannotBePosted checks that they are accepted with a note.
func TestAddressesThatCannotBePosted(t *testing.T) {
	m := startMock(t, mockserver.Config{})
	for _, address := range []string{"notaurl", "ftp://x/", "localhost:9000/x"} {
		a := m.api("POST", "/v2/charges", withPost(address))
		if a.status != 200 || !strings.Contains(a.header.Get("X-Tapmock-Note"), "post.url: ") {
			t.Errorf("%s: HTTP %d, note %q", address, a.status, a.header.Get("X-Tapmock-Note"))
		}
	}
}

// TestClosedTabAfterConfirm aborts the payer's request while the webhook is under way: the charge is captured and the webhook is sent, but
// the payer does not return.
func TestClosedTabAfterConfirm(t *testing.T) {
	called, respond := make(chan bool), make(chan bool)
	shop := startMerchant(t, func(int, http.ResponseWriter, *http.Request) { called <- true; <-respond })
	m := startMock(t, mockserver.Config{})
	c := m.create(withPost(shop.url))
	p := m.open(c.Transaction.URL).submit("9", "2030")
	form := url.Values{"confirm": {"x"}, "token": {p.address.Query().Get("token")}}
	ctx, close := context.WithCancel(t.Context())
	req, _ := http.NewRequestWithContext(ctx, "POST", m.url+"/kpay/kpg/paymentrouter.htm", strings.NewReader(form.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	aborted := make(chan error, 1)
	go func() { _, err := m.http.Do(req); aborted <- err }()
	<-called
	close()
	if err := <-aborted; err == nil {
		t.Error("the request was not aborted")
	}
	for !slices.Contains(m.events(c.ID), tap.EventReturnLost) {
		if t.Context().Err() != nil {
			t.Fatal("the journal does not say that the return was lost")
		}
		time.Sleep(time.Millisecond)
	}
	respond <- true
	if got := shop.next(t.Context()).verify(t, "12.345").Status; got != tap.Captured {
		t.Errorf("the webhook says %s", got)
	}
	if got := m.retrieve(c.ID); got.Status != tap.Captured || got.Redirect.Status != "PENDING" {
		t.Errorf("%s, redirect %s", got.Status, got.Redirect.Status)
	}
}
