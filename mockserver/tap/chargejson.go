package tap

import "strconv"

// JSON writes the object as compact JSON in the key order of a style (Tap API 2.2), with reference and source as of 2024 and
// 2025 or, in the other styles, as in the KNET webhook documented in 2022.
func (c *Charge) JSON(style Style) []byte { return c.AppendJSON(make([]byte, 0, 2048), style) }

// AppendJSON appends the object to b as [Charge.JSON] writes it.
func (c *Charge) AppendJSON(b []byte, style Style) []byte {
	b = openObject(b)
	b = c.appendHead(b, style)
	b = c.appendTransaction(b)
	b = c.appendReference(b, style)
	b = appendResult(b, "response", c.Response)
	if c.Gateway != nil {
		b = appendResult(openObject(appendKey(b, "gateway")), "response", c.Gateway.Response)
		b = closeObject(b)
	}
	b = c.appendParties(b)
	b = c.appendSource(b, style)
	b = c.appendDeliveries(b)
	b = c.appendActivities(b, style)
	b = appendBool(b, "auto_reversed", c.AutoReversed)
	return dropComma(closeObject(b))
}

func (c *Charge) appendHead(b []byte, style Style) []byte {
	b = appendText(b, "id", c.ID)
	b = appendText(b, "object", c.Object)
	b = appendBool(b, "live_mode", c.LiveMode)
	if style != Style2022 {
		b = appendBool(b, "customer_initiated", c.CustomerInitiated)
	}
	b = appendText(b, "api_version", c.APIVersion)
	b = appendSent(b, "method", string(c.Method))
	b = appendText(b, "status", string(c.Status))
	b = appendRaw(b, "amount", string(c.Amount))
	b = appendText(b, "currency", c.Currency)
	b = appendBool(b, "threeDSecure", c.ThreeDSecure)
	b = appendBool(b, "card_threeDSecure", c.CardThreeDSecure)
	b = appendBool(b, "save_card", c.SaveCard)
	if c.MerchantID != nil {
		b = appendText(b, "merchant_id", *c.MerchantID)
	}
	b = appendText(b, "product", c.Product)
	b = appendSent(b, "statement_descriptor", c.StatementDescriptor)
	if c.Order != nil {
		b = closeObject(appendText(openObject(appendKey(b, "order")), "id", c.Order.ID))
	}
	b = appendSent(b, "description", c.Description)
	if c.Metadata != "" {
		b = appendRaw(b, "metadata", string(c.Metadata))
	}
	return b
}

func (c *Charge) appendTransaction(b []byte) []byte {
	t := &c.Transaction
	b = openObject(appendKey(b, "transaction"))
	b = appendSent(b, "authorization_id", t.AuthorizationID)
	b = appendText(b, "timezone", t.Timezone)
	b = appendText(b, "created", t.Created)
	b = appendSent(b, "url", t.URL)
	b = openObject(appendKey(b, "expiry"))
	b = appendRaw(b, "period", strconv.Itoa(t.Expiry.Period))
	b = closeObject(appendText(b, "type", t.Expiry.Type))
	b = appendBool(b, "asynchronous", t.Asynchronous)
	b = appendRaw(b, "amount", string(t.Amount))
	return closeObject(appendText(b, "currency", t.Currency))
}

func (c *Charge) appendReference(b []byte, style Style) []byte {
	r := &c.Reference
	b = openObject(appendKey(b, "reference"))
	b = appendSent(b, "track", r.Track)
	b = appendSent(b, "payment", r.Payment)
	if style == StyleNewest {
		b = appendSent(b, "transaction", r.Transaction)
		b = appendSent(b, "order", r.Order)
		b = appendSent(b, "acquirer", r.Acquirer)
		b = appendSent(b, "gateway", r.Gateway)
	} else {
		b = appendSent(b, "gateway", r.Gateway)
		b = appendSent(b, "acquirer", r.Acquirer)
		b = appendSent(b, "transaction", r.Transaction)
		b = appendSent(b, "order", r.Order)
	}
	return closeObject(appendSent(b, "idempotent", r.Idempotent))
}

func appendResult(b []byte, key string, r Result) []byte {
	b = openObject(appendKey(b, key))
	b = appendText(b, "code", r.Code)
	return closeObject(appendText(b, "message", r.Message))
}

// appendParties appends receipt, customer and merchant.
func (c *Charge) appendParties(b []byte) []byte {
	b = openObject(appendKey(b, "receipt"))
	b = appendSent(b, "id", c.Receipt.ID)
	b = appendBool(b, "email", c.Receipt.Email)
	b = closeObject(appendBool(b, "sms", c.Receipt.SMS))

	b = openObject(appendKey(b, "customer"))
	b = appendSent(b, "id", c.Customer.ID)
	b = appendSent(b, "first_name", c.Customer.FirstName)
	b = appendSent(b, "middle_name", c.Customer.MiddleName)
	b = appendSent(b, "last_name", c.Customer.LastName)
	b = appendSent(b, "email", c.Customer.Email)
	if p := c.Customer.Phone; p != nil {
		b = openObject(appendKey(b, "phone"))
		b = appendText(b, "country_code", p.CountryCode)
		b = closeObject(appendText(b, "number", p.Number))
	}
	b = closeObject(b)

	b = openObject(appendKey(b, "merchant"))
	b = appendText(b, "country", c.Merchant.Country)
	b = appendText(b, "currency", c.Merchant.Currency)
	return closeObject(appendText(b, "id", c.Merchant.ID))
}

func (c *Charge) appendSource(b []byte, style Style) []byte {
	s := &c.Source
	b = openObject(appendKey(b, "source"))
	b = appendText(b, "object", s.Object)
	b = appendSent(b, "type", s.Type)
	b = appendSent(b, "payment_type", s.PaymentType)
	if style != StyleNewest {
		b = appendSent(b, "payment_method", s.PaymentMethod)
		b = appendSent(b, "channel", s.Channel)
		return closeObject(appendText(b, "id", s.ID))
	}
	b = appendSent(b, "channel", s.Channel)
	b = appendText(b, "id", s.ID)
	b = appendBool(b, "on_file", s.OnFile)
	return closeObject(appendSent(b, "payment_method", s.PaymentMethod))
}

// appendDeliveries appends redirect and post.
func (c *Charge) appendDeliveries(b []byte) []byte {
	b = openObject(appendKey(b, "redirect"))
	b = appendText(b, "status", string(c.Redirect.Status))
	b = closeObject(appendText(b, "url", c.Redirect.URL))
	if c.Post == nil {
		return b
	}
	b = openObject(appendKey(b, "post"))
	if c.Post.Attempt > 0 {
		b = appendRaw(b, "attempt", strconv.Itoa(c.Post.Attempt))
	}
	b = appendText(b, "status", string(c.Post.Status))
	return closeObject(appendSent(b, "url", c.Post.URL))
}

func (c *Charge) appendActivities(b []byte, style Style) []byte {
	if len(c.Activities) == 0 {
		return b
	}
	b = append(appendKey(b, "activities"), '[')
	for _, a := range c.Activities {
		b = openObject(b)
		b = appendText(b, "id", a.ID)
		b = appendText(b, "object", a.Object)
		b = append(strconv.AppendInt(appendKey(b, "created"), a.Created, 10), ',')
		b = appendText(b, "status", string(a.Status))
		b = appendText(b, "currency", a.Currency)
		b = appendRaw(b, "amount", string(a.Amount))
		b = appendText(b, "remarks", a.Remarks)
		if style == StyleNewest {
			b = appendText(b, "txn_id", a.TxnID)
		}
		b = closeObject(b)
	}
	return closeArray(b)
}
