package payment

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// dateOf reads the instant in an id of the newest style: second, year, hour and minute, four varied characters, day, month, millisecond.
func dateOf(t *testing.T, id string) time.Time {
	t.Helper()
	_, rest, ok := strings.Cut(id, "_TS0")
	if !ok || len(rest) != len("7A0320241133g5RO1906000") {
		t.Fatalf("%q has no instant", id)
	}
	rest = rest[2:]
	at, err := time.Parse("05200615040201.000", rest[:10]+rest[14:18]+"."+rest[18:])
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// numbered is a charge with this number among those of its account, failed a minute after its creation.
func numbered(t *testing.T, ordinal uint64) Payment {
	t.Helper()
	c := newCharge(tap.SourceKNET)
	c = NewPayment(tap.KindCharge, tap.NewIDs(1), 1, ordinal, c.Request, c.Settings, c.Created)
	finish(t, &c, tap.KNETOutcome(tap.KNETNotCaptured, "51"), tap.EventSettled, Bank{})
	return c
}

// later fails unless at is at least least milliseconds after before, and less than span milliseconds more.
func later(t *testing.T, what string, before, at time.Time, least, span int) {
	t.Helper()
	if ms := int(at.Sub(before).Milliseconds()); ms < least || ms >= least+span {
		t.Errorf("%s is dated %d ms later, want %d to %d", what, ms, least, least+span-1)
	}
}

// TestReferencesAreDated reads the dates of the references of many charges: track after the creation, the customer after the track, the
// first activity after the customer.
func TestReferencesAreDated(t *testing.T) {
	for ordinal := range uint64(200) {
		c := numbered(t, ordinal+1)
		track, customer := dateOf(t, c.References().Track), dateOf(t, c.References().Customer)
		later(t, "the track", c.Created, track, 93, 60)
		later(t, "the customer", track, customer, 20, 80)
		later(t, "the first activity", customer, dateOf(t, c.Version(0).Activity), 10, 40)
		if at := dateOf(t, c.Version(1).Activity); !at.Equal(c.Created.Add(time.Minute)) {
			t.Errorf("the activity of the end is dated %s", at)
		}
	}
}

// TestReferencesOfManyCharges reads the dates of a charge whose number no longer has an id of its own at each millisecond: references are
// dated earlier, activities later.
func TestReferencesOfManyCharges(t *testing.T) {
	perRound := uint64(1)
	for tap.Rounds(tap.StyleNewest, perRound) == 0 {
		perRound *= 2
	}
	for tap.Rounds(tap.StyleNewest, perRound-1) > 0 {
		perRound--
	}
	c := numbered(t, 2*perRound) // the third round of references, the eleventh of activities
	track, customer := dateOf(t, c.References().Track).Add(2*400*time.Millisecond), dateOf(t, c.References().Customer).Add(2*400*time.Millisecond)
	later(t, "the track", c.Created, track, 93, 60)
	later(t, "the customer", track, customer, 20, 80)
	first, end := dateOf(t, c.Version(0).Activity), dateOf(t, c.Version(1).Activity)
	later(t, "the first activity", customer.Add(10*400*time.Millisecond), first, 10, 40)
	if !end.Equal(c.Created.Add(time.Minute + 10*400*time.Millisecond)) {
		t.Errorf("the activity of the end is dated %s", end)
	}
}

// TestActivitiesAreUnique draws the activities of charges that were made and ended at one instant.
func TestActivitiesAreUnique(t *testing.T) {
	seen := map[string]bool{}
	for ordinal := range uint64(300) {
		c := newCharge(tap.SourceKNET)
		c = NewPayment(tap.KindCharge, tap.NewIDs(1), 1, ordinal+1, c.Request, c.Settings, c.Created)
		end := End{Outcome: tap.KNETOutcome(tap.KNETNotCaptured, "51"), Event: tap.EventSettled, At: c.Created, IDs: tap.NewIDs(1)}
		c.Finish(end, Bank{}, nil)
		end.Outcome, end.Event = tap.KNETOutcome(tap.KNETCaptured, ""), tap.EventCorrected
		c.Finish(end, Bank{}, nil)
		for n := 1; n <= c.Latest(); n++ {
			seen[c.Version(n).Activity] = true
		}
	}
	if len(seen) != 600 {
		t.Errorf("600 activities have %d ids", len(seen))
	}
}

// TestReferencesAreNotAfterTheEnd ends a charge sooner than its references would be dated.
func TestReferencesAreNotAfterTheEnd(t *testing.T) {
	c := newCharge(tap.SourceKNET)
	end := c.Created.Add(7 * time.Millisecond)
	c.Finish(End{Outcome: tap.KNETOutcome(tap.KNETCaptured, ""), Event: tap.EventSettled, At: end, IDs: tap.NewIDs(1)}, Bank{}, nil)
	if track, customer := dateOf(t, c.References().Track), dateOf(t, c.References().Customer); !track.Equal(end) || !customer.Equal(end) {
		t.Errorf("the track is dated %s, the customer %s, the end was at %s", track, customer, end)
	}
}

// TestReferencesAreDrawnOnce ends a charge twice: a late capture keeps the references of the first end, and adds those of a capture.
func TestReferencesAreDrawnOnce(t *testing.T) {
	c := newCharge(tap.SourceKNET)
	finish(t, &c, tap.KNETOutcome(tap.KNETNotCaptured, "51"), tap.EventSettled, Bank{})
	first := c.References()
	if first.Track == "" || first.Payment == "" || first.Receipt == "" || first.Gateway == "00" || first.Acquirer != "" || first.Authorization != "" {
		t.Errorf("the failed charge has the references %+v", first)
	}
	finish(t, &c, tap.KNETOutcome(tap.KNETCaptured, ""), tap.EventCorrected, Bank{})
	last := c.References()
	if last.Track != first.Track || last.Payment != first.Payment || last.Receipt != first.Receipt || last.Customer != first.Customer {
		t.Errorf("the references changed from %+v to %+v", first, last)
	}
	if last.Acquirer == "" || last.Authorization == "" {
		t.Errorf("the captured charge has the acquirer %q and the authorization %q", last.Acquirer, last.Authorization)
	}
}

// TestCustomerOfTheRequestIsKept draws a customer only if the request names none.
func TestCustomerOfTheRequestIsKept(t *testing.T) {
	named := captured(t, func(req *tap.PaymentRequest, _ *tap.Settings) { req.Customer.ID = "cus_1" })
	drawn := captured(t, nil)
	if named.References().Customer != "cus_1" || !strings.HasPrefix(drawn.References().Customer, "cus_TS0") {
		t.Errorf("the customers are %q and %q", named.References().Customer, drawn.References().Customer)
	}
}

// TestPretend makes a failed charge look captured: with references of its own, and without a change of the charge.
func TestPretend(t *testing.T) {
	c := newCharge(tap.SourceKNET)
	finish(t, &c, tap.KNETOutcome(tap.KNETCanceled, ""), tap.EventSettled, Bank{})
	forged := c
	forged.Pretend(rand.New(rand.NewPCG(1, 2)))
	o := forged.Charge(tap.MethodWebhook)
	if o.Status != tap.Captured || o.Response.Code != "000" || o.Gateway == nil || o.Reference.Gateway == "00" || o.Reference.Acquirer == "" {
		t.Errorf("the forged object is %+v", o)
	}
	if n := len(o.Activities); n != 2 || o.Activities[0].Status != tap.Initiated || o.Activities[1].Status != tap.Captured {
		t.Errorf("the forged activities are %+v", o.Activities)
	}
	if c.Status != tap.Cancelled || c.Version(1).Status != tap.Cancelled {
		t.Errorf("the charge is %s, its last change %s", c.Status, c.Version(1).Status)
	}
}
