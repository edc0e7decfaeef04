package testkit_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/scenarios"
	"github.com/tapmock/tapmock/testkit"
)

// TestTraceHasRequests looks for every API request of the shop in the charge's trace, also for those without an answer.
func TestTraceHasRequests(t *testing.T) {
	t.Parallel()
	mock := testkit.Start(t)
	mock.NextScenario(scenarioOf("api: [{on: charge.get, calls: 1, fault: reset}, {on: charge.get, calls: 2, fault: {status: 503}}]"))
	id, _ := order(t, mock, shop(t), "o-1")
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}} // it does not repeat a GET after a reset
	for n := range 3 {
		req, _ := http.NewRequest("GET", mock.APIURL()+"/charges/"+id, nil)
		req.Header.Set("Authorization", "Bearer "+mock.Key)
		if res, err := client.Do(req); err == nil {
			res.Body.Close()
		}
		awaitAPICalls(t, mock, n+2)
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

// awaitAPICalls waits until the journal has n API calls: the call is recorded after the client got its answer.
func awaitAPICalls(t *testing.T, mock *testkit.Mock, n int) {
	t.Helper()
	q := control.JournalQuery{Event: tap.EventAPICall, Wait: 10 * time.Second}
	for ; n > 0; n-- {
		j, err := mock.Control().Journal(t.Context(), q)
		if err != nil || len(j.Entries) == 0 {
			t.Fatalf("%d more API calls are not recorded: %v", n, err)
		}
		q.After = j.Entries[0].Seq
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
