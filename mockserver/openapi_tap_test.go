package mockserver_test

import (
	"reflect"
	"strings"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// The bodies of requests of Tap's API, as openapi.json describes them.

// ChargeBody is a request for a charge. Numbers may be sent as text, and the body as a form (application/x-www-form-urlencoded) with keys such as
// customer[first_name]; an answer's X-Tapmock-Note says so.
type ChargeBody struct {
	Amount              float64         `json:"amount"`
	Currency            string          `json:"currency"` // KWD for src_kw.knet
	ThreeDSecure        bool            `json:"threeDSecure,omitempty"`
	SaveCard            bool            `json:"save_card,omitempty"`
	CustomerInitiated   bool            `json:"customer_initiated,omitempty"`
	Description         string          `json:"description,omitempty"`          // fewer than 1000 characters
	StatementDescriptor string          `json:"statement_descriptor,omitempty"` // fewer than 60 characters
	Metadata            map[string]any  `json:"metadata,omitempty"`             // values of fewer than 1000 characters
	Reference           ReferenceBody   `json:"reference,omitzero"`
	Receipt             ReceiptBody     `json:"receipt,omitzero"`
	Customer            CustomerBody    `json:"customer"`
	Merchant            IDBody          `json:"merchant,omitzero"`
	Order               IDBody          `json:"order,omitzero"`
	Source              IDBody          `json:"source"`            // src_kw.knet, src_all or src_card; of a capture the id of an authorization
	Redirect            URLBody         `json:"redirect,omitzero"` // required, except for a capture
	Post                URLBody         `json:"post,omitzero"`
	Transaction         TransactionBody `json:"transaction,omitzero"`
}

// AuthorizationBody is a request for an authorization: the fields of a charge, and what becomes of it by itself.
type AuthorizationBody struct {
	ChargeBody
	AuthorizeDebit bool     `json:"authorize_debit,omitempty"`
	Auto           AutoBody `json:"auto,omitzero"`
}

// AutoBody says what becomes of an authorization by itself.
type AutoBody struct {
	Type tap.AutoType `json:"type"`
	Time int          `json:"time"` // hours, 1 to 168
}

// RefundBody is a request for a refund.
type RefundBody struct {
	ChargeID    string              `json:"charge_id"`
	Amount      float64             `json:"amount"`
	Currency    string              `json:"currency"` // that of the charge
	Reason      string              `json:"reason"`   // fewer than 250 characters
	Description string              `json:"description,omitempty"`
	Metadata    map[string]any      `json:"metadata,omitempty"`
	Reference   RefundReferenceBody `json:"reference,omitzero"`
	Post        URLBody             `json:"post,omitzero"`
}

// UpdateBody changes an object; what it does not name stays. Metadata is merged: an empty value removes its key, an empty object all.
type UpdateBody struct {
	Description string         `json:"description,omitempty"` // not of a refund
	Metadata    map[string]any `json:"metadata,omitempty"`
	Receipt     ReceiptBody    `json:"receipt,omitzero"` // not of a refund
}

// ListBody selects charges or authorizations.
type ListBody struct {
	Period         PeriodBody     `json:"period,omitzero"`
	Status         tap.Status     `json:"status,omitempty"`
	Sources        []string       `json:"sources,omitempty"`
	PaymentMethods []string       `json:"payment_methods,omitempty"`
	Customers      []string       `json:"customers,omitempty"`
	Charges        []string       `json:"charges,omitempty"` // ids of the listed objects
	Merchants      []string       `json:"merchants,omitempty"`
	Reference      ListReferences `json:"reference,omitzero"`
	Currency       string         `json:"currency,omitempty"`
	Email          string         `json:"email,omitempty"`
	Mobile         string         `json:"mobile,omitempty"`
	Metadata       map[string]any `json:"metadata,omitempty"`
	ChargeCreated  string         `json:"charge_created,omitempty"` // transaction.created
	Payouts        PayoutIDs      `json:"payouts,omitzero"`         // of charges
	StartingAfter  string         `json:"starting_after,omitempty"` // id of the last one of the page before
	Limit          int            `json:"limit,omitempty"`          // 1 to 50, default 25; of a download up to 100000
	Order          string         `json:"order,omitempty"`          // chronological or reverse_chronological
}

// RefundListBody selects refunds.
type RefundListBody struct {
	Period        PeriodBody `json:"period,omitzero"`
	Refunds       []string   `json:"refunds,omitempty"` // ids
	Charges       []string   `json:"charges,omitempty"` // ids of their charges
	StartingAfter string     `json:"starting_after,omitempty"`
	Limit         int        `json:"limit,omitempty"` // 1 to 50, default 25; of a download up to 100000
}

// PeriodBody bounds a list in time.
type PeriodBody struct {
	Date DateBody `json:"date,omitzero"`
	Type string   `json:"type,omitempty"` // of charges: CHARGE (or 1), POST, SETTLED, PAID_OUT
}

// DateBody is a time of creation, in epoch milliseconds; both ends are included.
type DateBody struct {
	From int64 `json:"from,omitempty"`
	To   int64 `json:"to,omitempty"`
}

// ListReferences are the merchant's references that a list can select.
type ListReferences struct {
	Order       []string `json:"order,omitempty"`
	Transaction []string `json:"transaction,omitempty"`
}

// ReferenceBody are the merchant's references.
type ReferenceBody struct {
	Transaction string `json:"transaction,omitempty"`
	Order       string `json:"order,omitempty"`
	Idempotent  string `json:"idempotent,omitempty"` // within 24 hours the same text gets the same answer
}

// RefundReferenceBody are the merchant's references of a refund.
type RefundReferenceBody struct {
	Merchant   string `json:"merchant,omitempty"`
	Idempotent string `json:"idempotent,omitempty"`
}

// ReceiptBody says how the customer gets a receipt.
type ReceiptBody struct {
	Email bool `json:"email,omitempty"`
	SMS   bool `json:"sms,omitempty"`
}

// CustomerBody is the payer: an id, or a first name with an e-mail address or a phone number.
type CustomerBody struct {
	ID         string    `json:"id,omitempty"`
	FirstName  string    `json:"first_name,omitempty"`
	MiddleName string    `json:"middle_name,omitempty"`
	LastName   string    `json:"last_name,omitempty"`
	Email      string    `json:"email,omitempty"`
	Phone      PhoneBody `json:"phone,omitzero"`
}

// PhoneBody is a phone number.
type PhoneBody struct {
	CountryCode string `json:"country_code,omitempty"`
	Number      string `json:"number"`
}

// IDBody names something.
type IDBody struct {
	ID string `json:"id"`
}

// URLBody is an address of the merchant.
type URLBody struct {
	URL string `json:"url"`
}

// TransactionBody says how long the payer has.
type TransactionBody struct {
	Expiry ExpiryBody `json:"expiry"`
}

// ExpiryBody is 5 to 60 minutes; the default is 30.
type ExpiryBody struct {
	Period int    `json:"period"`
	Type   string `json:"type,omitempty"` // MINUTE
}

// TapErrors is the body of every error: exactly one.
type TapErrors struct {
	Errors   []TapErrorItem `json:"errors"`
	HTTPCode string         `json:"http_code,omitempty"` // of the verification of a card
}

// TapErrorItem is an error of Tap's catalogue.
type TapErrorItem struct {
	Code        string `json:"code"`
	Error       string `json:"error,omitempty"` // of newer services
	Description string `json:"description"`
}

// CustomerFields are what is known of a customer: a first name, with an e-mail address or a phone number.
type CustomerFields struct {
	FirstName   string         `json:"first_name,omitempty"`
	MiddleName  string         `json:"middle_name,omitempty"`
	LastName    string         `json:"last_name,omitempty"`
	Email       string         `json:"email,omitempty"`
	Phone       PhoneBody      `json:"phone,omitzero"`
	Description string         `json:"description,omitempty"`
	Metadata    map[string]any `json:"metadata,omitempty"`
	Currency    string         `json:"currency,omitempty"`
	Title       string         `json:"title,omitempty"`
	Nationality string         `json:"nationality,omitempty"`
}

// CustomerListBody selects customers.
type CustomerListBody struct {
	Period        PeriodBody `json:"period,omitzero"`
	Customers     []string   `json:"customers,omitempty"` // ids
	StartingAfter string     `json:"starting_after,omitempty"`
	Limit         string     `json:"limit,omitempty"` // 1 to 50, default 25
	Page          string     `json:"page,omitempty"`  // from 1
}

// PayoutListBody selects payouts.
type PayoutListBody struct {
	Period    PeriodBody `json:"period,omitzero"`     // of their dates
	Merchants []string   `json:"merchants,omitempty"` // ids
	Payouts   PayoutIDs  `json:"payouts,omitzero"`
	Limit     int        `json:"limit,omitempty"` // 1 to 50, default 25
}

// PayoutIDs name payouts.
type PayoutIDs struct {
	PayoutID        []string `json:"payout_id,omitempty"`
	PayoutReference []string `json:"payout_reference,omitempty"` // of the bank; in a list of charges
}

// InvoiceBody is what a request for an invoice sets. Times are epoch milliseconds.
type InvoiceBody struct {
	Due              int64               `json:"due,omitempty"`
	Expiry           int64               `json:"expiry,omitempty"` // until when it can be paid
	Customer         CustomerBody        `json:"customer,omitzero"`
	Order            InvoiceOrderBody    `json:"order,omitzero"`
	Draft            bool                `json:"draft,omitempty"` // it cannot be paid before it is finalized
	Mode             string              `json:"mode,omitempty"`  // INVOICE, PAY or INVOICEPAY
	Description      string              `json:"description,omitempty"`
	Note             string              `json:"note,omitempty"`
	LangCode         string              `json:"lang_code,omitempty"`
	Metadata         map[string]any      `json:"metadata,omitempty"`
	Notifications    InvoiceChannelsBody `json:"notifications,omitzero"`
	Currencies       []string            `json:"currencies,omitempty"`
	PaymentMethods   []string            `json:"payment_methods,omitempty"`
	Charge           InvoiceChargeBody   `json:"charge,omitzero"`
	Post             URLBody             `json:"post,omitzero"`
	Redirect         URLBody             `json:"redirect,omitzero"`
	Reference        InvoiceRefsBody     `json:"reference,omitzero"`
	RetryForCaptured bool                `json:"retry_for_captured,omitempty"` // default true: after a failed try the payer stays on the invoice's page
}

// InvoiceOrderBody is what the customer pays for.
type InvoiceOrderBody struct {
	Amount   float64           `json:"amount"`
	Currency string            `json:"currency"`
	Items    []InvoiceItemBody `json:"items"`
	Tax      []any             `json:"tax,omitempty"`
	Shipping map[string]any    `json:"shipping,omitempty"`
}

// InvoiceItemBody is an item of an order.
type InvoiceItemBody struct {
	Name        string         `json:"name,omitempty"`
	Description string         `json:"description,omitempty"`
	Image       string         `json:"image,omitempty"`
	Amount      float64        `json:"amount"`
	Currency    string         `json:"currency,omitempty"`
	Quantity    int            `json:"quantity"`
	Discount    map[string]any `json:"discount,omitempty"`
}

// InvoiceChannelsBody says how the customer gets the link; the mock shows the messages instead of sending them.
type InvoiceChannelsBody struct {
	Channels []string `json:"channels,omitempty"` // SMS, EMAIL
	Dispatch bool     `json:"dispatch,omitempty"`
}

// InvoiceChargeBody says how the charge is made.
type InvoiceChargeBody struct {
	Receipt             ReceiptBody `json:"receipt,omitzero"`
	StatementDescriptor string      `json:"statement_descriptor,omitempty"`
}

// InvoiceRefsBody are the merchant's references of an invoice.
type InvoiceRefsBody struct {
	Invoice string `json:"invoice,omitempty"`
	Order   string `json:"order,omitempty"`
}

// InvoiceListBody selects invoices.
type InvoiceListBody struct {
	Period PeriodBody `json:"period,omitzero"`
	Limit  int        `json:"limit,omitempty"` // 1 to 50, default 25
}

// InvoiceErrors is the body of every error of an invoice: one error, not a list.
type InvoiceErrors struct {
	Error TapErrorItem `json:"error"`
}

// TokenBody is the card of a token.
type TokenBody struct {
	Card      CardBody      `json:"card,omitzero"`       // a test card, whose number begins with 888888
	SavedCard SavedCardBody `json:"saved_card,omitzero"` // instead of card
	ClientIP  string        `json:"client_ip,omitempty"`
}

// CardBody is a test card.
type CardBody struct {
	Number   string         `json:"number"`
	ExpMonth int            `json:"exp_month"`
	ExpYear  int            `json:"exp_year"`
	CVC      string         `json:"cvc,omitempty"`
	Name     string         `json:"name,omitempty"`
	Address  map[string]any `json:"address,omitempty"`
}

// SavedCardBody names a saved card.
type SavedCardBody struct {
	CardID     string `json:"card_id"`
	CustomerID string `json:"customer_id"`
}

// VerifyBody names the token of a card.
type VerifyBody struct {
	Currency string `json:"currency,omitempty"`
	Source   IDBody `json:"source"`
}

// tapCall is a call of Tap's API. An example can name ids in capitals: CHARGE, AUTHORIZATION, REFUND, CUSTOMER, TOKEN.
type tapCall struct {
	name, method, path, summary string
	request                     any // zero value; nil: none
	answer                      any // zero value; "": text/plain
	example                     string
	refused                     string // a body that is refused, with HTTP 400; "": none
	status                      int    // of the answer to the example, 0: 200
}

const orderExample = `"amount": 12.345, "currency": "KWD", "description": "Order 1042", "reference": {"transaction": "txn_1", "order": "ord_1042"}, ` +
	`"customer": {"first_name": "Test", "email": "test@example.com", "phone": {"country_code": "965", "number": "50000000"}}, ` +
	`"source": {"id": "src_kw.knet"}, "post": {"url": "https://shop.example/hook"}, "redirect": {"url": "https://shop.example/return"}`

const invoiceExample = `{"due": 4102444800000, "expiry": 4102444800000, "description": "Order 1042", "notifications": {"channels": ["SMS"], "dispatch": true}, ` +
	`"customer": {"first_name": "Test", "email": "test@example.com", "phone": {"country_code": "965", "number": "50000000"}}, ` +
	`"order": {"amount": 12.345, "currency": "KWD", "items": [{"name": "Shoes", "amount": 12.345, "currency": "KWD", "quantity": 1}]}, ` +
	`"post": {"url": "https://shop.example/hook"}, "redirect": {"url": "https://shop.example/return"}, "reference": {"invoice": "INV_1", "order": "ord_1042"}}`

var tapCalls = []tapCall{
	{"CreateCharge", "POST", "/v2/charges", "Creates a charge, or captures an authorization whose id is the source.", ChargeBody{}, tap.Charge{}, "{" + orderExample + "}", `{"amount": true}`, 0},
	{"GetCharge", "GET", "/v2/charges/{id}", "Retrieves a charge.", nil, tap.Charge{}, "CHARGE", "", 0},
	{"UpdateCharge", "PUT", "/v2/charges/{id}", "Changes description, metadata and receipt of a charge.", UpdateBody{}, tap.Charge{}, `CHARGE {"description": "Order 1042, changed", "metadata": {"udf1": "one"}}`, `{"description": {}}`, 0},
	{"ListCharges", "POST", "/v2/charges/list", "Lists charges, the newest first.", ListBody{}, tap.ChargeList{}, `{"status": "CAPTURED", "limit": 10}`, `{"limit": 51}`, 0},
	{"DownloadCharges", "POST", "/v2/charges/download", "Charges as CSV.", ListBody{}, "", `{"limit": 1000}`, `{"status": {"a": 1}}`, 0},
	{"CreateAuthorization", "POST", "/v2/authorize", "Creates an authorization.", AuthorizationBody{}, tap.Authorization{}, "{" + orderExample + `, "auto": {"type": "VOID", "time": 100}}`, `{"auto": {"type": "AUTO", "time": 1}}`, 0},
	{"GetAuthorization", "GET", "/v2/authorize/{id}", "Retrieves an authorization.", nil, tap.Authorization{}, "AUTHORIZATION", "", 0},
	{"UpdateAuthorization", "PUT", "/v2/authorize/{id}", "Changes description, metadata and receipt of an authorization.", UpdateBody{}, tap.Authorization{}, `AUTHORIZATION {"metadata": {"udf1": "one"}}`, `{"receipt": true}`, 0},
	{"ListAuthorizations", "POST", "/v2/authorize/list", "Lists authorizations, the newest first.", ListBody{}, tap.AuthorizationList{}, `{"status": "AUTHORIZED"}`, `{"limit": 0}`, 0},
	{"DownloadAuthorizations", "POST", "/v2/authorize/download", "Authorizations as CSV.", ListBody{}, "", `{}`, `{"order": 1}`, 0},
	{"CreateRefund", "POST", "/v2/refunds", "Refunds a captured charge, or a part of it.", RefundBody{}, tap.Refund{}, `{"charge_id": "CHARGE", "amount": 2.5, "currency": "KWD", "reason": "requested_by_customer", "reference": {"merchant": "r-1"}}`, `{"charge_id": "CHARGE", "amount": true, "currency": "KWD", "reason": "r"}`, 0},
	{"GetRefund", "GET", "/v2/refunds/{id}", "Retrieves a refund.", nil, tap.Refund{}, "REFUND", "", 0},
	{"UpdateRefund", "PUT", "/v2/refunds/{id}", "Changes the metadata of a refund.", UpdateBody{}, tap.Refund{}, `REFUND {"metadata": {"udf1": "one"}}`, `{"metadata": 7}`, 0},
	{"ListRefunds", "POST", "/v2/refunds/list", "Lists refunds, the newest first.", RefundListBody{}, tap.RefundList{}, `{"charges": ["CHARGE"]}`, `{"refunds": 7}`, 0},
	{"DownloadRefunds", "POST", "/v2/refunds/download", "Refunds as CSV. Tap's columns are not known.", RefundListBody{}, "", `{}`, `{"charges": true}`, 0},
	{"VoidAuthorization", "POST", "/v2/authorize/{id}/void", "Voids what is left of an authorization. It takes no body, {} or [].", nil, tap.Authorization{}, "AUTHORIZATION", "", 0},
	{"CreateCustomer", "POST", "/v2/customers", "Creates a customer.", CustomerFields{}, tap.CustomerObject{}, `{"first_name": "Test", "email": "test@example.com", "phone": {"country_code": "965", "number": "50000000"}, "metadata": {"udf1": "one"}}`, `{"first_name": [1]}`, 0},
	{"GetCustomer", "GET", "/v2/customers/{id}", "Retrieves a customer.", nil, tap.CustomerObject{}, "CUSTOMER", "", 0},
	{"UpdateCustomer", "PUT", "/v2/customers/{id}", "Changes a customer. What is not sent stays.", CustomerFields{}, tap.CustomerObject{}, `CUSTOMER {"first_name": "Other", "metadata": {"udf2": "two"}}`, `{"first_name": "x", "phone": 7}`, 0},
	{"ListCustomers", "POST", "/v2/customers/list", "Lists customers, the newest first. A GET with a body does the same.", CustomerListBody{}, tap.CustomerList{}, `{"limit": "10", "page": "1"}`, `{"customers": 7}`, 0},
	{"DeleteCustomer", "DELETE", "/v2/customers/{id}", "Deletes a customer.", nil, tap.CustomerDeleted{}, "CUSTOMER", "", 0},
	{"CreateToken", "POST", "/v2/tokens", "Makes a token of a test card, or of a saved card. No KNET merchant can charge it.", TokenBody{}, tap.TokenObject{}, `{"card": {"number": "8888880000000001", "exp_month": 9, "exp_year": 30, "name": "Test"}}`, `{"card": 7}`, 0},
	{"GetToken", "GET", "/v2/tokens/{id}", "Retrieves a token.", nil, tap.TokenObject{}, "TOKEN", "", 0},
	{"ListCards", "GET", "/v2/card/{customer}", "Cards that a customer has saved: by default none, because those of KFAST stay at KNET.", nil, tap.CardList{}, "", "", 404},
	{"GetCard", "GET", "/v2/card/{customer}/{id}", "Retrieves a saved card.", nil, tap.CardObject{}, "card_1", "", 404},
	{"DeleteCard", "DELETE", "/v2/card/{customer}/{id}", "Deletes a saved card.", nil, tap.CardDeleted{}, "card_1", "", 404},
	{"VerifyCard", "POST", "/v2/card/verify", "Is always refused: no KNET merchant can verify a card.", VerifyBody{}, TapErrors{}, `{"currency": "KWD", "source": {"id": "TOKEN"}}`, `{"source": 7}`, 400},
	{"GetVerification", "GET", "/v2/card/verify/{id}", "Is always refused.", nil, TapErrors{}, "vry_1", "", 404},
	{"CreateInvoice", "POST", "/v2/invoices", "Creates an invoice, whose url is a payment link.", InvoiceBody{}, tap.InvoiceObject{}, invoiceExample, `{"order": 7}`, 0},
	{"GetInvoice", "GET", "/v2/invoices/{id}", "Retrieves an invoice.", nil, tap.InvoiceObject{}, "INVOICE", "", 0},
	{"UpdateInvoice", "PUT", "/v2/invoices/{id}", "Changes an invoice that is not paid or cancelled. What is not sent stays.", InvoiceBody{}, tap.InvoiceObject{}, `INVOICE {"description": "changed"}`, `{"notifications": 7}`, 0},
	{"ListInvoices", "POST", "/v2/invoices/list", "Lists invoices, the newest first.", InvoiceListBody{}, tap.InvoiceList{}, `{"limit": 10}`, `{"period": 7}`, 0},
	{"RemindInvoice", "POST", "/v2/invoices/{id}/remind", "Makes the messages with the link once more.", nil, tap.InvoiceObject{}, "INVOICE", "", 0},
	{"FinalizeInvoice", "POST", "/v2/invoices/{id}/finalize", "Makes a draft an invoice.", nil, tap.InvoiceObject{}, "DRAFT", "", 0},
	{"CancelInvoice", "DELETE", "/v2/invoices/{id}", "Cancels an invoice that is not paid.", nil, tap.InvoiceObject{}, "INVOICE", "", 0},
	{"ListPayouts", "POST", "/v2/payouts/list", "Lists payouts, the newest first: what was captured on each day in Kuwait, less what was refunded.", PayoutListBody{}, tap.PayoutList{}, `{"limit": 10}`, `{"merchants": 7}`, 0},
	{"GetBIN", "GET", "/v2/bin/{id}", "What is known of the first six digits of a card.", nil, tap.BIN{}, "888888", "", 0},
}

// tapOperation describes a call of Tap's API.
func (d *describer) tapOperation(c *tapCall) object {
	parameters := []object{{"name": "lang_code", "in": "header", "description": "Language of the page.", "schema": object{"type": "string", "enum": []string{"en", "ar", "EN", "AR"}}}}
	for _, name := range []string{"customer", "id"} {
		if strings.Contains(c.path, "{"+name+"}") {
			parameters = append(parameters, object{"name": name, "in": "path", "required": true, "schema": object{"type": "string"}})
		}
	}
	if strings.HasPrefix(c.name, "Create") {
		parameters = append(parameters, object{"name": "X-Tapmock-Scenario", "in": "header", "schema": object{"type": "string"},
			"description": "The scenario that the object follows: a name, or several joined by +. It precedes metadata.tapmock_scenario, the queue, matches and the default scenarios. " +
				"An unknown name is error 1103 with HTTP status 400, which names near ones."})
	}
	text := func(description string) object {
		return object{"description": description, "schema": object{"type": "string"}}
	}
	headers := object{"X-Tapmock-Scenario": text("The scenario that the object follows, if any."), "X-Tapmock-Note": text("A leniency, an assumption or a hint; a header for each.")}
	content := object{"text/plain": object{"schema": object{"type": "string"}}}
	if _, csv := c.answer.(string); !csv {
		content = object{"application/json": object{"schema": d.schema(reflect.TypeOf(c.answer))}}
	} else {
		for _, name := range []string{"has_more", "page_size", "number_of_pages", "total_count"} {
			headers[name] = text("Page of the download.")
		}
	}
	failure := object{"description": "An error, as Tap writes it.", "content": object{"application/json": object{"schema": d.schema(reflect.TypeFor[TapErrors]())}}}
	if strings.HasPrefix(c.path, "/v2/invoices") {
		failure["content"] = object{"application/json": object{"schema": d.schema(reflect.TypeFor[InvoiceErrors]())}}
	}
	responses := object{"default": failure}
	if _, never := c.answer.(TapErrors); !never {
		responses["200"] = object{"description": "The result, as Tap writes it under the default settings.", "content": content, "headers": headers}
	}
	if _, cards := c.answer.(tap.CardList); cards {
		responses["404"] = object{"description": "There are none: an empty list.", "content": content, "headers": headers}
	}
	out := object{"operationId": c.name, "summary": c.summary, "parameters": parameters, "responses": responses}
	if c.request != nil {
		_, example, found := strings.Cut(c.example, " {")
		if example = "{" + example; !found || strings.HasPrefix(c.example, "{") {
			example = c.example
		}
		out["requestBody"] = object{"content": object{"application/json": object{"schema": d.schema(reflect.TypeOf(c.request)), "example": jsonValue(example)}}}
	}
	return out
}
