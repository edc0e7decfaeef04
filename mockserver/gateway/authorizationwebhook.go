package gateway

import (
	"math/rand/v2"

	"github.com/tapmock/tapmock/mockserver/payment"
	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/mockserver/webhook"
	"github.com/tapmock/tapmock/scenarios"
)

// authorizationEvidence is an authorization as a webhook showed it.
type authorizationEvidence struct{ payment.Payment }

func (p authorizationEvidence) masked() (evidence, bool) {
	request := p.Request.Masked()
	same := request == p.Request
	p.Request = request
	return p, same
}

// signed makes a webhook of an authorization: without the header hash, without method, activities and post.attempt (Rest of v2 2.2).
func (p authorizationEvidence) signed(s *Sent, key string) Delivery {
	then, how := p.Payment, s.twisted()
	if how.forge.WrongValue() {
		then = withWrongValue(then, how.forge, how.other)
	}
	forger := rand.New(rand.NewPCG(how.seed, how.seed))
	if how.forge == scenarios.SaysCaptured {
		then.Pretend(forger)
	}
	object := then.Authorization(tap.MethodWebhook)
	if how.forge == scenarios.UnknownID {
		object.ID = tap.ID("auth", then.Settings.ChargeStyle, then.Created, forger)
	}
	places, _ := tap.Decimals(then.Request.Currency)
	body := func() []byte { return then.WebhookBody(object.JSON(then.Settings.ChargeStyle)) }
	d := Delivery{webhook.Message{Key: key, URL: s.url, Format: then.Settings.WebhookFormat, OneHash: true, Body: body()}, then.Settings.WebhookTimeout}
	f := forgeable{id: object.ID, amount: then.Amount, places: places, currency: object.Currency, gateway: object.Reference.Gateway,
		payment: object.Reference.Payment, status: string(object.Status), created: object.Transaction.Created}
	return f.forge(d, how.forge, func(a tap.Amount) []byte {
		object.Amount = tap.Number(a.Text(places))
		return body()
	})
}
