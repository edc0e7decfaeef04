package compare

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/mockserver/tap"
)

const key = "sk_test_compare"

// signed is an attempt with the right signatures for its body.
func signed(t *testing.T, id string) *Attempt {
	t.Helper()
	body := `{"id":"` + id + `","object":"charge","status":"CAPTURED","amount":12.345,"currency":"KWD","transaction":{"created":"1795766984542"},"reference":{"gateway":"202633111557439","payment":"44272608091154241240"},"post":{"attempt":1,"url":"u"}}`
	a := &Attempt{Object: control.Object{Kind: tap.KindCharge, ID: id}, Sent: &control.WebhookAttempt{Attempt: 1, Body: body, Headers: map[string]string{"content-type": "application/json"}, Response: control.Response{Status: 200}}}
	a.sign(t)
	return a
}

// sign computes parts and signatures of the body.
func (a *Attempt) sign(t *testing.T) {
	t.Helper()
	x, err := tap.Explain(key, []byte(a.Sent.Body))
	if err != nil {
		t.Fatal(err)
	}
	a.Sent.Parts = nil
	for _, p := range x.Parts {
		a.Sent.Parts = append(a.Sent.Parts, control.Part(p))
	}
	a.Sent.Hashed, a.Sent.HashString, a.Sent.Hash = x.Input, x.Signatures.HashString, x.Signatures.Hash
}

// replace changes the body without signing it again.
func (a *Attempt) replace(from, to string) {
	a.Sent.Body = strings.Replace(a.Sent.Body, from, to, 1)
}

// TestAttempts changes one thing of an attempt. Signatures are compared by their texts without the values.
func TestAttempts(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(a *Attempt)
		want   []string
	}{
		"nothing":     {func(*Attempt) {}, nil},
		"times":       {func(a *Attempt) { a.Sent.Entry, a.Sent.Response.TookMS = 99, 12 }, nil},
		"its number":  {func(a *Attempt) { a.Sent.Attempt = 2; a.replace(`"attempt":1`, `"attempt":2`); a.sign(t) }, nil},
		"its status":  {func(a *Attempt) { a.Sent.Response.Status = 500 }, []string{"the response is HTTP 200 in A and HTTP 500 in B"}},
		"no response": {func(a *Attempt) { a.Sent.Response = control.Response{Failure: "refused"} }, []string{"the response is HTTP 200 in A and refused in B"}},
		"its text":    {func(a *Attempt) { a.Sent.Response.Body = "no such\n order" }, []string{"only B has the response's body: no such order"}},
		"a header": {func(a *Attempt) { a.Sent.Headers = map[string]string{"content-type": "text/plain", "x-a": "1"} },
			[]string{"header content-type is application/json in A and text/plain in B", "only B has header x-a: 1"}},
		"a part and its field": {func(a *Attempt) { a.replace("12.345", "12.3"); a.sign(t) },
			[]string{"x_amount is 12.345 in A and 12.300 in B", "hashstring is SIGNATURE in A and SIGNATURE in B, because of x_amount", "amount is 12.345 in A and 12.3 in B", "hash is SIGNATURE in A and SIGNATURE in B, because the bodies differ"}},
		"a part without a value": {func(a *Attempt) { a.replace(`"gateway":"202633111557439",`, ""); a.sign(t) },
			[]string{"x_gateway_reference is 202633111557439 in A and without a value in B", "hashstring is SIGNATURE in A and SIGNATURE in B, because of x_gateway_reference", `only A has reference.gateway: "202633111557439"`, "hash is SIGNATURE in A and SIGNATURE in B, because the bodies differ"}},
		"only the number of decimals": {func(a *Attempt) { a.replace("12.345", "12.3450"); a.sign(t) },
			[]string{"amount is 12.345 in A and 12.3450 in B: the same number with other decimals", "hash is SIGNATURE in A and SIGNATURE in B, because the bodies differ"}},
		"two decimals in the signature": {func(a *Attempt) {
			a.Sent.Parts[1].Value = "12.35"
			a.Sent.HashString = tap.HMAC(key, []byte(strings.Replace(a.Sent.Hashed, "12.345", "12.35", 1)))
		}, []string{"x_amount is 12.345 in A and 12.35 in B", "hashstring is SIGNATURE in A and SIGNATURE in B; that of B is wrong: x_amount: amount rounded to two decimals, 12.35"}},
		"upper case": {func(a *Attempt) { a.Sent.HashString = strings.ToUpper(a.Sent.HashString) },
			[]string{"hashstring is SIGNATURE in A and SIGNATURE in B; that of B is wrong: it is the right hashstring in upper-case hex; Tap sends lower case"}},
		"another key": {func(a *Attempt) { a.Sent.HashString = tap.HMAC("other", []byte(a.Sent.Hashed)) },
			[]string{"hashstring is SIGNATURE in A and SIGNATURE in B; that of B is wrong: no known mistake leads to it; another key or another body does"}},
		"the signatures exchanged": {func(a *Attempt) { a.Sent.HashString, a.Sent.Hash = a.Sent.Hash, a.Sent.HashString },
			[]string{"hashstring is SIGNATURE in A and SIGNATURE in B; that of B is wrong: it is the other signature, hash", "hash is SIGNATURE in A and SIGNATURE in B; that of B is wrong: it is not the HMAC of its body with the key of the account"}},
		"no signatures": {func(a *Attempt) { a.Sent.HashString, a.Sent.Hash = "", "" },
			[]string{"only A has hashstring: SIGNATURE; that of B is wrong: there is none", "only A has hash: SIGNATURE"}},
		"a body changed after signing": {func(a *Attempt) { a.replace("12.345", "1.234") },
			[]string{"amount is 12.345 in A and 1.234 in B"}},
		"a masked body": {func(a *Attempt) { a.Sent.Masked = true; a.replace("CAPTURED", "CAPTUR**") }, []string{`status is "CAPTURED" in A and "CAPTUR**" in B`}},
		"a label":       {func(a *Attempt) { a.Sent.Parts[6].Label = "x_updated" }, []string{"only A has x_created: 1795766984542", "only B has x_updated: 1795766984542"}},
		"white space": {func(a *Attempt) { a.replace(`{"id"`, `{ "id"`); a.sign(t) },
			[]string{"the fields of the bodies are equal, but A and B write them with other white space or escapes, so that the header hash differs", "hash is SIGNATURE in A and SIGNATURE in B, because the bodies differ"}},
	} {
		a, b := signed(t, "chg_1"), signed(t, "chg_1")
		a.Sent.Headers = maps.Clone(a.Sent.Headers)
		c.change(b)
		if got := texts(Attempts(key, a, b), a, b); !slices.Equal(got, c.want) {
			t.Errorf("%s:\n got %s\nwant %s", name, strings.Join(got, "\n     "), strings.Join(c.want, "\n     "))
		}
	}
}

