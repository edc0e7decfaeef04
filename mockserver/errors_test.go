package mockserver_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/tapmock/tapmock/mockserver"
	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// TestRecordedErrors compares three error bodies with recorded ones, byte for byte, and their content types.
func TestRecordedErrors(t *testing.T) {
	m := startMock(t, mockserver.Config{})
	for _, c := range []struct {
		file, contentType string
		status            int
		got               answer
	}{
		{"real-400-1110-redirect-missing.body", "application/json", 400, m.api("POST", "/v2/charges", request(map[string]any{"redirect": nil}))},
		{"real-400-1108-save-card.body", "application/json", 400, m.api("POST", "/v2/charges", request(map[string]any{"save_card": true}))},
		{"real-401-2104-invalid-key.body", "application/json; charset=utf-8", 401, m.api("POST", "/v2/charges", request(nil), "Authorization", "Bearer nonsense")},
	} {
		want, err := os.ReadFile("testdata/" + c.file)
		if err != nil {
			t.Fatal(err)
		}
		if c.got.body != string(want) || c.got.status != c.status || c.got.header.Get("Content-Type") != c.contentType {
			t.Errorf("%s: HTTP %d %s %q", c.file, c.got.status, c.got.header.Get("Content-Type"), c.got.body)
		}
		if tag := c.got.header.Get("ETag"); !strings.HasPrefix(tag, fmt.Sprintf(`W/"%x-`, len(want))) || len(tag) != len(`W/""-`)+2+27 {
			t.Errorf("%s: ETag %s", c.file, tag)
		}
		if c.got.header.Get("X-Powered-By") != "Express" || c.got.header.Get("Content-Length") != fmt.Sprint(len(want)) {
			t.Errorf("%s: headers %v", c.file, c.got.header)
		}
		if helmet := c.got.header.Get("X-Frame-Options") == "SAMEORIGIN"; helmet != (c.status == 401) {
			t.Errorf("%s: helmet's headers: %v", c.file, helmet)
		}
	}
}

