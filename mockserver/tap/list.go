package tap

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// ListRequest selects charges of an account (Tap API 3, documented). A charge must match every filter that is not empty. Of a filter
// with several values it must match one.
type ListRequest struct {
	From, To         int64    // epoch milliseconds, both included
	PeriodOf         PeriodOf // of what From and To are
	Created          int64    // transaction.created in epoch milliseconds; 0: any
	PayoutIDs        map[string]bool
	PayoutReferences map[string]bool // of the bank
	Status           Status
	Sources          map[string]bool // source.id
	PaymentMethods   map[string]bool // source.payment_method
	Customers        map[string]bool // customer.id
	Charges          map[string]bool // id
	StartingAfter    string          // the list begins after the charge with this id
	Limit            int             // 1 to 50
	OldestFirst      bool
	Currency         string
	Merchants        map[string]bool // merchant.id
	Transactions     map[string]bool // reference.transaction
	Orders           map[string]bool // reference.order
	Email            string          // customer.email
	Mobile           string          // digits of customer.phone.number, with or without its country code
	AdditionalFields map[string]bool // of a download: more columns

	NotApplied []string // documented fields that were sent and by which the mock does not filter

	metadata map[string]string // see metadataOf
}

// PeriodOf is of which time of a charge the period of a list is (Rest of v2 3, documented; what each is, assumed).
type PeriodOf string

// The times of a charge.
const (
	PeriodCharge  PeriodOf = ""         // of its creation; CHARGE, or 1
	PeriodPost    PeriodOf = "POST"     // of its capture
	PeriodSettled PeriodOf = "SETTLED"  // of the end of the day of its capture, when its payout is computed
	PeriodPaidOut PeriodOf = "PAID_OUT" // of its payout
)

// ByPayout reports whether the request selects by payouts.
func (r *ListRequest) ByPayout() bool { return len(r.PayoutIDs)+len(r.PayoutReferences) > 0 }

// NeedsPayouts reports whether the account's payouts decide which charges the list contains.
func (r *ListRequest) NeedsPayouts() bool { return r.ByPayout() || r.PeriodOf != PeriodCharge }

// InPeriod reports whether an instant is in the period.
func (r *ListRequest) InPeriod(at time.Time) bool {
	ms := at.UnixMilli()
	return ms >= r.From && ms <= r.To
}

// CreatedIn are the limits of the time of creation that the request sets.
func (r *ListRequest) CreatedIn() (from, to int64) {
	if r.PeriodOf != PeriodCharge {
		return math.MinInt64, math.MaxInt64
	}
	return r.From, r.To
}

// Matches reports whether the create request of a charge matches the filters on what was sent: currency, references, customer and
// metadata.
func (r *ListRequest) Matches(sent *PaymentRequest) bool {
	return (r.Currency == "" || r.Currency == sent.Currency) &&
		(len(r.Transactions) == 0 || r.Transactions[sent.Transaction]) &&
		(len(r.Orders) == 0 || r.Orders[sent.Order]) &&
		(r.Email == "" || strings.EqualFold(r.Email, sent.Customer.Email)) &&
		(r.Mobile == "" || r.hasMobile(&sent.Customer)) &&
		(len(r.metadata) == 0 || r.hasMetadata(sent.Metadata))
}

func (r *ListRequest) hasMobile(c *Customer) bool {
	number := dialled(c.Number)
	return number != "" && (r.Mobile == number || r.Mobile == dialled(c.CountryCode)+number)
}

// hasMetadata reports whether a charge's metadata has every requested pair.
func (r *ListRequest) hasMetadata(sent string) bool {
	if sent == "" {
		return false
	}
	tree, root, err := parseJSON([]byte(sent))
	defer freeJSON(tree)
	if err != nil {
		return false // not reached: it was parsed when the charge was created
	}
	have := tree.metadataOf(root)
	for key, want := range r.metadata {
		if got, ok := have[key]; !ok || got != want {
			return false
		}
	}
	return true
}

// metadataOf returns an object's members: scalars as text, so that 7 and "7" are equal, lists and objects as JSON.
func (t *jsonTree) metadataOf(object int32) map[string]string {
	all := map[string]string{}
	for at := t.nodes[object].child; at != 0; at = t.nodes[at].next {
		n := &t.nodes[at]
		if all[n.key] = n.text; n.kind == isList || n.kind == isObject {
			all[n.key] = t.raw(at)
		}
	}
	return all
}

// dialled returns the digits of a phone number, without the zeros of international dialling.
func dialled(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
	return strings.TrimPrefix(s, "00")
}

// ChargeList is the answer to a list request. Its charges have neither method nor activities (Tap API 3, documented).
type ChargeList struct {
	ObjectType string   `json:"object_type"` // always "list"
	LiveMode   bool     `json:"live_mode"`
	Count      int      `json:"count"` // number of charges in this answer
	HasMore    bool     `json:"has_more"`
	APIVersion string   `json:"api_version"` // always "V2"
	Charges    []Charge `json:"charges"`
}

// AppendJSON appends the list as compact JSON. style returns the style of the charge with this index.
func (l *ChargeList) AppendJSON(b []byte, style func(i int) Style) []byte {
	b = openObject(b)
	b = appendText(b, "object_type", l.ObjectType)
	b = appendBool(b, "live_mode", l.LiveMode)
	b = appendRaw(b, "count", strconv.Itoa(l.Count))
	b = appendBool(b, "has_more", l.HasMore)
	b = appendText(b, "api_version", l.APIVersion)
	b = append(appendKey(b, "charges"), '[')
	for i := range l.Charges {
		b = append(l.Charges[i].AppendJSON(b, style(i)), ',')
	}
	return dropComma(closeObject(closeArray(b)))
}
