package inspector

import (
	"cmp"
	"net/http"
	"strings"

	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// lister makes a page that lists objects of an account.
func (p *Pages) lister(fill func(*visit, *tableScreen) error, title, empty string) http.Handler {
	return p.page(func(v *visit) error {
		if v.account == "" {
			return errNoAccount
		}
		s := &tableScreen{frame: v.frame(title), Empty: empty}
		if err := fill(v, s); err != nil {
			return err
		}
		return v.table(s)
	})
}

// Refunds serves the list of refunds.
func (p *Pages) Refunds() http.Handler {
	return p.lister((*visit).refunds, "Refunds", "No refunds yet. A shop makes one with POST /v2/refunds.")
}

func (v *visit) refunds(s *tableScreen) error {
	all, err := v.client.Refunds(v.r.Context(), "")
	s.Columns, s.More = []string{"Refund", "Charge", "Amount", "Status", "Reason", "Created", "Webhook", "Scenario"}, moreText(len(all), "refunds")
	for _, r := range all[:min(len(all), maxRows)] {
		s.Rows = append(s.Rows, tableRow{r.ID, []cell{{Text: cmp.Or(r.Reference, short(r.ID)), Link: v.linkTo("", r.ID).Link}, {Text: short(r.ChargeID), Link: v.linkTo("", r.ChargeID).Link, Code: true},
			plain(r.Amount + " " + r.Currency), {Text: string(r.Status), Tone: goodIf(r.Status == tap.Refunded)}, plain(r.Reason), plain(sinceText(v.state.Now, r.Created)),
			plain(delivered(r.PostURL, r.PostStatus)), plain(r.Scenario)}})
	}
	return err
}

func goodIf(good bool) string {
	if good {
		return "good"
	}
	return "open"
}

// Authorizations serves the list of authorizations.
func (p *Pages) Authorizations() http.Handler {
	return p.lister((*visit).authorizations, "Authorizations", "No authorizations yet. A shop makes one with POST /v2/authorize.")
}

func (v *visit) authorizations(s *tableScreen) error {
	all, err := v.client.Authorizations(v.r.Context())
	s.Columns, s.More = []string{"Order", "Amount", "Captured", "Status", "Created", "Webhook", "Scenario"}, moreText(len(all), "authorizations")
	for _, a := range all[:min(len(all), maxRows)] {
		s.Rows = append(s.Rows, tableRow{a.ID, []cell{{Text: cmp.Or(a.Order, short(a.ID)), Link: v.linkTo("", a.ID).Link}, plain(a.Amount + " " + a.Currency), plain(a.Captured),
			{Text: string(a.Status), Tone: tone(a.Status)}, plain(sinceText(v.state.Now, a.Created)), plain(delivered(a.PostURL, a.PostStatus)), plain(a.Scenario)}})
	}
	return err
}

// Invoices serves the list of invoices.
func (p *Pages) Invoices() http.Handler {
	return p.lister((*visit).invoices, "Invoices", "No invoices yet. A shop makes one with POST /v2/invoices.")
}

func (v *visit) invoices(s *tableScreen) error {
	all, err := v.client.Invoices(v.r.Context())
	s.Columns, s.More = []string{"Order", "Amount", "Status", "Link for the customer", "Created", "Scenario"}, moreText(len(all), "invoices")
	for _, i := range all[:min(len(all), maxRows)] {
		s.Rows = append(s.Rows, tableRow{i.ID, []cell{{Text: cmp.Or(i.Order, i.Reference, short(i.ID)), Link: v.linkTo("", i.ID).Link}, plain(i.Amount + " " + i.Currency),
			{Text: string(i.Status), Tone: goodIf(i.Status == tap.InvoicePaid)}, {Text: "open", Link: i.URL}, plain(sinceText(v.state.Now, i.Created)), plain(i.Scenario)}})
	}
	return err
}

// Customers serves the list of customers.
func (p *Pages) Customers() http.Handler {
	return p.lister((*visit).customers, "Customers", "No customers yet. A payment makes one, or POST /v2/customers.")
}

func (v *visit) customers(s *tableScreen) error {
	all, err := v.client.Customers(v.r.Context())
	s.Columns, s.More = []string{"Customer", "Name", "E-mail", "Phone", "Saved cards", "Created", "Payments"}, moreText(len(all), "customers")
	for _, c := range all[:min(len(all), maxRows)] {
		s.Rows = append(s.Rows, tableRow{c.ID, []cell{{Text: c.ID, Code: true}, plain(strings.Join(strings.Fields(c.FirstName+" "+c.MiddleName+" "+c.LastName), " ")), plain(c.Email),
			plain(strings.TrimSpace(c.CountryCode + " " + c.Number)), plain(strings.Join(c.SavedCards, ", ")), plain(sinceText(v.state.Now, c.Created)),
			{Text: "find", Link: v.link("", "q", "customer:"+cmp.Or(c.Email, c.ID))}}})
	}
	return err
}

// Findings serves the journal's entries that are findings.
func (p *Pages) Findings() http.Handler {
	return p.lister((*visit).findings, "Findings", "No findings.")
}

func (v *visit) findings(s *tableScreen) error {
	s.Intro = "Requests for which the mock has no route, and values that are not confirmed for Tap (setting assumption_findings). Each fails a test with testkit."
	s.Columns = []string{"Entry", "What", "Of", "At"}
	for _, event := range []tap.Event{tap.EventUnknown, tap.EventAssumption, tap.EventAccountEvicted} {
		j, err := v.client.Journal(v.r.Context(), control.JournalQuery{Event: event, Limit: maxRows})
		if err != nil {
			return err
		}
		for i := range j.Entries {
			e := &j.Entries[i]
			of := cell{}
			if e.Object != nil {
				of = cell{Text: short(e.Object.ID), Link: v.linkTo("", e.Object.ID).Link, Code: true}
			}
			s.Rows = append(s.Rows, tableRow{stepOf(e).ID, []cell{plain(stepOf(e).ID[1:]), plain(words(e.Event) + ": " + e.Detail), of, plain(clockText(e.At))}})
		}
	}
	return nil
}

// Timeline serves what is scheduled, and the gates.
func (p *Pages) Timeline() http.Handler {
	return p.lister((*visit).timeline, "Scheduled", "Nothing is scheduled.")
}

func (v *visit) timeline(s *tableScreen) error {
	t, err := v.client.Timeline(v.r.Context())
	s.Intro = "What will happen on the account's clock. Run now does not move the clock; Hold keeps a step from running until it is released."
	all := append(t.Waiting, t.Scheduled...)
	s.Columns, s.More = []string{"What", "Of", "Due", "Gate", "Do"}, moreText(len(all), "effects")
	for i := range all[:min(len(all), maxRows)] {
		e := &all[i]
		of := cell{}
		if e.Object != nil {
			of = cell{Text: short(e.Object.ID), Link: v.linkTo("", e.Object.ID).Link, Code: true}
		}
		gate, due := e.Gate, clockText(e.Due)+", "+dueText(v.state.Now, e)
		if e.Held {
			gate, due = "held back", "when it is released"
		}
		s.Rows = append(s.Rows, tableRow{e.ID, []cell{plain(effectText(e)), of, plain(due), plain(gate), {Buttons: v.effectButtons(e)}}})
	}
	return err
}
