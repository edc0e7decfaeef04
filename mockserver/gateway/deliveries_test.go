package gateway

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"
)

// frozenNow is a real clock that does not move.
func frozenNow() time.Time { return time.Unix(1_800_000_000, 0) }

// refuse is a merchant that responds with 500.
func refuse(context.Context, Delivery) Attempt { return Attempt{Status: 500} }

// deliveryIDs are the ids of deliveries, in their order.
func deliveryIDs(some []Attempts) []string {
	var ids []string
	for _, d := range some {
		ids = append(ids, d.Delivery)
	}
	return ids
}

// TestDeliveries lists the deliveries of two charges, whose attempts alternate, and of a resent webhook: the latest delivery
// first, and the attempts of each in order.
func TestDeliveries(t *testing.T) {
	g, a := start(t, Config{Now: frozenNow, Send: refuse})
	first, second := create(t, a), create(t, a)
	confirm(t, g, first)
	confirm(t, g, second)
	if _, err := a.Advance(t.Context(), time.Minute); err != nil {
		t.Fatal(err)
	}
	resent, err := a.Resend(t.Context(), a.Deliveries(first.ID)[0].Entries[0], "")
	if err != nil || resent.Sent == nil || resent.Sent.Delivery() != "whd_3" {
		t.Errorf("the entry of the resent webhook is %+v, error %v", resent, err)
	}
	if got, want := deliveryIDs(a.Deliveries("")), []string{"whd_3", "whd_2", "whd_1"}; !slices.Equal(got, want) {
		t.Errorf("the deliveries are %v, want %v", got, want)
	}
	if got, want := deliveryIDs(a.Deliveries(second.ID)), []string{"whd_2"}; !slices.Equal(got, want) {
		t.Errorf("the deliveries of the second charge are %v, want %v", got, want)
	}
	d, err := a.Attempts("whd_1")
	if err != nil || d.Delivery != "whd_1" || len(d.Entries) != 3 {
		t.Fatalf("delivery %s has %d attempts, error %v", d.Delivery, len(d.Entries), err)
	}
	for i, e := range d.Entries {
		if e.Sent.Attempt != i+1 || e.Object.ID != first.ID {
			t.Errorf("attempt %d: %+v", i+1, e)
		}
	}
}

// TestNoDelivery asks for deliveries that were evicted from the journal, and for ids that no delivery has had.
func TestNoDelivery(t *testing.T) {
	g, a := start(t, Config{Now: frozenNow, Limits: Limits{Journal: 4000}})
	confirm(t, g, create(t, a))
	for range 50 {
		create(t, a)
	}
	for id, evicted := range map[string]bool{"whd_1": true, "whd_2": false, "whd_0": false, "whd_01": false, "1": false, "": false, "chg_1": false} {
		_, err := a.Attempts(id)
		if missing, ok := errors.AsType[*NoDeliveryError](err); !ok || missing.Evicted != evicted || missing.ID != id {
			t.Errorf("delivery %q: %#v, want evicted %v", id, err, evicted)
		}
	}
	if got := a.Deliveries(""); len(got) != 0 {
		t.Errorf("evicted deliveries are listed: %v", got)
	}
}

// TestFirstAttemptUnderWay asks for a delivery while its first attempt is under way: it has no entry yet, but it was not evicted.
func TestFirstAttemptUnderWay(t *testing.T) {
	var a *Account
	asked := make(chan error, 1)
	g, a := start(t, Config{Send: func(context.Context, Delivery) Attempt {
		_, err := a.Attempts("whd_1")
		asked <- err
		return Attempt{Status: 200}
	}})
	confirm(t, g, create(t, a))
	if missing, ok := errors.AsType[*NoDeliveryError](<-asked); !ok || missing.Evicted {
		t.Errorf("the error is %v", missing)
	}
	if d, err := a.Attempts("whd_1"); err != nil || len(d.Entries) != 1 {
		t.Errorf("after the attempt: %d attempts, error %v", len(d.Entries), err)
	}
}
