package testkit_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/tapmock/tapmock/scenarios"
	"github.com/tapmock/tapmock/testkit"
)

// TestTraceHasRequests looks for every API request of the shop in the charge's trace, also for those without an answer.
func TestTraceHasRequests(t *testing.T) {
	t.Parallel()
	mock := testkit.Start(t)
	mock.NextScenario(scenarioOf("api: [{on: charge.get, calls: 1, fault: reset}, {on: charge.get, calls: 2, fault: {status: 503}}]"))
	id, _ := order(t, mock, shop(t), "o-1")
	for range 3 {
		req, _ := http.NewRequest("GET", mock.APIURL()+"/charges/"+id, nil)
		req.Header.Set("Authorization", "Bearer "+mock.Key)
		req.Close = true
		if res, err := http.DefaultClient.Do(req); err == nil {
			res.Body.Close()
		}
	}
	trace := mock.Trace(id)
	at := 0
	for _, part := range []string{"created", "POST /v2/charges: HTTP 200", ": no answer", ": HTTP 503", "GET /v2/charges/" + id + ": HTTP 200"} {
		i := strings.Index(trace[at:], part)
		if i < 0 {
			t.Fatalf("the trace lacks %q, or has it in another order:\n%s", part, trace)
		}
		at += i
	}
}

// scenarioOf is a scenario with one line of YAML.
func scenarioOf(line string) scenarios.Scenario {
	set, err := scenarios.Parse(scenarios.Builtin(), "x.yaml", []byte("scenarios:\n  - name: x\n    description: x\n    "+line+"\n"))
	if err != nil {
		panic(err)
	}
	return set.List()[0]
}
