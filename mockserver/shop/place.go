package shop

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"

	"github.com/tapmock/tapmock/mockserver/tap"
)

const (
	currencyOfShop = "KWD"
	maxForm        = 16 << 10 // bytes of a posted form
)

// orderForm is the order form with what the visitor typed.
type orderForm struct {
	Amount, Name, Email string
	Chosen              behaviour
	Message             string // what must be corrected; "": nothing
}

func blankForm() orderForm {
	return orderForm{Amount: "12.345", Name: "Test Payer", Email: "payer@example.com", Chosen: sound}
}

// readForm reads a posted form. What must be corrected is in its message.
func readForm(w http.ResponseWriter, r *http.Request) (f orderForm, amount tap.Amount) {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		f = blankForm()
		f.Message = "The form cannot be read, or it is larger than 16 KB. Fill it in again."
		return f, 0
	}
	field := func(name string) string { return strings.TrimSpace(strings.ToValidUTF8(r.PostForm.Get(name), "?")) }
	chosen, known := behaviourNamed(field("behaviour"))
	f = orderForm{Amount: field("amount"), Name: field("name"), Email: field("email"), Chosen: chosen.Name}
	amount, err := tap.ParseAmount(f.Amount)
	switch {
	case !known:
		f.Chosen, f.Message = sound, "Choose how the shop behaves."
	case err != nil || amount == 0:
		f.Message = "The amount must be a number above 0 with at most three decimals, such as 12.345."
	}
	return f, amount
}

// place opens an order, creates its charge and leads the payer to KNET's page. What is wrong with a name or an address only the API says.
func (s *Shop) place(w http.ResponseWriter, r *http.Request, key string) {
	f, amount := readForm(w, r)
	if f.Message != "" {
		s.showForm(w, r, http.StatusBadRequest, f)
		return
	}
	o := s.orders.open(key, amount, f.Chosen)
	charge, failed := s.call(r, key, http.MethodPost, "/v2/charges", s.createRequest(r, o, f))
	if failed == nil && !isWeb(charge.Transaction.URL) {
		failed = &apiError{Call: "POST /v2/charges", Reason: "the answer has no transaction.url to which the payer can be sent; the charge is " + string(charge.Status)}
	}
	if failed != nil {
		s.showFailure(w, r, o.number, failed)
		return
	}
	s.orders.link(o.number, charge.ID)
	seeOther(w, charge.Transaction.URL)
}

// isWeb reports whether an address is one that the shop sends a payer to.
func isWeb(address string) bool {
	u, err := url.Parse(address)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != ""
}

// createRequest is the body of the create call.
func (s *Shop) createRequest(r *http.Request, o order, f orderForm) []byte {
	first, last, _ := strings.Cut(f.Name, " ")
	customer := map[string]any{"first_name": first, "email": f.Email}
	if last = strings.TrimSpace(last); last != "" {
		customer["last_name"] = last
	}
	body, err := json.Marshal(map[string]any{
		"amount": json.Number(o.amount.Text(3)), "currency": currencyOfShop, "threeDSecure": true, "save_card": false,
		"description": "Example shop, " + o.number,
		"reference":   map[string]any{"order": o.number, "transaction": "txn-" + strings.TrimPrefix(o.number, "order-")},
		"receipt":     map[string]any{"email": true, "sms": false},
		"customer":    customer,
		"source":      map[string]any{"id": "src_kw.knet"},
		"post":        map[string]any{"url": "http://" + Host + webhookPath + string(o.behaviour)},
		"redirect":    map[string]any{"url": s.config.Base(r) + Path + "return" + named(r)},
	})
	if err != nil {
		panic("shop: a body of plain values cannot be encoded: " + err.Error())
	}
	return body
}
