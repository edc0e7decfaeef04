package payment

import (
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// Refund gives a part of a captured charge back, or all of it; [Refund.Object] makes Tap's object from it. A copy shares its past, which is
// only ever appended to.
type Refund struct {
	Head

	RefundState               // now
	past        []RefundState // before each change, oldest first
}

// RefundState is the part of a refund that changes: what one version of it is.
type RefundState struct {
	Request *tap.RefundRequest // as sent, with the merchant's updates since; never changed
	Status  tap.RefundStatus
	Result  tap.Result
	Post    Delivered
	charge  int16     // version of its charge when it got the status
	At      time.Time // of the last move before it or at it

	drawn *RefundReferences // nil before it is refunded; never changed
}

// RefundReferences are what Tap and the bank draw when a refund is completed.
type RefundReferences struct{ ID, Gateway, Payment, Acquirer string }

// NewRefund makes a refund that is PENDING, or ACCEPTED in the logic V2. ids are those of its account, seed begins its draws.
func NewRefund(ids tap.IDs, seed, ordinal uint64, req *tap.RefundRequest, settings *tap.Settings, now time.Time) Refund {
	now = now.Truncate(time.Millisecond)
	r := Refund{
		Head:        Head{ID: ids.ID("re", settings.ChargeStyle, now, ordinal), Ordinal: ordinal, Created: now, Settings: settings},
		RefundState: RefundState{Request: req, Status: tap.RefundPending, Result: tap.PlainRefundResult(tap.RefundPending), At: now},
	}
	if settings.RefundLogic == "v2" {
		r.Status, r.Result = tap.RefundAccepted, tap.PlainRefundResult(tap.RefundAccepted)
	}
	r.draws.Seed(seed, ordinal)
	return r
}

// Embed remembers which version of its charge the refund shows from now on, if it shows one.
func (r *Refund) Embed(c *Payment) { r.charge = int16(c.Latest()) }

// Embeds is the number of the version of its charge that the refund shows.
func (r *Refund) Embeds() int { return int(r.charge) }

// InLogic is the status for an end in the refund's logic: in the logic V2 a refund that gives nothing back is REJECTED, in the other one none is.
func (r *Refund) InLogic(s tap.RefundStatus) tap.RefundStatus {
	switch v2 := r.Form() == tap.RefundV2; {
	case v2 && !s.Holds():
		return tap.RefundRejected
	case !v2 && s == tap.RefundRejected:
		return tap.RefundDeclined
	}
	return s
}

// Name names the refund as an object.
func (r *Refund) Name() tap.Object { return tap.Object{Kind: tap.KindRefund, ID: r.ID} }

// RefundEnd is a result of a refund.
type RefundEnd struct {
	Status tap.RefundStatus
	Result tap.Result
	Late   bool // a later result, which may leave a final status
	At     time.Time
}

// Finish gives the refund a result. The error is a [*MoveError] or a [*ChangesError]; then nothing changes.
func (r *Refund) Finish(end RefundEnd, facts []Fact) ([]Fact, error) {
	if !r.Status.CanBecome(end.Status) && !(end.Late && r.Status.CanBecomeLate(end.Status)) {
		return facts, &MoveError{"refund " + r.ID, string(r.Status), string(end.Status)}
	}
	if len(r.past) >= maxChanges-1 { // the creation is one
		return facts, &ChangesError{"refund " + r.ID}
	}
	r.past = append(r.past[:len(r.past):len(r.past)], r.RefundState)
	r.Status, r.Result, r.At = end.Status, end.Result, end.At
	if end.Status == tap.Refunded {
		r.refer(end)
	}
	event := tap.EventSettled
	if end.Late {
		event = tap.EventCorrected
	}
	return append(facts, Fact{event: event.Number(), version: int16(r.Latest())}), nil
}

// Update makes a version with other metadata, unless nothing changes. The error is a [*ChangesError].
func (r *Refund) Update(u *tap.Update, facts []Fact) ([]Fact, error) {
	to, changes := u.Refund(r.Request)
	if !changes {
		return facts, nil
	}
	if len(r.past) >= maxChanges-1 {
		return facts, &ChangesError{"refund " + r.ID}
	}
	r.past = append(r.past[:len(r.past):len(r.past)], r.RefundState)
	r.Request = to
	return append(facts, Said(tap.EventUpdated, "")), nil
}

func (r *Refund) refer(end RefundEnd) {
	draw := r.Rand()
	r.drawn = &RefundReferences{ID: strconv.FormatUint(1e12+draw.Uint64N(9e12), 10), Gateway: tap.GatewayReference(end.At, draw),
		Payment: tap.PaymentReference(r.Settings.ChargeStyle, end.At, draw), Acquirer: tap.AcquirerReference(end.At, draw)}
}

// Latest returns the number of the refund's present version; the one at its creation is 0.
func (r *Refund) Latest() int { return len(r.past) }

// Version returns the refund as it was just before the change that follows its n-th version.
func (r Refund) Version(n int) Refund {
	if n < r.Latest() {
		r.RefundState, r.past = r.past[n], r.past[:n:n]
	}
	return r
}

// Original returns the refund as the create answer showed it.
func (r Refund) Original() Refund {
	r = r.Version(int(r.Answer))
	r.Post = Pending
	return r
}

// Describe returns what a fact of the refund says besides its event, in one line.
func (r *Refund) Describe(f Fact) string {
	switch f.Event() {
	case tap.EventCreated:
		return Money(r.Request.Amount, r.Request.Currency) + " of charge " + r.Request.ChargeID
	case tap.EventSettled, tap.EventCorrected:
		from, to := r.Version(int(f.version)-1), r.Version(int(f.version))
		return string(from.Status) + " → " + string(to.Status) + ", " + to.Result.Code + " " + to.Result.Message
	}
	return describe(f)
}

// Object returns the refund as Tap shows it. The method says where: in the answer to a create or a GET, or in a webhook.
func (r *Refund) Object(method tap.Method) *tap.Refund {
	req := r.Request
	places, _ := tap.Decimals(req.Currency)
	amount := tap.Number(req.Amount.Text(places))
	if method == tap.MethodWebhook && r.Settings.WebhookAmounts == "double" {
		amount = tap.Number(req.Amount.Double())
	}
	o := &tap.Refund{ID: r.ID, Object: "refund", APIVersion: "V2", Method: method, Amount: amount, ChargeID: req.ChargeID,
		Created: strconv.FormatInt(r.Created.UnixMilli(), 10), Currency: req.Currency, Status: r.Status,
		Reference: tap.RefundReference{Merchant: req.Merchant, Idempotent: req.Idempotent}, Response: r.Result,
		Transaction: tap.RefundTransaction{Timezone: "UTC+03:00", Amount: amount, Currency: req.Currency, Date: tap.RefundDate{Created: r.Created.UnixMilli()}},
		Merchant:    tap.RefundMerchant{ID: r.Settings.MerchantID}, Metadata: tap.Raw(req.Metadata), Description: req.Description, Reason: req.Reason}
	switch r.Form() {
	case tap.RefundOld:
		o.APIVersion = "V1.2"
	case tap.RefundV2:
		o.Merchant.Country, o.Merchant.Currency = r.Settings.MerchantCountry, r.Settings.MerchantCurrency
		if method == tap.MethodCreate {
			o.Method = tap.MethodRefund
		}
	}
	if req.PostURL != "" {
		o.Post = &tap.Post{Status: r.Post.Status(), URL: req.PostURL}
	}
	if r.Status.Final() {
		o.Transaction.Date.Completed, o.Date = r.At.UnixMilli(), strconv.FormatInt(r.At.UnixMilli(), 10)
	}
	if d := r.drawn; d != nil && r.Status == tap.Refunded {
		o.Reference.ID, o.Reference.Gateway, o.Reference.Payment, o.Reference.Acquirer = d.ID, d.Gateway, d.Payment, d.Acquirer
		o.Acquirer, o.Gateway = &tap.Gateway{Response: r.Result}, &tap.Gateway{Response: tap.Result{Code: "00", Message: "Approved"}}
	}
	if method == tap.MethodWebhook && o.Post != nil {
		o.Post.Status = tap.DeliveryPending
	}
	return o
}

// AppendWith appends the object as an answer of the API, with the charge that it embeds in the logic V2.
func (r *Refund) AppendWith(b []byte, method tap.Method, charge *Payment) []byte {
	b = r.ObjectWith(method, charge).AppendJSON(b, r.Form())
	if r.Settings.AnswerFormat == "indented" {
		return tap.Indent(b)
	}
	return b
}

// ObjectWith is [Refund.Object] with the charge that it embeds in the logic V2.
func (r *Refund) ObjectWith(method tap.Method, charge *Payment) *tap.Refund {
	o := r.Object(method)
	r.embed(o, charge)
	return o
}

// embed makes an object that of the logic V2. The embedded charge is as it was when the refund got its status; its redirect and post are shown
// as ended, so that the body stays the same.
func (r *Refund) embed(o *tap.Refund, charge *Payment) {
	if r.Form() != tap.RefundV2 || charge == nil {
		return
	}
	then := charge.Version(r.Embeds())
	c := then.Charge(tap.MethodGet)
	c.Redirect.Status = tap.DeliverySuccess
	if c.Post != nil {
		c.Post.Status = tap.DeliverySuccess
	}
	c.Transaction.Date = &tap.TransactionDate{Posted: then.At.UnixMilli()}
	activity := c.Activities[len(c.Activities)-1].ID
	c.Reference.TraceID = strings.TrimPrefix(activity, "activity_")
	o.Charge, o.Acquirer = c, nil
	if r.Status == tap.RefundAccepted {
		o.Reference.Payment = activity
	}
}

// Form is the form of the refund's body.
func (r *Refund) Form() tap.RefundForm {
	if r.Settings.RefundLogic == "v2" {
		return tap.RefundV2
	}
	return tap.RefundForm(r.Settings.RefundStyle)
}

// Pretend makes a copy of a refund look refunded, with references that its account did not draw.
func (r *Refund) Pretend(forger *rand.Rand) {
	r.Status, r.Result = tap.Refunded, tap.PlainRefundResult(tap.Refunded)
	r.draws = *rand.NewPCG(forger.Uint64(), forger.Uint64())
	r.refer(RefundEnd{At: r.At})
}
