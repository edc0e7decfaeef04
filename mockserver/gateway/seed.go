package gateway

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/tapmock/tapmock/mockserver/payment"
	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/scenarios"
)

// Seeded is what [Account.Seed] has made up.
type Seeded struct {
	Charges, CapturedCharges, Refunds, Customers int
	Captured, Refunded                           tap.Amount // KWD
}

// SeedError says why a history cannot be made up.
type SeedError struct{ reason string }

// Error is the reason and what to do.
func (e *SeedError) Error() string { return e.reason }

// ErrNotEmpty is the error of a history for an account that has payments: they would be older than what came before them.
var ErrNotEmpty = errors.New("the account has payments already; a history can only be made up for an account without any: reset it first")

// seedBatch is how many charges are made at a time, so that calls about the account need not wait for all of them.
const seedBatch = 1000

// Seed fills the account, which must have no payments, with a history that ends now: charges with the outcomes of live data, refunds,
// customers. No webhook is sent, and the journal gets one entry. Errors: [ErrNotEmpty], [*SeedError], [ErrReset] if the account was reset meanwhile,
// [ErrEvicted].
func (a *Account) Seed(h History) (done Seeded, err error) {
	if h.Charges < 1 || h.Days < 1 || h.Days > longestHistory {
		return done, &SeedError{fmt.Sprintf("%d charges over %d days: want at least 1 charge, and 1 to %d days", h.Charges, h.Days, longestHistory)}
	}
	if err := a.checkLimits(h.Charges); err != nil {
		return done, err
	}
	charges, registered := h.plan(a.Now())
	s := &seeding{base: h.Base}
	defer func() {
		for range s.taken - s.done.Charges { // it was not made because of an error
			a.gw.places.giveBack(&a.places)
		}
	}()
	if err := a.change(func(t *tx) error { return s.begin(t, len(charges), registered) }); err != nil {
		return done, err
	}
	for batch := range slices.Chunk(charges, seedBatch) {
		if err := a.change(func(t *tx) error { return s.charges(t, batch) }); err != nil {
			return done, err
		}
	}
	err = a.change(func(t *tx) error { return s.end(t, h) })
	return s.done, err
}

// checkLimits refuses charges that do not fit, and names the flag.
func (a *Account) checkLimits(charges int) error {
	for _, limit := range []struct {
		name string
		max  int
	}{{"charges", a.gw.limits.Charges}, {"server-charges", a.gw.limits.ServerCharges}} {
		if charges > limit.max {
			return &SeedError{fmt.Sprintf("%d charges do not fit the limit %s=%d; seed fewer, or start tapmock with -limit %s=%d", charges, limit.name, limit.max, limit.name, charges)}
		}
	}
	return nil
}

// seeding is a history that is being made up.
type seeding struct {
	base     string
	epoch    uint64
	taken    int    // places
	ordinal  uint64 // of the last charge
	settings *tap.Settings
	refunds  []*plannedRefund
	done     Seeded
}

// begin takes the places and the ordinals of all charges, and creates the registered customers.
func (s *seeding) begin(t *tx, charges int, registered []*shopper) error {
	if t.payments.len() > 0 {
		return ErrNotEmpty
	}
	for range charges {
		if taken, err := t.a.gw.places.take(&t.a.places); err != nil || !taken {
			return &SeedError{fmt.Sprintf("%d charges do not fit what other accounts leave of the limit server-charges=%d; seed fewer, reset other accounts, or start tapmock with a higher -limit server-charges",
				charges, t.a.gw.limits.ServerCharges)}
		}
		s.taken++
	}
	s.epoch, s.ordinal, s.settings = t.epoch, t.ordinals[tap.KindCharge.Number()], t.state.settings
	t.ordinals[tap.KindCharge.Number()] += uint64(charges)
	for _, one := range registered {
		if err := s.register(t, one); err != nil {
			return err
		}
	}
	return nil
}

func (s *seeding) register(t *tx, one *shopper) error {
	ordinal := &t.ordinals[tap.KindCustomer.Number()]
	*ordinal++
	made := payment.NewCustomer(t.a.ids, *ordinal, requestOf(&one.Customer), s.settings.ChargeStyle, one.since)
	if err := t.roomForRecord(t.dropCustomer); err != nil {
		return err
	}
	t.customers.put(made.ID, made)
	one.ID = made.ID
	s.done.Customers++
	return nil
}

