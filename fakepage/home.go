package fakepage

import (
	"net/http"
	"regexp"
)

var chargeID = regexp.MustCompile(`^chg_[A-Za-z0-9]+$`)

// Home is the content of the start page.
type Home struct {
	BaseURL string // of the API
	Key     string // a secret key to use, or "" if keys are configured
	Curl    string // a command that creates a charge
	Card    string
	Expiry  string
	Control string // address of the control API
	Readme  string // address of the documentation
}

type homeScreen struct {
	frame
	Home
	TapID string // the charge of a payer who was sent back here
}

// Start serves the start page. A payer can also return to it while there is no shop. content returns the content for a request.
func (p *Pages) Start(content func(*http.Request) Home) http.Handler {
	return guarded(func(w http.ResponseWriter, r *http.Request) {
		id := r.URL.Query().Get("tap_id")
		if !chargeID.MatchString(id) {
			id = "" // the page shows it in a shell command
		}
		show(w, http.StatusOK, "home.html.tmpl", homeScreen{
			frame: plainFrame(&english, "tapmock", "kpay/kpg/"), Home: content(r), TapID: id,
		})
	})
}
