package gateway

import (
	"math/rand/v2"

	"github.com/tapmock/tapmock/mockserver/payment"
	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/mockserver/webhook"
	"github.com/tapmock/tapmock/scenarios"
)

// chargeEvidence is a charge as a webhook showed it.
type chargeEvidence struct{ payment.Payment }

func (c chargeEvidence) masked() (evidence, bool) {
	request := c.Request.Masked()
	same := request == c.Request
	c.Request = request
	return c, same
}

func (then chargeEvidence) signed(s *Sent, key string) Delivery {
	c, how := then.Payment, s.twisted()
	if how.forge.WrongValue() {
		c = withWrongValue(c, how.forge, how.other)
	}
	forger := rand.New(rand.NewPCG(how.seed, how.seed))
	if how.forge == scenarios.SaysCaptured {
		c.Pretend(forger)
	}
	object := c.Charge(tap.MethodWebhook)
	object.Post.Attempt = s.Attempt
	if how.forge == scenarios.UnknownID {
		pretendUnknown(object, &c, forger)
	}
	places, _ := tap.Decimals(c.Request.Currency)
	d := Delivery{webhook.Message{Key: key, URL: s.url, Format: c.Settings.WebhookFormat, Body: webhookBody(&c, object)}, c.Settings.WebhookTimeout}
	f := forgeable{id: object.ID, amount: c.Amount, places: places, currency: object.Currency, gateway: object.Reference.Gateway,
		payment: object.Reference.Payment, status: string(object.Status), created: object.Transaction.Created}
	return f.forge(d, how.forge, func(a tap.Amount) []byte {
		object.Amount = tap.Number(a.Text(places))
		return webhookBody(&c, object)
	})
}

func webhookBody(c *payment.Payment, o *tap.Charge) []byte {
	return c.WebhookBody(o.JSON(c.Settings.ChargeStyle))
}

// pretendUnknown gives an object an id that no charge has.
func pretendUnknown(o *tap.Charge, c *payment.Payment, forger *rand.Rand) {
	o.ID = tap.ID("chg", c.Settings.ChargeStyle, c.Created, forger)
	for i := range o.Activities {
		o.Activities[i].TxnID = o.ID
	}
}
