package tap

import "fmt"

// RefundRequest is a valid request for a refund (Rest of v2 1.1). It does not change after its refund is created.
type RefundRequest struct {
	ChargeID    string
	Amount      Amount
	Currency    string
	Reason      string
	Description string
	Metadata    string // a JSON object as sent, compact; "" if none was sent
	PostURL     string
	Merchant    string // reference.merchant
	Idempotent  string // reference.idempotent
}

// refundPaths are the paths of all fields and objects of a request for a refund. post_url is sent by a plugin of Tap, and ignored.
var refundPaths = []string{"charge_id", "amount", "currency", "reason", "description", "destinations", "post", "post.url", "post_url", "metadata",
	"reference", "reference.merchant", "reference.idempotent"}

// refundReader reads a request for a refund.
type refundReader struct {
	bodyReader
	req    RefundRequest
	amount scalar
}

// ParseRefundRequest reads the JSON of a request for a refund and checks it: charge_id, amount, currency, reason, lengths (order assumed).
// The error is an *[Error] with the first mistake. Notes and the setting strict are as in [ParsePaymentRequest].
func ParseRefundRequest(body []byte, s *Settings) (*RefundRequest, []string, error) {
	rd := &refundReader{}
	rd.paths, rd.field = refundPaths, rd.read
	notes, err := rd.readBody(body, s, func() error {
		if err := rd.check(); err != nil {
			return err
		}
		texts := rd.req.texts()
		compact(append(texts[:], &rd.req.Currency))
		return nil
	})
	if err != nil {
		return nil, notes, err
	}
	return &rd.req, notes, nil
}

func (rd *refundReader) read(path string, at int32) (err error) {
	req := &rd.req
	switch path {
	case "post", "reference":
		return rd.object(path, at, path+".")
	case "charge_id":
		return rd.take(path, at, &req.ChargeID)
	case "amount":
		n := &rd.raw.tree.nodes[at]
		if n.kind == isObject || n.kind == isList && n.child != 0 {
			return NewError("2100", "amount: "+kindNames[n.kind]+" is not allowed here")
		}
		rd.amount = scalar{n.text, n.kind}
	case "currency":
		return rd.take(path, at, &req.Currency)
	case "reason":
		return rd.take(path, at, &req.Reason)
	case "description":
		return rd.take(path, at, &req.Description)
	case "metadata":
		return rd.metadata(at)
	case "post.url":
		return rd.take(path, at, &req.PostURL)
	case "reference.merchant":
		return rd.take(path, at, &req.Merchant)
	case "reference.idempotent":
		return rd.take(path, at, &req.Idempotent)
	case "destinations", "post_url":
		rd.note("%s: it is ignored", path)
	default:
		rd.unknown(path, rd.paths)
	}
	return nil
}

func (rd *refundReader) metadata(at int32) (err error) {
	if rd.raw.tree.nodes[at].kind != isObject {
		return rd.noObject("metadata", at)
	}
	rd.req.Metadata, err = rd.metadataAt(at)
	return err
}

func (rd *refundReader) check() (err error) {
	req := &rd.req
	if req.ChargeID == "" {
		return NewError("1142", "charge_id")
	}
	if req.Amount, err = rd.amountOf(rd.amount); err != nil {
		return err
	}
	places, known := Decimals(req.Currency)
	switch {
	case req.Amount <= 0:
		return NewError("1117", "amount: want more than 0")
	case !known:
		return NewError("1118", "currency: want the currency of the charge, such as KWD")
	case !req.Amount.Fits(places):
		return NewError("1117", fmt.Sprintf("amount: %s has %d decimals", req.Currency, places))
	case req.Reason == "":
		return NewError("1156", "reason")
	case !shorter(req.Reason, 250):
		return NewError("1157", "reason: want fewer than 250 characters")
	case !shorter(req.Description, 1000):
		return NewError("1121", "description: want fewer than 1000 characters")
	case !shorter(req.Idempotent, 100), !shorter(req.Merchant, 100):
		return NewError("1103", "reference: want fewer than 100 characters")
	}
	if req.PostURL != "" && !webAddress(req.PostURL) {
		rd.note("post.url: it is not an http or https URL with a host, so no webhook is sent")
	}
	return nil
}

// texts are the merchant's texts in the request.
func (r *RefundRequest) texts() [7]*string {
	return [...]*string{&r.ChargeID, &r.Reason, &r.Description, &r.Metadata, &r.PostURL, &r.Merchant, &r.Idempotent}
}

// Masked returns the request as the control API may show it, see [Mask]. It is r itself if there is nothing to mask.
func (r *RefundRequest) Masked() *RefundRequest {
	shown := *r
	for _, text := range shown.texts() {
		*text = Mask(*text)
	}
	if shown == *r {
		return r
	}
	return &shown
}