// badRequests are the documented errors, with values just outside every limit.
var badRequests = []struct {
	name string
	body string
	code string
}{
	{"broken JSON", `{"amount":`, "2100"},
	{"trailing text", request(nil) + "x", "2100"},
	{"two objects", request(nil) + request(nil), "2100"},
	{"not an object", `"amount"`, "2100"},
	{"a list", `[1]`, "2100"},
	{"field of a wrong type", request(map[string]any{"description": at("a", 1)}), "2100"},
	{"object of a wrong type", request(map[string]any{"customer": "cus"}), "2100"},
	{"empty body", "", "1102"},
	{"blank body", " \r\n ", "1102"},
	{"no values", "{}", "1102"},
	{"null", "null", "1102"},
	{"empty list", "[]", "1102"},
	{"no amount", request(map[string]any{"amount": nil}), "1117"},
	{"amount null", `{"amount":null,"currency":"KWD"}`, "1117"},
	{"amount true", request(map[string]any{"amount": true}), "1117"},
	{"amount zero", request(map[string]any{"amount": 0}), "1117"},
	{"amount negative", request(map[string]any{"amount": -1}), "1117"},
	{"amount below minimum", request(map[string]any{"amount": 0.099}), "1117"},
	{"amount too large", request(map[string]any{"amount": 1000000}), "1117"},
	{"amount absurd", `{"amount":1e400}`, "1117"},
	{"four decimals", request(map[string]any{"amount": "1.2345"}), "1117"},
	{"text with an exponent", request(map[string]any{"amount": "1e3"}), "1117"},
	{"text with a comma", request(map[string]any{"amount": "1,000"}), "1117"},
	{"three decimals of dollars", request(map[string]any{"amount": 1.234, "currency": "USD", "source": at("id", "src_all")}), "1117"},
	{"no currency", request(map[string]any{"currency": nil}), "1118"},
	{"malformed currency", request(map[string]any{"currency": "kwd"}), "1118"},
	{"unknown currency", request(map[string]any{"currency": "XXX"}), "1118"},
	{"KNET in dollars", request(map[string]any{"currency": "USD", "amount": 5}), "1119"},
	{"no source", request(map[string]any{"source": nil}), "1124"},
	{"empty source", request(map[string]any{"source": at("id", "")}), "1124"},
	{"unknown source", request(map[string]any{"source": at("id", "src_xx.none")}), "1125"},
	{"no redirect", request(map[string]any{"redirect": nil}), "1110"},
	{"empty redirect", request(map[string]any{"redirect": at("url", "")}), "1110"},
	{"redirect with blanks", request(map[string]any{"redirect": at("url", "not a url")}), "1111"},
	{"redirect that is a path only", request(map[string]any{"redirect": at("url", "/return")}), "1111"},
	{"redirect without a host", request(map[string]any{"redirect": at("url", "https://")}), "1111"},
	{"redirect that runs", request(map[string]any{"redirect": at("url", "JavaScript:alert(1)")}), "1111"},
	{"redirect that is data", request(map[string]any{"redirect": at("url", "data:text/html,x")}), "1111"},
	{"redirect with a line end", request(map[string]any{"redirect": at("url", "https://a.example/\r\nX: y")}), "1111"},
	{"no customer", request(map[string]any{"customer": nil}), "1129"},
	{"empty customer list", request(map[string]any{"customer": []any{}}), "1129"},
	{"customer id of another kind", request(map[string]any{"customer": at("id", "chg_1")}), "1105"},
	{"no first name", request(map[string]any{"customer": at("email", "a@b.example")}), "1130"},
	{"no contact", request(map[string]any{"customer": at("first_name", "A")}), "1139"},
	{"bad e-mail", customer("email", "nobody"), "1138"},
	{"bad country code", customer("phone", map[string]any{"country_code": "KW", "number": "50000000"}), "1136"},
	{"no country code", customer("phone", map[string]any{"number": "50000000"}), "1136"},
	{"bad number", customer("phone", map[string]any{"country_code": "965", "number": "five"}), "1137"},
	{"short number", customer("phone", map[string]any{"country_code": "965", "number": "123"}), "1137"},
	{"description of 1000", request(map[string]any{"description": strings.Repeat("ä", 1000)}), "1121"},
	{"statement descriptor of 60", request(map[string]any{"statement_descriptor": strings.Repeat("x", 60)}), "1120"},
	{"metadata key of 250", request(map[string]any{"metadata": at(strings.Repeat("x", 250), "y")}), "1127"},
	{"metadata value of 1000", request(map[string]any{"metadata": at("x", strings.Repeat("y", 1000))}), "1128"},
	{"reference.transaction of 100", request(map[string]any{"reference": at("transaction", strings.Repeat("x", 100))}), "1123"},
	{"reference.order of 100", request(map[string]any{"reference": at("order", strings.Repeat("x", 100))}), "1122"},
	{"reference.idempotent of 100", request(map[string]any{"reference": at("idempotent", strings.Repeat("x", 100))}), "1103"},
	{"first name of 150", customer("first_name", strings.Repeat("x", 150)), "1131"},
	{"middle name of 150", customer("middle_name", strings.Repeat("x", 150)), "1134"},
	{"last name of 150", customer("last_name", strings.Repeat("x", 150)), "1133"},
	{"expiry of 4 minutes", expiry(4, "MINUTE"), "1103"},
	{"expiry of 61 minutes", expiry(61, "MINUTE"), "1103"},
	{"expiry of 5.5 minutes", expiry(5.5, "MINUTE"), "1103"},
	{"expiry in hours", expiry(5, "HOUR"), "1103"},
	{"save_card without the feature", request(map[string]any{"save_card": true}), "1108"},
	{"values of more than 16 KB", customer("email", "a@"+strings.Repeat("b", 17000)), "1103"},
	{"flag that is none", request(map[string]any{"save_card": "perhaps"}), "1103"},
}

func customer(field string, value any) string {
	c := map[string]any{"first_name": "Test", "email": "test@example.com"}
	c[field] = value
	return request(map[string]any{"customer": c})
}

func expiry(period any, kind string) string {
	return request(map[string]any{"transaction": at("expiry", map[string]any{"period": period, "type": kind})})
}

func TestBadRequests(t *testing.T) {
	m := startMock(t, mockserver.Config{})
	var all strings.Builder
	for _, c := range badRequests {
		a := m.api("POST", "/v2/charges", c.body)
		if a.status != 400 || !strings.Contains(a.body, `"code": "`+c.code+`"`) {
			t.Errorf("%s: HTTP %d %s, want 400 with %s", c.name, a.status, a.body, c.code)
		}
		fmt.Fprintf(&all, "-- %s --\n%s\n%s\n\n", c.name, a.wire(), a.header.Get("X-Tapmock-Note"))
	}
	m.golden("errors-create", all.String())
}

func TestMerchantNotActive(t *testing.T) {
	m := startMock(t, mockserver.Config{}, "merchant_active=false")
	a := m.api("POST", "/v2/charges", request(nil))
	if a.status != 400 || !strings.Contains(a.body, `"1242"`) {
		t.Errorf("HTTP %d %s", a.status, a.body)
	}
	m.golden("errors-merchant-not-active", a.wire())
}

