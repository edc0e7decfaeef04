package payment

import (
	"math/rand/v2"
	"time"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// delay draws a time of at least least milliseconds, and less than span milliseconds more.
func delay(draw *rand.Rand, least, span int) time.Duration {
	return time.Duration(least+draw.IntN(span)) * time.Millisecond
}

// maxActivities is how many activities a charge can have: initiated, in progress, an end, a late capture and a void.
const maxActivities = 5

// activityRound is how much later the ids of activities are dated each time that their numbers have used up the ids of one millisecond,
// so that on a clock that is frozen at one instant none occurs twice: more than the first activity of any charge is dated after it.
const activityRound = 400 * time.Millisecond

// activity is the id of the charge's activity with this number, from 0.
func (c *Payment) activity(ids tap.IDs, at time.Time, number int) string {
	style, n := c.Settings.ChargeStyle, c.Ordinal*maxActivities+uint64(number)
	return ids.ID("activity", style, at.Add(time.Duration(tap.Rounds(style, n))*activityRound), n)
}

// referenceRound is [activityRound] for track and customer.
const referenceRound = 400 * time.Millisecond

// refer draws what a charge shows once it has ended, and only at its first end. Track, payment and receipt are dated 93 to 152 ms after the
// creation (recorded: at least 93 ms, median 123 ms, inferred), the customer 20 to 99 ms later, but none of them after the end.
func (c *Payment) refer(ids tap.IDs, draw *rand.Rand, end time.Time) (refs References) {
	if c.drawn != nil {
		return *c.drawn
	}
	end = end.Truncate(time.Millisecond)
	style, track, customer := c.Settings.ChargeStyle, earlier(c.Created.Add(c.trackDelay), end), earlier(c.Created.Add(c.customerDelay), end)
	round := time.Duration(tap.Rounds(style, c.Ordinal)) * referenceRound // earlier, because no reference is dated after the end
	track, customer = track.Add(-round), customer.Add(-round)
	refs.Track = ids.ID("tck", style, track, c.Ordinal)
	refs.Payment, refs.Receipt = tap.PaymentReference(style, track, draw), tap.ReceiptID(style, track, draw)
	if refs.Customer = c.Request.Customer.ID; refs.Customer == "" {
		refs.Customer = ids.ID("cus", style, customer, c.Ordinal)
	}
	return refs
}

func earlier(x, y time.Time) time.Time {
	if y.Before(x) {
		return y
	}
	return x
}

// Pretend makes a copy of a payment look captured, or authorized, with references that its account did not draw.
func (c *Payment) Pretend(forger *rand.Rand) {
	o := tap.KNETOutcome(tap.KNETCaptured, "")
	if c.Kind() == tap.KindAuthorization {
		o = o.Authorized()
	}
	c.Status, c.Result, c.Bank = o.Status, o.Result, o.Bank
	gateway, acquirer, authorization := tap.GatewayReference(c.At, forger), tap.AcquirerReference(c.At, forger), tap.AuthorizationID(forger)
	refs := c.refer(tap.NewIDs(forger.Uint64()), forger, c.At)
	refs.Gateway, refs.Acquirer, refs.Authorization = gateway, acquirer, authorization
	c.drawn = &refs
}