// charges makes some of the charges.
func (s *seeding) charges(t *tx, batch []plannedCharge) error {
	if t.epoch != s.epoch {
		return ErrReset
	}
	for i := range batch {
		c := s.charge(t, &batch[i])
		if r := batch[i].refund; r != nil {
			r.req.ChargeID = c.ID
			s.refunds = append(s.refunds, r)
		}
	}
	return nil
}

func (s *seeding) charge(t *tx, p *plannedCharge) *Payment {
	s.ordinal++
	p.req.Customer.ID = p.by.ID
	c := t.payments.add(Payment{Payment: payment.NewPayment(tap.KindCharge, t.a.ids, t.a.seed, s.ordinal, p.req, s.settings, p.created), progress: progress{Script: scenarios.Plain()}})
	c.lane, c.Base = c.number, s.base
	end, event := p.end, tap.EventSettled
	if end.Status == tap.Initiated {
		p.ended = p.created.Add(time.Duration(p.req.ExpiryMinutes) * time.Minute)
		end, event = c.ExpiryOutcome()
	}
	if !p.ended.After(t.now()) {
		s.finish(t, c, p, end, event)
	} else {
		c.deadline = t.schedule(c, effect{Due: p.ended, Args: action{kind: Expire}})
		t.a.gw.pages.add(c.Token, Payer{t.a, c.number, c.Ordinal})
	}
	t.toIndex(c)
	t.listIdle(c.lane)
	s.done.Charges++
	return c
}

// finish gives a charge its end in the past.
func (s *seeding) finish(t *tx, c *Payment, p *plannedCharge, end tap.Outcome, event tap.Event) {
	c.Page.Card, _ = tap.ParseTestCard(tap.TestCardNumber)
	c.Abandoned = event == tap.EventExpired
	if _, err := c.Finish(payment.End{Outcome: end, Event: event, At: p.ended, IDs: t.a.ids}, payment.Bank{}, nil); err != nil {
		return // it stays as it was created
	}
	if !c.Abandoned {
		c.Redirect, c.Post = payment.Succeeded, payment.Succeeded
	}
	if c.Status == tap.Captured {
		s.done.CapturedCharges++
		s.done.Captured += c.Amount
	}
}

// end makes the refunds and writes the journal's entry.
func (s *seeding) end(t *tx, h History) error {
	if t.epoch != s.epoch {
		return ErrReset
	}
	slices.SortFunc(s.refunds, byTime)
	for _, r := range s.refunds {
		if c := t.payments.find(r.req.ChargeID); c != nil {
			s.refund(t, c, r)
		}
	}
	d := &s.done
	t.note(tap.Object{}, 0, tap.EventSeeded, fmt.Sprintf("%d charges, %s captured, %d refunds, %s refunded, %d customers, over %d days, seed %d",
		d.Charges, payment.Money(d.Captured, "KWD"), d.Refunds, payment.Money(d.Refunded, "KWD"), d.Customers, h.Days, h.Seed))
	return nil
}

func (s *seeding) refund(t *tx, c *Payment, p *plannedRefund) {
	ordinal := &t.ordinals[tap.KindRefund.Number()]
	*ordinal++
	r := t.refunds.add(Refund{Refund: payment.NewRefund(t.a.ids, t.a.seed, *ordinal, &p.req, s.settings, p.created),
		progress: progress{Script: scenarios.Plain(), lane: c.lane}, of: c.number, before: uint64(c.last)})
	c.last = uint32(r.number)
	r.Embed(&c.Payment)
	status := r.InLogic(p.status)
	if _, err := r.Finish(payment.RefundEnd{Status: status, Result: tap.PlainRefundResult(status), At: p.ended}, nil); err != nil {
		return // it stays as it was created
	}
	r.Post = payment.Succeeded
	s.done.Refunds++
	if r.Status == tap.Refunded {
		s.done.Refunded += p.req.Amount
	}
}
