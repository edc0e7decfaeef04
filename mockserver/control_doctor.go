package mockserver

import (
	"context"

	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/mockserver/webhook"
)

// examine finds out whether webhooks from this process can reach an address.
func (s *Server) examine(c *controlCall) (any, error) {
	var in struct {
		URL string `json:"url"`
	}
	if err := c.read(&in); err != nil {
		return nil, err
	}
	if in.URL == "" {
		return nil, badControl(`send the address of a webhook, such as {"url": "http://127.0.0.1:3000/webhook"}`)
	}
	return examination(in.URL, s.sender.Examine(c.r.Context(), in.URL)), nil
}

// Examine finds out whether webhooks from this process can reach an address, as the call of the control API does from a server. It trusts the
// system's certificates.
func Examine(ctx context.Context, address string) control.Examination {
	return examination(address, webhook.NewSender(webhook.Config{}).Examine(ctx, address))
}

func examination(address string, steps []webhook.Step) control.Examination {
	found := control.Examination{URL: address, OK: true, Steps: []control.Step{}}
	for _, one := range steps {
		found.Steps = append(found.Steps, control.Step(one))
		found.OK = found.OK && one.OK
	}
	return found
}
