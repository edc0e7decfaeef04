package gateway

import (
	"fmt"
	"slices"
	"time"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// ending is how a payment ends, in Tap's words and the bank's.
type ending struct {
	to     tap.Status
	result tap.Result
	bank   *tap.Result // KNET's authRespCode and word, if the bank was asked

	copies int           // further webhooks at the same instant
	late   time.Duration // by which the webhook is late; the payer does not wait for it then
}

// Endings of a KNET payment (KNET page 13).
func captured() ending {
	return ending{to: tap.Captured, result: tap.PlainResult(tap.Captured), bank: &tap.Result{Code: "00", Message: "CAPTURED"}}
}

func notCaptured(code string) ending {
	return ending{to: tap.Failed, result: tap.PlainResult(tap.Failed), bank: &tap.Result{Code: code, Message: "NOT CAPTURED"}}
}

func cancelled() ending { return ending{to: tap.Cancelled, result: tap.PlainResult(tap.Cancelled)} }

func expiredPage() ending { return ending{to: tap.Cancelled, result: tap.Expired()} }

// byExpiry is the bank's decision in KNET's test environment: the card's expiry alone decides (KNET page 12, documented).
func byExpiry(c *Charge) ending {
	if slices.Contains(c.Settings.CapturedExpiries, c.Page.Expiry) {
		return captured()
	}
	return notCaptured(c.Settings.DeclineCode)
}

// settleLocked ends a charge: the move, the references that exist only now, and the webhook if there is to be one. A move
// that is not legal any more is journalled.
func (a *Account) settleLocked(c *Charge, end ending, cause uint64) {
	now := a.nowLocked()
	activity := a.drawIDLocked("activity", c, now)
	from := c.Status
	if err := c.Apply(Change{To: end.to, At: now, Activity: activity}, end.result); err != nil {
		a.forgetID(activity)
		a.record(Entry{Event: MoveRefused, Charge: c.ID, Cause: cause, Detail: err.Error()})
		return
	}
	c.Bank = end.bank
	c.Gateway = "00"
	if end.bank != nil {
		c.Gateway = tap.GatewayReference(now, c.draw)
	}
	if end.to == tap.Captured {
		c.Acquirer = tap.AcquirerReference(now, c.draw)
		c.Authorization = tap.AuthorizationID(c.draw)
	}
	if c.expiry != nil {
		a.dropLocked(c, c.expiry)
		c.expiry = nil
	}
	c.settledBy = a.record(Entry{Event: ChargeSettled, Charge: c.ID, Cause: cause,
		Detail: fmt.Sprintf("%s → %s, %s %s", from, c.Status, c.Result.Code, c.Result.Message)})
	a.tellLocked(c, end)
	a.restIfIdleLocked(c)
}

// tellLocked puts the webhooks of an end on the timeline.
func (a *Account) tellLocked(c *Charge, end ending) {
	if !c.tellsMerchant() {
		return
	}
	due := a.nowLocked().Add(end.late)
	if end.late == 0 {
		c.told = make(chan struct{})
	}
	for n := range 1 + end.copies {
		a.addLocked(c, &Effect{Kind: SendWebhook, Charge: c.ID, Due: due, Attempt: 1, Copy: n > 0, Cause: c.settledBy})
	}
}

// tellsMerchant reports whether the end of the charge is told by webhook: never when it was ABANDONED (Tap API 5.4).
func (c *Charge) tellsMerchant() bool {
	switch {
	case c.Request.PostURL == "" || c.Status == tap.Abandoned || !c.Status.Final():
		return false
	case c.Status == tap.Cancelled:
		return c.Settings.WebhookCancelled
	}
	return true
}

// expire is Tap's expiry of a charge that nobody paid (Tap API 11, inferred).
func (a *Account) expire(e *Effect) {
	a.mu.Lock()
	defer a.unlock()
	c := a.charges[e.Charge]
	defer a.restLocked(c)
	c.expiry = nil
	end := ending{to: tap.Abandoned, result: tap.PlainResult(tap.Abandoned)}
	if c.Settings.ExpiryOutcome == string(tap.Cancelled) {
		end = expiredPage()
	}
	a.settleLocked(c, end, e.Cause)
}
