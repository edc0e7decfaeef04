package tap

// Charge is Tap's charge object (Tap API 2.2). Its tags and field order are those of [StyleNewest], so it also decodes the bodies
// of the API and of webhooks; [Charge.JSON] writes it in each style.
//
// Numbers are kept as the literals on the wire (KWD 1 is "1.000" in answers and "1.0" in webhooks); read them with
// [ParseNumber]. Empty text means that the key is absent.
type Charge struct {
	ID                  string         `json:"id"`
	Object              string         `json:"object"` // always "charge"
	LiveMode            bool           `json:"live_mode"`
	CustomerInitiated   bool           `json:"customer_initiated"`
	APIVersion          string         `json:"api_version"` // always "V2"
	Method              Method         `json:"method,omitempty"`
	Status              Status         `json:"status"`
	Amount              Number         `json:"amount"`
	Currency            string         `json:"currency"`
	ThreeDSecure        bool           `json:"threeDSecure"`
	CardThreeDSecure    bool           `json:"card_threeDSecure"`
	SaveCard            bool           `json:"save_card"`
	MerchantID          *string        `json:"merchant_id,omitempty"` // the account's on create, absent on GET, "" in webhooks
	Product             string         `json:"product"`
	StatementDescriptor string         `json:"statement_descriptor,omitempty"`
	Order               *OrderRef      `json:"order,omitempty"`
	Description         string         `json:"description,omitempty"`
	Metadata            Raw            `json:"metadata,omitempty"` // as sent
	Transaction         Transaction    `json:"transaction"`
	Reference           Reference      `json:"reference"`
	Response            Result         `json:"response"`
	Gateway             *Gateway       `json:"gateway,omitempty"`
	Receipt             Receipt        `json:"receipt"`
	Customer            ChargeCustomer `json:"customer"`
	Merchant            Merchant       `json:"merchant"`
	Source              Source         `json:"source"`
	Redirect            Redirect       `json:"redirect"`
	Post                *Post          `json:"post,omitempty"`
	Activities          []Activity     `json:"activities,omitempty"`
	AutoReversed        bool           `json:"auto_reversed"`
}

// Method says in an object what carries it: an answer of the API or a webhook.
type Method string

// The methods of a charge: the answers to a POST, a GET and a PUT, a webhook.
const (
	MethodCreate  Method = "CREATE"
	MethodGet     Method = "GET"
	MethodUpdate  Method = "UPDATE"
	MethodWebhook Method = "POST"
	MethodRefund  Method = "REFUND" // the answer to a create call for a refund in the logic V2
	MethodVoid    Method = "VOID"   // of an authorization [assumed: no such answer is published]
)

// Number is a JSON number literal, unchanged.
type Number string

// MarshalJSON writes the literal.
func (n Number) MarshalJSON() ([]byte, error) { return []byte(n), nil }

// UnmarshalJSON keeps the literal.
func (n *Number) UnmarshalJSON(b []byte) error { *n = Number(b); return nil }

// Raw is JSON text, unchanged.
type Raw string

// MarshalJSON writes the value.
func (r Raw) MarshalJSON() ([]byte, error) { return []byte(r), nil }

// UnmarshalJSON keeps the value.
func (r *Raw) UnmarshalJSON(b []byte) error { *r = Raw(b); return nil }

// OrderRef names an order object of Tap.
type OrderRef struct {
	ID string `json:"id"`
}

// Transaction holds the payment's data. Created is text: epoch milliseconds.
type Transaction struct {
	AuthorizationID string           `json:"authorization_id,omitempty"`
	Timezone        string           `json:"timezone"`
	Created         string           `json:"created"`
	URL             string           `json:"url,omitempty"` // only while INITIATED
	Expiry          Expiry           `json:"expiry"`
	Asynchronous    bool             `json:"asynchronous"`
	Amount          Number           `json:"amount"`
	Currency        string           `json:"currency"`
	Date            *TransactionDate `json:"date,omitempty"` // in the charge that a refund of the logic V2 embeds
}

