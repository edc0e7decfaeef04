package tap

import "strconv"

// JSON writes the object as compact JSON in the key order of a style (Tap API 2.2), with reference and source as of 2024 and
// 2025 or, in the other styles, as in the KNET webhook documented in 2022.
func (c *Charge) JSON(style Style) []byte { return c.AppendJSON(make([]byte, 0, 2048), style) }

// AppendJSON appends the object to b as [Charge.JSON] writes it.
func (c *Charge) AppendJSON(b []byte, style Style) []byte {
	b = openObject(b)
	b = c.appendHead(b, style)
	b = c.Transaction.append(b)
	b = c.Reference.append(b, style)
	b = appendResult(b, "response", c.Response)
	if c.Gateway != nil {
		b = appendResult(openObject(appendKey(b, "gateway")), "response", c.Gateway.Response)
		b = closeObject(b)
	}
	b = c.Receipt.append(b)
	b = c.Customer.append(b)
	b = c.Merchant.append(b)
	b = c.Source.append(b, style)
	b = c.Redirect.append(b)
	b = c.Post.append(b)
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
	return appendSentRaw(b, "metadata", c.Metadata)
}

func (t *Transaction) append(b []byte) []byte {
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
	b = appendText(b, "currency", t.Currency)
	if t.Date != nil {
		b = closeObject(append(strconv.AppendInt(appendKey(openObject(appendKey(b, "date")), "posted"), t.Date.Posted, 10), ','))
	}
	return closeObject(b)
}

func (r *Reference) append(b []byte, style Style) []byte {
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
	b = appendSent(b, "idempotent", r.Idempotent)
	return closeObject(appendSent(b, "trace_id", r.TraceID))
}

func appendResult(b []byte, key string, r Result) []byte {
	b = openObject(appendKey(b, key))
	b = appendText(b, "code", r.Code)
	return closeObject(appendText(b, "message", r.Message))
}

func (r *Receipt) append(b []byte) []byte {
	b = openObject(appendKey(b, "receipt"))
	b = appendSent(b, "id", r.ID)
	b = appendBool(b, "email", r.Email)
	return closeObject(appendBool(b, "sms", r.SMS))
}

func (c *ChargeCustomer) append(b []byte) []byte {
	b = openObject(appendKey(b, "customer"))
	b = appendSent(b, "id", c.ID)
	b = appendSent(b, "first_name", c.FirstName)
	b = appendSent(b, "middle_name", c.MiddleName)
	b = appendSent(b, "last_name", c.LastName)
	b = appendSent(b, "email", c.Email)
	return closeObject(c.Phone.append(b))
}

func (m *Merchant) append(b []byte) []byte {
	b = openObject(appendKey(b, "merchant"))
	b = appendText(b, "country", m.Country)
	b = appendText(b, "currency", m.Currency)
	return closeObject(appendText(b, "id", m.ID))
}

func (s *Source) append(b []byte, style Style) []byte {
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

// append appends the return, unless there is none, as in a capture without redirect.url.
func (r *Redirect) append(b []byte) []byte {
	if r.URL == "" {
		return b
	}
	b = openObject(appendKey(b, "redirect"))
	b = appendText(b, "status", string(r.Status))
	return closeObject(appendText(b, "url", r.URL))
}

func (p *Post) append(b []byte) []byte {
	if p == nil {
		return b
	}
	b = openObject(appendKey(b, "post"))
	if p.Attempt > 0 {
		b = appendRaw(b, "attempt", strconv.Itoa(p.Attempt))
	}
	b = appendText(b, "status", string(p.Status))
	return closeObject(appendSent(b, "url", p.URL))
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
