package report

import (
	"slices"

	"github.com/tapmock/tapmock/testkit/verdict"
)

// Loss is what a merchant loses by a mistake.
type Loss string

// The losses, the dearest first. What a payer loses costs the merchant their trust.
const (
	Money Loss = "money"
	Goods Loss = "goods"
	Trust Loss = "trust"
	Time  Loss = "time"
)

// Losses are all losses, the dearest first.
func Losses() []Loss { return []Loss{Money, Goods, Trust, Time} }

var losses = map[Loss][]verdict.Code{
	Money: {verdict.NoPaymentLink, verdict.WrongDecimals, verdict.RefundsTwice, verdict.NeedsRefundWebhook, verdict.LosesRefund},
	Goods: {verdict.PaidWithoutCapture, verdict.TrustsReturn, verdict.TrustsForgedWebhook, verdict.TrustsWebhookAlone, verdict.TakesAnotherCharge,
		verdict.IgnoresAmount, verdict.FulfilledTwice, verdict.RefundsAndFulfils, verdict.DeliversOnAuthorized, verdict.CapturesAfterVoid,
		verdict.CapturesMore, verdict.IgnoresVoid},
	Trust: {verdict.RefusesGenuineWebhook, verdict.ChargesTwice, verdict.CreatesTwice, verdict.NeedsWebhook, verdict.NeedsReturn,
		verdict.LosesEarlyWebhook, verdict.GivesUpAsking, verdict.IgnoresLateCapture, verdict.DoesNotReconcile, verdict.LosesPayment,
		verdict.LosesCapture, verdict.NoRefund, verdict.TakesFailedRefund, verdict.TakesRefusedRefund, verdict.TakesPendingRefund,
		verdict.ClaimsRefund},
	Time: {verdict.StateUnknown, verdict.PaysLate, verdict.SlowAcknowledge, verdict.NoTimeout, verdict.RefundsUncaptured},
}

// LossOf is what the merchant loses by a mistake; [Trust] for a code that it does not know.
func LossOf(code verdict.Code) Loss {
	for _, loss := range Losses() {
		if slices.Contains(losses[loss], code) {
			return loss
		}
	}
	return Trust
}
