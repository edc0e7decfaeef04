package mockserver

import (
	"github.com/tapmock/tapmock/fakepage"
	"github.com/tapmock/tapmock/mockserver/gateway"
)

// payers are the payers of the gateway, for the pages.
type payers struct{ *gateway.Gateway }

func (p payers) Payer(token string) (fakepage.Payer, error) {
	payer, err := p.Gateway.Payer(token)
	if err != nil {
		return nil, err
	}
	return payer, nil
}
