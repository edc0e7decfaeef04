package gateway

import (
	"math/rand/v2"
	"strconv"

	"github.com/tapmock/tapmock/mockserver/payment"
	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/mockserver/webhook"
	"github.com/tapmock/tapmock/scenarios"
)

// paymentEvidence is a charge or an authorization as a webhook showed it.
type paymentEvidence struct{ payment.Payment }

func (p paymentEvidence) masked() (evidence, bool) {
	request := p.Request.Masked()
	same := request == p.Request
	p.Request = request
	return p, same
}

func (p paymentEvidence) signed(s *Sent, key string) Delivery {
	then, how := p, s.twisted()
	if how.forge.WrongValue() {
		then.Payment = withWrongValue(then.Payment, how.forge, how.other)
	}
	forger := rand.New(rand.NewPCG(how.seed, how.seed))
	if how.forge == scenarios.SaysCaptured {
		then.Pretend(forger)
	}
	if how.forge == scenarios.UnknownID {
		then.ID = tap.ID(then.Kind().Prefix(), then.Settings.ChargeStyle, then.Created, forger)
	}
	d := Delivery{webhook.Message{Key: key, URL: s.url, Format: then.Settings.WebhookFormat, OneHash: then.Kind() == tap.KindAuthorization,
		Body: then.WebhookBody(s.Attempt, nil)}, then.Settings.WebhookTimeout}
	return then.forgeable().forge(d, how.forge, func(a tap.Amount) []byte { return then.WebhookBody(s.Attempt, &a) })
}

// forgeable is what the signature of a payment is made from.
func (p paymentEvidence) forgeable() *forgeable {
	places, _ := tap.Decimals(p.Request.Currency)
	refs := p.References()
	return &forgeable{id: p.ID, amount: p.Amount, places: places, currency: p.Request.Currency, gateway: refs.Gateway, payment: refs.Payment,
		status: string(p.Status), created: strconv.FormatInt(p.Created.UnixMilli(), 10)}
}
