package testkit

import (
	"fmt"
	"slices"
	"strings"
)

// Level is the severity of a finding.
type Level string

// The levels. A mistake of level must loses money or goods. A mistake of level should does so only under rare conditions.
const (
	Must   Level = "must"
	Should Level = "should"
)

// Code names a mistake of a merchant.
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
	TrustsReturn          Code = "trusts-return"
	TakesAnotherCharge    Code = "takes-another-charge"
	NeedsWebhook          Code = "needs-webhook"
	NeedsReturn           Code = "needs-return"
	LosesEarlyWebhook     Code = "loses-early-webhook"
	GivesUpAsking         Code = "gives-up-asking"
	IgnoresLateCapture    Code = "ignores-late-capture"
	DoesNotReconcile      Code = "does-not-reconcile"
	StateUnknown          Code = "state-unknown"
)

// Reason explains a code.
type Reason struct {
	Code    Code
	Level   Level
	Problem string // what happened to the order, the money or the goods
	Remedy  string // what the merchant's code should do
}

// Reasons are the explanations of all codes, the most severe first.
func Reasons() []Reason { return slices.Clone(reasons) }

var reasons = []Reason{
	{PaidWithoutCapture, Must, "the order was marked as paid or was fulfilled, but no charge of the order was captured",
		"treat only the status CAPTURED as paid; INITIATED, IN_PROGRESS, UNKNOWN, RESTRICTED, DECLINED and all others are not paid"},
	{LosesPayment, Must, "a charge was captured, but the order was not marked as paid and fulfilled",
		"fulfil the order as soon as the charge is known to be captured, and do not close an order for a status that can still change"},
	{FulfilledTwice, Must, "the order was fulfilled more than once",
		"let the database decide which request fulfils the order (a unique key, or one conditional update); a check before the update is not enough"},
	{ChargesTwice, Must, "the payer paid more than once for one order",
		"send the same reference.idempotent with every attempt to create the charge of an order; Tap then returns the existing charge"},
	{CreatesTwice, Should, "more than one charge was created for one order, so the payer can pay more than once",
		"send the same reference.idempotent with every attempt to create the charge of an order; a lost answer does not mean that no charge was created"},
	{NoPaymentLink, Must, "the payer got no payment link in three attempts",
		"send the create request again with the same reference.idempotent, and send the payer to the link of that charge"},
	{WrongDecimals, Must, "the amount of the charge is not the amount of the order",
		"send KWD amounts with three decimals, computed in decimal arithmetic and never rounded to two"},
	{TrustsForgedWebhook, Must, "the order was fulfilled for a webhook with a missing, wrong or foreign signature, while GET could not confirm the payment",
		"verify hashstring or hash with the merchant's own secret key first, or trust only the answer of GET /v2/charges/{id}"},
	{TrustsWebhookAlone, Should, "the order was fulfilled for a signed webhook with status CAPTURED, but GET says that the charge was not captured",
		"call GET /v2/charges/{id} before the order is fulfilled; otherwise a leaked secret key is enough to get goods without payment"},
	{RefusesGenuineWebhook, Must, "no attempt of a genuine webhook got a 2xx response",
		"compute hashstring over the parts in their order, with the currency's decimals in the amount (12.5 KWD is 12.500), or compute hash over the bytes of the body as received; testkit.VerifyWebhook says what differs"},
	{SlowAcknowledge, Should, "a webhook got a late response, or none",
		"respond at once, and do slow work after the response"},
	{TrustsReturn, Must, "the order was fulfilled because of parameters in the return URL",
		"use only tap_id of the return URL, and call GET /v2/charges/{id}"},
	{TakesAnotherCharge, Must, "the order was fulfilled with the captured charge of another order",
		"compare reference.order, amount and currency of the charge with the order"},
	{NeedsWebhook, Must, "no webhook arrived, and the payer's return did not lead to a paid order",
		"call GET /v2/charges/{id} when the payer returns"},
	{NeedsReturn, Must, "the payer did not return with the tap_id of the charge, and the webhook did not lead to a paid order",
		"fulfil the order after the webhook, without waiting for the return"},
	{LosesEarlyWebhook, Must, "the webhook arrived before the answer to the create request, and the payment was lost",
		"find the order by reference.order, or respond with 5xx so that Tap sends the webhook again"},
	{GivesUpAsking, Must, "GET failed or returned an old status at first, and the payment was lost",
		"respond with 5xx to a webhook that GET does not confirm yet, so that Tap sends it again; a failed GET does not mean unpaid"},
	{IgnoresLateCapture, Should, "a charge was captured after it had ended with another status, and the order was neither fulfilled nor refunded",
		"accept a later CAPTURED, and check ended charges again for some days"},
	{DoesNotReconcile, Should, "neither a webhook nor the return reported the capture, and the payment was lost",
		"check the charges of open orders regularly (Reconcile)"},
	{StateUnknown, Must, "State returned an error for the order", "keep every order that was passed to Checkout"},
}

func reasonOf(c Code) Reason {
	i := slices.IndexFunc(reasons, func(r Reason) bool { return r.Code == c })
	return reasons[i]
}

// Finding is a mistake of a merchant in one story.
type Finding struct {
	Reason
	Story       string // names of the scenarios that were played, joined by +
	Description string // of the scenarios
	Order       Order
	Observed    string // state of the order, charges and responses that show the mistake
	Trace       string // traces of the order's charges
}

// String is the whole finding as lines of text.
func (f Finding) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s (%s) in %s: %s\n", f.Code, f.Level, f.Story, f.Problem)
	fmt.Fprintf(&b, "  scenario: %s\n", f.Description)
	fmt.Fprintf(&b, "  observed: order %s, %s KWD: %s\n", f.Order.ID, f.Order.Amount, f.Observed)
	fmt.Fprintf(&b, "  remedy:   %s\n", f.Remedy)
	for line := range strings.Lines(f.Trace) {
		fmt.Fprintf(&b, "  | %s", line)
	}
	return b.String()
}