// texts are the sentences of differences, with SIGNATURE for each signature.
func texts(found []Difference, of ...*Attempt) (all []string) {
	for _, d := range found {
		for _, a := range of {
			for _, signature := range []string{a.Sent.HashString, a.Sent.Hash} {
				if signature != "" {
					d.Text = strings.ReplaceAll(d.Text, signature[:12]+"…", "SIGNATURE")
				}
			}
		}
		all = append(all, d.Text)
	}
	return all
}

// TestWebhooksOfTwoCharges compares only the form of what always differs.
func TestWebhooksOfTwoCharges(t *testing.T) {
	t.Parallel()
	webhook := func(id, charge string, change func(*Attempt)) *control.Webhook {
		a := signed(t, charge)
		change(a)
		return &control.Webhook{ID: id, Object: a.Object, URL: "http://shop.test/hook", Attempts: []control.WebhookAttempt{*a.Sent}}
	}
	plain := webhook("whd_1", "chg_1", func(*Attempt) {})
	other := webhook("whd_2", "chg_2", func(a *Attempt) { a.replace("44272608091154241240", "55272608091154241240"); a.sign(t) })
	same(t, "equal", Webhooks(key, plain, other), nil)
	longer := webhook("whd_3", "chg_2", func(a *Attempt) { a.replace("44272608091154241240", "442726080911542412401"); a.sign(t) })
	longer.Forge, longer.URL, longer.Attempts = "signature", "http://shop.test/other", append(longer.Attempts, longer.Attempts[0])
	same(t, "different", Webhooks(key, plain, longer), []string{
		"part x_payment_reference: x_payment_reference has another form: 44272608091154241240 in whd_1 (20 digits) and 442726080911542412401 in whd_3 (21 digits)",
		`form reference.payment: reference.payment has another form: "44272608091154241240" in whd_1 (20 digits) and "442726080911542412401" in whd_3 (21 digits)`,
		"webhook kind: the webhook is genuine in whd_1 and forged (signature) in whd_3",
		"webhook address: the address is http://shop.test/hook in whd_1 and http://shop.test/other in whd_3",
		"webhook responses: the result is 1 attempt (HTTP 200) in whd_1 and 2 attempts (HTTP 200, HTTP 200) in whd_3"})
	same(t, "without attempts", Webhooks("", &control.Webhook{}, &control.Webhook{}), nil)
}
