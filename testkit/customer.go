package testkit

import "time"

// Customer is a customer in the mock: created through the API, or made by a charge with an inline customer that was captured.
type Customer struct {
	ID          string
	FirstName   string
	MiddleName  string
	LastName    string
	Email       string
	CountryCode string // of the phone number, such as 965
	Number      string
	Description string
	SavedCards  []string  // for KFAST, masked: 888888******0001
	Created     time.Time // on the account's clock
}

// Customers are the customers of the account, oldest first.
func (m *Mock) Customers() []Customer {
	m.tb.Helper()
	list, err := m.control.Customers(m.tb.Context())
	m.check(err)
	all := make([]Customer, len(list))
	for i, c := range list {
		all[len(list)-1-i] = Customer(c)
	}
	return all
}

// Customer is a customer as it is now.
func (m *Mock) Customer(id string) Customer {
	m.tb.Helper()
	c, err := m.control.Customer(m.tb.Context(), id)
	m.check(err)
	return Customer(c)
}
