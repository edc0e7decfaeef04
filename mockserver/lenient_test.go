package mockserver_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/tapmock/tapmock/mockserver"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// TestPathsOfRealClients uses the paths that published plugins and SDKs use. No answer may be a redirect.
func TestPathsOfRealClients(t *testing.T) {
	m := startMock(t, mockserver.Config{})
	var id string
	for _, path := range []string{"/v2/charges", "/v2/charges/", "/v2//charges", "//v2/charges", "/v2//charges//"} {
		a := m.api("POST", path, request(nil))
		if a.status != 200 {
			t.Fatalf("POST %s: HTTP %d %s", path, a.status, a.body)
		}
		id = decode(t, a.body).ID
	}
	for _, path := range []string{"/v2/charges/" + id, "/v2/charges//" + id, "/v2/charges/" + id + "/", "/v2/charges/" + id + "?", "/v2/charges/" + id + "?x=1"} {
		if a := m.api("GET", path, ""); a.status != 200 || decode(t, a.body).Method != tap.MethodGet {
			t.Errorf("GET %s: HTTP %d %s", path, a.status, a.body)
		}
	}
	for _, body := range []string{"{}", "[]", "id=" + id} {
		for _, kind := range []string{"application/json", "application/x-www-form-urlencoded"} {
			if a := m.api("GET", "/v2/charges/"+id, body, "Content-Type", kind); a.status != 200 {
				t.Errorf("GET with %s as %s: HTTP %d %s", body, kind, a.status, a.body)
			}
		}
	}
	if a := m.api("HEAD", "/v2/charges/"+id, ""); a.status != 200 || a.body != "" {
		t.Errorf("HEAD: HTTP %d %q", a.status, a.body)
	}
}

