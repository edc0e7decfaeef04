package mockserver

import (
	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/mockserver/gateway"
	"github.com/tapmock/tapmock/mockserver/tap"
)

func getAccount(c *controlCall) (any, error) { return overview(c.account), nil }

func overview(a *gateway.Account) control.Account {
	o := a.Overview()
	return control.Account{Name: o.Name, Charges: o.Charges, Evicted: o.Evicted, Journal: o.Journal, Dropped: o.Dropped, Pending: o.Pending,
		Now: o.Now, Frozen: o.Frozen, Default: o.Default, Queue: o.Queue, InFlight: o.InFlight, Findings: o.Findings}
}

// listAccounts is by the admin token only: a key knows of no other.
func (s *Server) listAccounts(c *controlCall) (any, error) {
	if c.account != nil {
		return nil, &control.Error{Status: 401, Code: "unauthorized", Message: "the list of accounts needs the admin token (-admin-token), without the header " + control.AccountHeader}
	}
	all := control.Accounts{Accounts: []control.Account{}}
	for _, a := range s.gateway.Accounts() {
		all.Accounts = append(all.Accounts, overview(a))
	}
	return all, nil
}

// reset resets the account, or all.
func (s *Server) reset(c *controlCall) (any, error) {
	accounts := []*gateway.Account{c.account}
	if c.account == nil {
		accounts = s.gateway.Accounts()
	}
	all := control.Dropped{Pending: []control.Effect{}, InFlight: []string{}, Queue: []string{}, Accounts: len(accounts)}
	var failed []error
	for _, a := range accounts {
		d, err := a.Reset(c.r.Context())
		if err != nil { // the others are reset all the same
			failed = append(failed, err)
			all.Accounts--
			continue
		}
		all.Charges, all.Entries, all.CutOff = all.Charges+d.Charges, all.Entries+d.Entries, all.CutOff || d.CutOff
		all.Pending = append(all.Pending, effects(d.Pending)...)
		all.InFlight, all.Queue = append(all.InFlight, d.InFlight...), append(all.Queue, d.Queue...)
	}
	if len(failed) > 0 {
		return nil, failed[0]
	}
	return all, nil
}

func (s *Server) settingsOf(c *controlCall) *tap.Settings {
	if c.account == nil {
		return s.gateway.Settings()
	}
	return c.account.Settings()
}

func (s *Server) getSettings(c *controlCall) (any, error) {
	settings, of := s.settingsOf(c), control.Settings{Settings: map[string]string{}}
	for _, key := range tap.SettingNames() {
		of.Settings[key], _ = settings.Get(key)
	}
	return of, nil
}

// changeSettings makes all changes or none.
func (s *Server) changeSettings(c *controlCall) (any, error) {
	var in control.Settings
	if err := c.read(&in); err != nil {
		return nil, err
	}
	if len(in.Settings) == 0 {
		return nil, badControl(`the body names no settings; send {"settings": {"key": "value"}}`)
	}
	change := s.gateway.SetSettings
	if c.account != nil {
		change = c.account.SetSettings
	}
	if err := change(in.Settings); err != nil {
		return nil, err
	}
	return s.getSettings(c)
}
