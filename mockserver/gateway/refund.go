package gateway

import (
	"errors"
	"fmt"
	"hash/fnv"
	"iter"

	"github.com/tapmock/tapmock/mockserver/payment"
	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/scenarios"
)

// Refund is a refund of an account with the progress of its scenario. The gateway returns copies, which do not change.
type Refund struct {
	payment.Refund
	progress

	of     uint64 // place of its charge
	before uint64 // place of the refund of the same charge before it; 0: it is the first
}

func (r *Refund) head() *payment.Head { return &r.Head }

func (r *Refund) run() *progress { return &r.progress }

func (r *Refund) text(f payment.Fact) string { return r.Describe(f) }

func (r *Refund) post() (string, *payment.Delivered) { return r.Request.PostURL, &r.Post }

func (r *Refund) version() version {
	return version{id: r.ID, kind: tap.KindRefund.Number(), number: int16(r.Latest())}
}

func (r *Refund) at(t *tx, v version) evidence {
	return refundEvidence{r.Version(int(v.number)), t.payments.at(r.of).Payment}
}

// notifies reports whether a script's webhook steps notify the merchant: never without post.url; the plain webhook only once the refund
// has ended (Rest of v2 1.5).
func (r *Refund) notifies(script *scenarios.Script) bool {
	return r.Request.PostURL != "" && (!script.PlainWebhook || r.Status.Final())
}

// conclude gives the refund the result that an effect brings.
func (r *Refund) conclude(t *tx, e effect) {
	switch e.Args.kind {
	case Settle:
		t.settleRefund(r, e.Args.cause)
	case Correct:
		status, result := e.Args.script.Refund.Later.Outcome()
		t.finishRefund(r, payment.RefundEnd{Status: status, Result: result, Late: true}, e.Args.cause)
	}
}

func (t *tx) settleRefund(r *Refund, cause uint64) {
	status, result := r.Script.Refund.Outcome(r.Settings.RefundStatus)
	t.finishRefund(r, payment.RefundEnd{Status: status, Result: result}, cause)
}

// finishRefund gives the refund a result, unless the move is not legal any more, or what was given back is needed again and is not there.
func (t *tx) finishRefund(r *Refund, end payment.RefundEnd, cause uint64) {
	end.At, end.Status = t.now(), r.InLogic(end.Status)
	c := t.payments.at(r.of)
	if left := t.refundable(c); !r.Status.Holds() && end.Status.Holds() && r.Request.Amount > left {
		t.note(r.Name(), cause, tap.EventChangeRefused, fmt.Sprintf("it cannot become %s: only %s is left of its charge", end.Status, payment.Money(left, r.Request.Currency)))
		return
	}
	facts, err := r.Finish(end, nil)
	if err != nil {
		t.note(r.Name(), cause, tap.EventChangeRefused, err.Error())
		return
	}
	r.Embed(&c.Payment)
	t.emit(r, facts, cause)
}

// RefundView is a refund with the charge that its answers embed in the logic V2.
type RefundView struct {
	Refund
	Charge payment.Payment
}

// AppendJSON appends Tap's object as an answer of the API.
func (v *RefundView) AppendJSON(b []byte, method tap.Method) []byte {
	return v.AppendWith(b, method, &v.Charge)
}

// Object returns the refund as Tap shows it.
func (v *RefundView) Object(method tap.Method) *tap.Refund { return v.ObjectWith(method, &v.Charge) }

func (t *tx) refundView(r *Refund) RefundView { return RefundView{*r, t.payments.at(r.of).Payment} }

// refundable is what is left of a captured charge for more refunds.
func (t *tx) refundable(c *Payment) tap.Amount {
	left := c.Amount
	for r := range t.refundsOf(c) {
		if r.Status.Holds() {
			left -= r.Request.Amount
		}
	}
	return left
}

// refundsOf are the refunds of a charge, the last first. The one at hand may be removed. An authorization has none.
func (t *tx) refundsOf(c *Payment) iter.Seq[*Refund] {
	return func(yield func(*Refund) bool) {
		if c.Kind() != tap.KindCharge {
			return
		}
		for place := uint64(c.last); place != 0; {
			r := t.refunds.at(place)
			if place = r.before; !yield(r) {
				return
			}
		}
	}
}

// RefundError says why a charge cannot be refunded.
type RefundError struct {
	Status   tap.Status // of the charge, if it is not captured
	Currency string     // of the charge, if the refund has another one
	Full     bool       // the charge has as many refunds as the mock keeps
	Left     tap.Amount // of the charge, otherwise
}

// Error says which of the reasons it is.
func (e *RefundError) Error() string {
	switch {
	case e.Status != "":
		return "charge_id: the charge is " + string(e.Status) + ", only a captured one can be refunded"
	case e.Currency != "":
		return "currency: that of the charge is " + e.Currency
	case e.Full:
		return fmt.Sprintf("the charge has %d refunds, which is the most that tapmock keeps of one charge; refund larger amounts, or another charge", maxRefunds)
	}
	return "amount: " + e.Left.String() + " is left of the charge"
}

// RefundCreation is the result of a request for a refund.
type RefundCreation struct {
	Refund    RefundView
	Repeated  bool // the original answer to an earlier request with the same reference.idempotent
	OtherBody bool // and that request had a different body
}

// maxRefunds bounds the refunds of one charge, so that they stay within the limit of charges.
const maxRefunds = 200

