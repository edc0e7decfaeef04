package tap

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// RefundListRequest selects refunds of an account (Rest of v2 1.4, documented). A refund must match every filter that is not empty.
type RefundListRequest struct {
	From, To      int64 // created in epoch milliseconds, both included
	Refunds       map[string]bool
	Charges       map[string]bool
	StartingAfter string // the list begins after the refund with this id
	Limit         int    // 1 to 50
}

// Selects reports whether a refund matches the filters.
func (r *RefundListRequest) Selects(id, charge string, created time.Time) bool {
	at := created.UnixMilli()
	return at >= r.From && at <= r.To && (len(r.Refunds) == 0 || r.Refunds[id]) && (len(r.Charges) == 0 || r.Charges[charge])
}

// refundListPaths are the paths of all fields and objects of a request for a list of refunds.
var refundListPaths = []string{"period", "period.date", "period.date.from", "period.date.to", "refunds", "charges", "starting_after", "limit", "dispute", "additional_fields"}

// refundListReader reads a request for a list of refunds.
type refundListReader struct {
	listReader
	of *RefundListRequest
}

// ParseRefundListRequest reads the JSON of a request for a list of refunds; an empty body requests everything. Errors and notes are those of
// [ParseListRequest].
func ParseRefundListRequest(body []byte, s *Settings) (*RefundListRequest, []string, error) {
	return parseRefundList(body, s, defaultRows, mostRows)
}

// ParseRefundDownload is [ParseRefundListRequest] for a download: up to 100,000 rows, which is also the default (assumed).
func ParseRefundDownload(body []byte, s *Settings) (*RefundListRequest, []string, error) {
	return parseRefundList(body, s, mostDownloaded, mostDownloaded)
}

func parseRefundList(body []byte, s *Settings, rows, most int) (*RefundListRequest, []string, error) {
	rd := &refundListReader{of: &RefundListRequest{}}
	rd.req, rd.most = &ListRequest{From: math.MinInt64, To: math.MaxInt64, Limit: rows}, most
	rd.paths, rd.field = refundListPaths, rd.read
	if err := rd.whole(body, s); err != nil {
		return nil, nil, err
	}
	rd.of.From, rd.of.To, rd.of.Limit = rd.req.From, rd.req.To, rd.req.Limit
	return rd.of, rd.notes, nil
}

func (rd *refundListReader) read(path string, at int32) error {
	switch path {
	case "refunds":
		return rd.set(path, at, &rd.of.Refunds)
	case "charges":
		return rd.set(path, at, &rd.of.Charges)
	case "starting_after":
		if err := rd.take(path, at, &rd.of.StartingAfter); err != nil {
			return err
		}
		if id := rd.of.StartingAfter; id != "" && !strings.HasPrefix(id, "re_") {
			return NewError("1159", path+": ids of refunds begin with re_")
		}
		return nil
	case "period", "period.date", "period.date.from", "period.date.to", "limit":
		return rd.listReader.read(path, at)
	case "dispute", "additional_fields":
		rd.note("%s: the mock has no disputes, it is ignored", path)
		return nil
	}
	rd.unknown(path, rd.paths)
	return nil
}

// RefundList is the answer to a request for a list of refunds. object, has_more and refunds are always there (Rest of v2 1.4); live_mode,
// count and api_version are assumed.
type RefundList struct {
	Object     string   `json:"object"` // always "list"
	LiveMode   bool     `json:"live_mode"`
	Count      int      `json:"count"` // of refunds in this answer
	HasMore    bool     `json:"has_more"`
	APIVersion string   `json:"api_version"` // always "V2"
	Refunds    []Refund `json:"refunds"`
}

// appendList appends a list up to its items, which stand under key. live_mode is always false.
func appendList(b []byte, key, object, version string, count int, more bool) []byte {
	b = appendText(openObject(b), "object", object)
	b = appendBool(b, "live_mode", false)
	b = appendRaw(b, "count", strconv.Itoa(count))
	b = appendBool(b, "has_more", more)
	b = appendText(b, "api_version", version)
	return append(appendKey(b, key), '[')
}

// AppendJSON appends the list as compact JSON, the refund with index i in form(i).
func (l *RefundList) AppendJSON(b []byte, form func(i int) RefundForm) []byte {
	b = appendList(b, "refunds", l.Object, l.APIVersion, l.Count, l.HasMore)
	for i := range l.Refunds {
		b = append(l.Refunds[i].AppendJSON(b, form(i)), ',')
	}
	return dropComma(closeObject(closeArray(b)))
}
