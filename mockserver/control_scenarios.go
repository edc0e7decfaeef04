package mockserver

import (
	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/scenarios"
)

func (s *Server) listScenarios(c *controlCall) (any, error) {
	list := control.Scenarios{Own: []control.ScenarioInfo{}, Server: infos(s.gateway.Scenarios()), Library: infos(scenarios.Builtin()), Default: c.account.Default()}
	if s.gateway.Scenarios() == scenarios.Builtin() {
		list.Server = []control.ScenarioInfo{}
	}
	if set, own := c.account.Scenarios(); own {
		list.Own = infos(set)
	}
	return list, nil
}

func infos(set *scenarios.Set) []control.ScenarioInfo {
	all := []control.ScenarioInfo{}
	for _, s := range set.List() {
		all = append(all, control.ScenarioInfo{Name: string(s.Name), About: s.About})
	}
	return all
}

// putScenarios reads the text of a scenario file, on top of the server's.
func (s *Server) putScenarios(c *controlCall) (any, error) {
	set, err := scenarios.Parse(s.gateway.Scenarios(), "body", c.body)
	if err != nil {
		return nil, err
	}
	c.account.SetScenarios(set)
	return control.Scenarios{Own: infos(set), Server: []control.ScenarioInfo{}, Library: []control.ScenarioInfo{}, Default: c.account.Default()}, nil
}

func (*Server) deleteScenarios(c *controlCall) (any, error) {
	c.account.SetScenarios(nil)
	return control.Scenarios{Own: []control.ScenarioInfo{}, Server: []control.ScenarioInfo{}, Library: []control.ScenarioInfo{}, Default: c.account.Default()}, nil
}

// getScenario writes one scenario as it was written, or a combination as a whole.
func getScenario(c *controlCall) (any, error) {
	set, _ := c.account.Scenarios()
	if one, err := set.Lookup(c.name); err == nil {
		return yamlText(one.YAML()), nil
	}
	story, err := set.Resolve(c.name)
	if err != nil {
		return nil, err
	}
	whole := story.Scenario()
	return yamlText(whole.YAML()), nil
}

func setDefault(c *controlCall) (any, error) {
	var in control.Default
	if err := c.read(&in); err != nil {
		return nil, err
	}
	return control.Default{Scenario: in.Scenario}, c.account.SetDefault(in.Scenario)
}

func listNext(c *controlCall) (any, error) { return control.Queue{Queue: c.account.Queue()}, nil }

func (s *Server) queueNext(c *controlCall) (any, error) {
	var in control.Next
	if err := c.read(&in); err != nil {
		return nil, err
	}
	switch {
	case (in.Scenario == "") == (in.YAML == ""):
		return nil, badControl(`name one scenario, as {"scenario": "outcome/no-funds + webhook/twice"}, or send one as {"yaml": "…"}`)
	case in.Scenario != "":
		if err := c.account.Next(in.Scenario); err != nil {
			return nil, err
		}
	default:
		under, _ := c.account.Scenarios()
		set, err := scenarios.Parse(under, "yaml", []byte(in.YAML))
		if err != nil {
			return nil, err
		}
		if err := c.account.NextOf(set); err != nil {
			return nil, err
		}
	}
	return listNext(c)
}

func clearNext(c *controlCall) (any, error) {
	c.account.ClearQueue()
	return listNext(c)
}

// getRun writes what adversaries have played as a scenario file.
func getRun(c *controlCall) (any, error) {
	run, err := c.account.Run()
	if err != nil {
		return nil, err
	}
	if len(run) == 0 {
		return nil, &control.Error{Status: 404, Code: "not_found", Message: "no adversary has played on this account yet: no charge has followed a scenario with one"}
	}
	f := scenarios.File{Scenarios: run}
	return yamlText(f.YAML()), nil
}
