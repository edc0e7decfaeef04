package fakepage

import (
	"net/http"
	"regexp"
)

var chargeID = regexp.MustCompile(`^chg_[A-Za-z0-9]+$`)

// Home is what the start page tells a person.
type Home struct {
	BaseURL string // of the API
	Key     string // a secret key to use, or "" if keys are configured
	Curl    string // a command that creates a charge
	Card    string
	Expiry  string
}

type homeScreen struct {
	frame
	Home
	TapID string // of a payer who was sent back here
}

// Start serves the start page, which also serves as the place a payer returns to when there is no shop yet.
func (p *Pages) Start(of func(*http.Request) Home) http.Handler {
	return guarded(func(w http.ResponseWriter, r *http.Request) {
		id := r.URL.Query().Get("tap_id")
		if !chargeID.MatchString(id) {
			id = "" // the page offers a command with it, to be copied into a shell
		}
		show(w, http.StatusOK, "home.html.tmpl", homeScreen{
			frame: plainFrame(&english, "tapmock", "kpay/kpg/"), Home: of(r), TapID: id,
		})
	})
}
