package tap

import (
	"slices"
	"strconv"
)

// Refund is Tap's refund object (Rest of v2 1.1, documented). Its tags decode the bodies of both styles; [Refund.AppendJSON] writes them.
// Numbers are the literals on the wire. Empty text means that the key is absent.
type Refund struct {
	ID          string            `json:"id"`
	Object      string            `json:"object"`      // always "refund"
	APIVersion  string            `json:"api_version"` // "V2"; "V1.2" in the older body
	LiveMode    bool              `json:"live_mode"`
	Method      Method            `json:"method,omitempty"`
	Product     string            `json:"product,omitempty"` // always "", in the logic V2
	Amount      Number            `json:"amount"`
	ChargeID    string            `json:"charge_id"`
	Created     string            `json:"created"`        // epoch milliseconds
	Date        string            `json:"date,omitempty"` // of its completion, in epoch milliseconds
	Currency    string            `json:"currency"`
	Status      RefundStatus      `json:"status"`
	Reference   RefundReference   `json:"reference"`
	Response    Result            `json:"response"`
	Post        *Post             `json:"post,omitempty"`
	Acquirer    *Gateway          `json:"acquirer,omitempty"`
	Gateway     *Gateway          `json:"gateway,omitempty"`
	Transaction RefundTransaction `json:"transaction"`
	Merchant    RefundMerchant    `json:"merchant"`
	Wallet      RefundWallet      `json:"wallet"`

	ReverseDestination bool `json:"reverse_destination"` // always false

	Charge      *Charge `json:"charge,omitempty"`   // in the logic V2
	Metadata    Raw     `json:"metadata,omitempty"` // as sent
	Description string  `json:"description,omitempty"`
	Reason      string  `json:"reason"`
}

// RefundReference holds the references of the merchant and, once the refund is completed, those of Tap and the bank.
type RefundReference struct {
	ID         string `json:"id,omitempty"`
	Gateway    string `json:"gateway,omitempty"`
	Payment    string `json:"payment,omitempty"`
	Acquirer   string `json:"acquirer,omitempty"`
	Merchant   string `json:"merchant,omitempty"`
	Idempotent string `json:"idempotent,omitempty"`
}

// RefundWallet says whether the merchant's wallet was debited.
type RefundWallet struct {
	Debit     bool `json:"debit"`
	AutoDebit bool `json:"auto_debit,omitempty"` // in the logic V2
}

// RefundMerchant is the merchant of a refund. Country and currency are shown in the logic V2 only.
type RefundMerchant struct {
	Country  string `json:"country,omitempty"`
	Currency string `json:"currency,omitempty"`
	ID       string `json:"id"`
}

// RefundForm is a form of the refund's body.
type RefundForm string

// The forms of a refund: that of 2024, that of the years before (V1.2), and that of the logic V2.
const (
	RefundNewest RefundForm = "newest"
	RefundOld    RefundForm = "old"
	RefundV2     RefundForm = "v2"
)

// RefundTransaction is the refund as a transaction. Its dates are numbers of epoch milliseconds.
type RefundTransaction struct {
	Timezone     string     `json:"timezone"`
	Asynchronous bool       `json:"asynchronous"`
	Amount       Number     `json:"amount"`
	Currency     string     `json:"currency"`
	Date         RefundDate `json:"date"`
}

// RefundDate is when a refund was created and, once it is, completed.
type RefundDate struct {
	Created   int64 `json:"created"`
	Completed int64 `json:"completed,omitempty"`
}

// RefundStatus is the status of a refund (Rest of v2 1.2, documented).
type RefundStatus string

// The statuses of a refund. ACCEPTED and REJECTED are those of Tap's logic V2 only.
const (
	RefundPending    RefundStatus = "PENDING"
	RefundInProgress RefundStatus = "IN_PROGRESS"
	Refunded         RefundStatus = "REFUNDED"
	RefundCancelled  RefundStatus = "CANCELLED"
	RefundFailed     RefundStatus = "FAILED"
	RefundDeclined   RefundStatus = "DECLINED"
	RefundRestricted RefundStatus = "RESTRICTED"
	RefundTimedOut   RefundStatus = "TIMED_OUT"
	RefundUnknown    RefundStatus = "UNKNOWN"
	RefundAccepted   RefundStatus = "ACCEPTED"
	RefundRejected   RefundStatus = "REJECTED"
)

