package verdict

import "slices"

// Level is the severity of a finding.
type Level string

// The levels. With a must the payer or the merchant loses money or goods. With a should they do so only under rare conditions.
const (
	Must   Level = "must"
	Should Level = "should"
)

// Code names a mistake of a merchant.
type Code string

// The codes; [Reasons] explains them.
const (
	RefusesGenuineWebhook Code = "refuses-genuine-webhook"
	StateUnknown          Code = "state-unknown"
	NoPaymentLink         Code = "no-payment-link"
	WrongDecimals         Code = "wrong-decimals"
	PaidWithoutCapture    Code = "paid-without-capture"
	TrustsReturn          Code = "trusts-return"
	TrustsForgedWebhook   Code = "trusts-forged-webhook"
	TakesAnotherCharge    Code = "takes-another-charge"
	IgnoresAmount         Code = "ignores-amount"
	FulfilledTwice        Code = "fulfilled-twice"
	ChargesTwice          Code = "charges-twice"
	NeedsWebhook          Code = "needs-webhook"
	NeedsReturn           Code = "needs-return"
	LosesEarlyWebhook     Code = "loses-early-webhook"
	GivesUpAsking         Code = "gives-up-asking"
	IgnoresLateCapture    Code = "ignores-late-capture"
	DoesNotReconcile      Code = "does-not-reconcile"
	LosesPayment          Code = "loses-payment"
	PaysLate              Code = "pays-late"
	TrustsWebhookAlone    Code = "trusts-webhook-alone"
	CreatesTwice          Code = "creates-twice"
	SlowAcknowledge       Code = "slow-acknowledge"
	NoTimeout             Code = "no-timeout"

	NoRefund           Code = "no-refund"
	RefundsTwice       Code = "refunds-twice"
	TakesFailedRefund  Code = "takes-failed-refund"
	TakesRefusedRefund Code = "takes-refused-refund"
	NeedsRefundWebhook Code = "needs-refund-webhook"
	LosesRefund        Code = "loses-refund"
	ClaimsRefund       Code = "claims-refund"
	RefundsAndFulfils  Code = "refunds-and-fulfils"
	TakesPendingRefund Code = "takes-pending-refund"
	RefundsUncaptured  Code = "refunds-uncaptured"

	DeliversOnAuthorized Code = "delivers-on-authorized"
	CapturesAfterVoid    Code = "captures-after-void"
	CapturesMore         Code = "captures-more"
	IgnoresVoid          Code = "ignores-void"
	LosesCapture         Code = "loses-capture"
)

// Reason explains a code.
type Reason struct {
	Code    Code
	Level   Level
	Problem string // what happened to the order
	Cost    string // who loses what
	Remedy  string // what the merchant's code should do
}

// Reasons are the explanations of all codes: first those that hide others, then the most severe.
func Reasons() []Reason { return slices.Clone(reasons) }

// Costs that several codes have.
const (
	goodsLost   = "the merchant loses the goods"
	moneyLost   = "the payer loses the money"
	refundLost  = "the payer does not get the money back"
	paidTwice   = "the payer pays twice"
	payerWaits  = "the payer waits for an order that is paid"
	notJudged   = "the check cannot judge the order"
	customer    = "the merchant loses the sale"
	rarelyGoods = "the merchant loses goods if the secret key leaks"
)

