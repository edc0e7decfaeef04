package payment

import (
	"strconv"
	"time"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// Customer is a customer of an account: created through the API, or made by the first payment of an inline customer that succeeded.
type Customer struct {
	ID      string
	Created time.Time
	Details tap.CustomerDetails
	Deleted bool
}

// customerIDs separates the numbers of customers that are created through the API from those of payments, whose customers have ids of the same
// family. It is half the number of ids of one millisecond.
const customerIDs = 130_900

// NewCustomer makes the customer with that number among those of its account, from 1.
func NewCustomer(ids tap.IDs, ordinal uint64, req *tap.CustomerRequest, style tap.Style, now time.Time) Customer {
	now = now.Truncate(time.Millisecond)
	return Customer{ID: ids.ID("cus", style, now, customerIDs+ordinal), Created: now, Details: req.Of(&tap.CustomerDetails{})}
}

// Payer is the customer that the payment has made, or had: its id is shown once the payment has succeeded.
func (c *Payment) Payer() Customer {
	return Customer{ID: c.CustomerNow(), Created: c.Created, Details: tap.CustomerDetails{Customer: c.Request.Customer, Currency: c.Request.Currency}}
}

// Name names the customer as an object.
func (c *Customer) Name() tap.Object { return tap.Object{Kind: tap.KindCustomer, ID: c.ID} }

// Object returns Tap's object.
func (c *Customer) Object() *tap.CustomerObject {
	d := &c.Details
	o := &tap.CustomerObject{Object: "customer", Created: strconv.FormatInt(c.Created.UnixMilli(), 10), Description: d.Description, Metadata: tap.Raw(d.Metadata),
		Currency: d.Currency, ID: c.ID, Title: d.Title, FirstName: d.FirstName, MiddleName: d.MiddleName, LastName: d.LastName, Email: d.Email, Nationality: d.Nationality}
	if d.Number != "" {
		o.Phone = &tap.Phone{CountryCode: d.CountryCode, Number: d.Number}
	}
	return o
}

// InCharge is the customer as a payment that names only its id has it.
func (c *Customer) InCharge() tap.Customer {
	in := c.Details.Customer
	in.ID = c.ID
	return in
}
