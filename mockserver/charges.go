package mockserver

import (
	"net/http"
	"strings"

	"github.com/gorilla/mux"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// createCharge is POST /v2/charges.
func (s *Server) createCharge(c *call) error {
	sent, err := s.body(c)
	defer freeBuffer(sent)
	if err != nil {
		return err
	}
	body, leniencies := jsonBody(c.r, *sent)
	for _, leniency := range leniencies {
		if err := c.lenient(leniency); err != nil {
			return err
		}
	}
	req, notes, err := tap.ParseChargeRequest(body, c.settings)
	if err != nil {
		return err
	}
	req.Language = language(c.r)
	created, err := c.account.CreateCharge(req, *sent, baseURL(c.r, c.settings))
	if err != nil {
		return err
	}
	for _, note := range notes {
		c.note("lenient: " + note)
	}
	if created.OtherBody {
		c.note("reference.idempotent was sent before with another body; this is the original answer")
	}
	writeCharge(c.w, &created.Charge, tap.MethodCreate)
	return nil
}

// language is the page's, as the header lang_code asks for it: EN or ar (Tap API 0, documented).
func language(r *http.Request) string {
	switch strings.ToLower(r.Header.Get("lang_code")) {
	case "ar":
		return "ar"
	case "en":
		return "en"
	}
	return ""
}

// getCharge is GET /v2/charges/{id}. A body that comes with it is not read.
func (s *Server) getCharge(c *call) error {
	if c.r.ContentLength != 0 {
		if err := c.lenient("body: a GET needs none"); err != nil {
			return err
		}
	}
	id := mux.Vars(c.r)["id"]
	if id == "list" { // a GET on a list: no evidence (Tap API 3)
		return tap.NewError("2102", "a list is asked for with POST")
	}
	if !strings.HasPrefix(id, "chg_") {
		return tap.NewError("1143", "ids of charges begin with chg_")
	}
	charge, err := c.account.Charge(id)
	if err != nil {
		return err
	}
	writeCharge(c.w, &charge, tap.MethodGet)
	return nil
}

// noChargeID is GET /v2/charges: the id is missing.
func (s *Server) noChargeID(*call) error { return tap.NewError("1142", "GET /v2/charges/chg_…") }
