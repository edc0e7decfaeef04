package scenarios_test

import (
	"fmt"
	"time"

	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/scenarios"
)

// A file names scenarios; a charge follows the first whose match holds.
func Example() {
	const file = `
scenarios:
  - name: shop/paid-late
    description: Orders of the storm test are paid, and the webhook comes a minute late.
    match: {reference.order: storm-*}
    bank: {result: CAPTURED}
    callbacks:
      - return: {at: settled}
      - webhook: {at: settled + 1m}
`
	set, err := scenarios.Parse(scenarios.Builtin(), "shop.yaml", []byte(file))
	if err != nil {
		fmt.Println(err)
		return
	}
	script := set.Match(&scenarios.Candidate{Request: &tap.PaymentRequest{Order: "storm-7"}})
	fmt.Println(script.Name, "sends a webhook at", script.Webhook(1).At)
	// Output: shop/paid-late sends a webhook at settled + 1m
}

// All mistakes of a file are reported together, each with its place.
func ExampleParse() {
	const file = `
scenarios:
  - name: shop/paid-late
    description: The webhook comes late.
    bank: {result: CAPTURE}
    callbacks:
      - webhook: {att: settled + 1m}
`
	_, err := scenarios.Parse(scenarios.Builtin(), "shop.yaml", []byte(file))
	fmt.Println(err)
	// Output:
	// shop.yaml:5:20: shop/paid-late.bank.result: "CAPTURE" is unknown, did you mean "CAPTURED"?
	// shop.yaml:7:19: shop/paid-late.callbacks[0].webhook: there is no key "att" here, did you mean "at"?
}

// Several scenarios combine, unless they contradict each other.
func ExampleSet_Resolve() {
	script, err := scenarios.Builtin().Resolve("outcome/no-funds + webhook/twice")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(script.Bank.Code, script.Webhook(1).Copies)
	_, err = scenarios.Builtin().Resolve("outcome/no-funds + outcome/captured")
	fmt.Println(err)
	_, err = scenarios.Builtin().Resolve("outcome/nofunds")
	fmt.Println(err)
	// Output:
	// 51 2
	// outcome/no-funds and outcome/captured both set bank.result; use one of them
	// there is no scenario "outcome/nofunds", did you mean outcome/no-funds?
}

// A scenario built in Go is written as a file that is read as the same scenario.
func ExampleScenario_YAML() {
	s := scenarios.Scenario{
		Name:        "shop/paid-late",
		Description: "The bank times out, and the payment is captured an hour later.",
		Bank:        &scenarios.Bank{Result: tap.KNETHostTimeout, Later: &scenarios.Later{At: scenarios.Moment{Event: scenarios.Settled, Plus: time.Hour}, Result: tap.KNETCaptured}},
		Callbacks:   []scenarios.Callback{{Webhook: &scenarios.Webhook{At: scenarios.Moment{Event: scenarios.Corrected}, Copies: 2}}},
	}
	fmt.Printf("%s", s.YAML())
	// Output:
	// scenarios:
	//   - name: shop/paid-late
	//     description: The bank times out, and the payment is captured an hour later.
	//     bank: {result: HOST TIMEOUT, later: {at: settled + 1h, result: CAPTURED}}
	//     callbacks:
	//       - {webhook: {at: corrected, copies: 2}}
}