// CreateRefund makes the refund of a create call that was begun with [ForRefund]. Errors: [*NoChargeError], [*RefundError], [*FullError];
// under the setting strict also [ErrOtherBody]; [ErrReset] if the account was reset since.
func (a *Account) CreateRefund(begun *Begun, req *tap.RefundRequest, body []byte) (made RefundCreation, err error) {
	fingerprint := uint64(0)
	if req.Idempotent != "" {
		h := fnv.New64a()
		h.Write(body)
		fingerprint = h.Sum64()
	}
	err = a.withMemory(func(t *tx) (err error) {
		made, err = t.createRefund(begun, req, fingerprint)
		return err
	})
	if errors.Is(err, ErrEvicted) { // since it was looked up: a new account takes its place, which has no charge
		err = &NoChargeError{}
	}
	if err != nil || made.Repeated {
		begun.Abort(made.Repeated || errors.Is(err, ErrOtherBody))
	}
	return made, err
}

func (t *tx) createRefund(begun *Begun, req *tap.RefundRequest, fingerprint uint64) (RefundCreation, error) {
	if begun.epoch != t.epoch {
		return RefundCreation{}, ErrReset
	}
	if r, ok := t.original(begun.request).(*Refund); ok {
		return t.repeatRefund(begun, r, fingerprint)
	}
	c, err := t.charge(req.ChargeID)
	if err != nil {
		return RefundCreation{}, err
	}
	if err := t.checkRefund(c, req); err != nil {
		return RefundCreation{}, err
	}
	t.timeline.Keep(c.lane) // hold can evict charges, but not this one
	err = t.hold(begun.Script)
	t.timeline.Unkeep(c.lane)
	if err != nil {
		return RefundCreation{}, err
	}
	t.leaveQueue(begun)
	return RefundCreation{Refund: t.refundView(t.addRefund(begun, c, req, fingerprint))}, nil
}

// repeatRefund answers a request whose reference.idempotent is known with the original answer.
func (t *tx) repeatRefund(begun *Begun, r *Refund, fingerprint uint64) (RefundCreation, error) {
	other := r.fingerprint != fingerprint
	if other && begun.Settings.Strict {
		return RefundCreation{}, ErrOtherBody
	}
	t.note(r.Name(), 0, tap.EventCreateRepeated, "the original answer to the same reference.idempotent")
	refund := t.refundView(r)
	refund.Refund.Refund = r.Original()
	return RefundCreation{Refund: refund, Repeated: true, OtherBody: other}, nil
}

func (t *tx) checkRefund(c *Payment, req *tap.RefundRequest) error {
	switch left := t.refundable(c); {
	case c.Status != tap.Captured:
		return &RefundError{Status: c.Status}
	case req.Currency != c.Request.Currency:
		return &RefundError{Currency: c.Request.Currency}
	case req.Amount > left:
		return &RefundError{Left: left}
	case count(t.refundsOf(c)) >= maxRefunds:
		return &RefundError{Full: true}
	}
	return nil
}

func count[V any](all iter.Seq[V]) (n int) {
	for range all {
		n++
	}
	return n
}

// addRefund makes the refund. Without a delay it has its result at once, so that the create answer shows it.
func (t *tx) addRefund(begun *Begun, c *Payment, req *tap.RefundRequest, fingerprint uint64) *Refund {
	script, settings := begun.Script, begun.Settings
	ordinal := &t.ordinals[tap.KindRefund.Number()]
	*ordinal++
	r := t.refunds.add(Refund{Refund: payment.NewRefund(t.a.ids, t.a.seed, *ordinal, req, settings, t.now()),
		progress: progress{Script: script, fingerprint: fingerprint, lane: c.lane}, of: c.number, before: uint64(c.last)})
	c.last = uint32(r.number)
	r.Embed(&c.Payment)
	t.remember(r, req.Idempotent, begun.key)
	defer func() { r.Answer = int8(r.Latest()) }()
	r.createdBy = t.write(r.Name(), c.settledBy, fact{Fact: payment.Said(tap.EventCreated, "")})
	t.react(r, tap.EventCreated, r.createdBy)
	delay := settings.RefundDelay
	if script.Refund.Delay.For > 0 {
		delay = script.Refund.Delay.For
	}
	switch {
	case script.Refund.Delay.Forever:
	case delay == 0 && script.Refund.Gate == "":
		t.settleRefund(r, r.createdBy)
	default:
		t.schedule(r, effect{Due: t.in(delay), Gate: string(script.Refund.Gate), Args: action{kind: Settle, script: script, cause: r.createdBy}})
	}
	return r
}

// NoRefundError says that the account has no refund with this id.
type NoRefundError struct{ ID string }

// Error names the id.
func (e *NoRefundError) Error() string {
	return fmt.Sprintf("this key's account has no refund %q; each key is an account of its own", tap.Clip(e.ID, 60))
}

// refund returns a refund of the account. The error is a [*NoRefundError].
func (t *tx) refund(id string) (*Refund, error) {
	if r := t.refunds.find(id); r != nil {
		return r, nil
	}
	return nil, &NoRefundError{id}
}

// RetrieveRefund returns the refund as a GET shows it, and the fault that is injected into the call, or nil. The error is a
// [*NoRefundError].
func (a *Account) RetrieveRefund(id string) (shown RefundView, f *scenarios.Fault, err error) {
	a.update(func(t *tx) {
		var r *Refund
		if r, err = t.refund(id); err != nil {
			return
		}
		f, shown = t.fault(r, scenarios.GetRefund), t.refundView(r)
		if f != nil && isStale(f) {
			shown.Refund.Refund = r.Version(r.Latest() - 1)
		}
	})
	return shown, f, err
}

// forgetRefunds removes the refunds of a charge, except their journal entries.
func (t *tx) forgetRefunds(c *Payment) {
	for r := range t.refundsOf(c) {
		t.disremember(r, r.Request.Idempotent)
		t.letGo(r.Script)
		t.refunds.remove(r)
	}
}
