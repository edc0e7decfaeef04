package mockserver

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// readme is the address of the documentation.
const readme = "https://github.com/tapmock/tapmock#readme"

// start serves / : a page for browsers, JSON for API clients that ask for it, and text for curl and other programs.
func (s *Server) start() http.Handler {
	page := http.HandlerFunc(noPages)
	if s.inspector != nil {
		page = s.inspector.List().ServeHTTP
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Vary", "Accept")
		switch accept := r.Header.Get("Accept"); {
		case s.inspector != nil && strings.Contains(accept, "text/html"):
			page.ServeHTTP(w, r)
			return
		case strings.Contains(accept, "application/json"):
			writeControl(w, http.StatusOK, s.home(r))
			return
		}
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.Header().Set("Cache-Control", "no-store")
		fmt.Fprint(w, homeText(s.home(r)))
	})
}

func homeText(h home) string {
	key := h.Key
	if key == "" {
		key = "one of the configured keys"
	}
	return fmt.Sprintf(`tapmock: a mock of Tap Payments' v2 API and of the KNET page behind it, for tests.
SIMULATION: not Tap, not KNET, no real card.

  API base URL   %s
  secret key     %s
  test card      %s, any 4-digit PIN; captured with expiry %s
  payment page   the transaction.url of a charge, in a browser
  control API    %s lists its calls, %[5]s/openapi.json describes them
  README         %s

Create a charge:

%s
`, h.BaseURL, key, h.Card, h.Expiry, h.Control, h.Readme, h.Curl)
}

// listCalls serves the list of the control API's calls. It needs no key.
func (s *Server) listCalls(w http.ResponseWriter, r *http.Request) {
	type call struct {
		Call        string `json:"call"`
		Description string `json:"description"`
	}
	var calls []call
	for _, op := range control.Operations() {
		calls = append(calls, call{op.Method + " " + control.Prefix + op.Path, op.Description})
	}
	writeControl(w, http.StatusOK, struct {
		Description string `json:"description"`
		OpenAPI     string `json:"openapi"`
		Readme      string `json:"readme"`
		Calls       []call `json:"calls"`
	}{"The control API of tapmock. Send the secret key of an account as Authorization: Bearer sk_test_…",
		baseURL(r, s.gateway.Settings()) + control.Prefix + "/openapi.json", readme, calls})
}

// home is what the home page says of the server.
type home struct {
	BaseURL string `json:"base_url"`      // of the API
	Key     string `json:"key,omitempty"` // a secret key to use, or "" if keys are configured
	Curl    string `json:"curl"`          // a command that creates a charge
	Card    string `json:"card"`
	Expiry  string `json:"expiry"`
	Control string `json:"control"` // address of the control API
	Readme  string `json:"readme"`  // address of the documentation
}

// home is what the home page says of the server, for a request.
func (s *Server) home(r *http.Request) home {
	base, key := baseURL(r, s.gateway.Settings()), ""
	if s.openKeys {
		key = tap.PublishedTestKey
	}
	return home{BaseURL: base + "/v2", Key: key, Curl: CurlExample(base, key), Card: "8888880000000001", Expiry: PaidExpiries(s.gateway.Settings()),
		Control: base + control.Prefix, Readme: readme}
}

// PaidExpiries lists the expiries with which a payment by a test card is captured: "09/30 or 09/25", or "none".
func PaidExpiries(s *tap.Settings) string {
	text, _ := s.Get("bank_captured_expiries")
	return strings.ReplaceAll(text, ",", " or ")
}

// CurlExample is a shell command that creates a charge on the mock at that address. The payer returns to the mock's start page. If key
// is empty the command has a placeholder for it.
func CurlExample(base, key string) string {
	if key == "" {
		key = "YOUR_KEY"
	}
	return "curl -s " + base + "/v2/charges \\\n" +
		"  -H 'Authorization: Bearer " + key + "' \\\n  -H 'Content-Type: application/json' \\\n" +
		`  -d '{"amount": 12.345, "currency": "KWD", "source": {"id": "src_kw.knet"},` + "\n" +
		`       "customer": {"first_name": "Test", "email": "test@example.com"},` + "\n" +
		`       "redirect": {"url": "` + base + `/"}}'`
}