var reasons = []Reason{
	{RefusesGenuineWebhook, Must, "no attempt of a genuine webhook got a 2xx response", moneyLost + " whenever the webhook is the only news of the payment",
		"compute hashstring over the parts in their order, with the currency's decimals in the amount (12.5 KWD is 12.500), or compute hash over the bytes of the body as received; tapmock hash shows both"},
	{StateUnknown, Must, "State returned an error for the order", notJudged, "keep every order that was passed to Checkout"},
	{NoPaymentLink, Must, "the payer got no payment link in three attempts", customer,
		"send the create request again with the same reference.idempotent, and send the payer to the link of that charge"},
	{WrongDecimals, Must, "the amount of the charge is not the amount of the order", "the payer pays another amount than the order's",
		"send KWD amounts with three decimals, computed in decimal arithmetic and never rounded to two"},
	{PaidWithoutCapture, Must, "the order was marked as paid or was fulfilled, but no charge of the order was captured", goodsLost,
		"treat only the status CAPTURED as paid; INITIATED, IN_PROGRESS, UNKNOWN, RESTRICTED, DECLINED and all others are not paid"},
	{TrustsReturn, Must, "the payer's return alone made the order paid, without a GET of the charge", goodsLost,
		"use only tap_id of the return URL, and call GET /v2/charges/{id}"},
	{TrustsForgedWebhook, Must, "the order was fulfilled for a webhook with a missing, wrong or foreign signature, while GET could not confirm the payment", goodsLost,
		"verify hashstring or hash with the merchant's own secret key first, or trust only the answer of GET /v2/charges/{id}"},
	{TakesAnotherCharge, Must, "the order was fulfilled with a charge whose reference.order is another order's", goodsLost,
		"compare reference.order of the charge with the order"},
	{IgnoresAmount, Must, "the order was fulfilled although the charge has another amount or currency", goodsLost + " for a part of the price",
		"compare amount and currency of the charge with the order before it is fulfilled"},
	{FulfilledTwice, Must, "the order was fulfilled more than once", goodsLost,
		"let the database decide which request fulfils the order (a unique key, or one conditional update); a check before the update is not enough"},
	{ChargesTwice, Must, "more than one charge of one order was captured", paidTwice,
		"send the same reference.idempotent with every attempt to create the charge of an order; Tap then returns the existing charge"},
	{NeedsWebhook, Must, "no webhook arrived, and the payer's return did not lead to a paid order", moneyLost, "call GET /v2/charges/{id} when the payer returns"},
	{NeedsReturn, Must, "the payer did not return with the tap_id of the charge, and the webhook did not lead to a paid order", moneyLost,
		"fulfil the order after the webhook, without waiting for the return"},
	{LosesEarlyWebhook, Must, "the webhook arrived before the answer to the create request, and the payment was lost", moneyLost,
		"find the order by reference.order, or respond with 5xx so that Tap sends the webhook again"},
	{GivesUpAsking, Must, "GET failed or returned an old status at first, and the payment was lost", moneyLost,
		"respond with 5xx to a webhook that GET does not confirm yet, so that Tap sends it again; a failed GET does not mean unpaid"},
	{IgnoresLateCapture, Must, "a charge was captured after it had ended with another status, and the order was neither fulfilled nor refunded", moneyLost,
		"accept a later CAPTURED: fulfil the order or refund the charge, and check ended charges again for some days"},
	{DoesNotReconcile, Must, "neither a webhook nor the return reported the capture, and Reconcile did not find it", moneyLost,
		"check the charges of open orders regularly (Reconcile)"},
	{LosesPayment, Must, "a charge was captured, but the order was not marked as paid and fulfilled", moneyLost,
		"fulfil the order as soon as the charge is known to be captured, and do not close an order for a status that can still change"},
	{NoRefund, Must, "Refund was called three times, and no refund was made", refundLost,
		"call POST /v2/refunds with the id of the captured charge, and keep what it answers"},
	{RefundsTwice, Must, "more was refunded than was asked for", "the merchant pays back more than it got",
		"send the same reference.idempotent with every attempt to make one refund; Tap then returns the existing one"},
	{TakesFailedRefund, Must, "a refund ended FAILED or DECLINED, and the order counts as refunded", refundLost,
		"treat only the status REFUNDED as money given back, and pay the payer back in another way after a failure"},
	{TakesRefusedRefund, Must, "Tap refused the refund, and the merchant took it as made", refundLost,
		"treat every answer but 200 to POST /v2/refunds as a refund that was not made, and pass the error on"},
	{NeedsRefundWebhook, Must, "no webhook of the refund arrived, and the merchant never learned that it was made", "staff refund the order again, and the merchant pays twice",
		"call GET /v2/refunds/{id} for open refunds regularly (Reconcile)"},
	{LosesRefund, Must, "a refund was made, and the order does not count as refunded", "staff refund the order again, and the merchant pays twice",
		"set post.url in the request for a refund and handle its webhook, or ask for open refunds; an end can come after a failure"},
	{ClaimsRefund, Must, "the order counts as refunded, but no refund was made", moneyLost,
		"make the refund with POST /v2/refunds before the order counts as refunded"},
	{RefundsAndFulfils, Must, "the order was both fulfilled and refunded", goodsLost,
		"decide once for an order between goods and money, in one transaction of the database"},
	{DeliversOnAuthorized, Must, "the order was fulfilled while its money was only authorized, and nothing of it captured", goodsLost,
		"capture the authorization (POST /v2/charges with its id as the source) before the order is fulfilled; AUTHORIZED is not paid"},
	{CapturesAfterVoid, Must, "Tap refused a capture after a void, and the merchant took it as made", goodsLost,
		"treat every answer but 200 with the status CAPTURED as a capture that was not made"},
	{CapturesMore, Must, "Tap refused a capture of more than is held, and the merchant took it as made", goodsLost,
		"capture at most what was authorized, and treat every answer but 200 with the status CAPTURED as a capture that was not made"},
	{IgnoresVoid, Must, "the money was released, and the order counts as paid or was fulfilled", goodsLost,
		"handle the webhook with the status VOID, and capture before the hours of auto are over"},
	{LosesCapture, Must, "the money was captured, or should have been, and the order does not count as paid", moneyLost,
		"capture with a fixed reference.idempotent, and mark the order as paid with the answer's status CAPTURED"},
	{PaysLate, Should, "the order was paid only after Reconcile, although a webhook or the return could have reported it", payerWaits,
		"fulfil the order after the webhook, and call GET /v2/charges/{id} when the payer returns"},
	{TrustsWebhookAlone, Should, "the order was fulfilled for a signed webhook with status CAPTURED, but GET says that the charge was not captured", rarelyGoods,
		"call GET /v2/charges/{id} before the order is fulfilled; otherwise a leaked secret key is enough to get goods without payment"},
	{CreatesTwice, Should, "more than one charge was created for one order", "the payer can pay twice",
		"send the same reference.idempotent with every attempt to create the charge of an order; a lost answer does not mean that no charge was created"},
	{SlowAcknowledge, Should, "a webhook got a late response, or none", "Tap sends the webhook again, and gives up after some attempts",
		"respond at once, and do slow work after the response"},
	{TakesPendingRefund, Should, "the order counts as refunded while the refund is PENDING", "the payer is promised money that may not come",
		"wait for REFUNDED, which the webhook reports, before the order counts as refunded"},
	{RefundsUncaptured, Should, "a refund was asked for although no charge of the order is captured", "a mistake of staff goes to Tap instead of an error message",
		"offer a refund only for orders whose charge is CAPTURED"},
	{NoTimeout, Should, "the merchant still waited for an answer of the API that did not come", "a slow API blocks the shop for all payers",
		"set a timeout for the HTTP client that is shorter than the limit of the check, and try again with the same reference.idempotent"},
}

