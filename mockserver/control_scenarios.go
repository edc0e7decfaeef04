package mockserver

import (
	"bytes"
	"strings"

	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/scenarios"
)

func (s *Server) listScenarios(c *controlCall) (any, error) {
	list := control.Scenarios{Own: []control.ScenarioInfo{}, Server: infos(s.gateway.Scenarios()), Library: infos(scenarios.Builtin()), DefaultScenario: c.account.Default(tap.KindCharge)}
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
		all = append(all, control.ScenarioInfo{Name: string(s.Name), Description: s.Description})
	}
	return all
}

// putScenarios replaces the account's own scenarios by a scenario file, which can refer to those of the server.
func (s *Server) putScenarios(c *controlCall) (any, error) {
	if err := c.account.PutScenarios(c.r.Context(), c.body); err != nil {
		if c.lostLineEnds() {
			err = badControl("%v\nthe body has no line ends, which curl -d removes; send a file with --data-binary @FILE", err)
		}
		return nil, err
	}
	return s.listScenarios(c)
}

// lostLineEnds reports whether the body is probably a file without its line ends, as curl -d @FILE sends it.
func (c *controlCall) lostLineEnds() bool {
	contentType, _, _ := strings.Cut(c.r.Header.Get("Content-Type"), ";")
	return contentType == "application/x-www-form-urlencoded" && len(c.body) > 0 && !bytes.Contains(c.body, []byte("\n"))
}

func (s *Server) deleteScenarios(c *controlCall) (any, error) {
	if err := c.account.SetScenarios(nil); err != nil {
		return nil, err
	}
	return s.listScenarios(c)
}

// getScenario answers with one scenario as its file has it, or with a combination as one scenario, under a name that a file can have.
func getScenario(c *controlCall) (any, error) {
	set, _ := c.account.Scenarios()
	if one, err := set.Lookup(c.name); err == nil {
		return yamlText(one.YAML()), nil
	}
	script, err := set.Resolve(c.name)
	if err != nil {
		return nil, err
	}
	combined := script.Scenario()
	return yamlText(append([]byte("# "+script.Name+"\n"), combined.YAML()...)), nil
}

func getDefaultScenario(c *controlCall) (any, error) {
	answer := reply{"scenario": c.account.Default(tap.KindCharge)}
	if refunds := c.account.Default(tap.KindRefund); refunds != "" {
		answer["refund_scenario"] = refunds
	}
	if authorizations := c.account.Default(tap.KindAuthorization); authorizations != "" {
		answer["authorization_scenario"] = authorizations
	}
	if invoices := c.account.Default(tap.KindInvoice); invoices != "" {
		answer["invoice_scenario"] = invoices
	}
	return answer, nil
}

func setDefaultScenario(c *controlCall) (any, error) {
	var in struct {
		Scenario string `json:"scenario"`
	}
	if err := c.read(&in); err != nil {
		return nil, err
	}
	if in.Scenario == "" {
		return nil, badControl(`send the name of a scenario, such as {"scenario": "payer/pays"}; DELETE removes the default scenario`)
	}
	if err := c.account.SetDefault(in.Scenario); err != nil {
		return nil, err
	}
	return getDefaultScenario(c)
}

func deleteDefaultScenario(c *controlCall) (any, error) {
	if err := c.account.SetDefault(""); err != nil {
		return nil, err
	}
	return getDefaultScenario(c)
}

func endFaults(c *controlCall) (any, error) {
	c.account.EndFaults()
	return reply{}, nil
}

// getChaos answers with what chaos scenarios have injected, as a scenario file.
func getChaos(c *controlCall) (any, error) {
	record, err := c.account.ChaosRecord()
	if err != nil {
		return nil, err
	}
	if len(record) == 0 {
		return nil, &control.Error{Status: 404, Code: "not_found", Message: "no charge of this account has followed a chaos scenario yet"}
	}
	f := scenarios.File{Scenarios: record}
	return yamlText(f.YAML()), nil
}
