package mockserver

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/tapmock/tapmock/mockserver/gateway"
	"github.com/tapmock/tapmock/mockserver/tap"
)

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

// settingsAtTop is the error for a change of settings whose keys are not below the key settings, or nil.
func (c *controlCall) settingsAtTop() error {
	var top map[string]json.RawMessage
	if json.Unmarshal(c.body, &top) != nil || top["settings"] != nil {
		return nil
	}
	for _, key := range slices.Sorted(maps.Keys(top)) {
		if slices.Contains(tap.SettingNames(), key) {
			return badControl("settings are below the key settings; write {\"settings\": {%q: %.60s}}", key, top[key])
		}
	}
	return nil
}
