package main

import (
	"fmt"
	"io"
	"slices"

	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/testkit/verdict"
)

const checkUsage = `tapmock check [flags]: judge a shop's integration with Tap. It plays about a hundred stories of payments against the running shop - webhooks
that come twice, late, forged or never, payers who leave, answers that are lost - and says which mistakes the shop makes and what they cost.

Three steps, in a test build of the shop:
  1. let the shop call the mock: base URL http://127.0.0.1:8080/v2, secret key %s
  2. give it the two calls of the contract:
       POST /tapmock/checkout {"order", "amount", …}  create the order and its charge; answer {"pay_url": "…"}
       GET  /tapmock/order?id=…                       answer {"order", "state": "paid" or "unpaid", "amount", "fulfilled": 0 or 1, "refunded": "0.000"}
     optional: POST /tapmock/reconcile, /tapmock/refund, /tapmock/authorize, /tapmock/capture, /tapmock/void
  3. tapmock check -app http://127.0.0.1:8000

Examples:
  tapmock check -app http://127.0.0.1:8000 -only webhook/,forge/
  tapmock check -config check.yaml -junit report.xml -baseline known.yaml
  tapmock check -explain trusts-return

Exit codes: 0 sound, 1 findings, 2 wrong command line, 3 the shop could not be judged, 4 findings that a second run did not repeat, 130 Ctrl-C.`

func checkHelp() string { return fmt.Sprintf(checkUsage, tap.PublishedTestKey) }

// reasonOf explains a code, or names the nearest one.
func reasonOf(code verdict.Code) (verdict.Reason, error) {
	reasons := verdict.Reasons()
	if i := slices.IndexFunc(reasons, func(r verdict.Reason) bool { return r.Code == code }); i >= 0 {
		return reasons[i], nil
	}
	var names []string
	for _, r := range reasons {
		names = append(names, string(r.Code))
	}
	if near := tap.Nearest(string(code), names); near != "" {
		return verdict.Reason{}, fmt.Errorf("there is no finding %q, did you mean %s?", code, near)
	}
	return verdict.Reason{}, fmt.Errorf("there is no finding %q; tapmock check -explain all lists them", code)
}

// explainCode prints what a finding means, or all of them.
func explainCode(out io.Writer, code verdict.Code) error {
	reasons := verdict.Reasons()
	if code != "all" {
		one, err := reasonOf(code)
		if err != nil {
			return usageError{err}
		}
		reasons = []verdict.Reason{one}
	}
	for _, r := range reasons {
		fmt.Fprintf(out, "%s (%s)\n  problem: %s\n  cost:    %s\n  remedy:  %s\n", r.Code, r.Level, r.Problem, r.Cost, r.Remedy)
	}
	return nil
}
