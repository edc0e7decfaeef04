package tap

import (
	"bytes"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Rows of a list (Tap API 0, documented).
const (
	defaultRows = 25
	mostRows    = 50

	mostDownloaded = 100_000 // rows of a download (Rest of v2 3, documented)
)

// ParseListRequest reads the JSON of a list request; an empty body requests everything. The error is an *[Error]. Each note names a
// leniency: something that was accepted although it is not as documented. Under the setting strict the first leniency is an error
// (1103, naming the field). kind is that of the listed payments.
func ParseListRequest(kind Kind, body []byte, s *Settings) (*ListRequest, []string, error) {
	return parseList(body, s, &listReader{kind: kind, most: mostRows, req: &ListRequest{From: math.MinInt64, To: math.MaxInt64, Limit: defaultRows}})
}

// ParseDownloadRequest is [ParseListRequest] for a download: up to 100,000 rows, which is also the default (assumed).
func ParseDownloadRequest(kind Kind, body []byte, s *Settings) (*ListRequest, []string, error) {
	return parseList(body, s, &listReader{kind: kind, most: mostDownloaded, req: &ListRequest{From: math.MinInt64, To: math.MaxInt64, Limit: mostDownloaded}})
}

func parseList(body []byte, s *Settings, rd *listReader) (*ListRequest, []string, error) {
	rd.paths, rd.field = listPaths, rd.read
	if err := rd.whole(body, s); err != nil {
		return nil, nil, err
	}
	return rd.req, rd.notes, nil
}

// whole reads the body of a list request.
func (rd *listReader) whole(body []byte, s *Settings) error {
	if len(bytes.TrimSpace(body)) == 0 {
		return nil
	}
	tree, root, err := parseJSON(body)
	defer freeJSON(tree)
	if err != nil {
		return NewError("2100", err.Error())
	}
	rd.raw.tree = tree
	if n := &tree.nodes[root]; n.kind != isObject && n.kind != isNull && (n.kind != isList || n.child != 0) {
		return NewError("2100", "the body is "+kindNames[n.kind]+", an object is wanted")
	}
	if err := rd.object("body", root, ""); err != nil {
		return err
	}
	rd.checkPeriod()
	if s.Strict && len(rd.notes) > 0 {
		return StrictError(rd.notes[0])
	}
	return nil
}

// listReader reads a list request. It notes leniencies as the reader of a create request does.
type listReader struct {
	bodyReader
	kind Kind // of the listed payments
	req  *ListRequest
	most int // rows
}

// read reads the field at a path (Tap API 3).
func (rd *listReader) read(path string, at int32) error {
	req := rd.req
	switch path {
	case "period", "period.date", "reference":
		return rd.object(path, at, path+".")
	case "period.date.from":
		return rd.instant(path, at, 0, &req.From)
	case "period.date.to":
		return rd.instant(path, at, 999, &req.To) // the whole second
	case "period.type":
		return rd.periodOf(path, at)
	case "charge_created":
		return rd.instant(path, at, 0, &req.Created)
	case "payouts":
		return rd.object(path, at, "payouts.")
	case "payouts.payout_id":
		return rd.setOrText(path, at, &req.PayoutIDs)
	case "payouts.payout_reference":
		return rd.setOrText(path, at, &req.PayoutReferences)
	case "order_by":
		return rd.only(path, at, "date")
	case "status":
		return rd.status(path, at)
	case "sources":
		return rd.set(path, at, &req.Sources)
	case "payment_methods":
		return rd.set(path, at, &req.PaymentMethods)
	case "customers":
		return rd.set(path, at, &req.Customers)
	case "charges":
		return rd.set(path, at, &req.Charges)
	case "merchants":
		return rd.set(path, at, &req.Merchants)
	case "starting_after":
		return rd.start(path, at)
	case "limit":
		return rd.limit(path, at)
	case "order":
		return rd.direction(path, at)
	case "currency":
		return rd.unit(path, at)
	case "reference.transaction":
		return rd.setOrText(path, at, &req.Transactions)
	case "reference.order":
		return rd.setOrText(path, at, &req.Orders)
	case "email":
		return rd.take(path, at, &req.Email)
	case "mobile":
		return rd.mobile(path, at)
	case "additional_fields":
		return rd.additional(path, at)
	case "metadata":
		return rd.pairs(path, at)
	case "reference.track", "reference.payment", "reference.gateway", "reference.acquirer", "reference.idempotent":
		rd.leave(path, at)
	default:
		rd.unknown(path, listPaths)
	}
	return nil
}

// additional reads the columns that only a download can have.
func (rd *listReader) additional(path string, at int32) error {
	if rd.most == mostDownloaded {
		return rd.set(path, at, &rd.req.AdditionalFields)
	}
	rd.unknown(path, nil)
	return nil
}

// listPaths are the paths of all fields and objects of a list request.
var listPaths = []string{"period", "period.date", "period.date.from", "period.date.to", "period.type", "order_by", "status", "sources",
	"payment_methods", "customers", "charges", "merchants", "starting_after", "limit", "order", "currency", "reference", "reference.transaction",
	"reference.order", "reference.track", "reference.payment", "reference.gateway", "reference.acquirer", "reference.idempotent", "email",
	"mobile", "metadata", "charge_created", "payouts", "payouts.payout_id",
	"payouts.payout_reference", "additional_fields"}

// hasNumericKeys reports whether an object's keys are numbers.
func (t *jsonTree) hasNumericKeys(object int32) bool {
	for at := t.nodes[object].child; at != 0; at = t.nodes[at].next {
		if key := t.nodes[at].key; key == "" || !digitsOnly(key) {
			return false
		}
	}
	return true
}

// secondsBelow is the first number that counts as milliseconds: in seconds it is the year 2286, in milliseconds April 1970.
const secondsBelow = 10_000_000_000

// instant reads epoch milliseconds. Seconds, as in the example of Tap's own SDK, are recognised by their size; rest is what to add to them.
func (rd *listReader) instant(path string, at int32, rest int64, to *int64) error {
	v, err := rd.scalar(path, at)
	if err != nil || v.text == "" {
		return err
	}
	if *to, err = strconv.ParseInt(v.text, 10, 64); err != nil {
		return NewError("1103", path+": want epoch milliseconds such as 1772600767089")
	}
	if *to > 0 && *to < secondsBelow {
		rd.note("%s: seconds were sent, milliseconds are documented", path)
		*to = *to*1000 + rest
	}
	return nil
}

// longestPeriod is the longest period that Tap documents, in milliseconds (Rest of v2 16).
const longestPeriod = 30 * 24 * 60 * 60 * 1000

// checkPeriod notes a period that is longer than Tap allows. What Tap answers then is unknown.
func (rd *listReader) checkPeriod() {
	if from, to := rd.req.From, rd.req.To; from != math.MinInt64 && to != math.MaxInt64 && to > from && uint64(to)-uint64(from) > longestPeriod {
		rd.note("period.date: more than 30 days were sent, Tap documents at most 30")
	}
}

// limit reads the number of rows.
func (rd *listReader) limit(path string, at int32) error {
	v, err := rd.scalar(path, at)
	if err != nil || v.text == "" {
		return err
	}
	if digits := strings.TrimPrefix(v.text, "-"); digits == "" || !digitsOnly(digits) {
		return NewError("1103", path+": want a whole number")
	}
	n, err := strconv.Atoi(v.text)
	if err != nil || n < 1 || n > rd.most {
		return NewError("1162", fmt.Sprintf("%s: want 1 to %d rows", path, rd.most))
	}
	rd.req.Limit = n
	return nil
}

func (rd *listReader) status(path string, at int32) error {
	var text string
	if err := rd.take(path, at, &text); err != nil {
		return err
	}
	switch trimmed := strings.TrimSpace(text); {
	case strings.EqualFold(trimmed, "null"):
		rd.note("status: null was sent as text, it is ignored")
		return nil
	case trimmed != text:
		rd.note("status: blanks around it were sent, they are ignored")
		text = trimmed
	}
	rd.req.Status = Status(text)
	if text != "" && !slices.Contains(Statuses(), rd.req.Status) {
		return NewError("1103", path+": want one of Tap's, such as CAPTURED")
	}
	return nil
}

func (rd *listReader) start(path string, at int32) error {
	if err := rd.take(path, at, &rd.req.StartingAfter); err != nil {
		return err
	}
	switch id := rd.req.StartingAfter; {
	case id == "" || KindOf(id) == rd.kind:
		return nil
	case rd.kind == KindAuthorization:
		return NewError("1113", path+": ids of authorizations begin with auth_")
	}
	return NewError("1143", path+": ids of charges begin with chg_")
}

func (rd *listReader) direction(path string, at int32) error {
	var text string
	if err := rd.take(path, at, &text); err != nil {
		return err
	}
	switch text {
	case "", "reverse_chronological":
		rd.req.OldestFirst = false
	case "chronological":
		rd.req.OldestFirst = true
	default:
		return NewError("1103", path+": want chronological or reverse_chronological; did you mean reference.order?")
	}
	return nil
}

func (rd *listReader) unit(path string, at int32) error {
	if err := rd.take(path, at, &rd.req.Currency); err != nil || rd.req.Currency == "" {
		return err
	}
	if _, ok := Decimals(rd.req.Currency); !ok {
		return NewError("1118", path+": want one of the codes that Tap takes, such as KWD")
	}
	return nil
}

func (rd *listReader) mobile(path string, at int32) error {
	v, err := rd.scalar(path, at)
	if err != nil || v.text == "" {
		return err
	}
	if !plausiblePhone(v.text, 4, 20) {
		return NewError("1103", path+": want a phone number, 4 to 20 digits")
	}
	rd.req.Mobile = dialled(v.text)
	return nil
}

func (rd *listReader) pairs(path string, at int32) error {
	if rd.raw.tree.nodes[at].kind != isObject {
		return rd.noObject(path, at)
	}
	rd.req.metadata = rd.raw.tree.metadataOf(at)
	return nil
}

// periodOf reads of which time the period is. An authorization has only that of its creation. Another type than those documented is not applied.
func (rd *listReader) periodOf(path string, at int32) error {
	v, err := rd.scalar(path, at)
	if err != nil {
		return err
	}
	switch of := PeriodOf(v.text); {
	case of == "" || of == "1" || of == "CHARGE":
	case of != PeriodPost && of != PeriodSettled && of != PeriodPaidOut:
		rd.leave(path, at)
	default:
		rd.req.PeriodOf = of
	}
	return nil
}

// only reads a field of which only the known values are applied.
func (rd *listReader) only(path string, at int32, known ...string) error {
	v, err := rd.scalar(path, at)
	if err == nil && v.text != "" && !slices.Contains(known, v.text) {
		rd.leave(path, at)
	}
	return err
}

// leave adds a field to NotApplied unless it is empty: it is documented, but the mock does not filter by it.
func (rd *listReader) leave(path string, at int32) {
	n := &rd.raw.tree.nodes[at]
	group := n.kind == isObject || n.kind == isList
	if n.kind == isNull || group && n.child == 0 || n.kind == isText && n.text == "" || slices.Contains(rd.req.NotApplied, path) {
		return
	}
	rd.req.NotApplied = append(rd.req.NotApplied, path)
}
