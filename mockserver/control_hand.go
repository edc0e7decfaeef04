package mockserver

import (
	"errors"
	"strings"

	"github.com/tapmock/tapmock/mockserver/gateway"
	"github.com/tapmock/tapmock/mockserver/payment"
)

// byHand makes a handler that does something to one scheduled effect.
func byHand(do func(*gateway.Account, string) error) func(*controlCall) (any, error) {
	return func(c *controlCall) (any, error) {
		if err := do(c.account, c.name); err != nil {
			return nil, err
		}
		return reply{}, nil
	}
}

func endCharge(c *controlCall) (any, error) {
	var in struct {
		Outcome string `json:"outcome"`
	}
	if err := c.read(&in); err != nil {
		return nil, err
	}
	err := c.account.EndAs(c.r.Context(), c.name, in.Outcome)
	if errors.Is(err, payment.ErrNoOutcome) {
		err = badControl(`outcome: %.40q is not one of %s; send {"outcome": "captured"}`, in.Outcome, strings.Join(gateway.Outcomes(), ", "))
	}
	if err != nil {
		return nil, err
	}
	return getControlCharge(c)
}
