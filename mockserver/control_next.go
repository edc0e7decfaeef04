package mockserver

func listNext(c *controlCall) (any, error) { return reply{"queue": c.account.Queue()}, nil }

func (s *Server) queueNext(c *controlCall) (any, error) {
	var in struct {
		Scenario string `json:"scenario"`
		YAML     string `json:"yaml"`
	}
	if err := c.read(&in); err != nil {
		return nil, err
	}
	switch {
	case (in.Scenario == "") == (in.YAML == ""):
		return nil, badControl(`send the name of a scenario, such as {"scenario": "outcome/no-funds + webhook/twice"}, or a scenario file as {"yaml": "…"}, not both`)
	case in.Scenario != "":
		if err := c.account.Next(in.Scenario); err != nil {
			return nil, err
		}
	default:
		if err := c.account.NextYAML(c.r.Context(), []byte(in.YAML)); err != nil {
			return nil, err
		}
	}
	return listNext(c)
}

func clearNext(c *controlCall) (any, error) {
	c.account.ClearQueue()
	return listNext(c)
}
