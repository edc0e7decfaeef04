package mockserver

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/mockserver/gateway"
	"github.com/tapmock/tapmock/mockserver/tap"
)

func getAccount(c *controlCall) (any, error) { return overview(c.account), nil }

func overview(a *gateway.Account) control.Account {
	o := a.Overview()
	var since *time.Time
	if !o.Checking.IsZero() {
		since = &o.Checking
	}
	return control.Account{Name: o.Name, Charges: o.Charges, EvictedCharges: o.EvictedCharges, LastEntry: o.LastEntry, EvictedEntries: o.EvictedEntries, ScheduledCount: o.Scheduled,
		Now: o.Now, Frozen: o.Frozen, DefaultScenario: o.Default, Queue: o.Queue, InFlight: o.InFlight, Findings: o.Findings, Checking: since != nil, CheckingSince: since}
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

func (s *Server) settingsOf(c *controlCall) *tap.Settings {
	if c.account == nil {
		return s.gateway.Settings()
	}
	return c.account.Settings()
}

func (s *Server) getSettings(c *controlCall) (any, error) {
	settings, all := s.settingsOf(c), map[string]string{}
	for _, key := range tap.SettingNames() {
		all[key], _ = settings.Get(key)
	}
	return reply{"settings": all}, nil
}

// changeSettings makes all changes, or none if one of them is refused.
func (s *Server) changeSettings(c *controlCall) (any, error) {
	var in struct {
		Settings map[string]json.RawMessage `json:"settings"`
	}
	if err := c.settingsAtTop(); err != nil {
		return nil, err
	}
	if err := c.read(&in); err != nil {
		return nil, err
	}
	if len(in.Settings) == 0 {
		return nil, badControl(`the body has no settings; send {"settings": {"page_limit": "1m"}}`)
	}
	values, mistakes := settingTexts(in.Settings)
	if len(mistakes) > 0 {
		return nil, settingsError(mistakes.And(gateway.CheckSettings(values)))
	}
	change := s.gateway.SetSettings
	if c.account != nil {
		change = c.account.SetSettings
	}
	if err := change(values); err != nil {
		return nil, settingsError(err)
	}
	return s.getSettings(c)
}

// settingTexts converts JSON values to the texts that -set takes, and returns a mistake for each value of another type.
func settingTexts(sent map[string]json.RawMessage) (map[string]*string, gateway.SettingsError) {
	values, mistakes := map[string]*string{}, gateway.SettingsError(nil)
	for _, key := range slices.Sorted(maps.Keys(sent)) {
		value, err := settingText(sent[key])
		if err != nil {
			mistakes = append(mistakes, fmt.Errorf("setting %s: %w", tap.Clip(key, 60), err))
			continue
		}
		values[key] = value
	}
	return values, mistakes
}

// settingsError is the error of a change of settings, with all its mistakes, as JSON writes them.
func settingsError(err error) error {
	mistakes, ok := errors.AsType[gateway.SettingsError](err)
	if !ok {
		return err
	}
	var texts []string
	for _, one := range mistakes {
		text := one.Error()
		if old, ok := errors.AsType[*tap.RenamedValueError](one); ok {
			text = strings.Replace(text, old.Error(), old.Written(`"%s": %s`), 1)
		}
		texts = append(texts, text)
	}
	return badControl("%s", strings.Join(texts, "; "))
}

// settingText converts a JSON value to the text that -set takes; nil for null.
func settingText(raw json.RawMessage) (*string, error) {
	text := string(raw)
	switch {
	case text == "null":
		return nil, nil
	case text[0] == '"':
		err := json.Unmarshal(raw, &text)
		return &text, err
	case text[0] == '{' || text[0] == '[':
		return nil, errors.New("send a string, a boolean, a number, or null to inherit the value")
	}
	return &text, nil
}
