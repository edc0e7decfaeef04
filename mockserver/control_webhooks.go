package mockserver

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/mockserver/gateway"
	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/mockserver/webhook"
)

func listWebhooks(c *controlCall) (any, error) {
	if err := c.known("charge", "after", "limit"); err != nil {
		return nil, err
	}
	after, err1 := c.number("after", 0)
	limit, err2 := c.number("limit", 100)
	if err1 != nil || err2 != nil {
		return nil, badControl("after and limit are whole numbers")
	}
	c.account.Calm(c.r.Context())
	q := gateway.Question{After: after, Event: gateway.WebhookAttempt, Charge: c.r.URL.Query().Get("charge"), Max: int(min(limit, 1000))}
	found, err := c.account.AskNow(q)
	if err != nil {
		return nil, err
	}
	all := control.Webhooks{Webhooks: []control.Webhook{}}
	for i := range found {
		all.Webhooks = append(all.Webhooks, explained(c.account, &found[i]))
	}
	return all, nil
}

// attempt finds the journal's entry of a webhook by its number.
func (c *controlCall) attempt() (*gateway.Entry, error) {
	seq, err := strconv.ParseUint(c.name, 10, 63)
	if err != nil || seq == 0 {
		return nil, badControl("%.40q is no number of an entry in the journal", c.name)
	}
	found, err := c.account.AskNow(gateway.Question{After: seq - 1, Max: 1})
	if err != nil {
		return nil, err
	}
	if len(found) == 0 || found[0].Seq != seq || found[0].Sent == nil {
		return nil, &control.Error{Status: http.StatusNotFound, Code: "not_found", Message: "entry " + c.name + " of the journal is no webhook_attempt"}
	}
	return &found[0], nil
}

func getWebhook(c *controlCall) (any, error) {
	e, err := c.attempt()
	if err != nil {
		return nil, err
	}
	return explained(c.account, e), nil
}

func resendWebhook(c *controlCall) (any, error) {
	e, err := c.attempt()
	if err != nil {
		return nil, err
	}
	again, err := c.account.Resend(c.r.Context(), *e)
	if err != nil {
		return nil, err
	}
	return explained(c.account, &again), nil
}

// explained is a webhook with all that went into it. Its bytes are made again, as they were sent.
func explained(account *gateway.Account, e *gateway.Entry) control.Webhook {
	d := account.Delivery(e.Sent)
	m := message(d)
	headers := webhook.Headers(m)
	w := control.Webhook{Seq: e.Seq, At: e.At, Charge: e.Charge, Attempt: e.Sent.Attempt, Lie: string(e.Sent.Lie), URL: d.URL, Body: string(d.Body),
		Hashed: tap.HashInput(d.Parts), Headers: map[string]string{}, Answer: answerOf(e.Attempt)}
	if d.Sent != nil {
		w.Body = string(d.Sent)
	}
	for _, p := range d.Parts {
		w.Parts = append(w.Parts, control.Part{Label: p.Label, Value: p.Value})
	}
	for name, values := range headers {
		if len(values) > 0 {
			w.Headers[strings.ToLower(name)] = values[0]
		}
	}
	w.HashString, w.Hash = w.Headers["hashstring"], w.Headers["hash"]
	w.Curl = curl(&w)
	return w
}

// curl is a shell command that sends a webhook again.
func curl(w *control.Webhook) string {
	var b strings.Builder
	b.WriteString("curl -s -X POST " + shellQuoted(w.URL))
	for _, name := range []string{"content-type", "hashstring", "hash"} {
		if v := w.Headers[name]; v != "" {
			b.WriteString(" -H " + shellQuoted(name+": "+v))
		}
	}
	b.WriteString(" --data-binary " + shellQuoted(w.Body))
	return b.String()
}

func shellQuoted(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }
