package payment

import "github.com/tapmock/tapmock/mockserver/tap"

// WebhookBody is the body of an attempt of a webhook; with an amount it shows that one instead of the payment's.
func (c *Payment) WebhookBody(attempt int, another *tap.Amount) []byte {
	var body []byte
	if c.Kind() == tap.KindAuthorization {
		o := c.Authorization(tap.MethodWebhook)
		c.showAmount(&o.Amount, another)
		body = o.JSON(c.Settings.ChargeStyle)
	} else {
		o := c.Charge(tap.MethodWebhook)
		o.Post.Attempt = attempt
		c.showAmount(&o.Amount, another)
		body = o.JSON(c.Settings.ChargeStyle)
	}
	return inFormat(body, c.Settings)
}

func (c *Payment) showAmount(shown *tap.Number, another *tap.Amount) {
	if another != nil {
		places, _ := tap.Decimals(c.Request.Currency)
		*shown = tap.Number(another.Text(places))
	}
}

// WebhookBody is the body of a webhook with the object.
func (r *Refund) WebhookBody(o *tap.Refund) []byte {
	return inFormat(o.AppendJSON(nil, r.Form()), r.Settings)
}

// inFormat is compact JSON as the setting webhook_format wants it.
func inFormat(compact []byte, s *tap.Settings) []byte {
	if s.WebhookFormat == "2022" {
		return tap.Indent(compact)
	}
	return compact
}