// refundEnds are the statuses in which a refund has ended.
var refundEnds = []RefundStatus{Refunded, RefundCancelled, RefundFailed, RefundDeclined, RefundRestricted, RefundTimedOut, RefundUnknown}

// lateRefunds holds the moves out of a final status, which only a later result of a scenario makes.
var lateRefunds = map[RefundStatus][]RefundStatus{
	RefundCancelled: {Refunded}, RefundFailed: {Refunded}, RefundDeclined: {Refunded}, RefundRestricted: {Refunded},
	RefundTimedOut: {Refunded, RefundFailed, RefundRejected}, RefundUnknown: {Refunded, RefundFailed, RefundRejected},
	Refunded: {RefundFailed, RefundRejected}, RefundRejected: {Refunded},
}

// RefundStatuses lists every status of a refund.
func RefundStatuses() []RefundStatus {
	return append(append([]RefundStatus{RefundPending, RefundInProgress}, refundEnds...), RefundAccepted, RefundRejected)
}

// CanBecome reports whether a refund in s may move to another status.
func (s RefundStatus) CanBecome(to RefundStatus) bool { return slices.Contains(refundMoves[s], to) }

// CanBecomeLate reports whether a refund that has ended may still move, by a later result that a scenario scheduled.
func (s RefundStatus) CanBecomeLate(to RefundStatus) bool {
	return slices.Contains(lateRefunds[s], to)
}

// Final reports whether a refund in s has ended.
func (s RefundStatus) Final() bool { return len(refundMoves[s]) == 0 }

// Holds reports whether a refund in s counts against what is left of its charge. One whose end is not known does; only one that certainly
// moved no money gives it back (assumed).
func (s RefundStatus) Holds() bool {
	switch s {
	case RefundCancelled, RefundFailed, RefundDeclined, RefundRestricted, RefundRejected:
		return false
	}
	return true
}

// refundResults is Tap's catalogue of refund results (Rest of v2 15, documented).
var refundResults = []Result{
	{"000", "Refunded"}, {"100", "Pending"}, {"200", "In Progress"}, {"301", "Canceled"}, {"401", "Failed"}, {"402", "Failed, Invalid Parameter"},
	{"403", "Failed, Duplicate"}, {"501", "Declined"}, {"502", "Declined, Insufficient Balance"}, {"503", "Declined, Refund not Supported"},
	{"504", "Declined, Partial Refund not Supported"}, {"601", "Restricted"}, {"602", "Restricted, Bank"}, {"701", "Timed Out"}, {"801", "Unknown"},
}

// RefundResults lists Tap's catalogue of refund results, ordered by code.
func RefundResults() []Result { return slices.Clone(refundResults) }

// RefundResultFor returns the result of the catalogue with this code and the status that it means, and whether there is one.
func RefundResultFor(code string) (Result, RefundStatus, bool) {
	i := slices.IndexFunc(refundResults, func(r Result) bool { return r.Code == code })
	if i < 0 {
		return Result{}, "", false
	}
	status := map[byte]RefundStatus{'0': Refunded, '1': RefundPending, '2': RefundInProgress, '3': RefundCancelled, '4': RefundFailed,
		'5': RefundDeclined, '6': RefundRestricted, '7': RefundTimedOut, '8': RefundUnknown}[code[0]]
	return refundResults[i], status, true
}

// PlainRefundResult is the result of a status without a more specific reason. 101 Accepted is in no table (documented in a body); no code of
// REJECTED is known, so it has that of DECLINED.
func PlainRefundResult(s RefundStatus) Result {
	switch s {
	case RefundAccepted:
		return Result{"101", "Accepted"}
	case RefundRejected:
		s = RefundDeclined
	}
	for _, r := range refundResults {
		if _, status, _ := RefundResultFor(r.Code); status == s {
			return r
		}
	}
	return Result{}
}