// TransactionDate is when a charge was posted, in epoch milliseconds.
type TransactionDate struct {
	Posted int64 `json:"posted"`
}

// Expiry is the time within which a charge must be paid, in minutes.
type Expiry struct {
	Period int    `json:"period"`
	Type   string `json:"type"` // always "MINUTE"
}

// Reference holds the references of the merchant and of Tap. Those of Tap appear when the charge has ended.
type Reference struct {
	Track       string `json:"track,omitempty"`
	Payment     string `json:"payment,omitempty"`
	Transaction string `json:"transaction,omitempty"`
	Order       string `json:"order,omitempty"`
	Acquirer    string `json:"acquirer,omitempty"`
	Gateway     string `json:"gateway,omitempty"`
	Idempotent  string `json:"idempotent,omitempty"`
	TraceID     string `json:"trace_id,omitempty"` // in the charge that a refund of the logic V2 embeds
}

// Gateway holds KNET's result of the payment.
type Gateway struct {
	Response Result `json:"response"`
}

// Receipt says how the customer gets a receipt. Its id appears when the charge has ended.
type Receipt struct {
	ID    string `json:"id,omitempty"`
	Email bool   `json:"email"`
	SMS   bool   `json:"sms"`
}

// ChargeCustomer is the customer as a charge shows it.
type ChargeCustomer struct {
	ID         string `json:"id,omitempty"`
	FirstName  string `json:"first_name,omitempty"`
	MiddleName string `json:"middle_name,omitempty"`
	LastName   string `json:"last_name,omitempty"`
	Email      string `json:"email,omitempty"`
	Phone      *Phone `json:"phone,omitempty"`
}

// Phone is a phone number. Both parts are text, also if the request sent numbers.
type Phone struct {
	CountryCode string `json:"country_code"`
	Number      string `json:"number"`
}

// Merchant is the merchant that receives the payment.
type Merchant struct {
	Country  string `json:"country"`
	Currency string `json:"currency"`
	ID       string `json:"id"`
}

// Source is the payment method. Type, payment type, channel and payment method appear when the charge has ended.
type Source struct {
	Object        string `json:"object"` // always "source"
	Type          string `json:"type,omitempty"`
	PaymentType   string `json:"payment_type,omitempty"`
	Channel       string `json:"channel,omitempty"`
	ID            string `json:"id"`
	OnFile        bool   `json:"on_file,omitempty"` // written in [StyleNewest] of charges
	PaymentMethod string `json:"payment_method,omitempty"`
}

// Redirect is the payer's return to the merchant: PENDING, then SUCCESS when the payer has been sent back.
type Redirect struct {
	Status DeliveryStatus `json:"status"`
	URL    string         `json:"url"`
}

// Post is the webhook of a charge: PENDING, then SUCCESS or ERROR. Attempt appears in webhook bodies only.
type Post struct {
	Attempt int            `json:"attempt,omitempty"`
	Status  DeliveryStatus `json:"status"`
	URL     string         `json:"url,omitempty"`
}

// DeliveryStatus is the state of a redirect or a webhook.
type DeliveryStatus string

// The states of a redirect or a webhook.
const (
	DeliveryPending DeliveryStatus = "PENDING"
	DeliverySuccess DeliveryStatus = "SUCCESS"
	DeliveryError   DeliveryStatus = "ERROR"
)

// Activity is one entry of a charge's history. Created is a number of epoch milliseconds.
type Activity struct {
	ID       string `json:"id"`
	Object   string `json:"object"` // always "activity"
	Created  int64  `json:"created"`
	Status   Status `json:"status"`
	Currency string `json:"currency"`
	Amount   Number `json:"amount"`
	Remarks  string `json:"remarks"`
	TxnID    string `json:"txn_id,omitempty"` // the charge's id, since 2024
}
