package inspector

import (
	"net/http"
	"strings"

	"github.com/tapmock/tapmock/mockserver/control"
)

// scenariosScreen is the library to choose from.
type scenariosScreen struct {
	frame
	Groups []scenarioGroup
	Query  string
	Change []button // what to do about the chosen ones
	Write  button   // of an own scenario
	Use    []button // of the scenario that the address names
	YAML   string   // of the scenario that the address names
	Named  string
}

// ownScenario is the text with which the box for an own scenario begins.
const ownScenario = `scenarios:
  - name: own/webhook-a-minute-late-twice
    description: The webhook arrives a minute late, and then a second time.
    callbacks:
      - return: {at: settled}
      - webhook: {at: settled + 1m, copies: 2}
`

// scenarioGroup are the scenarios whose names begin alike: outcome/captured and outcome/no-funds.
type scenarioGroup struct {
	Name      string
	Scenarios []scenarioLine
}

type scenarioLine struct {
	control.ScenarioInfo
	Link string
	Do   []button
}

// Scenarios serves the library: what each scenario does, and a button that the next payment follows it.
func (p *Pages) Scenarios() http.Handler {
	return p.page(func(v *visit) error {
		if v.account == "" {
			return errNoAccount
		}
		all, err := v.client.Scenarios(v.r.Context())
		if err != nil {
			return err
		}
		s := &scenariosScreen{frame: v.frame("Scenarios"), Query: v.query.Get("q"), Named: v.query.Get("name")}
		if s.Named != "" {
			if s.YAML, err = v.client.Scenario(v.r.Context(), s.Named); err != nil {
				return err
			}
			s.Use = useButtons(s.Named)
		}
		s.fill(v, &all)
		v.show(http.StatusOK, "scenarios.html.tmpl", s)
		return nil
	})
}

func (s *scenariosScreen) fill(v *visit, all *control.Scenarios) {
	s.add(v, "Of this account", all.Own)
	s.add(v, "Of the server's files", all.Server)
	s.add(v, "", all.Library)
	s.Change = []button{{Label: "Next payment follows", Call: "POST /next", Inputs: []input{{Name: "scenario", Label: "Several joined by +", Value: "outcome/captured + webhook/late"}}}}
	s.Write = button{Label: "Next payment follows it", Call: "POST /next", Inputs: []input{{Name: "yaml", Label: "Scenario", Value: ownScenario, Lines: 9}}}
	if len(s.Queue) > 0 {
		s.Change = append(s.Change, button{Label: "Empty the queue", Call: "DELETE /next"})
	}
	if s.Default != "" {
		s.Change = append(s.Change, button{Label: "Remove the default scenario", Call: "DELETE /default-scenario"})
	}
}

// useButtons let payments follow a scenario.
func useButtons(name string) []button {
	return []button{{Label: "Next payment", Call: "POST /next", Values: []pair{{"scenario", name}}}, {Label: "Default", Call: "PUT /default-scenario", Values: []pair{{"scenario", name}}, Quiet: true}}
}

// add adds scenarios that the search finds: first those with all its words in their names. They are one group, or without a search several by the
// beginnings of their names.
func (s *scenariosScreen) add(v *visit, group string, some []control.ScenarioInfo) {
	if s.Query != "" && group == "" {
		group = "Found in the library"
	}
	for _, one := range some {
		if containsAll(one.Name, s.Query) {
			s.put(v, group, one)
		}
	}
	for _, one := range some {
		if !containsAll(one.Name, s.Query) && containsAll(one.Name+" "+one.Description, s.Query) {
			s.put(v, group, one)
		}
	}
}

// put adds a scenario to a group; "" is that of its name.
func (s *scenariosScreen) put(v *visit, name string, one control.ScenarioInfo) {
	if name == "" {
		name, _, _ = strings.Cut(one.Name, "/")
	}
	if len(s.Groups) == 0 || s.Groups[len(s.Groups)-1].Name != name {
		s.Groups = append(s.Groups, scenarioGroup{Name: name})
	}
	last := &s.Groups[len(s.Groups)-1]
	last.Scenarios = append(last.Scenarios, scenarioLine{one, v.link("ui/scenarios", "name", one.Name), useButtons(one.Name)})
}
