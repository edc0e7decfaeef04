package tap

import (
	"math"
	"slices"
	"strings"
	"time"
)

// PayoutObject is a payout in a list of payouts, in the key order of 2023 (Rest of v2 9, documented).
type PayoutObject struct {
	ID                   string       `json:"id"`
	Status               PayoutStatus `json:"status"`
	Date                 int64        `json:"date"` // epoch milliseconds at which the bank gets the money
	Amount               Number       `json:"amount"`
	Currency             string       `json:"currency"`
	MerchantID           string       `json:"merchant_id"`
	Wallet               PayoutWallet `json:"wallet"`
	SettlementsAvailable bool         `json:"settlements_available"`    // always true
	BankReference        string       `json:"bank_reference,omitempty"` // not in older styles
}

// PayoutWallet is the merchant's wallet, with its bank account.
type PayoutWallet struct {
	ID       string     `json:"id"`
	LegacyID string     `json:"legacy_id"`
	Country  string     `json:"country"`
	Bank     PayoutBank `json:"bank"`
}

// PayoutBank is the merchant's bank. The mock's is made up.
type PayoutBank struct {
	ID          string            `json:"id"`
	Country     string            `json:"country"`
	Name        string            `json:"name"`
	SWIFT       string            `json:"swift"`
	Beneficiary PayoutBeneficiary `json:"beneficiary"`
}

// PayoutBeneficiary is the merchant as its bank knows it.
type PayoutBeneficiary struct {
	Name string `json:"name"`
	IBAN string `json:"iban"` // masked
}

// PayoutStatus is the status of a payout (Rest of v2 9, documented).
type PayoutStatus string

// The statuses of a payout that the mock has; a payout of Tap can be FAILED too.
const (
	PayoutPending   PayoutStatus = "PENDING"   // the day is not over
	PayoutInitiated PayoutStatus = "INITIATED" // the day is over, the bank does not have the money yet
	PayoutPaidOut   PayoutStatus = "PAID_OUT"
)

// PayoutList is the answer to a request for a list of payouts (Rest of v2 9, documented).
type PayoutList struct {
	Object     string         `json:"object"` // always "list"
	LiveMode   bool           `json:"live_mode"`
	APIVersion string         `json:"api_version"` // always "V2"
	Count      int            `json:"count"`       // of payouts in this answer
	HasMore    bool           `json:"has_more"`
	Payouts    []PayoutObject `json:"payouts"`
}

// Day is the day of an instant in Kuwait: its midnight.
func Day(at time.Time) time.Time {
	year, month, day := at.In(kuwait).Date()
	return time.Date(year, month, day, 0, 0, 0, 0, kuwait)
}

// PayoutListRequest selects payouts of an account (Rest of v2 9). A payout must match every filter that is not empty.
type PayoutListRequest struct {
	From, To  int64 // date in epoch milliseconds, both included
	Merchants map[string]bool
	Payouts   map[string]bool // ids
	Limit     int             // 1 to 50
}

// payoutListPaths are the paths of all fields and objects of a request for a list of payouts.
var payoutListPaths = []string{"period", "period.date", "period.date.from", "period.date.to", "merchants", "payouts", "payouts.payout_id", "order_by", "limit"}

// payoutListReader reads a request for a list of payouts.
type payoutListReader struct {
	listReader
	of *PayoutListRequest
}

// ParsePayoutListRequest reads the JSON of a request for a list of payouts; an empty body requests everything. Errors and notes are those of
// [ParseListRequest].
func ParsePayoutListRequest(body []byte, s *Settings) (*PayoutListRequest, []string, error) {
	rd := &payoutListReader{of: &PayoutListRequest{}}
	rd.req, rd.most = &ListRequest{From: math.MinInt64, To: math.MaxInt64, Limit: defaultRows}, mostRows
	rd.paths, rd.field = payoutListPaths, rd.read
	if err := rd.whole(body, s); err != nil {
		return nil, nil, err
	}
	rd.of.From, rd.of.To, rd.of.Limit = rd.req.From, rd.req.To, rd.req.Limit
	return rd.of, rd.notes, nil
}

func (rd *payoutListReader) read(path string, at int32) error {
	switch {
	case path == "merchants":
		return rd.set(path, at, &rd.of.Merchants)
	case path == "payouts":
		return rd.object(path, at, "payouts.")
	case path == "payouts.payout_id":
		return rd.setOrText(path, at, &rd.of.Payouts)
	case path == "order_by", path == "limit", path == "period", strings.HasPrefix(path, "period.") && slices.Contains(payoutListPaths, path):
		return rd.listReader.read(path, at)
	}
	rd.unknown(path, rd.paths)
	return nil
}
