package control

import (
	"context"
	"net/url"
	"time"
)

// Customer is a customer of the account.
type Customer struct {
	ID          string    `json:"id"`
	FirstName   string    `json:"first_name,omitempty"`
	MiddleName  string    `json:"middle_name,omitempty"`
	LastName    string    `json:"last_name,omitempty"`
	Email       string    `json:"email,omitempty"`
	CountryCode string    `json:"country_code,omitempty"` // of the phone number
	Number      string    `json:"number,omitempty"`
	Description string    `json:"description,omitempty"`
	SavedCards  []string  `json:"saved_cards,omitempty"` // for KFAST, masked: 888888******0001
	Created     time.Time `json:"created"`
}

// Customers is a list of customers, the latest first.
type Customers struct {
	Customers []Customer `json:"customers"`
	HasMore   bool       `json:"has_more"`
}

// Customers returns the account's latest customers, the latest first, at most 10,000.
func (c *Client) Customers(ctx context.Context) ([]Customer, error) {
	list, err := get[Customers](ctx, c, "GET", "/customers?limit=10000", nil)
	return list.Customers, err
}

// Customer returns one customer.
func (c *Client) Customer(ctx context.Context, id string) (Customer, error) {
	return get[Customer](ctx, c, "GET", "/customers/"+url.PathEscape(id), nil)
}
