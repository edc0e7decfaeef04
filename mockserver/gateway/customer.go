package gateway

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/tapmock/tapmock/mockserver/payment"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// NoCustomerError says that the account has no customer with this id.
type NoCustomerError struct{ ID string }

// Error names the id.
func (e *NoCustomerError) Error() string {
	return fmt.Sprintf("this key's account has no customer %q; a charge with an inline customer makes one when it is captured", tap.Clip(e.ID, 60))
}

// CreateCustomer makes a customer. If the account has as many records as charges are allowed, its oldest customer goes. The error is a [*FullError].
func (a *Account) CreateCustomer(req *tap.CustomerRequest) (made payment.Customer, err error) {
	err = a.change(func(t *tx) error {
		made, err = t.newCustomer(req)
		return err
	})
	return made, err
}

func (t *tx) newCustomer(req *tap.CustomerRequest) (payment.Customer, error) {
	ordinal := &t.ordinals[tap.KindCustomer.Number()]
	*ordinal++
	made := payment.NewCustomer(t.a.ids, *ordinal, req, t.state.settings.ChargeStyle, t.now())
	return made, t.keepCustomer(made, tap.EventCreated)
}

// requestOf is the request for a customer with these details.
func requestOf(c *tap.Customer) *tap.CustomerRequest {
	return &tap.CustomerRequest{FirstName: &c.FirstName, MiddleName: &c.MiddleName, LastName: &c.LastName, Email: &c.Email, CountryCode: &c.CountryCode, Number: &c.Number}
}

// keepCustomer keeps a customer that is new or has changed. The error is a [*FullError].
func (t *tx) keepCustomer(c payment.Customer, event tap.Event) error {
	if _, known := t.customers.get(c.ID); !known {
		if err := t.roomForRecord(t.dropCustomer); err != nil {
			return err
		}
	}
	t.customers.put(c.ID, c)
	t.note(c.Name(), 0, event, "")
	return nil
}

// dropCustomer makes room: the customer that is the oldest goes.
func (t *tx) dropCustomer() bool {
	id := t.customers.oldest()
	if id != "" {
		t.note(tap.Object{Kind: tap.KindCustomer, ID: id}, 0, tap.EventDeleted, "to make room for another within the limits")
	}
	return id != ""
}

// customer returns a customer of the account: one that was created or updated through the API, or one that a payment has made. The error is a
// [*NoCustomerError].
func (t *tx) customer(id string) (payment.Customer, error) {
	if c, ok := t.customers.get(id); ok && !c.Deleted {
		return c, nil
	} else if c.Deleted || tap.KindOf(id) != tap.KindCustomer {
		return payment.Customer{}, &NoCustomerError{id}
	}
	for _, kind := range []tap.Kind{tap.KindCharge, tap.KindAuthorization} {
		if c := t.firstPaidBy(t.index(kind).customer[id]); c != nil {
			return c.Payer(), nil
		}
	}
	return payment.Customer{}, &NoCustomerError{id}
}

func (t *tx) noCustomer(id string) bool {
	_, err := t.customer(id)
	return err != nil
}

// firstPaidBy is the first of some payments of a customer that has succeeded, or nil.
func (t *tx) firstPaidBy(some series) *Payment {
	for _, one := range some {
		if c := t.payments.still(one.place, one.ordinal); c != nil && c.Succeeded() {
			return c
		}
	}
	return nil
}

// Customer returns a customer of the account. The error is a [*NoCustomerError].
func (a *Account) Customer(id string) (c payment.Customer, err error) {
	a.update(func(t *tx) { c, err = t.customer(id) })
	return c, err
}

// UpdateCustomer changes what the request sets. Errors: [*NoCustomerError], [*FullError].
func (a *Account) UpdateCustomer(id string, req *tap.CustomerRequest) (c payment.Customer, err error) {
	err = a.change(func(t *tx) error {
		if c, err = t.customer(id); err != nil {
			return err
		}
		c.Details = req.Of(&c.Details)
		return t.keepCustomer(c, tap.EventUpdated)
	})
	return c, err
}

// DeleteCustomer deletes a customer. Its payments stay as they are. Errors: [*NoCustomerError], [*FullError].
func (a *Account) DeleteCustomer(id string) error {
	return a.change(func(t *tx) error {
		c, err := t.customer(id)
		if err != nil {
			return err
		}
		return t.keepCustomer(payment.Customer{ID: c.ID, Created: c.Created, Deleted: true}, tap.EventDeleted)
	})
}

// ListCustomers returns the requested customers, the newest first, and whether there are more. The error is a [*NoCustomerError] if the account
// does not have the customer after which the list begins.
func (a *Account) ListCustomers(req *tap.CustomerListRequest) (some []payment.Customer, more bool, err error) {
	a.update(func(t *tx) {
		all := t.allCustomers()
		if req.StartingAfter != "" {
			at := slices.IndexFunc(all, func(c listedCustomer) bool { return c.id == req.StartingAfter })
			if at < 0 {
				err = &NoCustomerError{req.StartingAfter}
				return
			}
			all = all[at+1:]
		}
		skip := (req.Page - 1) * req.Limit
		for _, c := range all {
			switch {
			case !req.Selects(c.id, c.created):
			case skip > 0:
				skip--
			case len(some) == req.Limit:
				more = true
				return
			default:
				some = append(some, t.listed(c))
			}
		}
	})
	return some, more, err
}

// listedCustomer is what decides the place of a customer in a list.
type listedCustomer struct {
	id      string
	created int64    // epoch milliseconds
	paid    *Payment // that made it; nil: it was created through the API, or updated
}

func (t *tx) listed(c listedCustomer) payment.Customer {
	if c.paid != nil {
		return c.paid.Payer()
	}
	of, _ := t.customers.get(c.id)
	return of
}

// allCustomers are the account's customers, the newest first.
func (t *tx) allCustomers() (all []listedCustomer) {
	for id, c := range t.customers.all {
		if !c.Deleted {
			all = append(all, listedCustomer{id, c.Created.UnixMilli(), nil})
		}
	}
	charges := t.index(tap.KindCharge).customer
	for _, kind := range []tap.Kind{tap.KindCharge, tap.KindAuthorization} {
		for id, some := range t.index(kind).customer {
			_, known := t.customers.get(id)
			if known || kind == tap.KindAuthorization && t.firstPaidBy(charges[id]) != nil {
				continue
			}
			if c := t.firstPaidBy(some); c != nil {
				all = append(all, listedCustomer{id, c.Created.UnixMilli(), c})
			}
		}
	}
	slices.SortFunc(all, func(x, y listedCustomer) int {
		return cmp.Or(cmp.Compare(y.created, x.created), cmp.Compare(y.id, x.id))
	})
	return all
}

// withCustomer is a request that names only the id of a customer, with what the account knows of it (Tap API 2.2, from live bodies).
func (t *tx) withCustomer(req *tap.PaymentRequest) *tap.PaymentRequest {
	if req.Customer != (tap.Customer{ID: req.Customer.ID}) || req.Customer.ID == "" {
		return req
	}
	c, err := t.customer(req.Customer.ID)
	if err != nil {
		return req
	}
	with := *req
	with.Customer = c.InCharge()
	return &with
}
