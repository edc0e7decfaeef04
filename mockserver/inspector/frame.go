package inspector

import (
	"strconv"
	"strings"
)

// frame is what every page has around its own part.
type frame struct {
	Title    string
	Root     string // relative address of the mock
	CSS, JS  string
	Worker   string
	Tabs     []tab
	Account  string
	Accounts []choice // to choose from; the first is the chosen one
	SignedIn bool
	Stamp    string // the time of the account's clock, for programs
	Second   string // and for people
	Frozen   bool
	Clock    []button
	Pending  string   // how many effects are scheduled
	Findings string   // how many there are; "" is none
	Queue    []string // the first scenarios of the queue
	Queued   int      // how many follow them
	Default  string
	Back     string // this page, for forms
	Extra    string // parameter account of this page, for forms; "" is the default account
	Result   *result
	Place    string // of the account
	Events   string // address of the events of the account
	Home     string // address of the list of payments
	Keys     []binding

	link func(path string, parameters ...string) string
}

// Link is the relative address of another page of the same account.
func (f frame) Link(path string, parameters ...string) string { return f.link(path, parameters...) }

// drawn is a button with the page that has it.
type drawn struct {
	B button
	F frame
}

// Do puts a button on the page.
func (f frame) Do(b button) drawn { return drawn{b, f} }

// ResetButton empties the account.
func (f frame) ResetButton() button {
	return button{Label: "Reset the account", Call: "POST /reset", Ask: "Delete all payments and the journal of this account, and everything that is scheduled?", Quiet: true}
}

// tab is a link to one of the main pages. Here is "page" for this page, "true" if this page is behind it, else "".
type tab struct{ Name, Link, Here string }

// choice is an account to choose.
type choice struct{ Name, Key, Link string }

// binding is a key of the keyboard and what it does. home.js has the same table; a test compares them.
type binding struct{ Key, Does string }

var bindings = []binding{
	{"/", "search"}, {"j", "next line"}, {"k", "line before"}, {"Enter", "open the line"}, {"x", "mark the line to compare it"}, {"d", "compare the marked lines"},
	{"r", "send the webhook again"}, {"u", "back to the list"}, {"?", "show these keys"},
}

// maxQueue is how many scenarios of the queue a page names.
const maxQueue = 5

// maxChoices bounds the accounts to choose from.
const maxChoices = 50

var tabs = []struct{ name, path string }{
	{"Payments", ""}, {"Authorizations", "ui/authorizations"}, {"Refunds", "ui/refunds"}, {"Customers", "ui/customers"}, {"Invoices", "ui/invoices"},
	{"Calls", "ui/calls"}, {"Scenarios", "ui/scenarios"}, {"Settings", "ui/settings"},
}

// frame is the frame of a page.
func (v *visit) frame(title string) frame {
	f := frame{Title: title, Root: v.root(), CSS: style.name, JS: script.name, Worker: worker.name, Account: v.account, SignedIn: v.signedIn,
		Home: v.link(""), Keys: bindings, link: v.link, Back: v.here()}
	if v.account == "" {
		return f
	}
	s := &v.state
	f.Stamp, f.Second, f.Frozen, f.Pending, f.Queue, f.Default = stampText(s.Now), secondText(s.Now), s.Frozen, strconv.Itoa(s.ScheduledCount), s.Queue[:min(len(s.Queue), maxQueue)], s.DefaultScenario
	f.Queued = len(s.Queue) - len(f.Queue)
	if s.Findings > 0 {
		f.Findings = strconv.Itoa(s.Findings)
	}
	f.Place, f.Clock, f.Events, f.Result = v.place.String(), v.clockButtons(), v.link("ui/events"), v.pages.results.find(v.query.Get("done"), v.account)
	if f.Result != nil && f.Result.sentID != "" {
		f.Result.Sent = &link{f.Result.sentID, f.Result.sentTo, v.link("ui/webhooks/" + f.Result.sentID)}
	}
	if v.account != v.welcome.Account {
		f.Extra = v.account
	}
	for _, t := range tabs {
		f.Tabs = append(f.Tabs, tab{t.name, v.link(t.path), isBehind(strings.Trim(v.r.URL.Path, "/"), t.path)})
	}
	f.Accounts = v.choices()
	return f
}

// isBehind says whether a page is a tab's, or behind it, as [tab] has it.
func isBehind(page, tab string) string {
	if page == tab {
		return "page"
	}
	if tab == "" {
		tab = "ui/payments"
	}
	if strings.HasPrefix(page, tab+"/") {
		return "true"
	}
	return ""
}

// here is the address of this page without what is said only once: a payer who came back, and the result of a button.
func (v *visit) here() string {
	q := v.r.URL.Query()
	q.Del("tap_id")
	q.Del("done")
	return strings.TrimSuffix(strings.Trim(v.r.URL.Path, "/")+"?"+q.Encode(), "?")
}

// choices are the accounts that the visitor may choose, the chosen one first.
func (v *visit) choices() []choice {
	var all []choice
	for _, a := range v.pages.mock.Accounts() {
		switch c := (choice{a.Name, a.Key, v.root() + "?account=" + a.Name}); {
		case a.Name == v.account:
			all = append([]choice{c}, all...)
		case v.session.account == "":
			all = append(all, c)
		}
		if len(all) > maxChoices {
			break
		}
	}
	return all
}

// clockButtons move the account's clock.
func (v *visit) clockButtons() []button {
	advance := func(label, by string) button {
		return button{Label: label, Call: "POST /clock/advance", Values: []pair{{"by", by}}}
	}
	all := []button{advance("+1 min", "1m"), advance("+1 h", "1h")}
	next := advance("To the next event", "next")
	next.Off = v.state.NextDue == nil
	all = append(all, next)
	if v.state.Frozen {
		return append(all, button{Label: "Let it run", Call: "POST /clock/resume"})
	}
	return append(all, button{Label: "Freeze", Call: "POST /clock/freeze"})
}
