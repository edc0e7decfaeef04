package gateway

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Attempts are the journal entries of one webhook delivery, oldest first.
type Attempts struct {
	Delivery string
	Entries  []Entry
}

// NoDeliveryError says that the account has no webhook delivery of this id, or that the journal has evicted it.
type NoDeliveryError struct {
	ID      string
	Evicted bool
}

// Error says which of the two.
func (e *NoDeliveryError) Error() string {
	if e.Evicted {
		return "the journal entries of the webhook delivery " + e.ID + " were evicted to stay within the limit; raise -limit journal"
	}
	return fmt.Sprintf("the account has no webhook delivery %q", e.ID)
}

// Deliveries are the webhook deliveries of an object, or of all if object is "", the latest first. Those whose entries the journal
// has evicted are missing.
func (a *Account) Deliveries(object string) []Attempts {
	a.mu.Lock()
	entries, _ := a.askLocked(Question{Object: object, Latest: true})
	a.mu.Unlock()
	slices.Reverse(entries)
	at := map[string]int{}
	var all []Attempts
	for _, e := range entries {
		if e.Sent == nil {
			continue
		}
		i, ok := at[e.Sent.Delivery]
		if !ok {
			i = len(all)
			at[e.Sent.Delivery] = i
			all = append(all, Attempts{Delivery: e.Sent.Delivery})
		}
		all[i].Entries = append(all[i].Entries, e)
	}
	slices.SortFunc(all, func(x, y Attempts) int { return cmp.Compare(deliveryNumber(y.Delivery), deliveryNumber(x.Delivery)) })
	return all
}

// Attempts are the attempts of one webhook delivery. The error is a [*NoDeliveryError].
func (a *Account) Attempts(id string) (Attempts, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	entries, _ := a.askLocked(Question{Delivery: id, Latest: true})
	if len(entries) == 0 {
		n := deliveryNumber(id)
		return Attempts{}, &NoDeliveryError{ID: id, Evicted: n > 0 && n <= a.deliveries}
	}
	slices.Reverse(entries)
	return Attempts{id, entries}, nil
}

const deliveryPrefix = "whd_"

// newDeliveryLocked is the id of the account's next webhook delivery.
func (a *Account) newDeliveryLocked() string {
	a.deliveries++
	return deliveryPrefix + strconv.FormatUint(a.deliveries, 10)
}

// deliveryNumber is the number in the id of a delivery, 0 if it is not one.
func deliveryNumber(id string) uint64 {
	n, _ := strconv.ParseUint(strings.TrimPrefix(id, deliveryPrefix), 10, 63)
	return n
}