// TestLongestAllowed sends texts of the maximum length, and amounts and expiries at their bounds.
func TestLongestAllowed(t *testing.T) {
	m := startMock(t, mockserver.Config{})
	for _, body := range []string{
		request(map[string]any{"description": strings.Repeat("ä", 999)}),
		request(map[string]any{"statement_descriptor": strings.Repeat("x", 59)}),
		request(map[string]any{"metadata": at(strings.Repeat("x", 249), strings.Repeat("y", 999))}),
		request(map[string]any{"reference": map[string]any{"transaction": strings.Repeat("x", 99), "order": strings.Repeat("y", 99), "idempotent": strings.Repeat("z", 99)}}),
		customer("first_name", strings.Repeat("x", 149)), customer("middle_name", strings.Repeat("x", 149)), customer("last_name", strings.Repeat("x", 149)),
		request(map[string]any{"amount": 0.1}), request(map[string]any{"amount": 999999.999}),
		expiry(5, "MINUTE"), expiry(60, "MINUTE"),
	} {
		m.create(body)
	}
}

func TestCredentials(t *testing.T) {
	m := startMock(t, mockserver.Config{})
	var all strings.Builder
	for _, c := range []struct {
		name, header string
		status       int
		code         string
	}{
		{"none", "", 401, "2107"},
		{"another scheme", "Basic c2tfdGVzdF9hYmM6", 401, "2104"},
		{"no scheme", key, 401, "2104"},
		{"bearer of nothing", "Bearer ", 401, "2104"},
		{"public key", "Bearer pk_test_EtHFV4BuPQokJT6jiROls87Y", 401, "2106"},
		{"live key", "Bearer sk_live_XKokBfNWv6FIYuTMg5sLPjhJ", 400, "1101"},
		{"nothing behind sk_test_", "Bearer sk_test_", 401, "2104"},
		{"strange letters", "Bearer sk_test_a-b", 401, "2104"},
		{"too long", "Bearer sk_test_" + strings.Repeat("a", 65), 401, "2104"},
	} {
		req, _ := http.NewRequest("POST", m.url+"/v2/charges", strings.NewReader(request(nil)))
		if c.header != "" {
			req.Header.Set("Authorization", c.header)
		}
		a := m.send(req)
		if a.status != c.status || !strings.Contains(strings.ReplaceAll(a.body, " ", ""), `"code":"`+c.code+`"`) {
			t.Errorf("%s: HTTP %d %s, want %d with %s", c.name, a.status, a.body, c.status, c.code)
		}
		fmt.Fprintf(&all, "-- %s --\n%s\n%s\n\n", c.name, a.wire(), a.header.Get("X-Tapmock-Note"))
	}
	m.golden("errors-credentials", all.String())
	for _, good := range []string{"sk_test_a", "sk_test_" + strings.Repeat("Z_9", 21) + "x"} {
		if a := m.api("POST", "/v2/charges", request(nil), "Authorization", "Bearer "+good); a.status != 200 {
			t.Errorf("key %s: HTTP %d %s", good, a.status, a.body)
		}
	}
}

func TestConfiguredKeysOnly(t *testing.T) {
	m := startMock(t, mockserver.Config{Keys: []string{"sk_test_mine"}}, "no_credentials_error=2105")
	if a := m.api("POST", "/v2/charges", request(nil)); a.status != 401 || !strings.Contains(a.body, "2104") || !strings.Contains(a.header.Get("X-Tapmock-Note"), "-keys") {
		t.Errorf("another key: HTTP %d %s, note %q", a.status, a.body, a.header.Get("X-Tapmock-Note"))
	}
	if a := m.api("POST", "/v2/charges", request(nil), "Authorization", "Bearer sk_test_mine"); a.status != 200 {
		t.Errorf("the configured key: HTTP %d %s", a.status, a.body)
	}
	if a := m.api("POST", "/v2/charges", request(nil), "Authorization", ""); !strings.Contains(a.body, "2105") {
		t.Errorf("no key: %s", a.body)
	}
	if a := m.api("GET", control.Prefix+"/account", "", "Authorization", "Bearer sk_test_other"); a.status != 401 || !strings.Contains(a.body, "no account has this key; the server takes only the keys of -keys") {
		t.Errorf("the control API, another key: HTTP %d %s", a.status, a.body)
	}
	if _, err := mockserver.New(mockserver.Config{Keys: []string{"sk_live_mine"}}); err == nil || strings.Contains(err.Error(), "mine") {
		t.Errorf("a configured live key: %v", err)
	}
}

