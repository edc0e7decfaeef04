package report_test

import (
	"fmt"
	"os"
	"time"

	"github.com/tapmock/tapmock/testkit/verdict"
	"github.com/tapmock/tapmock/testkit/verdict/report"
)

// A check is done; its result becomes annotations of a GitHub workflow.
func Example() {
	result := &verdict.Result{ // as verdict.Check returns it
		Played: []verdict.Played{{Story: "outcome/captured"}, {Story: "webhook/twice", Found: []verdict.Code{verdict.FulfilledTwice}}},
		Findings: []verdict.Finding{{
			Reason:  verdict.Reason{Code: verdict.FulfilledTwice, Level: verdict.Must, Problem: "the order was fulfilled more than once", Cost: "the merchant loses the goods", Remedy: "let the database decide"},
			Stories: []string{"webhook/twice"}, Story: "webhook/twice", Observed: "fulfilled 2 times",
		}},
	}
	r := report.New(result, report.Meta{
		Version: "v1.2.0", When: time.Now(), App: "http://127.0.0.1:8000",
		Replay: func(_ verdict.Code, story string) string { return "tapmock check -only " + story },
	})
	fmt.Println(r.Headline)
	if err := r.WriteGitHub(os.Stdout); err != nil {
		fmt.Println(err)
	}

	r.Accept([]report.Known{{Code: "fulfilled-twice", Owner: "Dana", Until: time.Now().AddDate(0, 1, 0)}}, time.Now())
	fmt.Println(r.Headline)
	// Output:
	// Not ready: 1 mistake loses goods
	// ::error title=tapmock check%3A fulfilled-twice::the order was fulfilled more than once: fulfilled 2 times (must, 1 story)%0Acost: the merchant loses the goods%0Aremedy: let the database decide%0Areplay: tapmock check -only webhook/twice
	// Accepted: 2 stories, nothing new; 1 known mistake
}

// A story as a sequence diagram for a terminal.
func ExampleWriteDiagram() {
	at := time.Date(2026, 11, 26, 9, 30, 0, 0, time.UTC)
	steps := []verdict.Step{
		{At: at, From: verdict.Shop, To: verdict.Tapmock, Text: "POST /v2/charges", Response: "HTTP 200"},
		{At: at.Add(10 * time.Second), From: verdict.Payer, To: verdict.Tapmock, Text: "confirmed"},
		{At: at.Add(10 * time.Second), From: verdict.Tapmock, To: verdict.Shop, Text: "webhook: forged", Response: "HTTP 200", Fault: true},
	}
	if err := report.WriteDiagram(os.Stdout, steps, false); err != nil {
		fmt.Println(err)
	}
	// Output:
	//             shop     tapmock    bank      payer
	//              ├────────▶│         │         │     POST /v2/charges → HTTP 200
	// +10 s        │         │◀────────┼─────────┤     confirmed
	//              │◀╌╌╌✗╌╌╌╌┤         │         │     ✗ webhook: forged → HTTP 200
}
