package mockserver_test

import (
	"encoding/json"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/tapmock/tapmock/mockserver"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// documentedRequest is the sample request of Tap's KNET documentation, with addresses of the test.
func documentedRequest(t *testing.T, shop string) string {
	t.Helper()
	text, err := os.ReadFile("testdata/doc-knet-create-request.json")
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(text), "https://merchant.example.com", shop)
}

// TestStates compares every state that KNET leads to, in the answer to a GET and in the webhook.
func TestStates(t *testing.T) {
	for name, reach := range map[string]func(*mock, string){
		"captured":  func(m *mock, link string) { m.pay(link, "9", "2030") },
		"failed":    func(m *mock, link string) { m.pay(link, "5", "2031") },
		"cancelled": func(m *mock, link string) { m.open(link).post("proceedCancel") },
		"expired": func(m *mock, link string) {
			p := m.open(link).submit("9", "2030")
			m.advance(5 * time.Minute)
			p.post("confirm")
		},
		"abandoned": func(m *mock, _ string) { m.advance(30 * time.Minute) },
	} {
		for _, style := range []string{"newest", "2023", "2022"} {
			t.Run(name+"/"+style, func(t *testing.T) {
				t.Parallel()
				shop := startMerchant(t, nil)
				m := startMock(t, mockserver.Config{}, "charge_style="+style)
				c := m.create(documentedRequest(t, shop.url))
				reach(m, c.Transaction.URL)
				m.golden(name+"-"+style+"-get", m.api("GET", "/v2/charges/"+c.ID, "").wire(), shop.url)
				if name == "abandoned" {
					shop.none()
					return
				}
				hook := shop.next(t.Context())
				hook.verify(t, "0.500")
				m.golden(name+"-"+style+"-webhook", hook.body, shop.url)
				shop.none()
			})
		}
	}
}

func TestInitiated(t *testing.T) {
	for _, style := range []string{"newest", "2023", "2022"} {
		m := startMock(t, mockserver.Config{}, "charge_style="+style)
		a := m.api("POST", "/v2/charges", documentedRequest(t, "https://shop.example"))
		m.golden("initiated-"+style+"-create", a.wire())
		m.golden("initiated-"+style+"-get", m.api("GET", "/v2/charges/"+decode(t, a.body).ID, "").wire())
	}
}

func TestMinimalAndFullRequests(t *testing.T) {
	m := startMock(t, mockserver.Config{}, "merchant_save_card=true", "answer_format=indented")
	m.golden("initiated-minimal", m.api("POST", "/v2/charges", request(nil)).wire())
	full := request(map[string]any{
		"customer_initiated": false, "threeDSecure": false, "save_card": true, "description": "Läden & <b>Mehr</b>",
		"statement_descriptor": "Shop", "metadata": map[string]any{"number": 7, "nested": map[string]any{"a": nil}},
		"order": at("id", "ord_1"), "merchant": at("id", "1234567"), "receipt": map[string]any{"email": true, "sms": true},
		"reference": map[string]any{"transaction": "txn_1", "order": "ord_2", "idempotent": "idem_1"},
		"customer": map[string]any{"id": "cus_TS01A0120261506b5FO0403089", "first_name": "A", "middle_name": "B", "last_name": "C",
			"email": "a@b.example", "phone": map[string]any{"country_code": 965, "number": 50000000}},
		"post": at("url", "https://shop.example/hook"), "transaction": at("expiry", map[string]any{"period": 5, "type": "MINUTE"}),
	})
	m.golden("initiated-full", m.api("POST", "/v2/charges", full).wire())
}

// TestDocumentedWebhook compares the style of 2022 with the KNET webhook in Tap's documentation: the same keys in the same order, with
// values of the same JSON types.
func TestDocumentedWebhook(t *testing.T) {
	sample, err := os.ReadFile("testdata/doc-2022-knet-webhook-CAPTURED.json")
	if err != nil {
		t.Fatal(err)
	}
	shop := startMerchant(t, nil)
	m := startMock(t, mockserver.Config{}, "charge_style=2022")
	m.pay(m.create(documentedRequest(t, shop.url)).Transaction.URL, "9", "2030")
	got, want := shape(t, shop.next(t.Context()).body), shape(t, string(sample))
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("keys and types are\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if len(want) < 80 {
		t.Errorf("the sample has only %d tokens: is it complete?", len(want))
	}
}

// TestGenerations compares webhooks of the styles: 2023 is 2022 with customer_initiated, and the order of reference differs in the newest.
func TestGenerations(t *testing.T) {
	hook := map[string]string{}
	for _, style := range []string{"newest", "2023", "2022"} {
		shop := startMerchant(t, nil)
		m := startMock(t, mockserver.Config{}, "charge_style="+style)
		m.pay(m.create(documentedRequest(t, shop.url)).Transaction.URL, "9", "2030")
		hook[style] = shop.next(t.Context()).body
	}
	if got, want := strings.Join(shape(t, strings.Replace(hook["2023"], `"customer_initiated":true,`, "", 1)), "\n"), strings.Join(shape(t, hook["2022"]), "\n"); got != want ||
		!strings.Contains(hook["2023"], `"live_mode":false,"customer_initiated":true,"api_version"`) {
		t.Errorf("2023 has the keys\n%s\nwant those of 2022 with customer_initiated\n%s", hook["2023"], hook["2022"])
	}
	var newest struct{ Reference json.RawMessage }
	if err := json.Unmarshal([]byte(hook["newest"]), &newest); err != nil {
		t.Fatal(err)
	}
	got := strings.Join(shape(t, string(newest.Reference)), " ")
	if want := "{ track text payment text transaction text order text acquirer text gateway text }"; got != want {
		t.Errorf("reference has %s, want %s", got, want)
	}
}

// shape lists keys, brackets and the types of values in order.
func shape(t *testing.T, body string) []string {
	t.Helper()
	var all []string
	dec := json.NewDecoder(strings.NewReader(body))
	dec.UseNumber()
	depth := []bool{} // whether each open bracket is an object
	isKey := false
	for {
		token, err := dec.Token()
		if err != nil {
			return all
		}
		switch v := token.(type) {
		case json.Delim:
			all = append(all, v.String())
			if v == '{' || v == '[' {
				depth = append(depth, v == '{')
			} else {
				depth = depth[:len(depth)-1]
			}
			isKey = len(depth) > 0 && depth[len(depth)-1]
			continue
		case string:
			if isKey {
				all = append(all, v)
				isKey = false
				continue
			}
			all = append(all, "text")
		case json.Number:
			all = append(all, "number")
		case bool:
			all = append(all, "boolean")
		}
		isKey = len(depth) > 0 && depth[len(depth)-1]
	}
}

// TestReferencesAgree checks that ids and references contain the instants that they share (Tap API 10).
func TestReferencesAgree(t *testing.T) {
	m := startMock(t, mockserver.Config{})
	c := m.create(request(nil))
	m.pay(c.Transaction.URL, "9", "2030")
	c = m.retrieve(c.ID)
	if ms := c.ID[len(c.ID)-3:]; c.ID[9:19] != "0720260506" || !strings.HasSuffix(c.ID, "0403"+ms) || ms < "057" || ms > "089" {
		t.Errorf("id %s does not contain 05:06:07 on 4 March 2026, 0 to 32 ms before .089", c.ID)
	}
	track := c.Reference.Track
	second, milli := track[9:11], track[len(track)-3:]
	if !strings.HasPrefix(c.Reference.Payment, second+"04260506") || c.Reference.Payment[12:15] != milli || len(c.Reference.Payment) != 20 {
		t.Errorf("payment %s does not share second %s and millisecond %s with track %s", c.Reference.Payment, second, milli, track)
	}
	if !strings.HasPrefix(c.Receipt.ID, "20"+second+"0426050603") || len(c.Receipt.ID) != 18 {
		t.Errorf("receipt %s is not of the track's second %s", c.Receipt.ID, second)
	}
	if c.Transaction.Created != "1772600767089" || c.Activities[0].Created != 1772600767089 {
		t.Errorf("created %s and %d", c.Transaction.Created, c.Activities[0].Created)
	}
	if c.Reference.Gateway[:7] != "2026063" || c.Reference.Acquirer[:4] != "6063" {
		t.Errorf("gateway %s, acquirer %s are not of day 63", c.Reference.Gateway, c.Reference.Acquirer)
	}
}

// TestSourceOfAChoice pays a charge whose payer chooses the method.
func TestSourceOfAChoice(t *testing.T) {
	for _, source := range []string{"src_all", "src_card"} {
		m := startMock(t, mockserver.Config{})
		c := m.create(request(map[string]any{"source": at("id", source)}))
		if c.Source.ID != source {
			t.Errorf("source is %s, want %s", c.Source.ID, source)
		}
		p := m.open(c.Transaction.URL)
		if !strings.Contains(p.page.body, "not simulated") || !strings.Contains(p.page.body, `id="knet"`) {
			t.Errorf("the choice does not offer only KNET:\n%s", p.page.body)
		}
		p.post("knet").submit("9", "2030").post("confirm")
		c = m.retrieve(c.ID)
		want := tap.Source{Object: "source", ID: "src_kw.knet", Type: "CARD_NOT_PRESENT", PaymentType: "DEBIT", PaymentMethod: "KNET", Channel: "INTERNET"}
		if c.Status != tap.Captured || c.Source != want {
			t.Errorf("%s: %s with %+v", source, c.Status, c.Source)
		}
	}
}

func TestChoiceInAnotherCurrency(t *testing.T) {
	m := startMock(t, mockserver.Config{})
	c := m.create(request(map[string]any{"source": at("id", "src_all"), "currency": "USD", "amount": 5}))
	if c.Amount != "5.00" {
		t.Errorf("amount is %s, want 5.00", c.Amount)
	}
	p := m.open(c.Transaction.URL)
	if strings.Contains(p.page.body, `id="knet"`) || !strings.Contains(p.page.body, "USD 5.00") {
		t.Errorf("KNET is offered for dollars:\n%s", p.page.body)
	}
	p.post("knet")
	if got := m.retrieve(c.ID); got.Status != tap.Initiated {
		t.Errorf("choosing KNET for dollars led to %s", got.Status)
	}
	m.open(c.Transaction.URL).post("cancel")
	if got := m.retrieve(c.ID); got.Status != tap.Cancelled || got.Source.PaymentMethod != "" {
		t.Errorf("cancel led to %s, %+v", got.Status, got.Source)
	}
}

func TestPageLinkHasTapsShape(t *testing.T) {
	m := startMock(t, mockserver.Config{}, "page_path=test_gosell", "public_url=https://pay.shop.example/mock")
	link := m.create(request(nil)).Transaction.URL
	rest, ok := strings.CutPrefix(link, "https://pay.shop.example/mock/test_gosell/v2/payment/tap_process.aspx?chg=")
	token, err := url.QueryUnescape(rest)
	if !ok || err != nil || len(token) != 44 || rest != tap.EscapeToken(token) {
		t.Errorf("link %s: token %q of %d characters, %v", link, token, len(token), err)
	}
}
