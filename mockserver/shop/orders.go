package shop

import (
	"fmt"
	"net/http"
	"slices"
	"sync"

	"github.com/tapmock/tapmock/mockserver/tap"
)

const (
	maxOrders   = 1000 // of the shop; the oldest is dropped
	maxReceived = 5    // webhooks of an order that are kept; the oldest is dropped
)

// order is what the shop knows of an order.
type order struct {
	number    string // reference.order of the charge
	key       string // secret key of its account
	charge    string // "" until the create call has been answered
	amount    tap.Amount
	behaviour behaviour
	webhooks  int        // number of all
	accepted  int        // number of those that the shop accepted
	received  []received // the latest webhooks, oldest first
}

// String is the order with its amount.
func (o *order) String() string {
	return fmt.Sprintf("%s, %s %s", o.number, o.amount.Text(3), currencyOfShop)
}

// fits reports whether an amount and a reference are those of the order.
func (o *order) fits(amount, currency, reference string) bool {
	a, err := tap.ParseNumber(amount)
	return err == nil && a == o.amount && currency == currencyOfShop && reference == o.number
}

// latest is the latest webhook that the shop accepted, or if there is none, the latest. It is zero if none has come.
func (o *order) latest() (found received) {
	for _, got := range o.received {
		if found.answer != http.StatusOK || got.answer == http.StatusOK {
			found = got
		}
	}
	return found
}

// orders are the shop's orders. It is safe for concurrent use.
type orders struct {
	mu   sync.Mutex
	last int // number of the latest order
	all  []*order
}

// open opens an order and gives it its number.
func (s *orders) open(key string, amount tap.Amount, b behaviour) order {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last++
	o := &order{number: fmt.Sprintf("order-%d", s.last), key: key, amount: amount, behaviour: b}
	if s.all = append(s.all, o); len(s.all) > maxOrders {
		s.all = slices.Delete(s.all, 0, 1)
	}
	return *o
}

// link records the charge of an order.
func (s *orders) link(number, charge string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if o := s.find(func(o *order) bool { return o.number == number }); o != nil {
		o.charge = charge
	}
}

// ofCharge returns the order of a charge. A webhook can come before the answer to the create call, or that answer can be lost: then it is the
// order with the number that the webhook has.
func (s *orders) ofCharge(id, number string) (order, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	o := s.find(func(o *order) bool { return id != "" && o.charge == id })
	if o == nil {
		o = s.find(func(o *order) bool { return o.charge == "" && o.number == number })
	}
	if o == nil {
		return order{}, false
	}
	seen := *o
	seen.received = slices.Clone(o.received)
	return seen, true
}

// receive records a webhook of an order.
func (s *orders) receive(number string, got received) {
	s.mu.Lock()
	defer s.mu.Unlock()
	o := s.find(func(o *order) bool { return o.number == number })
	if o == nil {
		return
	}
	o.webhooks++
	if got.answer == http.StatusOK {
		o.accepted++
	}
	if o.received = append(o.received, got); len(o.received) > maxReceived {
		o.received = slices.Delete(o.received, 0, 1)
	}
}

// find returns the latest order that matches, or nil. The lock is held.
func (s *orders) find(match func(*order) bool) *order {
	for _, o := range slices.Backward(s.all) {
		if match(o) {
			return o
		}
	}
	return nil
}
