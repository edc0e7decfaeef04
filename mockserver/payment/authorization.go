package payment

import (
	"fmt"
	"slices"
	"time"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// autoState is the status of an auto in one byte. The zero value is PENDING.
type autoState uint8

var autoStates = []tap.AutoStatus{tap.AutoPending, tap.AutoScheduled, tap.AutoCancelled, tap.AutoVoided, tap.AutoCaptured, tap.AutoFailed, tap.AutoDeclined}

func (a autoState) status() tap.AutoStatus { return autoStates[a] }

func autoStateOf(s tap.AutoStatus) autoState { return autoState(max(0, slices.Index(autoStates, s))) }

// autoAfter is the auto of an authorization that has made a move to a status: CANCELLED is proven for DECLINED, assumed for the others.
func autoAfter(s tap.Status) autoState {
	switch s {
	case tap.Initiated, tap.InProgress:
		return autoStateOf(tap.AutoPending)
	case tap.Authorized:
		return autoStateOf(tap.AutoScheduled)
	}
	return autoStateOf(tap.AutoCancelled)
}

// AutoDue is when the auto of an authorization that has just been authorized is due. It reports false if the request had none.
func (c *Payment) AutoDue() (time.Time, bool) {
	if c.Request.Auto == nil || c.Status != tap.Authorized {
		return time.Time{}, false
	}
	return c.At.Add(time.Duration(c.Request.Auto.Hours) * time.Hour), true
}

// Void voids an authorization for the merchant. The error is that of [Payment.Apply]; then nothing changes.
func (c *Payment) Void(at time.Time, ids tap.IDs, facts []Fact) ([]Fact, error) {
	return c.release(tap.Void, tap.EventVoided, autoStateOf(tap.AutoCancelled), at, ids, facts)
}

// CapturedBy is a fact of an authorization of which a charge has captured an amount.
func (c *Payment) CapturedBy(amount, left tap.Amount, charge string) Fact {
	text := Money(amount, c.Request.Currency) + " by charge " + charge + ", " + Money(left, c.Request.Currency) + " left"
	if c.Status != tap.Authorized {
		text += "; the authorization is " + string(c.Status)
	}
	return Said(tap.EventCaptured, text)
}

// CaptureInFull is the end of an authorization of which nothing is left to capture: CAPTURED [assumed: documented after a full capture, not known
// after a partial one].
func (c *Payment) CaptureInFull(at time.Time, ids tap.IDs) error {
	_, err := c.release(tap.Captured, tap.EventCaptured, autoStateOf(tap.AutoCancelled), at, ids, nil)
	return err
}

// EndAuto is the end of an auto. After VOID and CAPTURED the authorization has that status, after FAILED and DECLINED it stays AUTHORIZED.
func (c *Payment) EndAuto(s tap.AutoStatus, at time.Time, ids tap.IDs, facts []Fact) ([]Fact, error) {
	switch s {
	case tap.AutoVoided:
		return c.release(tap.Void, tap.EventAuto, autoStateOf(s), at, ids, facts)
	case tap.AutoCaptured:
		return c.release(tap.Captured, tap.EventAuto, autoStateOf(s), at, ids, facts)
	}
	to := c.State
	to.auto, to.Activity = autoStateOf(s), ""
	if err := c.change(to); err != nil {
		return facts, err
	}
	return append(facts, Fact{event: tap.EventAuto.Number(), version: int16(c.Latest())}), nil
}

// release moves an authorization out of AUTHORIZED.
func (c *Payment) release(to tap.Status, event tap.Event, auto autoState, at time.Time, ids tap.IDs, facts []Fact) ([]Fact, error) {
	next := c.State
	next.Status, next.Result, next.auto = to, tap.PlainResult(to), auto
	next.At, next.Activity = at, c.activity(ids, at, c.moves())
	if err := c.Apply(next, false); err != nil {
		return facts, err
	}
	return append(facts, Fact{event: event.Number(), version: int16(c.Latest())}), nil
}

func (c *Payment) describeAuto(f Fact) string {
	then := c.version(int(f.version))
	return fmt.Sprintf("%s after %d h: %s, the authorization is %s", c.Request.Auto.Type, c.Request.Auto.Hours, then.auto.status(), then.Status)
}

// Authorization returns the authorization as Tap shows it, as [Payment.Charge] does for a charge (Rest of v2 2.1 and 2.2).
func (c *Payment) Authorization(method tap.Method) *tap.Authorization {
	var o tap.Charge
	c.fill(&o, method)
	a := &tap.Authorization{ID: o.ID, Object: "authorize", CustomerInitiated: o.CustomerInitiated, AuthorizeDebit: c.Request.AuthorizeDebit, APIVersion: o.APIVersion,
		Method: method, Status: o.Status, Amount: o.Amount, Currency: o.Currency, ThreeDSecure: o.ThreeDSecure, SaveCard: o.SaveCard,
		StatementDescriptor: o.StatementDescriptor, Transaction: o.Transaction, Reference: o.Reference, Response: o.Response, Receipt: o.Receipt,
		Customer: o.Customer, Source: o.Source, Redirect: o.Redirect, Post: o.Post, Description: o.Description, Metadata: o.Metadata, Order: o.Order}
	if c.Settings.ChargeStyle != tap.Style2022 {
		a.Product = "GOSELL"
	}
	if r := c.Request.Auto; r != nil {
		a.Auto = &tap.Auto{Status: c.auto.status(), Type: r.Type, Time: r.Hours}
	}
	if c.References().Authorization != "" {
		a.Acquirer = &tap.Gateway{Response: tap.Result{Code: "00", Message: "Approved"}}
		a.Customer.ID = c.References().Customer
	}
	if method == tap.MethodWebhook {
		c.fillWebhook(a, &o)
	}
	return a
}

// fillWebhook makes an authorization what a webhook shows: without method, with gateway and merchant (Rest of v2 2.2, documented and proven).
func (c *Payment) fillWebhook(a *tap.Authorization, o *tap.Charge) {
	a.Method = ""
	a.Merchant = &tap.AuthorizationMerchant{Country: o.Merchant.Country, ID: o.Merchant.ID}
	if c.Settings.ChargeStyle != tap.StyleNewest {
		a.Merchant.Country = ""
	}
	if a.Gateway = o.Gateway; a.Gateway == nil {
		a.Gateway = &tap.Gateway{Response: tap.Result{Code: "?"}}
	}
}
