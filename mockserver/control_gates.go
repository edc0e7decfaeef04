package mockserver

import "github.com/tapmock/tapmock/mockserver/control"

func listGates(c *controlCall) (any, error) {
	gates := []control.Gate{}
	for _, gate := range c.account.Gates() {
		gates = append(gates, control.Gate{Name: gate.Name, Open: gate.Open, Waiting: effects(gate.Waiting)})
	}
	return reply{"gates": gates}, nil
}

func holdGate(c *controlCall) (any, error) {
	if err := c.account.HoldGate(c.name); err != nil {
		return nil, err
	}
	return listGates(c)
}

func releaseGate(c *controlCall) (any, error) {
	var in struct {
		Charge string `json:"charge"`
	}
	if err := c.read(&in); err != nil {
		return nil, err
	}
	n, err := c.account.Release(c.name, in.Charge)
	return reply{"released": n}, err
}
