package testkit

import (
	"fmt"
	"slices"
	"strings"
)

// Level says how grave a finding is.
type Level string

// The levels: a must loses or gives away money or goods; a should is a weakness that comes to light on a bad day.
const (
	Must   Level = "must"
	Should Level = "should"
)

// Code names what a merchant does wrong.
type Code string

// The codes of [CheckMerchant]; [Reasons] explains them.
const (
	PaidWithoutCapture    Code = "paid-without-capture"
	LosesPayment          Code = "loses-payment"
	FulfilledTwice        Code = "fulfilled-twice"
	ChargesTwice          Code = "charges-twice"
	CreatesTwice          Code = "creates-twice"
	NoPaymentLink         Code = "no-payment-link"
	WrongDecimals         Code = "wrong-decimals"
	TrustsForgedWebhook   Code = "trusts-forged-webhook"
	TrustsWebhookAlone    Code = "trusts-webhook-alone"
	RefusesGenuineWebhook Code = "refuses-genuine-webhook"
	SlowAcknowledge       Code = "slow-acknowledge"
	TrustsReturn          Code = "trusts-redirect"
	TakesAnotherCharge    Code = "takes-another-charge"
	NeedsWebhook          Code = "needs-webhook"
	NeedsReturn           Code = "needs-redirect"
	LosesEarlyWebhook     Code = "loses-early-webhook"
	GivesUpAsking         Code = "gives-up-asking"
	IgnoresLateCapture    Code = "ignores-late-capture"
	DoesNotReconcile      Code = "does-not-reconcile"
	StateUnknown          Code = "state-unknown"
)

// Reason explains a code.
type Reason struct {
	Code  Code
	Level Level
	Means string // what the merchant has done
	Sound string // what a sound one does
}

// Reasons are all codes, in the order in which they matter.
func Reasons() []Reason { return slices.Clone(reasons) }

var reasons = []Reason{
	{PaidWithoutCapture, Must, "the order counts as paid, or was fulfilled, though no charge of it was captured",
		"takes only the status CAPTURED for paid; INITIATED, IN_PROGRESS, UNKNOWN, RESTRICTED, DECLINED and whatever else may come are not"},
	{LosesPayment, Must, "a charge was captured, and the order is not paid and fulfilled",
		"fulfils whenever it learns that the charge is captured, and closes no order for a status that can still change"},
	{FulfilledTwice, Must, "the order was fulfilled more than once",
		"lets its database decide who is first (a unique key, or one conditional update), not a look beforehand"},
	{ChargesTwice, Must, "the payer was charged more than once for one order",
		"sends the same reference.idempotent with every try to create the charge of an order, and gets the same charge back"},
	{CreatesTwice, Should, "a second charge was created for one order, and the first stays open",
		"sends the same reference.idempotent with every try to create the charge of an order: a lost answer does not mean that nothing happened"},
	{NoPaymentLink, Must, "the payer got no link to pay, though he tried three times",
		"tries again, or lets the payer, with the same reference.idempotent, and gives him the link of that charge"},
	{WrongDecimals, Must, "the charge is over another amount than the order",
		"sends KWD with three decimals, from decimal arithmetic, never rounded to two"},
	{TrustsForgedWebhook, Must, "an order was fulfilled for a webhook with a missing, wrong or foreign signature, while GET could not confirm it",
		"verifies hashstring or hash with its own key before it does anything, or asks GET /v2/charges/{id} and believes only that"},
	{TrustsWebhookAlone, Should, "an order was fulfilled for a signed webhook that says CAPTURED, while GET says that the charge is not",
		"takes the webhook as a hint, and asks GET /v2/charges/{id} before it fulfils: one leaked key must not give goods away"},
	{RefusesGenuineWebhook, Must, "no attempt of a genuine webhook was taken with a 2xx",
		"hashes the amount with the currency's decimals (12.5 KWD is 12.500) over the parts in their order, or the body's bytes as received; VerifyWebhook of the testkit says what differs"},
	{SlowAcknowledge, Should, "a webhook was answered too late, or not at all",
		"answers at once, and does what takes time afterwards"},
	{TrustsReturn, Must, "an order was fulfilled because parameters of the return said so",
		"takes tap_id alone from the return, and asks GET /v2/charges/{id}"},
	{TakesAnotherCharge, Must, "an order was fulfilled with the paid charge of another one",
		"compares reference.order, amount and currency of the charge with the order that it pays"},
	{NeedsWebhook, Must, "no webhook came, and the payer's return has not led to a paid order",
		"asks GET /v2/charges/{id} when the payer returns"},
	{NeedsReturn, Must, "the payer did not come back with his tap_id, and the webhook alone has not led to a paid order",
		"fulfils by the webhook alone"},
	{LosesEarlyWebhook, Must, "a webhook came before the create answer, and the payment was lost",
		"finds the order by reference.order, or answers 5xx so that Tap tries again"},
	{GivesUpAsking, Must, "GET failed or lagged behind at first, and the payment was lost",
		"answers a webhook that it cannot confirm with 5xx, so that Tap tries again, and takes nothing for unpaid because it could not ask"},
	{IgnoresLateCapture, Should, "a charge that had ended otherwise was captured later, and neither was the order fulfilled nor the money given back",
		"takes a later CAPTURED for what it is, and reconciles ended charges for some days"},
	{DoesNotReconcile, Should, "neither webhook nor return could tell, and the payment was lost",
		"asks for the charges of open orders from time to time (Reconcile)"},
	{StateUnknown, Must, "State could not say how the order stands", "knows every order that went through Checkout"},
}

func reasonOf(c Code) Reason {
	i := slices.IndexFunc(reasons, func(r Reason) bool { return r.Code == c })
	return reasons[i]
}

// Finding is something that a merchant does wrong.
type Finding struct {
	Reason
	Story       string // scenario that was played
	Description string // what happens in it
	Order       Order
	Did         string // what the merchant did
	Sent        string // what happened, and what he was sent when, from the journal
}

// String tells all of it, in lines that a person can read.
func (f Finding) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s (%s) in %s: %s\n", f.Code, f.Level, f.Story, f.Means)
	fmt.Fprintf(&b, "  the story: %s\n", f.Description)
	fmt.Fprintf(&b, "  the merchant: order %s over %s KWD: %s\n", f.Order.ID, f.Order.Amount, f.Did)
	fmt.Fprintf(&b, "  a sound one: %s\n", f.Sound)
	for line := range strings.Lines(f.Sent) {
		fmt.Fprintf(&b, "  | %s", line)
	}
	return b.String()
}