// TestHeadersOfRealClients writes HTTP itself: header names in any case, a blank after the key.
func TestHeadersOfRealClients(t *testing.T) {
	m := startMock(t, mockserver.Config{})
	body := request(nil)
	for _, header := range []string{"authorization: Bearer " + key + " ", "AUTHORIZATION: bearer  " + key + "\t", "Authorization:Bearer " + key} {
		conn, err := net.Dial("tcp", strings.TrimPrefix(m.url, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(conn, "POST /v2/charges HTTP/1.1\r\nHOST: shop\r\n%s\r\ncontent-LENGTH: %d\r\nconnection: close\r\n\r\n%s", header, len(body), body)
		res, _ := io.ReadAll(conn)
		conn.Close()
		if !strings.HasPrefix(string(res), "HTTP/1.1 200 OK") {
			t.Errorf("%q: %s", header, res)
		}
	}
}

// TestFormBody sends the same request as a form and as JSON.
func TestFormBody(t *testing.T) {
	form := url.Values{
		"amount": {"12.345"}, "currency": {"KWD"}, "source[id]": {"src_kw.knet"}, "threeDSecure": {"true"}, "save_card": {"false"},
		"customer[first_name]": {"Ali & Söhne"}, "customer[email]": {"test@example.com"},
		"customer[phone][country_code]": {"965"}, "customer[phone][number]": {"50000000"},
		"redirect[url]": {"https://shop.example/return?a=1&b=2"}, "post[url]": {"https://shop.example/hook"},
		"metadata[udf1]": {"eins"}, "reference[order]": {"77"}, "receipt[sms]": {"1"},
	}
	m := startMock(t, mockserver.Config{})
	c := m.create(form.Encode(), "Content-Type", "application/x-www-form-urlencoded; charset=UTF-8")
	if c.Amount != "12.345" || c.Customer.FirstName != "Ali & Söhne" || c.Customer.Phone.Number != "50000000" || !c.Receipt.SMS ||
		c.Redirect.URL != "https://shop.example/return?a=1&b=2" || c.Metadata != `{"udf1":"eins"}` || c.Reference.Order != "77" {
		t.Errorf("the form was read as %+v", c)
	}
	if a := m.api("POST", "/v2/charges", "&&=x&[]=1&a[[b]=%zz&amount", "Content-Type", "application/x-www-form-urlencoded"); a.status != 400 {
		t.Errorf("a strange form: HTTP %d %s", a.status, a.body)
	}
}

// TestValuesOfRealClients sends scalars and empty values as PHP, .NET and JavaScript clients do. Each is accepted with a note; under the
// setting strict it is an error that names the field.
func TestValuesOfRealClients(t *testing.T) {
	lenient := startMock(t, mockserver.Config{})
	strict := startMock(t, mockserver.Config{}, "strict=true")
	for _, c := range []struct {
		field string
		body  string
		check func(tap.Charge) bool
	}{
		{"amount", request(map[string]any{"amount": "12.345"}), func(c tap.Charge) bool { return c.Amount == "12.345" }},
		{"amount", request(map[string]any{"amount": "12.3450"}), func(c tap.Charge) bool { return c.Amount == "12.345" }},
		{"threeDSecure", request(map[string]any{"threeDSecure": "false"}), func(c tap.Charge) bool { return !c.ThreeDSecure }},
		{"threeDSecure", request(map[string]any{"threeDSecure": 1}), func(c tap.Charge) bool { return c.ThreeDSecure }},
		{"customer_initiated", request(map[string]any{"customer_initiated": "false"}), func(c tap.Charge) bool { return !c.CustomerInitiated }},
		{"reference.order", request(map[string]any{"reference": at("order", 100042)}), func(c tap.Charge) bool { return c.Reference.Order == "100042" }},
		{"reference.transaction", request(map[string]any{"reference": at("transaction", 7)}), func(c tap.Charge) bool { return c.Reference.Transaction == "7" }},
		{"description", request(map[string]any{"description": 5}), func(c tap.Charge) bool { return c.Description == "5" }},
		{"metadata", request(map[string]any{"metadata": []any{}}), func(c tap.Charge) bool { return c.Metadata == "" }},
		{"metadata", request(map[string]any{"metadata": ""}), func(c tap.Charge) bool { return c.Metadata == "" }},
		{"post", request(map[string]any{"post": []any{}}), func(c tap.Charge) bool { return c.Post.URL == "" }},
		{"threeDsecure", request(map[string]any{"threeDsecure": false}), func(c tap.Charge) bool { return c.ThreeDSecure }},
		{"customer.phone.area", customer("phone", map[string]any{"area": []int{1}}), func(c tap.Charge) bool { return c.Customer.Phone == nil }},
		{"post.url", request(map[string]any{"post": at("url", "shop")}), func(c tap.Charge) bool { return c.Post.URL == "shop" }},
		{"transaction.expiry.period", expiry("45", "MINUTE"), func(c tap.Charge) bool { return c.Transaction.Expiry.Period == 45 }},
	} {
		a := lenient.api("POST", "/v2/charges", c.body)
		if a.status != 200 || !c.check(decode(t, a.body)) {
			t.Errorf("%s: HTTP %d %s", c.body, a.status, a.body)
		}
		if note := a.header.Get("X-Tapmock-Note"); !strings.HasPrefix(note, "lenient: "+c.field+":") {
			t.Errorf("%s: the note is %q", c.body, note)
		}
		a = strict.api("POST", "/v2/charges", c.body)
		if a.status != 400 || !strings.Contains(a.body, `"1103"`) || !strings.Contains(a.body, "strict: "+c.field+":") {
			t.Errorf("strict, %s: HTTP %d %s", c.body, a.status, a.body)
		}
	}
}

// TestNearFields sends fields that Tap does not have: the note names the field that is meant, if one is near.
func TestNearFields(t *testing.T) {
	m := startMock(t, mockserver.Config{})
	for _, c := range []struct {
		status     int
		body, note string
	}{
		{200, request(map[string]any{"reference": at("ordr", "7")}), "reference.ordr: Tap has no such field, it is ignored; did you mean reference.order?"},
		{200, request(map[string]any{"threeDsecure": false}), "threeDsecure: Tap has no such field, it is ignored; did you mean threeDSecure?"},
		{200, request(map[string]any{"custom": at("id", "cus_1")}), "custom: Tap has no such field, it is ignored; did you mean customer?"},
		{200, request(map[string]any{"reference.order": "7"}), "reference.order: a key with a dot is not a path, it is ignored; write order inside the object reference"},
		{200, request(map[string]any{"shop": 1}), "shop: Tap has no such field, it is ignored"},
		{200, request(map[string]any{"reference": at("gateway", "7")}), "reference.gateway: Tap has no such field, it is ignored"},
		{400, request(map[string]any{"order": "7"}), "order: text is not allowed here; did you mean reference.order?"},
	} {
		a := m.api("POST", "/v2/charges", c.body)
		if note := strings.TrimPrefix(a.header.Get("X-Tapmock-Note"), "lenient: "); a.status != c.status || note != c.note {
			t.Errorf("%s: HTTP %d, the note is %q, want %q", c.body, a.status, note, c.note)
		}
	}
}

// TestAcceptedWithoutANote sends what Tap documents, or what Tap ignores without harm.
func TestAcceptedWithoutANote(t *testing.T) {
	m := startMock(t, mockserver.Config{})
	for name, body := range map[string]string{
		"phone as numbers":    customer("phone", map[string]any{"country_code": 965, "number": 50000000}),
		"metadata as numbers": request(map[string]any{"metadata": at("order_id", 17)}),
		"metadata null":       request(map[string]any{"metadata": nil}),
		"empty texts":         request(map[string]any{"description": "", "statement_descriptor": "", "merchant": at("id", ""), "reference": at("order", "")}),
		"ignored fields":      request(map[string]any{"hashstring": "abc", "platform": at("id", "x"), "destinations": []any{at("id", "x")}}),
		"fields of 2026": request(map[string]any{"authentication": map[string]any{"id": "x", "eci": "05"}, "payment_agreement": map[string]any{"contract": at("id", "x")},
			"source": map[string]any{"id": "src_kw.knet", "on_file": true, "card": map[string]any{"crypted_data": "x"}}}),
		"customer by id": request(map[string]any{"customer": at("id", "cus_TS01A0120261506b5FO0403089")}),
		"no scheme":      request(map[string]any{"redirect": at("url", "shop.example/return")}),
		"custom scheme":  request(map[string]any{"redirect": at("url", "shopapp://paid")}),
		"loopback":       request(map[string]any{"redirect": at("url", "http://localhost:3000/return")}),
		"1e1":            strings.Replace(request(nil), "12.345", "1e1", 1),
	} {
		a := m.api("POST", "/v2/charges", body)
		if a.status != 200 || a.header.Get("X-Tapmock-Note") != "" {
			t.Errorf("%s: HTTP %d %s, note %q", name, a.status, a.body, a.header.Get("X-Tapmock-Note"))
		}
	}
}

// TestStrict checks the strict errors that are about the whole request.
func TestStrict(t *testing.T) {
	m := startMock(t, mockserver.Config{}, "strict=true")
	good := request(nil)
	c := m.create(good)
	for name, a := range map[string]answer{
		"path":                 m.api("POST", "/v2/charges/", good),
		"body":                 m.api("POST", "/v2/charges", "amount=1", "Content-Type", "application/x-www-form-urlencoded"),
		"content type":         m.api("POST", "/v2/charges", good, "Content-Type", "text/plain"),
		"body: a GET":          m.api("GET", "/v2/charges/"+c.ID, "{}"),
		"threeDsecure":         m.api("POST", "/v2/charges", request(map[string]any{"threeDsecure": true})),
		"customer.phone.area":  m.api("POST", "/v2/charges", customer("phone", map[string]any{"area": "1"})),
		"reference.idempotent": m.idempotentTwice("strict", good),
	} {
		if a.status != 400 || !strings.Contains(a.body, `"1103"`) || !strings.Contains(a.body, "strict: "+name) {
			t.Errorf("%s: HTTP %d %s", name, a.status, a.body)
		}
	}
	unknown := m.api("POST", "/v2/charges", request(map[string]any{"customer": at("id", "cus_TS01A0120261506b5FO0403089")}))
	if !strings.Contains(unknown.body, `"1106"`) {
		t.Errorf("an unknown customer: %s", unknown.body)
	}
	m.pay(c.Transaction.URL, "9", "2030")
	m.create(request(map[string]any{"customer": at("id", m.retrieve(c.ID).Customer.ID)}))
	for n, want := range map[int]int{5: 401, 23: 401, 24: 200, 25: 401, 28: 401, 29: 200, 30: 401} {
		if a := m.api("POST", "/v2/charges", good, "Authorization", "Bearer sk_test_"+strings.Repeat("k", n)); a.status != want {
			t.Errorf("a key of %d characters: HTTP %d, want %d", n, a.status, want)
		}
	}
}

// idempotentTwice sends two bodies with the same reference.idempotent and returns the second answer.
func (m *mock) idempotentTwice(name, body string) answer {
	var fields map[string]any
	if err := json.Unmarshal([]byte(body), &fields); err != nil {
		m.t.Fatal(err)
	}
	fields["reference"] = at("idempotent", name)
	m.create(request(fields))
	fields["description"] = "another"
	return m.api("POST", "/v2/charges", request(fields))
}

// TestJSONUnderAWrongContentType is what curl -d sends.
func TestJSONUnderAWrongContentType(t *testing.T) {
	m := startMock(t, mockserver.Config{})
	for _, kind := range []string{"application/x-www-form-urlencoded", "text/plain", ""} {
		if a := m.api("POST", "/v2/charges", request(nil), "Content-Type", kind); a.status != 200 {
			t.Errorf("%q: HTTP %d %s", kind, a.status, a.body)
		}
	}
}

// TestBaseOfPageLinks checks that page links use the address of the request, or of a proxy's headers, or of the setting.
func TestBaseOfPageLinks(t *testing.T) {
	m := startMock(t, mockserver.Config{})
	for _, c := range []struct {
		headers []string
		want    string
	}{
		{nil, m.url},
		{[]string{"X-Forwarded-Proto", "https", "X-Forwarded-Host", "pay.example, inner"}, "https://pay.example"},
		{[]string{"X-Forwarded-Proto", "https", "X-Forwarded-Host", "pay.example", "X-Forwarded-Port", "8443"}, "https://pay.example:8443"},
		{[]string{"X-Forwarded-Host", "pay.example", "X-Forwarded-Prefix", "/mock/"}, "http://pay.example/mock"},
		{[]string{"X-Forwarded-Proto", "gopher", "X-Forwarded-Host", `"><script>`}, m.url},
	} {
		link := m.create(request(nil), c.headers...).Transaction.URL
		if !strings.HasPrefix(link, c.want+"/gosell/") {
			t.Errorf("%v: %s, want base %s", c.headers, link, c.want)
		}
	}
	req, _ := http.NewRequest("POST", m.url+"/v2/charges", strings.NewReader(request(nil)))
	req.Host = "tap.internal:9"
	req.Header.Set("Authorization", "Bearer "+key)
	if link := decode(t, m.send(req).body).Transaction.URL; !strings.HasPrefix(link, "http://tap.internal:9/") {
		t.Errorf("Host tap.internal:9: %s", link)
	}
}
