package inspector

import (
	"net/http"
	"slices"
	"strings"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// settingsScreen lists all settings.
type settingsScreen struct {
	frame
	Groups []settingGroup
	Query  string
}

type settingGroup struct {
	Name     string
	Settings []settingLine
}

// settingLine is one setting: what it means, its value, and how certain its default is.
type settingLine struct {
	tap.Setting
	Value   string
	Mark    tap.Mark // of its default; "" if it imitates nothing
	Source  string
	Changed bool
	Set     button
	Inherit *button
}

// Settings serves the settings of the account.
func (p *Pages) Settings() http.Handler {
	return p.page(func(v *visit) error {
		if v.account == "" {
			return errNoAccount
		}
		values, err := v.client.Settings(v.r.Context())
		if err != nil {
			return err
		}
		s := &settingsScreen{frame: v.frame("Settings"), Query: v.query.Get("q")}
		marks := certainties()
		for _, one := range tap.SettingKeys() {
			if contains(one.Key+" "+one.Doc, s.Query) {
				s.add(lineOf(one, values[one.Key], marks[one.Key]))
			}
		}
		v.show(http.StatusOK, "settings.html.tmpl", s)
		return nil
	})
}

// certainties are the ledger's entries by their settings: for each the least certain one.
func certainties() map[string]tap.LedgerEntry {
	rank := map[tap.Mark]int{}
	for i, m := range tap.Marks() {
		rank[m] = i
	}
	all := map[string]tap.LedgerEntry{}
	for _, e := range tap.Ledger() {
		if known, ok := all[e.Setting]; e.Setting != "" && (!ok || rank[e.Mark] > rank[known.Mark]) {
			all[e.Setting] = e
		}
	}
	return all
}

func lineOf(one tap.Setting, value string, known tap.LedgerEntry) settingLine {
	defaults := tap.DefaultSettings()
	usual, _ := defaults.Get(one.Key)
	l := settingLine{Setting: one, Value: value, Mark: known.Mark, Source: known.Source, Changed: value != usual}
	l.Set = button{Label: "Set", Call: "PATCH /settings", Inputs: []input{{Name: "settings." + one.Key, Label: one.Key, Value: value, Choices: choicesOf(one.Values, value)}}}
	if l.Changed {
		l.Inherit = &button{Label: "Default", Call: "PATCH /settings", Null: "settings." + one.Key, Quiet: true}
	}
	return l
}

// choicesOf are the values that a setting can have, if they are few; the one that it has among them.
func choicesOf(values, value string) []string {
	all := strings.Split(values, " | ")
	if len(all) < 2 || !slices.Contains(all, value) {
		return nil
	}
	return all
}

func (s *settingsScreen) add(l settingLine) {
	if n := len(s.Groups); n == 0 || s.Groups[n-1].Name != l.Group {
		s.Groups = append(s.Groups, settingGroup{Name: l.Group})
	}
	last := &s.Groups[len(s.Groups)-1]
	last.Settings = append(last.Settings, l)
}
