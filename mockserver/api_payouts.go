package mockserver

import (
	"strconv"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// listPayouts is POST /v2/payouts/list.
func (s *Server) listPayouts(c *call) error {
	req, err := parsed(s, c, tap.ParsePayoutListRequest)
	if err != nil {
		return err
	}
	some, more, evicted := c.account.ListPayouts(req)
	if evicted > 0 {
		c.note("this key's account has evicted " + strconv.Itoa(evicted) + " charges to stay within its limits; their money is in no payout")
	}
	list := tap.PayoutList{Object: "list", APIVersion: "V2", Count: len(some), HasMore: more, Payouts: []tap.PayoutObject{}}
	for i := range some {
		list.Payouts = append(list.Payouts, some[i].Object(c.settings))
	}
	c.writeBody(tap.Compact(list))
	return nil
}
