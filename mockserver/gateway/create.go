package gateway

import (
	"errors"
	"time"

	"github.com/tapmock/tapmock/mockserver/payment"
	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/scenarios"
)

// Creation is the result of a create request.
type Creation struct {
	Payment   Payment
	Repeated  bool   // the original answer to an earlier request with the same reference.idempotent
	OtherBody bool   // and that request had a different body
	Doubt     string // why no webhook will reach the new payment's post.url; "": nothing speaks against it
}

// Errors of [Account.CreateCharge] under the setting strict.
var (
	ErrUnknownCustomer = errors.New("customer.id: the account has no such customer")
	ErrOtherBody       = errors.New("reference.idempotent: the same value was sent before with a different body")
)

// CreateCharge makes an INITIATED charge whose page link begins with base. body is the request's body, to detect repeated requests with a
// different one. Errors: [*FullError]; under the setting strict also [ErrUnknownCustomer] and [ErrOtherBody].
func (a *Account) CreateCharge(req *tap.PaymentRequest, body []byte, base string) (Creation, error) {
	begun, err := a.Begin(ForPayment(tap.KindCharge, req), nil)
	if err != nil {
		return Creation{}, err
	}
	begun.Commit()
	return a.Create(begun, req, body, base)
}

// Create makes the charge or authorization of a create call that was begun, see [Account.CreateCharge]. A charge whose source is an
// authorization captures it, see capture.go; errors then: [*NoAuthorizationError], [*CaptureError]. If the account was reset since, it
// makes none, and the error is [ErrReset].
func (a *Account) Create(begun *Begun, req *tap.PaymentRequest, body []byte, base string) (made Creation, err error) {
	n := creation{begun, req, fingerprintOf(req, body), base, a.doubt(begun, req)}
	if req.Idempotent != "" {
		a.update(func(t *tx) { made, err = t.repeat(n) })
		if made.Repeated || err != nil {
			begun.Abort(true)
			return made, err
		}
	}
	if err := a.takePlace(); err != nil { // after repeat, because this could evict the original
		begun.Abort(false)
		return Creation{}, err
	}
	err = a.withMemory(func(t *tx) (err error) {
		made, err = t.create(n)
		return err
	})
	if errors.Is(err, ErrEvicted) { // since it was looked up; a new account takes its place
		a.gw.places.giveBack(&a.places)
		next, err := a.gw.Account(a.key)
		if err != nil {
			return Creation{}, err
		}
		return next.Create(begun, req, body, base)
	}
	if err != nil || made.Repeated {
		a.gw.places.giveBack(&a.places)
		begun.Abort(made.Repeated)
	}
	return made, err
}

// creation is a create call whose charge is to be made.
type creation struct {
	*Begun
	req         *tap.PaymentRequest
	fingerprint uint64
	base        string
	doubt       string
}

// doubt says why no webhook will reach the post.url of a request.
func (a *Account) doubt(begun *Begun, req *tap.PaymentRequest) string {
	if req.PostURL == "" || begun.Settings.Delivery == "relay" {
		return ""
	}
	return a.gw.cfg.Doubt(req.PostURL)
}

// create makes the charge, for which the caller has taken a place.
func (t *tx) create(n creation) (Creation, error) {
	if n.account == t.a && n.epoch != t.epoch {
		return Creation{}, ErrReset
	}
	if made, err := t.repeat(n); made.Repeated || err != nil { // made since the first look
		return made, err
	}
	if n.Settings.Strict && n.req.Customer.ID != "" && t.noCustomer(n.req.Customer.ID) {
		return Creation{}, ErrUnknownCustomer
	}
	var captured *Payment // an authorization
	if n.req.IsCapture() {
		var err error
		if captured, err = t.capturable(n.req); err != nil {
			return Creation{}, err
		}
		t.timeline.Keep(captured.lane) // what follows can evict payments, but not this one
		defer t.timeline.Unkeep(captured.lane)
	}
	if err := t.hold(n.Script); err != nil {
		return Creation{}, err
	}
	if t.payments.len() >= t.a.gw.limits.Charges && t.evict(1) == 0 {
		t.letGo(n.Script)
		return Creation{}, &FullError{Limit: "charges", Max: t.a.gw.limits.Charges}
	}
	t.leaveQueue(n.Begun)
	c := t.newPayment(n.request.kind, t.withCustomer(n.req), n.Settings, n.Script)
	if c.fingerprint, c.Base = n.fingerprint, n.base; n.doubt != "" {
		c.Attention |= tap.Unreachable
	}
	t.remember(c, n.req.Idempotent, n.key)
	if captured != nil {
		t.join(captured, c)
		t.announce(c, captured.settledBy, n.doubt)
		t.decideCapture(c)
		return Creation{Payment: *c, Doubt: n.doubt}, nil
	}
	c.lane = c.number
	if n.Script.FaultyPage() {
		t.a.gw.faultyPages.Store(true)
	}
	t.a.gw.pages.add(c.Token, Payer{t.a, c.number, c.Ordinal})
	t.announce(c, 0, n.doubt)
	c.deadline = t.schedule(c, effect{Due: t.in(time.Duration(n.req.ExpiryMinutes) * time.Minute), Args: action{kind: Expire, cause: c.createdBy}})
	return Creation{Payment: *c, Doubt: n.doubt}, nil
}

// newPayment makes a payment and puts it on its shelf. Charges and authorizations are counted together, so that no two have the same draws.
func (t *tx) newPayment(kind tap.Kind, req *tap.PaymentRequest, settings *tap.Settings, script *scenarios.Script) *Payment {
	ordinal := &t.ordinals[tap.KindCharge.Number()]
	*ordinal++
	c := t.payments.add(Payment{Payment: payment.NewPayment(kind, t.a.ids, t.a.seed, *ordinal, req, settings, t.now()), progress: progress{Script: script}})
	t.toIndex(c)
	return c
}

// announce journals that the payment was created, and why no webhook will reach its post.url.
func (t *tx) announce(c *Payment, cause uint64, doubt string) {
	c.createdBy = t.write(c.Name(), cause, fact{Fact: payment.Said(tap.EventCreated, doubt)})
	if !c.isPlain() {
		t.react(c, tap.EventCreated, c.createdBy)
	}
}

// leaveQueue ends the stay in the queue of the script that a create call has taken from it, because an object follows it now.
func (t *tx) leaveQueue(begun *Begun) {
	if begun.next != nil && begun.account == t.a {
		t.choice.taken--
		t.letGo(begun.next.script)
	}
}
