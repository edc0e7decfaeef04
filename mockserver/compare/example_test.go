package compare_test

import (
	"fmt"

	"github.com/tapmock/tapmock/mockserver/compare"
)

// The body of a webhook as it was sent, and as the shop's log has it after it was decoded and encoded again.
func Example() {
	sent := compare.Body{Name: "the webhook", JSON: []byte(`{"status":"CAPTURED","amount":12.340,"currency":"KWD"}`)}
	logged := compare.Body{Name: "the log", JSON: []byte(`{"amount":"12.34","currency":"KWD","status":"CAPTURED"}`)}
	for _, d := range compare.Bodies(sent, logged) {
		fmt.Println(d.Text)
	}
	// Output:
	// amount is 12.340 in the webhook and "12.34" in the log: a number against text
	// in body, status comes before amount in the webhook and after it in the log
}