func TestRetrieveErrors(t *testing.T) {
	m := startMock(t, mockserver.Config{})
	var all strings.Builder
	for _, c := range []struct{ path, code string }{
		{"/v2/charges", "1142"}, {"/v2/charges/", "1142"}, {"/v2//charges//", "1142"},
		{"/v2/charges/chg_TS01A0120261506b5FO0403089", "1144"}, {"/v2/charges/chg_", "1144"}, {"/v2/charges/a%2Fb", "1143"},
	} {
		a := m.api("GET", c.path, "")
		if a.status != 400 || !strings.Contains(a.body, `"code": "`+c.code+`"`) {
			t.Errorf("GET %s: HTTP %d %s, want 400 with %s", c.path, a.status, a.body, c.code)
		}
		fmt.Fprintf(&all, "-- %s --\n%s\n%s\n\n", c.path, a.wire(), a.header.Get("X-Tapmock-Note"))
	}
	m.golden("errors-retrieve", all.String())
	other := startMock(t, mockserver.Config{}, "charge_not_found_status=404")
	if a := other.api("GET", "/v2/charges/chg_1", ""); a.status != 404 || !strings.Contains(a.body, "1144") {
		t.Errorf("charge_not_found_status=404: HTTP %d %s", a.status, a.body)
	}
}

