package mockserver

import (
	"slices"
	"strings"
	"unicode"

	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/mockserver/gateway"
	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/mockserver/webhook"
)

// maxWebhooks bounds a list of webhook deliveries.
const maxWebhooks = 1000

func listWebhooks(c *controlCall) (any, error) {
	limit, err := c.limit(100, maxWebhooks)
	if err != nil {
		return nil, err
	}
	q := c.r.URL.Query()
	if err := checkObject(q.Get("object")); err != nil {
		return nil, err
	}
	c.account.Calm(c.r.Context())
	deliveries := c.account.Deliveries(q.Get("object"))
	if after := q.Get("starting_after"); after != "" {
		i := slices.IndexFunc(deliveries, func(d gateway.Attempts) bool { return d.Delivery == after })
		if i < 0 {
			return nil, notListed(c.account, after)
		}
		deliveries = deliveries[i+1:]
	}
	more, err := c.hasMore(len(deliveries), limit, q.Get("object"))
	if err != nil {
		return nil, err
	}
	all := control.Webhooks{Webhooks: []control.Webhook{}, HasMore: more}
	for _, d := range deliveries[:min(len(deliveries), limit)] {
		one, err := explained(c.account, d)
		if err != nil {
			return nil, err
		}
		all.Webhooks = append(all.Webhooks, one)
	}
	return all, nil
}

// notListed is the error of a list that cannot start after a delivery: it does not exist, it was evicted, or it is another object's.
func notListed(account *gateway.Account, id string) error {
	if _, err := account.Attempts(id); err != nil {
		return err
	}
	return badControl("starting_after: the webhook delivery %s is of another object", id)
}

func getWebhook(c *controlCall) (any, error) {
	d, err := c.account.Attempts(c.name)
	if err != nil {
		return nil, err
	}
	return explained(c.account, d)
}

func resendWebhook(c *controlCall) (any, error) {
	d, err := c.account.Attempts(c.name)
	if err != nil {
		return nil, err
	}
	signature, err := c.signature()
	if err != nil {
		return nil, err
	}
	again, err := c.account.Resend(c.r.Context(), d.Entries[len(d.Entries)-1], signature)
	if err != nil {
		return nil, err
	}
	return explained(c.account, gateway.Attempts{Delivery: again.Sent.Delivery(), Entries: []gateway.Entry{again}})
}

// maxSignature bounds the signature with which a webhook is sent again, in bytes.
const maxSignature = 200

// signature is the signature that the body of a call chooses, or "".
func (c *controlCall) signature() (string, error) {
	var in struct {
		Signature *string `json:"signature"`
	}
	if err := c.read(&in); err != nil || in.Signature == nil {
		return "", err
	}
	text := *in.Signature
	switch {
	case text == "":
		return "", badControl("signature: it is empty; without it the webhook is sent with its own signatures")
	case strings.TrimSpace(text) != text:
		return "", badControl("signature: it begins or ends with white space, which a header cannot have")
	case len(text) > maxSignature:
		return "", badControl("signature: it has %d bytes; the limit is %d", len(text), maxSignature)
	case strings.ContainsFunc(text, unicode.IsControl):
		return "", badControl("signature: it must be one line of text, without control characters")
	}
	return text, nil
}

// explained is a webhook delivery with its attempts. The error is a [*gateway.EvidenceError].
func explained(account *gateway.Account, d gateway.Attempts) (control.Webhook, error) {
	first := d.Entries[0]
	w := control.Webhook{ID: d.Delivery, Object: *objectOf(first.Object), Forge: first.Sent.Forged(), Replay: first.Sent.Replay(), ResendOf: first.Sent.ResendOf()}
	for i := range d.Entries {
		sent, shown, masked, err := account.Shown(d.Entries[i].Sent)
		if err != nil {
			return w, err
		}
		attempt := explainedAttempt(&sent, &shown, &d.Entries[i])
		if attempt.Masked = masked; !masked {
			attempt.Curl = curl(sent.URL, &attempt)
		}
		w.URL = tap.Mask(sent.URL)
		w.Attempts = append(w.Attempts, attempt)
	}
	return w, nil
}

// explainedAttempt is one attempt. Its bytes are composed again from the charge as it was; they equal the sent bytes, unless something in
// them is masked. The headers are those of the sent bytes.
func explainedAttempt(sent, shown *gateway.Delivery, e *gateway.Entry) control.WebhookAttempt {
	w := control.WebhookAttempt{Attempt: e.Sent.Attempt, Entry: e.Seq, At: e.At, Body: string(shown.Body), Hashed: tap.HashInput(shown.Parts),
		Headers: map[string]string{}, Response: responseOf(e.Attempt)}
	if shown.Sent != nil {
		w.Body = string(shown.Sent)
	}
	for _, p := range shown.Parts {
		w.Parts = append(w.Parts, control.Part{Label: p.Label, Value: p.Value})
	}
	for name, values := range webhook.Headers(sent.Message) {
		if len(values) > 0 {
			w.Headers[strings.ToLower(name)] = values[0]
		}
	}
	w.HashString, w.Hash = w.Headers["hashstring"], w.Headers["hash"]
	return w
}

// curl is a shell command that sends a webhook again.
func curl(url string, w *control.WebhookAttempt) string {
	var b strings.Builder
	b.WriteString("curl -s -X POST " + shellQuoted(url))
	for _, name := range []string{"content-type", "hashstring", "hash"} {
		if v := w.Headers[name]; v != "" {
			b.WriteString(" -H " + shellQuoted(name+": "+v))
		}
	}
	b.WriteString(" --data-binary " + shellQuoted(w.Body))
	return b.String()
}

func shellQuoted(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }
