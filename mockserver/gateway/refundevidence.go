package gateway

import (
	"math/rand/v2"

	"github.com/tapmock/tapmock/mockserver/payment"
	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/mockserver/webhook"
	"github.com/tapmock/tapmock/scenarios"
)

// refundEvidence is a refund as a webhook showed it.
type refundEvidence struct {
	payment.Refund
	charge payment.Payment // that it embeds in the logic V2
}

func (r refundEvidence) masked() (evidence, bool) {
	request, charge := r.Request.Masked(), r.charge.Request.Masked()
	same := request == r.Request && charge == r.charge.Request
	r.Request, r.charge.Request = request, charge
	return r, same
}

func (r refundEvidence) signed(s *Sent, key string) Delivery {
	how := s.twisted()
	forger := rand.New(rand.NewPCG(how.seed, how.seed))
	refund := r.Refund
	switch how.forge {
	case scenarios.SaysCaptured:
		refund.Pretend(forger)
	case scenarios.AnotherAmount, scenarios.AnotherCurrency:
		req := *refund.Request
		if refund.Request = &req; how.forge == scenarios.AnotherAmount {
			req.Amount = tenth(req.Amount, req.Currency)
		} else {
			req.Currency = tap.AnotherCurrency(req.Currency)
		}
	case scenarios.UnknownID:
		refund.ID = tap.ID("re", refund.Settings.ChargeStyle, refund.Created, forger)
	}
	object := refund.ObjectWith(tap.MethodWebhook, &r.charge)
	object.Post.Attempt = s.Attempt
	places, _ := tap.Decimals(object.Currency)
	body := func() []byte { return refund.WebhookBody(object) }
	f := forgeable{id: object.ID, amount: refund.Request.Amount, places: places, currency: object.Currency, gateway: object.Reference.Gateway,
		payment: object.Reference.Payment, status: string(object.Status), created: object.Created}
	d := Delivery{webhook.Message{Key: key, URL: s.url, Format: refund.Settings.WebhookFormat, Body: body()}, refund.Settings.WebhookTimeout}
	return f.forge(d, how.forge, func(a tap.Amount) []byte {
		object.Amount = tap.Number(a.Text(places))
		return body()
	})
}