// TestEveryRouteRefusesOtherMethods sends a method that no route supports to every path.
func TestEveryRouteRefusesOtherMethods(t *testing.T) {
	m := startMock(t, mockserver.Config{})
	paths := 0
	for _, path := range []string{"/v2/charges", "/v2/charges/list", "/v2/charges/chg_1", "/v2/charges/download", "/v2/refunds", "/v2/refunds/list", "/v2/refunds/download", "/v2/refunds/re_1", "/v2/authorize", "/v2/authorize/list", "/v2/authorize/download", "/v2/authorize/auth_1", "/v2/authorize/auth_1/void",
		"/v2/customers", "/v2/customers/list", "/v2/customers/cus_1", "/v2/card/verify", "/v2/card/verify/vry_1", "/v2/card/cus_1", "/v2/card/cus_1/card_1", "/v2/tokens", "/v2/tokens/tok_1", "/v2/bin", "/v2/bin/888888", "/v2/payouts/list", "/v2/invoices", "/v2/invoices/list", "/v2/invoices/inv_1", "/v2/invoices/inv_1/finalize", "/v2/invoices/inv_1/remind", "/invoice/inv_1", "/invoice/inv_1/return",
		"/gosell/v2/payment/tap_process.aspx", "/kpay/kpg/paymentpage.htm",
		"/kpay/kpg/paymentrouter.htm", "/kpay/kpg/outcome.htm", "/kpay/kpg/assets/page.css", "/ui/shop/", "/ui/shop/orders", "/ui/shop/return", "/ui/shop/assets/shop.css", "/", "/healthz", "/readyz", "/ui/assets/x", "/ui/events", "/ui/call", "/ui/signin", "/ui/signout", "/ui/diff", "/ui/api", "/ui/calls", "/ui/calls/call_1", "/ui/payments/chg_1", "/ui/payments/chg_1/test", "/ui/authorizations/auth_1", "/ui/refunds/re_1",
		"/ui/invoices/inv_1", "/ui/webhooks/whd_1", "/ui/authorizations", "/ui/refunds", "/ui/customers", "/ui/invoices", "/ui/findings", "/ui/timeline", "/ui/scenarios", "/ui/settings"} {
		paths++
		a := m.api("TRACE", path, "")
		if a.status != 405 || !strings.Contains(a.body, `"2102"`) || a.header.Get("Allow") == "" {
			t.Errorf("TRACE %s: HTTP %d, Allow %q, %s", path, a.status, a.header.Get("Allow"), a.body)
		}
	}
	for _, op := range control.Operations() {
		a := m.api("TRACE", control.Prefix+strings.ReplaceAll(op.Path, "{name}", "x"), "")
		if a.status != 405 || !strings.Contains(a.body, `"not_found"`) || a.header.Get("Allow") == "" {
			t.Errorf("TRACE %s: HTTP %d, Allow %q, %s", op.Path, a.status, a.header.Get("Allow"), a.body)
		}
	}
	templates := map[string]bool{}
	if err := m.Routes().Walk(func(r *route, _ *router, _ []*route) error {
		template, err := r.GetPathTemplate()
		if !strings.HasPrefix(template, control.Prefix) {
			templates[template] = true
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if len(templates) != paths {
		t.Errorf("%d paths were tried, the router has %d: %v", paths, len(templates), templates)
	}
	for method, path := range map[string]string{"GET": "/v2/destination/1", "POST": "/v2/files", "PUT": "/v2/intent/1", "DELETE": "/v2/merchant/1"} {
		if a := m.api(method, path, ""); a.status < 404 || a.status > 405 || !strings.Contains(a.header.Get("X-Tapmock-Note"), "does not fake") {
			t.Errorf("%s %s: HTTP %d, note %q", method, path, a.status, a.header.Get("X-Tapmock-Note"))
		}
	}
	if a := m.api("GET", "/v2/charge", ""); a.status != 404 || !strings.Contains(a.header.Get("X-Tapmock-Note"), "did you mean /v2/charges?") {
		t.Errorf("near miss: HTTP %d, note %q", a.status, a.header.Get("X-Tapmock-Note"))
	}
}

// TestBrokenTransfers sends a body that is incomplete, and one that is not UTF-8.
func TestBrokenTransfers(t *testing.T) {
	m := startMock(t, mockserver.Config{})
	conn, err := net.Dial("tcp", strings.TrimPrefix(m.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "POST /v2/charges HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer %s\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n", key)
	res := make([]byte, 12)
	if _, err := io.ReadFull(conn, res); err != nil || string(res) != "HTTP/1.1 400" {
		t.Errorf("%s, %v", res, err)
	}
	a := m.api("POST", "/v2/charges", strings.Replace(request(map[string]any{"metadata": at("a", "X"), "description": "Y"}), `"X"`, "\"\xff\"", 1))
	if a.status != 200 || !utf8.ValidString(a.body) || !strings.Contains(a.body, "\ufffd") {
		t.Errorf("HTTP %d %q", a.status, a.body)
	}
}

func TestBodyOverTheLimit(t *testing.T) {
	m := startMock(t, mockserver.Config{Limits: mockserver.Limits{Body: 2000}})
	large := request(map[string]any{"description": strings.Repeat("x", 3000)})
	const want = "the body is larger than 2000 bytes; raise the limit with -limit body=SIZE"
	a := m.api("POST", "/v2/charges", large)
	if a.status != 413 || !strings.Contains(a.body, `"1103"`) || a.header.Get("X-Tapmock-Note") != want {
		t.Errorf("HTTP %d %s, note %q", a.status, a.body, a.header.Get("X-Tapmock-Note"))
	}
	m.create(request(nil))
}

// TestNotesOnTapsOtherCalls makes calls that Tap has, or almost has: the note says what is meant, and suggests no other path.
func TestNotesOnTapsOtherCalls(t *testing.T) {
	m := startMock(t, mockserver.Config{})
	for _, c := range []struct{ method, path, note string }{
		{"PUT", "/v2/charges", "the id is missing: PUT /v2/charges/chg_... updates a charge"},
		{"PUT", "/v2/charges/", "the id is missing: PUT /v2/charges/chg_... updates a charge"},
		{"PUT", "/v2/authorize", "the id is missing: PUT /v2/authorize/auth_... updates an authorization"},
		{"PUT", "/v2/charges/list", "use POST to get a list"},
		{"PUT", "/v2/refunds/list", "use POST to get a list"},
		{"PUT", "/healthz", "/healthz supports GET and HEAD"},
		{"POST", "/v2/payouts/download", "tapmock has no POST /v2/payouts/download; Tap has downloads of payouts, in live mode only, tapmock does not fake them; the nearest call is POST /v2/payouts/list"},
		{"POST", "/v2/merchant/list", "tapmock has no POST /v2/merchant/list; Tap has merchants, tapmock does not fake them; the nearest call is the setting merchant_id"},
		{"PUT", "/v2/intent/int_1/cancel", "tapmock has no PUT /v2/intent/int_1/cancel; Tap has intents of card terminals, tapmock does not fake them; the nearest call is POST /v2/charges"},
		{"POST", "/v2/files", "tapmock has no POST /v2/files; Tap has files, tapmock does not fake them"},
	} {
		a := m.api(c.method, c.path, "{}")
		if note := a.header.Get("X-Tapmock-Note"); a.status < 404 || a.status > 405 || note != c.note {
			t.Errorf("%s %s: HTTP %d, note %q, want %q", c.method, c.path, a.status, note, c.note)
		}
	}
	entries, err := control.New(m.url, key).Journal(t.Context(), control.JournalQuery{Event: tap.EventUnknown})
	if err != nil || len(entries.Entries) != 8 || !strings.Contains(fmt.Sprint(entries.Entries), "POST /v2/merchant/list: Tap has merchants, tapmock does not fake them; the nearest call is the setting merchant_id") {
		t.Errorf("the journal has %d unknown requests: %v %v", len(entries.Entries), entries.Entries, err)
	}
}
