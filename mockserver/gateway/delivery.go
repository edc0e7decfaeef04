package gateway

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/mockserver/webhook"
)

// Delivery is a webhook that is ready to be signed and sent, within Timeout.
type Delivery struct {
	webhook.Message
	Timeout time.Duration
}

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
	entries, _ := a.AskNow(Question{Object: object, Latest: true})
	slices.Reverse(entries)
	at := map[string]int{}
	var all []Attempts
	for _, e := range entries {
		if e.Sent == nil {
			continue
		}
		i, ok := at[e.Sent.Delivery()]
		if !ok {
			i = len(all)
			at[e.Sent.Delivery()] = i
			all = append(all, Attempts{Delivery: e.Sent.Delivery()})
		}
		all[i].Entries = append(all[i].Entries, e)
	}
	slices.SortFunc(all, func(x, y Attempts) int { return cmp.Compare(deliveryNumber(y.Delivery), deliveryNumber(x.Delivery)) })
	return all
}

// Attempts returns the attempts of one webhook delivery. The error is a [*NoDeliveryError].
func (a *Account) Attempts(id string) (found Attempts, err error) {
	a.update(func(t *tx) {
		n := deliveryNumber(id)
		if n == 0 || n > t.deliveries {
			err = &NoDeliveryError{ID: id}
			return
		}
		entries, _ := t.ask(Question{Delivery: id, Latest: true})
		if len(entries) == 0 {
			err = &NoDeliveryError{ID: id, Evicted: !t.isFirstAttempt(n)}
			return
		}
		slices.Reverse(entries)
		found = Attempts{id, entries}
	})
	return found, err
}

// isFirstAttempt reports whether the first attempt of a delivery is under way, so that the journal has no entry of it yet.
func (t *tx) isFirstAttempt(n uint64) bool {
	return slices.ContainsFunc(t.inFlight(), func(e effect) bool { return e.Args.delivery == n })
}

const deliveryPrefix = "whd_"

// newDelivery returns the number of the account's next webhook delivery.
func (t *tx) newDelivery() uint64 {
	t.deliveries++
	return t.deliveries
}

func deliveryID(n uint64) string { return deliveryPrefix + strconv.FormatUint(n, 10) }

// deliveryNumber returns the number in the id of a delivery, or 0 if it is not such an id.
func deliveryNumber(id string) uint64 {
	n, _ := strconv.ParseUint(strings.TrimPrefix(id, deliveryPrefix), 10, 63)
	if id != deliveryPrefix+strconv.FormatUint(n, 10) {
		return 0
	}
	return n
}
