package mockserver

import (
	"net/http"
	"strings"

	"github.com/gorilla/mux"

	"github.com/tapmock/tapmock/mockserver/gateway"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// ofInvoices makes a route about invoices: the body of its errors is one error instead of a list (Rest of v2 8, documented).
func ofInvoices(handle func(*Server, *call) error) func(*Server, *call) error {
	return func(s *Server, c *call) error {
		err := handle(s, c)
		if err == nil {
			return nil
		}
		e := s.problem(c, err)
		e.Singular = true
		return e
	}
}

// createInvoice is POST /v2/invoices.
func (s *Server) createInvoice(c *call) error {
	req, err := parsed(s, c, func(body []byte, settings *tap.Settings) (*tap.InvoiceRequest, []string, error) {
		return tap.ParseInvoiceRequest(body, c.account.Now(), settings)
	})
	if err != nil {
		return err
	}
	begun, err := c.account.Begin(gateway.ForInvoice(req), c.r.Header.Get)
	if err != nil {
		return scenarioError(err)
	}
	begun.Commit()
	c.nameScenario(begun.Script)
	return c.create(begun, func(w http.ResponseWriter) error { return c.invoice(w, begun, req) })
}

// invoice creates the invoice and answers with it.
func (c *call) invoice(w http.ResponseWriter, begun *gateway.Begun, req *tap.InvoiceRequest) error {
	made, err := c.account.CreateInvoice(begun, req, baseURL(c.r, c.settings))
	if err != nil {
		return err
	}
	c.created, c.awaited = made.ID, made.AwaitsAnswer()
	c.beforeAnswer(begun)
	writeObject(w, &made, tap.MethodCreate)
	return nil
}

// invoiceID is the id in the path.
func (c *call) invoiceID() (string, error) {
	id := mux.Vars(c.r)["id"]
	if !strings.HasPrefix(id, "inv_") {
		return "", noInvoice("ids of invoices begin with inv_")
	}
	return id, nil
}

// getInvoice is GET /v2/invoices/{id}. It ignores the request's body.
func (s *Server) getInvoice(c *call) error {
	id, err := c.invoiceID()
	if err != nil {
		return err
	}
	v, f, err := c.account.RetrieveInvoice(id)
	if err != nil {
		return err
	}
	c.nameScenario(v.Script)
	return c.shows(&v, v.Name(), f, tap.MethodGet)
}

// updateInvoice is PUT /v2/invoices/{id}.
func (s *Server) updateInvoice(c *call) error {
	id, err := c.invoiceID()
	if err != nil {
		return err
	}
	before, err := c.account.Invoice(id)
	if err != nil {
		return err
	}
	req, err := parsed(s, c, func(body []byte, settings *tap.Settings) (*tap.InvoiceRequest, []string, error) {
		return tap.ParseInvoiceUpdate(body, before.Request, c.account.Now(), settings)
	})
	if err != nil {
		return err
	}
	v, f, err := c.account.UpdateInvoice(id, req)
	if err != nil {
		return err
	}
	return c.shows(&v, v.Name(), f, tap.MethodUpdate)
}

// moveInvoice makes a route of a move of an invoice.
func moveInvoice(move func(*gateway.Account, string) (gateway.Invoice, error)) func(*Server, *call) error {
	return func(s *Server, c *call) error {
		id, err := c.invoiceID()
		if err != nil {
			return err
		}
		v, err := move(c.account, id)
		if err == nil {
			writeObject(c.w, &v, tap.MethodUpdate)
		}
		return err
	}
}

// listInvoices is POST /v2/invoices/list.
func (s *Server) listInvoices(c *call) error {
	req, err := parsed(s, c, tap.ParseInvoiceListRequest)
	if err != nil {
		return err
	}
	some, more := c.account.Invoices(req.From, req.To, req.Limit)
	list := tap.InvoiceList{Object: "list", Count: len(some), HasMore: more, APIVersion: "V1.2", Invoices: []tap.InvoiceObject{}}
	for i := range some {
		list.Invoices = append(list.Invoices, *some[i].Object(""))
	}
	c.writeBody(tap.Compact(list))
	return nil
}
