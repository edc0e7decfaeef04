package mockserver

import (
	"time"

	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/mockserver/gateway"
)

func getAccount(c *controlCall) (any, error) { return overview(c.account), nil }

func overview(a *gateway.Account) control.Account {
	o := a.Overview()
	var since, next *time.Time
	if !o.Checking.IsZero() {
		since = &o.Checking
	}
	if !o.Next.IsZero() {
		next = &o.Next
	}
	return control.Account{Name: o.Name, Charges: o.Charges, EvictedCharges: o.EvictedCharges, LastEntry: o.LastEntry, EvictedEntries: o.EvictedEntries, ScheduledCount: o.Scheduled,
		Now: o.Now, Frozen: o.Frozen, DefaultScenario: o.Default, Queue: o.Queue, InFlight: o.InFlight, Findings: o.Findings, NextDue: next, Checking: since != nil, CheckingSince: since}
}

// listAccounts needs the admin token: with a secret key only its own account is visible.
func (s *Server) listAccounts(c *controlCall) (any, error) {
	if c.account != nil {
		return nil, &control.Error{Status: 401, Code: "unauthorized", Message: "the list of accounts needs the admin token (-admin-token), without the header " + control.AccountHeader}
	}
	all := []control.Account{}
	for _, a := range s.gateway.Accounts() {
		all = append(all, overview(a))
	}
	return reply{"accounts": all}, nil
}

// reset resets the account, or all accounts. If one cannot be reset, the others are reset and the error is returned.
func (s *Server) reset(c *controlCall) (any, error) {
	accounts := []*gateway.Account{c.account}
	if c.account == nil {
		accounts = s.gateway.Accounts()
	}
	all := control.Dropped{Scheduled: []control.Effect{}, InFlight: []string{}, Queue: []string{}, Accounts: len(accounts)}
	var failed []error
	for _, a := range accounts {
		d, err := a.Reset(c.r.Context())
		if err != nil {
			failed = append(failed, err)
			all.Accounts--
			continue
		}
		all.Charges, all.Entries, all.Aborted = all.Charges+d.Charges, all.Entries+d.Entries, all.Aborted || d.Aborted
		all.Scheduled = append(all.Scheduled, effects(d.Scheduled)...)
		all.InFlight, all.Queue = append(all.InFlight, d.InFlight...), append(all.Queue, d.Queue...)
	}
	if len(failed) > 0 {
		return nil, failed[0]
	}
	return all, nil
}
