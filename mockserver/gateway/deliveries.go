package gateway

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// Attempts are the attempts of one webhook delivery: their journal entries, oldest first.
type Attempts struct {
	Delivery string
	Entries  []Entry
}

// NoDeliveryError says that the account has no webhook delivery with this id, or that its journal entries were evicted.
type NoDeliveryError struct {
	ID      string
	Evicted bool
}

// Error says which of the two.
func (e *NoDeliveryError) Error() string {
	if e.Evicted {
		return "the journal entries of webhook delivery " + e.ID + " were evicted to stay within the limit; raise -limit journal"
	}
	return fmt.Sprintf("the account has no webhook delivery %q", tap.Clip(e.ID, 60))
}

// Deliveries returns the webhook deliveries of an object, or of all objects if object is "", the latest first. Deliveries whose
// journal entries were evicted are missing.
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

// Attempts returns the attempts of one webhook delivery. The error is a [*NoDeliveryError].
func (a *Account) Attempts(id string) (Attempts, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	n := deliveryNumber(id)
	if n == 0 || n > a.deliveries {
		return Attempts{}, &NoDeliveryError{ID: id}
	}
	entries, _ := a.askLocked(Question{Delivery: id, Latest: true})
	if len(entries) == 0 {
		return Attempts{}, &NoDeliveryError{ID: id, Evicted: !a.isFirstAttemptLocked(id)}
	}
	slices.Reverse(entries)
	return Attempts{id, entries}, nil
}

// isFirstAttemptLocked reports whether the first attempt of a delivery is under way, so that the journal has no entry of it yet.
func (a *Account) isFirstAttemptLocked(id string) bool {
	return slices.ContainsFunc(a.inFlight, func(e *Effect) bool { return e.Delivery == id })
}

const deliveryPrefix = "whd_"

// newDeliveryLocked returns the id of the account's next webhook delivery.
func (a *Account) newDeliveryLocked() string {
	a.deliveries++
	return deliveryPrefix + strconv.FormatUint(a.deliveries, 10)
}

// deliveryNumber returns the number in the id of a delivery, or 0 if it is not such an id.
func deliveryNumber(id string) uint64 {
	n, _ := strconv.ParseUint(strings.TrimPrefix(id, deliveryPrefix), 10, 63)
	if id != deliveryPrefix+strconv.FormatUint(n, 10) {
		return 0
	}
	return n
}
