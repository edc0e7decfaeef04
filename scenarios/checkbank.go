package scenarios

import (
	"strings"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// bank checks what the bank does; partial means that the rest of it is inherited.
func (c *checker) bank(b *Bank, partial bool) {
	if b == nil {
		return
	}
	if b.Delay.Forever && b.Gate != "" {
		c.blame(&b.Gate, "a bank that never decides cannot wait at a gate")
	}
	if b.Code != "" && b.Result != "" && b.Result != tap.KNETNotCaptured {
		c.blame(&b.Code, "only a payment that is NOT CAPTURED has another code; KNET sends none with %s", b.Result)
	}
	c.response(b.Response, b.Status, &b.Response)
	if o, decided := b.Outcome("05"); decided && b.Status != "" && !c.moves().CanBecome(tap.Initiated, c.ends(o)) {
		c.blame(&b.Status, "no payment of %s ends %s", one(tap.Kind(c.object)), o.Status)
	}
	c.amount(b)
	if b.Later != nil && !partial {
		c.later(b, b.Later)
	}
}

// amount refuses a captured amount of a bank that captures nothing.
func (c *checker) amount(b *Bank) {
	o, decided := b.Outcome("05")
	switch {
	case !b.Amount.set:
	case b.Amount.amount == 0:
		c.blame(&b.Amount, "a captured amount is more than zero")
	case b.Delay.Forever:
		c.blame(&b.Amount, "a bank that never decides captures no amount; a later result captures that of the charge")
	case decided && o.Status != tap.Captured:
		c.blame(&b.Amount, "bank.amount is for a capture only; here the payment ends %s", o.Status)
	}
}

// moves is the table of moves of the scenario's object.
func (c *checker) moves() *tap.Moves { return tap.MovesOf(tap.Kind(c.object)) }

// ends is the status in which a payment with the outcome ends.
func (c *checker) ends(o tap.Outcome) tap.Status {
	if c.object == AuthorizationObject {
		o = o.Authorized()
	}
	return o.Status
}

// response refuses a code whose own status no payment of the kind can end in, unless a status is named with it.
func (c *checker) response(code TapCode, status StatusWord, about any) {
	if result, ok := tap.ResultFor(string(code)); ok && status == "" && !c.moves().CanBecome(tap.Initiated, c.ends(tap.Outcome{Status: tap.StatusFor(result)})) {
		c.blame(about, "no payment ends %s, the status of %s; name a status with it", tap.StatusFor(result), code)
	}
}

func (c *checker) later(b *Bank, l *Later) {
	switch l.At.Event {
	case "":
		c.missing(l, []any{&l.At}, "later needs at: when it happens, such as settled + 1m or expired + 1h")
	case Created, Answered, PageOpened, Submitted, Confirmed, Corrected:
		c.blame(&l.At, "a later result comes after the first: use settled, returned, expired or a webhook, not %s", l.At.Event)
	}
	c.response(l.Response, l.Status, &l.Response)
	to := c.ends(l.Outcome("05"))
	if l.Result == "" && l.Code == "" && l.Status == "" && l.Response == "" {
		c.missing(l, []any{&l.Result, &l.Code, &l.Status, &l.Response}, "later has no result: set result, code, status or response")
		return
	}
	if l.At.Event == Expired {
		if !c.moves().CanBecomeLate(tap.Abandoned, to) {
			c.blame(l, "%s that has expired cannot become %s; %s", one(tap.Kind(c.object)), to, c.movesFrom(tap.Abandoned))
		}
		return
	}
	c.move(b, l, to)
}

// move checks the two results against the table of moves.
func (c *checker) move(b *Bank, l *Later, to tap.Status) {
	o, decided := b.Outcome("05")
	from, moves := c.ends(o), c.moves()
	if decided && !moves.CanBecome(from, to) && !moves.CanBecomeLate(from, to) {
		c.blame(l, "%s that is %s cannot become %s; %s", one(tap.Kind(c.object)), from, to, c.movesFrom(from))
	}
	if paid := c.ends(tap.Outcome{Status: tap.Captured}); !decided && to != paid && to != tap.Void {
		c.blame(l, "%s that has ended cannot become %s; only %s and VOID are possible", one(tap.Kind(c.object)), to, paid)
	}
}

// one is an object of a kind in words.
func one(kind tap.Kind) string {
	switch kind {
	case tap.KindAuthorization:
		return "an authorization"
	case tap.KindRefund:
		return "a refund"
	case tap.KindInvoice:
		return "an invoice"
	}
	return "a charge"
}

func (c *checker) movesFrom(s tap.Status) string {
	var to []string
	for _, t := range tap.Statuses() {
		if c.moves().CanBecome(s, t) || c.moves().CanBecomeLate(s, t) {
			to = append(to, string(t))
		}
	}
	if len(to) == 0 {
		return "it is final"
	}
	return "it can become " + strings.Join(to, " or ")
}
