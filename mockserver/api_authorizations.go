package mockserver

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/gorilla/mux"

	"github.com/tapmock/tapmock/mockserver/payment"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// noAuthorizationID is GET /v2/authorize: the id is missing.
func (s *Server) noAuthorizationID(*call) error {
	return tap.NewError("1112", "the id is missing: GET /v2/authorize/auth_...")
}

// authorizationID is the id in the path.
func (c *call) authorizationID() (string, error) {
	id := mux.Vars(c.r)["id"]
	switch {
	case id == "list":
		return "", errUseList
	case !strings.HasPrefix(id, "auth_"):
		return "", tap.NewError("1113", "ids of authorizations begin with auth_")
	}
	return id, nil
}

// getAuthorization is GET /v2/authorize/{id}. It ignores the request's body.
func (s *Server) getAuthorization(c *call) error {
	if err := c.noBody(); err != nil {
		return err
	}
	id, err := c.authorizationID()
	if err != nil {
		return err
	}
	p, f, err := c.account.Retrieve(c.kind, id)
	if err != nil {
		return noSuchAuthorization(err, c.settings.AuthorizationNotFound)
	}
	return c.showsPayment(&p, f)
}

// updateAuthorization is PUT /v2/authorize/{id}.
func (s *Server) updateAuthorization(c *call) error {
	id, err := c.authorizationID()
	if err != nil {
		return err
	}
	update, err := s.readUpdate(c)
	if err != nil {
		return err
	}
	p, f, err := c.account.Update(c.kind, id, update)
	if err != nil {
		return noSuchAuthorization(err, "2102")
	}
	c.nameScenario(p.Script)
	return c.shows(&p, p.Name(), f, tap.MethodUpdate)
}

// voidAuthorization is POST /v2/authorize/{id}/void. Clients send no body, {} or [].
func (s *Server) voidAuthorization(c *call) error {
	id, err := c.authorizationID()
	if err != nil {
		return err
	}
	if err := s.emptyBody(c); err != nil {
		return err
	}
	p, f, err := c.account.Void(id)
	if err != nil {
		return noSuchAuthorization(err, c.settings.AuthorizationNotFound)
	}
	c.nameScenario(p.Script)
	return c.shows(&p, p.Name(), f, tap.MethodVoid)
}

// emptyBody notes a body with values in a call that takes none.
func (s *Server) emptyBody(c *call) error {
	sent, body, err := s.readJSON(c)
	defer freeBuffer(sent)
	if err != nil {
		return err
	}
	switch string(bytes.TrimSpace(body)) {
	case "", "{}", "[]", "null":
		return nil
	}
	if !json.Valid(body) {
		return tap.NewError("2100", "the body is not JSON; a void needs none")
	}
	return c.lenient("body: a void has no fields, it is ignored")
}

// listAuthorizations is POST /v2/authorize/list.
func (s *Server) listAuthorizations(c *call) error {
	req, err := parsed(s, c, c.listParser(tap.ParseListRequest))
	if err != nil {
		return err
	}
	list, err := c.account.List(tap.KindAuthorization, req)
	if err != nil {
		c.note("starting_after: the account has no such authorization to start after")
		return err
	}
	c.noteList(req, &list)
	writeAuthorizations(c, &list)
	return nil
}

func writeAuthorizations(c *call, list *payment.Listing) {
	body := list.AppendAuthorizations(nil)
	if c.settings.AnswerFormat == "indented" {
		body = tap.Indent(body)
	}
	writeJSON(c.w, http.StatusOK, "application/json", body)
}

// downloadAuthorizations is POST /v2/authorize/download: the columns of charges (Rest of v2 2.3, documented).
func (s *Server) downloadAuthorizations(c *call) error {
	return s.downloadPayments(c, "last_authorize_id")
}
