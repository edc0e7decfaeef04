package mockserver

import (
	"strings"

	"github.com/gorilla/mux"

	"github.com/tapmock/tapmock/mockserver/payment"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// createCustomer is POST /v2/customers.
func (s *Server) createCustomer(c *call) error {
	req, err := parsed(s, c, tap.ParseCustomerRequest)
	if err != nil {
		return err
	}
	made, err := c.account.CreateCustomer(req)
	if err != nil {
		return err
	}
	c.created = made.ID
	c.writeCustomer(&made)
	return nil
}

func (c *call) writeCustomer(of *payment.Customer) { c.writeBody(of.Object().AppendJSON(nil)) }

// noCustomerID is GET /v2/customers: the id is missing.
func (s *Server) noCustomerID(*call) error {
	return tap.NewError("1104", "the id is missing: GET /v2/customers/cus_...; a list is POST /v2/customers/list")
}

// customerID is the id in the path.
func (c *call) customerID() (string, error) {
	id := mux.Vars(c.r)["id"]
	if !strings.HasPrefix(id, "cus_") {
		return "", tap.NewError("1105", "ids of customers begin with cus_")
	}
	return id, nil
}

// getCustomer is GET /v2/customers/{id}. It ignores the request's body.
func (s *Server) getCustomer(c *call) error {
	id, err := c.customerID()
	if err != nil {
		return err
	}
	of, err := c.account.Customer(id)
	if err == nil {
		c.writeCustomer(&of)
	}
	return err
}

// updateCustomer is PUT /v2/customers/{id}.
func (s *Server) updateCustomer(c *call) error {
	id, err := c.customerID()
	if err != nil {
		return err
	}
	req, err := parsed(s, c, tap.ParseCustomerUpdate)
	if err != nil {
		return err
	}
	of, err := c.account.UpdateCustomer(id, req)
	if err == nil {
		c.writeCustomer(&of)
	}
	return err
}

// deleteCustomer is DELETE /v2/customers/{id}. It ignores the request's body.
func (s *Server) deleteCustomer(c *call) error {
	id, err := c.customerID()
	if err != nil {
		return err
	}
	if err := c.account.DeleteCustomer(id); err != nil {
		return err
	}
	c.writeBody(tap.Compact(tap.CustomerDeleted{ID: id, Deleted: true}))
	return nil
}

// listCustomers is POST /v2/customers/list, or a GET with a body.
func (s *Server) listCustomers(c *call) error {
	req, err := parsed(s, c, tap.ParseCustomerListRequest)
	if err != nil {
		return err
	}
	some, more, err := c.account.ListCustomers(req)
	if err != nil {
		return err
	}
	list := tap.CustomerList{Object: "list", Count: len(some), HasMore: more, APIVersion: "V2"}
	for i := range some {
		list.Customers = append(list.Customers, *some[i].Object())
	}
	c.writeBody(list.AppendJSON(nil))
	return nil
}
