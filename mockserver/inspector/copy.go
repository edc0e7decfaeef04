package inspector

import (
	"net/http"

	"github.com/tapmock/tapmock/mockserver/record"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// copyScreen shows a payment as what plays it again.
type copyScreen struct {
	frame
	Of    link
	Text  string
	Notes []string
	How   string // what to do with the text
	Try   *button
}

// Copy serves a payment as the scenario or the Go test that plays it again.
func (p *Pages) Copy() http.Handler {
	return p.page(func(v *visit) error {
		id := v.r.PathValue("id")
		if v.account == "" {
			return errNoAccount
		}
		t, err := v.client.Trace(v.r.Context(), id)
		if err != nil {
			return err
		}
		webhooks, err := v.client.Webhooks(v.r.Context(), id)
		if err != nil {
			return err
		}
		s := &copyScreen{Of: v.linkTo("charge", id)}
		if v.r.PathValue("copy") == "test" {
			s.frame = v.frame("As a Go test")
			s.Text, s.Notes = record.GoTest(&t, webhooks)
			s.How = "Save it as payment_test.go in a module that requires github.com/tapmock/tapmock, and run go test."
		} else {
			s.frame = v.frame("As a scenario")
			s.Text, s.Notes = record.Scenario(&t, webhooks)
			s.How = "Save it as a .yaml file and start tapmock with -scenarios FILE, or let the next payment of this account follow it."
			s.Try = &button{Label: "Next payment follows it", Call: "POST /next", Values: []pair{{"yaml", s.Text}}}
		}
		v.show(http.StatusOK, "copy.html.tmpl", s)
		return nil
	})
}

// copies are the links to a payment as other things.
func (v *visit) copies(s *subject) []link {
	if s.Kind != tap.KindCharge {
		return nil
	}
	return []link{{"", "as a scenario", v.link("ui/payments/" + s.ID + "/scenario")}, {"", "as a Go test", v.link("ui/payments/" + s.ID + "/test")}}
}