// AppendJSON appends the object as compact JSON in one of its forms (Rest of v2 1.1, documented; the place of metadata and description in the
// newer body is assumed, and so is the order of the keys of the logic V2).
func (r *Refund) AppendJSON(b []byte, form RefundForm) []byte {
	older := form == RefundOld
	b = appendText(openObject(b), "id", r.ID)
	b = appendText(b, "object", r.Object)
	b = appendText(b, "api_version", r.APIVersion)
	b = appendBool(b, "live_mode", r.LiveMode)
	b = appendRaw(b, "amount", string(r.Amount))
	b = appendText(b, "charge_id", r.ChargeID)
	b = appendText(b, "created", r.Created)
	if !older {
		b = appendSent(b, "date", r.Date)
	}
	b = appendText(b, "currency", r.Currency)
	b = appendText(b, "status", string(r.Status))
	b = r.appendReference(b)
	b = appendResult(b, "response", r.Response)
	if !older {
		b = r.appendTransaction(r.appendPost(b), form)
	}
	if r.Metadata != "" {
		b = appendRaw(b, "metadata", string(r.Metadata))
	}
	b = appendSent(b, "description", r.Description)
	b = appendText(b, "reason", r.Reason)
	if older {
		b = r.appendPost(b)
	}
	if form == RefundV2 && r.Charge != nil {
		b = append(r.Charge.AppendJSON(appendKey(b, "charge"), StyleNewest), ',')
	}
	return dropComma(closeObject(b))
}

func (r *Refund) appendReference(b []byte) []byte {
	b = openObject(appendKey(b, "reference"))
	b = appendSent(b, "id", r.Reference.ID)
	b = appendSent(b, "gateway", r.Reference.Gateway)
	b = appendSent(b, "payment", r.Reference.Payment)
	b = appendSent(b, "acquirer", r.Reference.Acquirer)
	b = appendSent(b, "merchant", r.Reference.Merchant)
	return closeObject(appendSent(b, "idempotent", r.Reference.Idempotent))
}

func (r *Refund) appendPost(b []byte) []byte {
	if r.Post == nil {
		return b
	}
	b = openObject(appendKey(b, "post"))
	if r.Post.Attempt > 0 {
		b = appendRaw(b, "attempt", strconv.Itoa(r.Post.Attempt))
	}
	b = appendText(b, "status", string(r.Post.Status))
	return closeObject(appendText(b, "url", r.Post.URL))
}

// appendTransaction appends what only the newer body has.
func (r *Refund) appendTransaction(b []byte, form RefundForm) []byte {
	for _, of := range []struct {
		key    string
		result *Gateway
	}{{"acquirer", r.Acquirer}, {"gateway", r.Gateway}} {
		if of.result != nil {
			b = closeObject(appendResult(openObject(appendKey(b, of.key)), "response", of.result.Response))
		}
	}
	b = appendSent(b, "method", string(r.Method))
	if form == RefundV2 {
		b = appendText(b, "product", r.Product)
	}
	t := &r.Transaction
	b = openObject(appendKey(b, "transaction"))
	if form == RefundV2 {
		b = appendText(b, "authorization_id", "")
	}
	b = appendText(b, "timezone", t.Timezone)
	b = appendBool(b, "asynchronous", t.Asynchronous)
	b = appendRaw(b, "amount", string(t.Amount))
	b = appendText(b, "currency", t.Currency)
	b = openObject(appendKey(b, "date"))
	b = append(strconv.AppendInt(appendKey(b, "created"), t.Date.Created, 10), ',')
	if t.Date.Completed != 0 {
		b = append(strconv.AppendInt(appendKey(b, "completed"), t.Date.Completed, 10), ',')
	}
	b = closeObject(closeObject(b))
	b = appendBool(openObject(appendKey(b, "wallet")), "debit", r.Wallet.Debit)
	if form == RefundV2 {
		b = appendBool(b, "auto_debit", r.Wallet.AutoDebit)
	}
	b = openObject(appendKey(closeObject(b), "merchant"))
	if form == RefundV2 {
		b = appendText(appendText(b, "country", r.Merchant.Country), "currency", r.Merchant.Currency)
	}
	b = closeObject(appendText(b, "id", r.Merchant.ID))
	return appendBool(b, "reverse_destination", r.ReverseDestination)
}
