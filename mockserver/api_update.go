package mockserver

import (
	"net/http"

	"github.com/gorilla/mux"

	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/scenarios"
)

// readUpdate reads an update of an object of the call's kind.
func (s *Server) readUpdate(c *call) (*tap.Update, error) {
	return parsed(s, c, func(body []byte, settings *tap.Settings) (*tap.Update, []string, error) {
		return tap.ParseUpdate(body, c.kind, settings)
	})
}

// shows answers with an object, under the fault of the call, or nil.
func (c *call) shows(o jsonObject, name tap.Object, f *scenarios.Fault, method tap.Method) error {
	answer := func(w http.ResponseWriter) error {
		writeObject(w, o, method)
		return nil
	}
	if f == nil {
		return answer(c.w)
	}
	return withFault(c, f, c.account, func() tap.Object { return name }, answer)
}

// updateCharge is PUT /v2/charges/{id}. An unknown id is 1144 (documented), other text too.
func (s *Server) updateCharge(c *call) error {
	id := mux.Vars(c.r)["id"]
	if id == "list" {
		return errUseList
	}
	update, err := s.readUpdate(c)
	if err != nil {
		return err
	}
	charge, f, err := c.account.Update(c.kind, id, update)
	if err != nil {
		return err
	}
	c.nameScenario(charge.Script)
	return c.shows(&charge, charge.Name(), f, tap.MethodUpdate)
}

// updateRefund is PUT /v2/refunds/{id}.
func (s *Server) updateRefund(c *call) error {
	id, err := c.refundID()
	if err != nil {
		return err
	}
	update, err := s.readUpdate(c)
	if err != nil {
		return err
	}
	refund, f, err := c.account.UpdateRefund(id, update)
	if err != nil {
		return err
	}
	c.nameScenario(refund.Script)
	return c.shows(&refund, refund.Name(), f, tap.MethodUpdate)
}
