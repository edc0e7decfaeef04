package gateway

import (
	"errors"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/scenarios"
)

// Creation is the result of a create request.
type Creation struct {
	Charge    Charge
	Repeated  bool // the original answer to an earlier request with the same reference.idempotent
	OtherBody bool // and that request had a different body
}

// idempotency is how long a reference.idempotent is remembered, on the account's clock (Tap API 4, documented).
const idempotency = 24 * time.Hour

// Errors of [Account.CreateCharge] under the setting strict.
var (
	ErrUnknownCustomer = errors.New("customer.id: the account has no such customer")
	ErrOtherBody       = errors.New("reference.idempotent: the same value was sent before with a different body")
)

// CreateCharge makes an INITIATED charge whose page link begins with base. body is the request's body, to detect repeated requests with a
// different one. Errors: [*FullError]; under the setting strict also [ErrUnknownCustomer] and [ErrOtherBody].
func (a *Account) CreateCharge(req *tap.ChargeRequest, body []byte, base string) (Creation, error) {
	begun, err := a.Begin(req, nil)
	if err != nil {
		return Creation{}, err
	}
	begun.Commit()
	return a.Create(begun, req, body, base)
}

// Create makes the charge of a create call that was begun, see [Account.CreateCharge]. If the account was reset since, it makes none,
// and the error is [ErrReset].
func (a *Account) Create(begun *Begun, req *tap.ChargeRequest, body []byte, base string) (Creation, error) {
	fingerprint := fingerprintOf(req, body)
	if made, err, repeated := a.repeated(begun, req, fingerprint); repeated {
		begun.Abort(true)
		return made, err
	}
	if err := a.takePlace(); err != nil {
		begun.Abort(false)
		return Creation{}, err
	}
	var made Creation
	err := a.withMemory(func() (err error) {
		if err := a.lockLive(); err != nil {
			return err
		}
		defer a.unlock()
		made, err = a.createLocked(begun, req, fingerprint, base)
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

// repeated answers a request whose reference.idempotent is known. It comes before room is made for a new charge, because that could
// evict the original.
func (a *Account) repeated(begun *Begun, req *tap.ChargeRequest, fingerprint uint64) (made Creation, err error, repeated bool) {
	if req.Idempotent == "" {
		return Creation{}, nil, false
	}
	a.mu.Lock()
	defer a.unlock()
	c := a.originalLocked(req, a.nowLocked())
	if c == nil {
		return Creation{}, nil, false
	}
	made, err = a.repeatedLocked(c, fingerprint, begun.Settings.Strict)
	return made, err, true
}

// createLocked makes the charge, for which the caller has taken a place.
func (a *Account) createLocked(begun *Begun, req *tap.ChargeRequest, fingerprint uint64, base string) (Creation, error) {
	if begun.account == a && begun.isOvertaken() {
		return Creation{}, ErrReset
	}
	now := a.nowLocked()
	if c := a.originalLocked(req, now); c != nil { // made since repeated was called
		return a.repeatedLocked(c, fingerprint, begun.Settings.Strict)
	}
	if begun.Settings.Strict && req.Customer.ID != "" && !a.knowsCustomerLocked(req.Customer.ID) {
		return Creation{}, ErrUnknownCustomer
	}
	if err := a.holdLocked(begun.Script); err != nil {
		return Creation{}, err
	}
	if len(a.charges) >= a.gw.limits.Charges && a.evictLocked(1) == 0 {
		a.letGoLocked(begun.Script)
		return Creation{}, &FullError{Limit: "charges", Max: a.gw.limits.Charges}
	}
	if begun.next != nil && begun.account == a {
		a.takenFromQueue--
		a.letGoLocked(begun.next.script)
	}
	c := a.newChargeLocked(begun, req, now)
	c.Base, c.fingerprint = base, fingerprint
	a.gw.pages.add(c.Token, a, c.ID)
	created := a.record(Entry{Event: tap.EventCreated, Object: c.object(), Detail: describe(req)})
	c.createdBy = created
	c.expiry = &Effect{Kind: Expire, Charge: c.ID, Due: now.Add(time.Duration(req.ExpiryMinutes) * time.Minute), Cause: created}
	a.addLocked(c, c.expiry)
	if c.progress != nil {
		a.reachLocked(c, scenarios.Created, 0, created)
	}
	return Creation{Charge: *c}, nil
}

func fingerprintOf(req *tap.ChargeRequest, body []byte) uint64 {
	if req.Idempotent == "" {
		return 0
	}
	h := fnv.New64a()
	h.Write(body)
	return h.Sum64()
}

func describe(req *tap.ChargeRequest) string {
	text := money(req.Amount, req.Currency) + " from " + req.Source
	if req.Order != "" {
		text += ", order " + tap.Mask(req.Order)
	}
	return text
}

// money is an amount with the decimals of its currency, such as 0.500 KWD.
func money(a tap.Amount, currency string) string {
	places, _ := tap.Decimals(currency)
	return a.Text(places) + " " + currency
}

// originalLocked returns the charge that an earlier request with this reference.idempotent made, or nil.
func (a *Account) originalLocked(req *tap.ChargeRequest, now time.Time) *Charge {
	if req.Idempotent == "" {
		return nil
	}
	c := a.charges[a.idempotent[req.Idempotent]]
	if c == nil || now.Sub(c.Created) >= idempotency {
		return nil
	}
	return c
}

func (a *Account) repeatedLocked(c *Charge, fingerprint uint64, strict bool) (Creation, error) {
	other := c.fingerprint != fingerprint
	if other && strict {
		return Creation{}, ErrOtherBody
	}
	a.record(Entry{Event: tap.EventCreateRepeated, Object: c.object(), Detail: "the original answer to the same reference.idempotent"})
	return Creation{Charge: c.Original(), Repeated: true, OtherBody: other}, nil
}

func (a *Account) knowsCustomerLocked(id string) bool {
	for _, c := range a.charges {
		if c.Customer == id && c.Status == tap.Captured {
			return true
		}
	}
	return false
}

// newChargeLocked makes a charge and draws everything that it has from its creation on. The first activity is dated soon after the
// charge, as in recorded ones (Tap API 10.1, inferred).
func (a *Account) newChargeLocked(begun *Begun, req *tap.ChargeRequest, now time.Time) *Charge {
	a.ordinal++
	now = now.Truncate(time.Millisecond)
	c := &Charge{
		Ordinal: a.ordinal, Created: now, Request: req, Settings: begun.Settings,
		Status: tap.Initiated, Amount: req.Amount, Result: tap.PlainResult(tap.Initiated), Source: req.Source,
		Redirect: tap.DeliveryPending, Post: tap.DeliveryPending,
		draw: rand.New(rand.NewPCG(a.gw.cfg.Seed^hash64(a.key), a.ordinal)),
	}
	c.ID = a.ids.Charge(c.Settings.ChargeStyle, now, c.Ordinal)
	c.trackDelay = c.delay(93, 60)
	c.customerDelay = c.trackDelay + c.delay(20, 80)
	c.History = []Change{{To: tap.Initiated, At: now, Activity: a.activity(c, now.Add(c.customerDelay+c.delay(10, 40)))}}
	c.Token = tap.PageToken(c.draw)
	c.setScript(begun.Script, begun.key)
	if begun.Script.FaultyPage() {
		a.gw.faultyPages.Store(true)
	}
	a.charges[c.ID] = c
	if req.Idempotent != "" {
		a.idempotent[req.Idempotent] = c.ID
	}
	return c
}

// refer draws what a charge shows once it has ended, at its first end. Track, payment and receipt are dated 93 to 152 ms after the
// creation (recorded: at least 93 ms, median 123 ms, inferred), the customer 20 to 99 ms later, but none of them after the end.
func (c *Charge) refer(ids tap.IDs, draw *rand.Rand, end time.Time) {
	if c.Track != "" {
		return
	}
	style, track, customer := c.Settings.ChargeStyle, c.Created.Add(c.trackDelay), c.Created.Add(c.customerDelay)
	if end = end.Truncate(time.Millisecond); track.After(end) {
		track = end
	}
	if customer.After(end) {
		customer = end
	}
	c.Track = ids.ID("tck", style, track, c.Ordinal)
	c.Payment, c.Receipt = tap.PaymentReference(style, track, draw), tap.ReceiptID(style, track, draw)
	if c.Customer = c.Request.Customer.ID; c.Customer == "" {
		c.Customer = ids.ID("cus", style, customer, c.Ordinal)
	}
}

// delay draws a time of at least least milliseconds, and less than span milliseconds more.
func (c *Charge) delay(least, span int) time.Duration {
	return time.Duration(least+c.draw.IntN(span)) * time.Millisecond
}

// activity is the id of the charge's next activity.
func (a *Account) activity(c *Charge, at time.Time) string {
	return a.ids.ID("activity", c.Settings.ChargeStyle, at, c.Ordinal*maxChanges+uint64(len(c.History)))
}

// maxChanges is how many changes a charge can have: initiated, in progress, an end, a late capture and a void.
const maxChanges = 5

// addLocked puts an effect of the charge on the timeline.
func (a *Account) addLocked(c *Charge, e *Effect) {
	if c != nil {
		c.pending++
	}
	a.timeline.add(e)
}

// dropLocked removes an effect of the charge from the timeline or its gate. It reports false if the effect has already been taken.
func (a *Account) dropLocked(c *Charge, e *Effect) bool {
	i := slices.Index(a.atGates, e)
	switch {
	case i >= 0:
		a.atGates = slices.Delete(a.atGates, i, i+1)
	case e.index >= 0 && e.index < len(a.timeline.queue) && a.timeline.queue[e.index] == e:
		a.timeline.remove(e)
	default:
		return false
	}
	if c != nil {
		c.pending--
	}
	return true
}
