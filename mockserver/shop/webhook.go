package shop

import (
	"cmp"
	"crypto/hmac"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/tapmock/tapmock/mockserver/tap"
)

const (
	webhookPath = "/webhook/"      // of post.url, followed by the name of the behaviour
	maxWebhook  = 2 << 20          // bytes
	slowAnswer  = 12 * time.Second // after which the behaviour slow answers, in real time
)

// received is what the shop found out about a webhook.
type received struct {
	status           tap.Status
	amount, currency string
	order            string
	came, expected   string // signatures, came shortened; "" if the header hashstring is missing
	right            bool   // whether the signature is
	fits             bool   // whether amount and order are those of the order
	answer           int    // HTTP status of the shop's answer
}

// Webhook receives a webhook and answers it as the order's behaviour says. It accepts nothing that is not signed with the key of the account
// that placed the order.
func (s *Shop) Webhook(w http.ResponseWriter, r *http.Request) {
	name, ok := strings.CutPrefix(r.URL.Path, webhookPath)
	behaves, known := behaviourNamed(name)
	if !ok || !known || r.Method != http.MethodPost {
		http.Error(w, "the example shop takes webhooks as POST "+webhookPath+" and a behaviour such as "+string(sound), http.StatusNotFound)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxWebhook))
	var c tap.Charge
	if err != nil || json.Unmarshal(body, &c) != nil {
		http.Error(w, "the body of the webhook is not the JSON of a charge", http.StatusBadRequest)
		return
	}
	o, ok := s.orders.ofCharge(c.ID, c.Reference.Order)
	if !ok {
		http.Error(w, fmt.Sprintf("the example shop has no order with the charge %.60q; it keeps the latest %d", c.ID, maxOrders), http.StatusNotFound)
		return
	}
	got, text := o.check(behaves.Name, r.Header.Get("hashstring"), body, &c)
	s.orders.receive(o.number, got)
	answer(w, r, behaves.Name, got.answer, text)
}

// check checks a webhook of the order, and returns what it found and the text of the answer.
func (o *order) check(b behaviour, came string, body []byte, c *tap.Charge) (got received, text string) {
	got = received{status: tap.Status(kept(string(c.Status))), amount: kept(string(c.Amount)), currency: kept(c.Currency), order: kept(c.Reference.Order), came: short(came)}
	x, err := tap.Explain(o.key, body)
	if err != nil {
		got.answer = http.StatusBadRequest
		return got, err.Error()
	}
	parts := x.Parts
	if b == twoDecimals {
		parts = withTwoDecimals(parts)
	}
	expected := tap.HMAC(o.key, []byte(tap.HashInput(parts)))
	got.expected, got.right = expected, equalHex(came, expected)
	got.fits = o.fits(got.amount, got.currency, got.order) && (o.charge == "" || o.charge == c.ID)
	got.answer, text = got.judge(b, amountIn(parts))
	return got, text
}

// amountIn is the amount in a hashed string.
func amountIn(parts []tap.Part) string {
	for _, p := range parts {
		if p.Label == "x_amount" {
			return p.Value
		}
	}
	return ""
}

// judge returns the status and the text of the answer. A wrong signature is refused before anything else is looked at.
func (g *received) judge(b behaviour, hashed string) (status int, text string) {
	switch {
	case b == redirects:
		return http.StatusFound, "the webhook has another address"
	case b == fails:
		return http.StatusInternalServerError, "the shop has failed"
	case !g.right:
		return http.StatusUnauthorized, fmt.Sprintf("wrong signature: the header hashstring is %s, the shop expected %s, for x_amount %s", cmp.Or(g.came, "missing"), g.expected, hashed)
	case !g.fits:
		return http.StatusUnprocessableEntity, "the signature is right, but amount, currency, charge or order are not those of the shop's order"
	}
	return http.StatusOK, "ok"
}

// answer answers a webhook.
func answer(w http.ResponseWriter, r *http.Request, b behaviour, status int, text string) {
	if b == slow {
		late := time.NewTimer(slowAnswer)
		defer late.Stop()
		select {
		case <-late.C:
		case <-r.Context().Done(): // the mock waits no longer
		}
	}
	if status == http.StatusFound {
		w.Header().Set("Location", "https://"+Host+r.URL.Path)
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	io.WriteString(w, text+"\n")
}

// withTwoDecimals is the mistake of [twoDecimals]: the amount as currencies with two decimals have it.
func withTwoDecimals(parts []tap.Part) []tap.Part {
	for i, p := range parts {
		if a, err := tap.ParseAmount(p.Value); p.Label == "x_amount" && err == nil {
			parts[i].Value = a.Text(2)
		}
	}
	return parts
}

// equalHex compares two signatures in constant time. Upper and lower case are the same.
func equalHex(came, expected string) bool {
	x, err := hex.DecodeString(came)
	y, wrong := hex.DecodeString(expected)
	return err == nil && wrong == nil && hmac.Equal(x, y)
}

// kept is a text of a webhook in the form in which the shop keeps it: a forged webhook must not fill its memory.
func kept(text string) string { return strings.Clone(tap.Clip(text, 60)) }

// short is the beginning and the end of a signature.
func short(signature string) string {
	if len(signature) <= 20 {
		return strings.ToValidUTF8(signature, "?")
	}
	return strings.ToValidUTF8(signature[:8]+"…"+signature[len(signature)-8:], "?")
}
