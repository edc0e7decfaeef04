package mockserver

import (
	"math"
	"net/http"
	"strings"

	"github.com/gorilla/mux"

	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/mockserver/gateway"
	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/scenarios"
)

// createPayment is POST /v2/charges and POST /v2/authorize.
func (s *Server) createPayment(c *call) error {
	sent, body, err := s.readJSON(c)
	defer freeBuffer(sent)
	if err != nil {
		return err
	}
	begun, req, err := c.begin(body)
	if err != nil {
		return err
	}
	return c.create(begun, func(w http.ResponseWriter) error { return s.create(c, w, begun, req, *sent) })
}

// begin reads the request and chooses its scenario. The settings of the scenario apply to the request too.
func (c *call) begin(body []byte) (*gateway.Begun, *tap.PaymentRequest, error) {
	req, notes, invalid := tap.ParsePaymentRequest(c.kind, body, c.settings)
	if invalid != nil {
		if req = c.parseLeniently(body); req == nil {
			return nil, nil, invalid
		}
	}
	begun, err := c.account.Begin(gateway.ForPayment(c.kind, req), c.r.Header.Get)
	if err != nil {
		return nil, nil, scenarioError(err)
	}
	c.nameScenario(begun.Script)
	if begun.Settings != c.settings {
		c.settings = begun.Settings
		req, notes, invalid = tap.ParsePaymentRequest(c.kind, body, c.settings)
	}
	if invalid == nil {
		invalid = c.idempotencyHeader(req)
	}
	if invalid == nil && req.IsToken() {
		invalid = c.useToken(req.Source)
	}
	if invalid != nil {
		begun.Abort(false)
		return nil, nil, invalid
	}
	begun.Commit()
	if on := c.account.WithoutEffect(begun.Script); on != "" {
		c.note("a fault of " + string(on) + " works only in the default scenario; see PUT " + control.Prefix + "/default-scenario")
	}
	for _, note := range notes {
		c.note("lenient: " + note)
	}
	req.Language = language(c.r)
	return begun, req, nil
}

// idempotencyHeader notes the header Idempotency-Key of other APIs. Tap documents only reference.idempotent (Tap API 4).
func (c *call) idempotencyHeader(req *tap.PaymentRequest) error {
	if c.r.Header.Get("Idempotency-Key") == "" || req.Idempotent != "" {
		return nil
	}
	return c.lenient("header Idempotency-Key: it has no effect, a second request makes a second charge; send reference.idempotent in the body")
}

// parseLeniently parses a request that the account's settings refuse, but that the settings of a scenario may allow. It returns nil if
// no scenario can allow it.
func (c *call) parseLeniently(body []byte) *tap.PaymentRequest {
	lenient := *c.settings
	lenient.Strict, lenient.MerchantSaveCard, lenient.MerchantActive = false, true, true
	lenient.ChargeAmountMin, lenient.ChargeAmountMax = 0, math.MaxInt64
	req, _, err := tap.ParsePaymentRequest(c.kind, body, &lenient)
	if err != nil {
		return nil
	}
	return req
}

// create creates the charge or authorization and answers with it.
func (s *Server) create(c *call, w http.ResponseWriter, begun *gateway.Begun, req *tap.PaymentRequest, sent []byte) error {
	made, err := c.account.Create(begun, req, sent, baseURL(c.r, c.settings))
	if err != nil {
		return err
	}
	if made.OtherBody {
		c.note("reference.idempotent was sent before with another body; this is the answer to the first request")
	}
	if made.Doubt != "" {
		c.note(headerSafe(made.Doubt))
	}
	c.created, c.awaited = made.Payment.ID, made.Payment.AwaitsAnswer()
	c.beforeAnswer(begun)
	writeObject(w, &made.Payment, tap.MethodCreate)
	return nil
}

// language is the language of the page that the header lang_code requests: EN or ar (Tap API 0, documented).
func language(r *http.Request) string {
	switch strings.ToLower(r.Header.Get("lang_code")) {
	case "ar":
		return "ar"
	case "en":
		return "en"
	}
	return ""
}

// getCharge is GET /v2/charges/{id}. It ignores the request's body.
func (s *Server) getCharge(c *call) error {
	if err := c.noBody(); err != nil {
		return err
	}
	id := mux.Vars(c.r)["id"]
	if id == "list" { // a GET on a list: no evidence (Tap API 3)
		return errUseList
	}
	if !strings.HasPrefix(id, "chg_") {
		return tap.NewError("1143", "ids of charges begin with chg_")
	}
	charge, f, err := c.account.Retrieve(c.kind, id)
	if err != nil {
		return err
	}
	return c.showsPayment(&charge, f)
}

// noBody notes the body of a GET.
func (c *call) noBody() error {
	if c.r.ContentLength != 0 {
		return c.lenient("body: a GET needs no body")
	}
	return nil
}

// showsPayment answers a GET.
func (c *call) showsPayment(p *gateway.Payment, f *scenarios.Fault) error {
	c.nameScenario(p.Script)
	for _, assumed := range p.Assumptions() {
		c.note("assumption: " + headerSafe(assumed))
	}
	if c.r.Method == http.MethodGet && (f == nil || f.SendsAnswer()) {
		c.shown = string(p.Status)
	}
	return c.shows(p, p.Name(), f, tap.MethodGet)
}

// noChargeID is GET /v2/charges: the id is missing.
func (*Server) noChargeID(*call) error { return tap.NewError("1142", "GET /v2/charges/chg_…") }

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