func reasonOf(c Code) Reason { return reasons[rank(c)] }

// rank is the place of a code among the reasons.
func rank(c Code) int { return slices.IndexFunc(reasons, func(r Reason) bool { return r.Code == c }) }

// consequences are codes that a mistake leads to. They are not reported where the mistake itself is found: they show again, or not,
// once it is mended.
var consequences = map[Code][]Code{
	RefusesGenuineWebhook: {NeedsReturn, LosesEarlyWebhook, GivesUpAsking, LosesPayment, IgnoresLateCapture, PaysLate, SlowAcknowledge},
	NoPaymentLink:         {LosesPayment, PaysLate},
	WrongDecimals:         {LosesPayment, PaysLate, IgnoresAmount, CapturesMore, LosesCapture},
	TrustsForgedWebhook:   {TrustsWebhookAlone},
	ChargesTwice:          {CreatesTwice},
	NeedsReturn:           {LosesPayment, GivesUpAsking, LosesEarlyWebhook, IgnoresLateCapture, PaysLate},
	NeedsWebhook:          {LosesPayment, GivesUpAsking, PaysLate},
	GivesUpAsking:         {LosesPayment, PaysLate},
	LosesEarlyWebhook:     {LosesPayment, PaysLate},
	IgnoresLateCapture:    {LosesPayment, PaysLate},
	ClaimsRefund:          {IgnoresLateCapture},
	TrustsReturn:          {DeliversOnAuthorized, IgnoresVoid, CapturesMore, CapturesAfterVoid},
	PaidWithoutCapture:    {DeliversOnAuthorized, IgnoresVoid},
	DeliversOnAuthorized:  {IgnoresVoid, CapturesMore, CapturesAfterVoid},
	TakesFailedRefund:     {TakesPendingRefund},
	LosesRefund:           {NeedsRefundWebhook},
	DoesNotReconcile:      {IgnoresLateCapture},
	StateUnknown:          {LosesPayment, NeedsReturn, NeedsWebhook, LosesEarlyWebhook, GivesUpAsking, IgnoresLateCapture, DoesNotReconcile, PaysLate},
}
