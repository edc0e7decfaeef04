package inspector

import (
	"net/http"
	"slices"
	"strings"

	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// traceScreen is the page of one payment object: its trace, and what can be done with it.
type traceScreen struct {
	frame
	S        *subject
	Lanes    []control.Lane
	Steps    []step
	Advice   []advice
	Siblings []link
	Ends     []button // that end the payment
	Resend   *button
	Evicted  string // why the trace is incomplete, or ""
	Copies   []link // the trace as other things
}

// Trace serves the page of the object that the path names.
func (p *Pages) Trace() http.Handler {
	return p.page(func(v *visit) error {
		id := v.r.PathValue("id")
		if v.account == "" {
			return errNoAccount
		}
		s, err := v.subject(v.r.Context(), id)
		if err != nil {
			if other := v.elsewhere(id); other != "" {
				v.w.Header().Set("Location", v.root()+placeOf[tap.KindOf(id)]+id+"?account="+other)
				v.w.WriteHeader(http.StatusSeeOther)
				return nil
			}
			return err
		}
		screen := &traceScreen{frame: v.frame(s.Title), S: s, Lanes: control.Lanes()}
		webhooks := screen.trace(v)
		siblings := v.siblings(s)
		screen.Advice = v.advise(s, webhooks, siblings)
		for i := range siblings[:min(len(siblings), 20)] {
			screen.Siblings = append(screen.Siblings, link{string(siblings[i].Status), siblings[i].ID, v.link("ui/payments/" + siblings[i].ID)})
		}
		screen.act(webhooks)
		screen.Copies = v.copies(s)
		v.show(http.StatusOK, "trace.html.tmpl", screen)
		return nil
	})
}

// trace adds the steps, and returns the webhooks of the object itself, the latest first. What cannot be shown is named on the page.
func (s *traceScreen) trace(v *visit) []control.Webhook {
	missing := func(err error) {
		if err != nil {
			s.Evicted = strings.TrimSpace(s.Evicted + " " + err.Error())
		}
	}
	webhooks, err := v.client.Webhooks(v.r.Context(), s.S.ID)
	missing(err)
	calls, err := v.callsOf(s.S.ID)
	missing(err)
	m := &material{s.S.entries, s.S.scheduled, slices.Clone(webhooks), calls}
	for _, refund := range s.S.refunds {
		missing(m.add(v, refund))
	}
	m.sort()
	s.Steps = v.steps(s.S.ID, m)
	return webhooks
}

// elsewhere is the account that has the charge with an id, if the visitor has named none and may see it: the example shop does not know in whose
// account its visitor looks.
func (v *visit) elsewhere(id string) string {
	if v.query.Has("account") || v.session.account != "" {
		return ""
	}
	return v.pages.mock.AccountOf(id)
}

// outcomes are the outcomes with which a person can end a payment, in the order of the page's panel, and what they mean.
var outcomes = []struct{ name, text string }{
	{"captured", "captured"}, {"no-funds", "no funds"}, {"wrong-pin", "wrong PIN"}, {"host-timeout", "bank does not answer"}, {"cancelled", "cancelled by the payer"},
	{"expired", "page expired"}, {"closed", "captured, and the payer does not come back"}, {"webhook-never", "captured, no webhook"}, {"webhook-twice", "captured, webhook twice"},
	{"webhook-late", "captured, webhook late"}, {"captured-later", "declined, captured later"},
}

// act adds what can be done with the object.
func (s *traceScreen) act(webhooks []control.Webhook) {
	if s.S.Kind == tap.KindCharge && s.S.Open {
		for _, o := range outcomes {
			s.Ends = append(s.Ends, button{Label: o.text, Call: "POST /charges/" + s.S.ID + "/end", Values: []pair{{"outcome", o.name}}})
		}
	}
	for i := range webhooks { // the latest first
		if webhooks[i].Forge == "" {
			again := resendButton(webhooks[i].ID, "Send the last webhook again")
			again.Key = "r"
			s.Resend = &again
			return
		}
	}
}
