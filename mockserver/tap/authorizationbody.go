package tap

import "strconv"

// Authorization is Tap's authorize object (Rest of v2 2, documented). Its tags and field order are those of the body of an answer to a GET in
// 2023. [Authorization.AppendJSON] writes it in each style. Numbers are kept as the literals on the wire. Empty text means that the key is absent.
type Authorization struct {
	ID                  string                 `json:"id"`
	Object              string                 `json:"object"` // always "authorize"
	CustomerInitiated   bool                   `json:"customer_initiated"`
	AuthorizeDebit      bool                   `json:"authorize_debit,omitempty"` // mada only; as sent
	LiveMode            bool                   `json:"live_mode"`
	APIVersion          string                 `json:"api_version"`      // always "V2"
	Method              Method                 `json:"method,omitempty"` // absent in webhooks
	Status              Status                 `json:"status"`
	Amount              Number                 `json:"amount"`
	Currency            string                 `json:"currency"`
	ThreeDSecure        bool                   `json:"threeDSecure"`
	SaveCard            bool                   `json:"save_card"`
	MerchantID          string                 `json:"merchant_id"`
	Product             string                 `json:"product"`
	StatementDescriptor string                 `json:"statement_descriptor,omitempty"`
	Transaction         Transaction            `json:"transaction"`
	Reference           Reference              `json:"reference"`
	Response            Result                 `json:"response"`
	Security            Raw                    `json:"security,omitempty"` // of a card payment; none of KNET
	Gateway             *Gateway               `json:"gateway,omitempty"`  // in webhooks only
	Acquirer            *Gateway               `json:"acquirer,omitempty"`
	Card                Raw                    `json:"card,omitempty"` // of a card payment; none of KNET
	Receipt             Receipt                `json:"receipt"`
	Customer            ChargeCustomer         `json:"customer"`
	Source              Source                 `json:"source"`
	Redirect            Redirect               `json:"redirect"`
	Post                *Post                  `json:"post,omitempty"`
	Auto                *Auto                  `json:"auto,omitempty"` // none if the request had none
	Merchant            *AuthorizationMerchant `json:"merchant,omitempty"`
	Description         string                 `json:"description"`        // present without text too, except in [Style2022]
	Metadata            Raw                    `json:"metadata,omitempty"` // as sent
	Order               *OrderRef              `json:"order,omitempty"`
	PaymentAgreement    Raw                    `json:"payment_agreement,omitempty"` // of a card payment; none of KNET
}

// Auto is what becomes of an authorization by itself.
type Auto struct {
	Status AutoStatus `json:"status"`
	Type   AutoType   `json:"type"`
	Time   int        `json:"time"` // hours
}

// AuthorizationMerchant is the merchant in a webhook of an authorization.
type AuthorizationMerchant struct {
	Country string `json:"country,omitempty"` // since 2024
	ID      string `json:"id"`
}

// JSON writes the object as compact JSON in the key order of a style.
func (a *Authorization) JSON(style Style) []byte { return a.AppendJSON(make([]byte, 0, 2048), style) }

// AppendJSON appends the object to b as [Authorization.JSON] writes it.
func (a *Authorization) AppendJSON(b []byte, style Style) []byte {
	b = a.appendHead(openObject(b), style)
	b = a.Transaction.append(b)
	b = a.Reference.append(b, Style2022)
	b = appendResult(b, "response", a.Response)
	b = appendSentRaw(b, "security", a.Security)
	b = a.Gateway.append(b, "gateway")
	b = a.Acquirer.append(b, "acquirer")
	b = appendSentRaw(b, "card", a.Card)
	b = a.Receipt.append(b)
	b = a.Customer.append(b)
	b = a.Source.append(b, Style2022)
	b = a.Redirect.append(b)
	b = a.Post.append(b)
	b = a.Auto.append(b)
	b = a.Merchant.append(b)
	if style != Style2022 || a.Description != "" {
		b = appendText(b, "description", a.Description)
	}
	b = appendSentRaw(b, "metadata", a.Metadata)
	if a.Order != nil {
		b = closeObject(appendText(openObject(appendKey(b, "order")), "id", a.Order.ID))
	}
	b = appendSentRaw(b, "payment_agreement", a.PaymentAgreement)
	return dropComma(closeObject(b))
}

func (a *Authorization) appendHead(b []byte, style Style) []byte {
	b = appendText(b, "id", a.ID)
	b = appendText(b, "object", a.Object)
	if style != Style2022 {
		b = appendBool(b, "customer_initiated", a.CustomerInitiated)
	}
	if a.AuthorizeDebit {
		b = appendBool(b, "authorize_debit", true)
	}
	b = appendBool(b, "live_mode", a.LiveMode)
	b = appendText(b, "api_version", a.APIVersion)
	b = appendSent(b, "method", string(a.Method))
	b = appendText(b, "status", string(a.Status))
	b = appendRaw(b, "amount", string(a.Amount))
	b = appendText(b, "currency", a.Currency)
	b = appendBool(b, "threeDSecure", a.ThreeDSecure)
	b = appendBool(b, "save_card", a.SaveCard)
	b = appendText(b, "merchant_id", a.MerchantID)
	b = appendText(b, "product", a.Product)
	return appendSent(b, "statement_descriptor", a.StatementDescriptor)
}

// append appends the result of gateway or acquirer. One that failed has a code without a message (proven for a webhook of 2024).
func (g *Gateway) append(b []byte, key string) []byte {
	if g == nil {
		return b
	}
	b = openObject(appendKey(openObject(appendKey(b, key)), "response"))
	b = appendText(b, "code", g.Response.Code)
	b = appendSent(b, "message", g.Response.Message)
	return closeObject(closeObject(b))
}

func (a *Auto) append(b []byte) []byte {
	if a == nil {
		return b
	}
	b = openObject(appendKey(b, "auto"))
	b = appendText(b, "status", string(a.Status))
	b = appendText(b, "type", string(a.Type))
	return closeObject(appendRaw(b, "time", strconv.Itoa(a.Time)))
}

func (m *AuthorizationMerchant) append(b []byte) []byte {
	if m == nil {
		return b
	}
	b = openObject(appendKey(b, "merchant"))
	b = appendSent(b, "country", m.Country)
	return closeObject(appendText(b, "id", m.ID))
}

// appendSentRaw appends the JSON text only if there is one.
func appendSentRaw(b []byte, key string, value Raw) []byte {
	if value == "" {
		return b
	}
	return appendRaw(b, key, string(value))
}
