package gateway

import (
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// SetSettings changes settings of the account for new charges: all or none. With nil a setting inherits the server's value again.
// The error is a [SettingsError]: for each mistake the key and what is allowed.
func (a *Account) SetSettings(values map[string]*string) error {
	for {
		before := a.Settings()
		changed, err := withSettings(before, a.gw.settings.Load(), values)
		if err != nil {
			return err
		}
		if done, err := a.replaceSettings(before, changed); done || err != nil {
			return err
		}
	}
}

// replaceSettings puts changed settings into force, unless others than before are in force by now. The values were read and checked
// without the lock, because a client can send long ones.
func (a *Account) replaceSettings(before, changed *tap.Settings) (replaced bool, err error) {
	err = a.change(func(t *tx) error {
		if replaced = t.settings == before; replaced {
			t.settings, t.live.settings, t.ownSettings = changed, nil, true
			t.updateScripted()
		}
		return nil
	})
	return replaced, err
}

// SettingsError are the mistakes in a change of settings. After 20 it ends with the remark that there may be more.
type SettingsError []error

// maxSettingMistakes is how many mistakes of one change of settings are reported.
const maxSettingMistakes = 20

// errMoreMistakes stands for the mistakes that are not reported.
var errMoreMistakes = errors.New("there may be more mistakes")

// Error joins the mistakes.
func (e SettingsError) Error() string {
	var texts []string
	for _, one := range e {
		texts = append(texts, one.Error())
	}
	return strings.Join(texts, "; ")
}

// And returns the mistakes, followed by those of err if that is a [SettingsError].
func (e SettingsError) And(err error) SettingsError {
	more, _ := errors.AsType[SettingsError](err)
	all := slices.Concat(e, more)
	if len(all) > maxSettingMistakes {
		all = append(all[:maxSettingMistakes], errMoreMistakes)
	}
	return all
}

// CheckSettings returns the error that a change of settings would have, and changes nothing.
func CheckSettings(values map[string]*string) error {
	s := tap.DefaultSettings()
	_, err := withSettings(&s, &s, values)
	return err
}

// withSettings returns a copy of the settings with some of them changed; for nil it takes the inherited value. The error is a
// [SettingsError].
func withSettings(s, inherited *tap.Settings, values map[string]*string) (*tap.Settings, error) {
	changed, mistakes := *s, SettingsError(nil)
	for _, key := range slices.Sorted(maps.Keys(values)) {
		set := func() error { return changed.Inherit(key, inherited) }
		if text := values[key]; text != nil {
			set = func() error { return changed.Set(key, *text) }
		}
		if err := set(); err != nil {
			mistakes = append(mistakes, err)
		}
		if len(mistakes) == maxSettingMistakes {
			mistakes = append(mistakes, errMoreMistakes)
			break
		}
	}
	if len(mistakes) > 0 {
		return nil, mistakes
	}
	return &changed, nil
}
