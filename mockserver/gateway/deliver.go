package gateway

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// Delivery is one attempt to tell the merchant of a charge: what is to be sent, ready to be signed.
type Delivery struct {
	Key     string // the account's, which signs
	URL     string
	Body    []byte
	Parts   []tap.Part // of the hashstring
	Format  string     // the setting webhook_format
	Timeout time.Duration
}

// Attempt is how a delivery went.
type Attempt struct {
	Status int           // HTTP status of the answer; 0 if there was none
	Fault  string        // class of the trouble if there was no answer: "timeout", "refused", …
	Remedy string        // what would help, in plain words; may be ""
	Took   time.Duration // real time
}

// OK reports whether the merchant has taken the webhook: any 2xx (Tap API 5.4, unknown).
func (t Attempt) OK() bool { return t.Status >= 200 && t.Status <= 299 }

// deliver makes one attempt to tell the merchant of a charge. A retry is a new effect.
func (a *Account) deliver(e *Effect) {
	a.mu.Lock()
	c := a.charges[e.Charge]
	snapshot := *c
	a.out = append(a.out, e)
	a.mu.Unlock()
	attempt := a.send(snapshot.delivery(a.key, e.Attempt))
	a.mu.Lock()
	defer a.unlock()
	defer a.restLocked(c)
	a.out = slices.DeleteFunc(a.out, func(other *Effect) bool { return other == e })
	cause := a.record(Entry{Event: WebhookAttempt, Charge: c.ID, Cause: e.Cause, Detail: attempt.describe(e.Attempt, snapshot.Request.PostURL)})
	if e.Copy {
		return
	}
	if e.Attempt == 1 && c.told != nil {
		close(c.told)
	}
	retries := c.Settings.WebhookRetries
	switch {
	case attempt.OK():
		c.Post = tap.DeliverySuccess
	case e.Attempt > len(retries):
		c.Post = tap.DeliveryError
		a.record(Entry{Event: WebhookGivenUp, Charge: c.ID, Cause: cause, Detail: fmt.Sprintf("attempt %d was the last, post.status is ERROR", e.Attempt)})
	default:
		due := a.nowLocked().Add(retries[e.Attempt-1])
		a.addLocked(c, &Effect{Kind: SendWebhook, Charge: c.ID, Due: due, Attempt: e.Attempt + 1, Cause: cause})
	}
}

// send waits for one of the account's places for deliveries under way, then for one of the server's, and sends.
func (a *Account) send(d Delivery) Attempt {
	g := a.gw
	for _, slots := range []chan struct{}{a.slots, g.slots} {
		select {
		case slots <- struct{}{}:
			defer func() { <-slots }()
		case <-g.ctx.Done():
			return Attempt{Fault: "cancelled"}
		}
	}
	ctx, cancel := context.WithTimeout(g.ctx, d.Timeout)
	defer cancel()
	return g.cfg.Send(ctx, d)
}

func (c *Charge) delivery(key string, attempt int) Delivery {
	object := c.Object(tap.MethodWebhook)
	object.Post.Attempt = attempt
	body := object.JSON(c.Settings.Style)
	if c.Settings.WebhookFormat == "2022" {
		body = tap.Indent(body)
	}
	places, _ := tap.Decimals(c.Request.Currency)
	return Delivery{
		Key: key, URL: c.Request.PostURL, Body: body, Format: c.Settings.WebhookFormat, Timeout: c.Settings.WebhookTimeout,
		Parts: tap.HashParts(object.ID, c.Request.Amount.Text(places), object.Currency, object.Reference.Gateway,
			object.Reference.Payment, string(object.Status), object.Transaction.Created),
	}
}

func (t Attempt) describe(n int, url string) string {
	text := "attempt " + strconv.Itoa(n) + " to " + describeURL(url) + ": "
	if t.Status != 0 {
		text += "HTTP " + strconv.Itoa(t.Status) + " after " + t.Took.Round(time.Millisecond).String()
		if t.Status/100 == 3 {
			text += " (redirects are not followed)"
		}
		return text
	}
	text += t.Fault + " after " + t.Took.Round(time.Millisecond).String()
	if t.Remedy != "" {
		text += " (" + t.Remedy + ")"
	}
	return text
}
