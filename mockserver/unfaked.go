package mockserver

import (
	"strings"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// unfakedCall is a group of calls of Tap's v2 that the mock does not fake (Rest of v2 8 to 14).
type unfakedCall struct {
	path string // its first parts
	what string // with an article or in the plural
	near string // the nearest call that is faked; "" if there is none
}

// unfaked are the calls of Tap's v2 that the mock does not fake. None of them is part of a payment with KNET.
var unfaked = []unfakedCall{
	{"/v2/invoice", "invoices under /v2/invoices", "POST /v2/invoices"},
	{"/v2/payouts", "downloads of payouts, in live mode only", "POST /v2/payouts/list"},
	{"/v2/destination", "destinations", "POST /v2/charges, which ignores destinations"},
	{"/v2/merchant", "merchants", "the setting merchant_id"},
	{"/v2/business", "businesses", ""},
	{"/v2/files", "files", ""},
	{"/v2/disputes", "disputes", "POST /v2/refunds/list"},
	{"/v2/intent", "intents of card terminals", "POST /v2/charges"},
	{"/v2/subscription", "subscriptions", "POST /v2/charges: KNET has no recurring payments"},
	{"/v2/order", "orders", "reference.order of POST /v2/charges"},
	{"/v2/lead", "leads", ""},
	{"/v2/customer", "customers under /v2/customers", "POST /v2/customers"},
	{"/v2/token", "tokens under /v2/tokens", "POST /v2/tokens"},
}

// hintOf says what a request for a path without a route is about, and what the nearest call is that the mock has; "" if neither is known.
// templates are the paths that it has.
func hintOf(path string, templates []string) string {
	for _, u := range unfaked {
		if !strings.HasPrefix(path+"/", u.path+"/") {
			continue
		}
		hint := "Tap has " + u.what + ", tapmock does not fake them"
		if u.near != "" {
			hint += "; the nearest call is " + u.near
		}
		return hint
	}
	if near := tap.Nearest(path, templates); near != "" {
		return "did you mean " + near + "?"
	}
	return ""
}
