package mockserver

import (
	"net/http"

	"github.com/tapmock/tapmock/mockserver/gateway"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// createRefund is POST /v2/refunds.
func (s *Server) createRefund(c *call) error {
	sent, body, err := s.readJSON(c)
	defer freeBuffer(sent)
	if err != nil {
		return err
	}
	req, notes, err := tap.ParseRefundRequest(body, c.settings)
	if err != nil {
		return err
	}
	begun, err := c.account.Begin(gateway.ForRefund(req), c.r.Header.Get)
	if err != nil {
		return scenarioError(err)
	}
	begun.Commit()
	c.nameScenario(begun.Script)
	for _, note := range notes {
		c.note("lenient: " + note)
	}
	return c.create(begun, func(w http.ResponseWriter) error { return c.refund(w, begun, req, *sent) })
}

// refund creates the refund and answers with it.
func (c *call) refund(w http.ResponseWriter, begun *gateway.Begun, req *tap.RefundRequest, sent []byte) error {
	made, err := c.account.CreateRefund(begun, req, sent)
	if err != nil {
		return err
	}
	if made.OtherBody {
		c.note("reference.idempotent was sent before with another body; this is the answer to the first request")
	}
	c.created, c.awaited = made.Refund.ID, made.Refund.AwaitsAnswer()
	c.beforeAnswer(begun)
	writeObject(w, &made.Refund, tap.MethodCreate)
	return nil
}

// noRefundID is GET /v2/refunds: the id is missing.
func (s *Server) noRefundID(*call) error {
	return tap.NewError("1158", "the id is missing: GET /v2/refunds/re_...")
}

// getRefund is GET /v2/refunds/{id}. It ignores the request's body.
func (s *Server) getRefund(c *call) error {
	id, err := c.refundID()
	if err != nil {
		return err
	}
	refund, f, err := c.account.RetrieveRefund(id)
	if err != nil {
		return err
	}
	c.nameScenario(refund.Script)
	for _, assumed := range refund.Assumptions() {
		c.note("assumption: " + headerSafe(assumed))
	}
	if f == nil || f.SendsAnswer() {
		c.shown = string(refund.Status)
	}
	return c.shows(&refund, refund.Name(), f, tap.MethodGet)
}

// listRefunds is POST /v2/refunds/list.
func (s *Server) listRefunds(c *call) error {
	req, err := parsed(s, c, tap.ParseRefundListRequest)
	if err != nil {
		return err
	}
	some, more, _, err := c.account.ListRefunds(req)
	if err != nil {
		return err
	}
	if len(some) == 0 && c.settings.RefundListEmpty == "error" {
		e := tap.NewError("1160", "the setting refund_list_empty is error")
		e.Description = "Refunds not found"
		return e
	}
	writeRefunds(c, some, more)
	return nil
}

func writeRefunds(c *call, some []gateway.RefundView, more bool) {
	list := tap.RefundList{Object: "list", Count: len(some), HasMore: more, APIVersion: "V2"}
	for i := range some {
		list.Refunds = append(list.Refunds, *some[i].Object(""))
	}
	body := list.AppendJSON(nil, func(i int) tap.RefundForm { return some[i].Form() })
	if c.settings.AnswerFormat == "indented" {
		body = tap.Indent(body)
	}
	writeJSON(c.w, http.StatusOK, "application/json", body)
}
