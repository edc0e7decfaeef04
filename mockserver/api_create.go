package mockserver

import (
	"net/http"

	"github.com/tapmock/tapmock/mockserver/gateway"
	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/scenarios"
)

// create answers a create call of any kind: make creates the object and writes the answer; the fault of the call, if any, changes it.
func (c *call) create(begun *gateway.Begun, make func(http.ResponseWriter) error) error {
	f := begun.Fault
	if f == nil {
		if !begun.Script.HasStepsAt(scenarios.Answered) {
			return make(c.w)
		}
		answer := &bufferedAnswer{header: c.w.Header(), status: http.StatusOK}
		if err := make(answer); err != nil {
			return err
		}
		c.answering(func() bool { answer.send(c.w); return true })
		return nil
	}
	if !f.Commits() {
		begun.RecordFault(tap.Object{})
		begun.Abort(true)
	}
	return withFault(c, f, c.account, c.made, make)
}

// scenarioError is the error of a scenario that does not exist or cannot be combined.
func scenarioError(err error) error {
	e := tap.NewError("1103", "")
	e.Description = err.Error()
	return e
}

// nameScenario names the object's scenario in a header of the answer.
func (c *call) nameScenario(script *scenarios.Script) {
	if script.Name != "" {
		c.w.Header().Set("X-Tapmock-Scenario", headerSafe(script.Name))
	}
}

// beforeAnswer journals the fault of a create call, and waits for what happens before its answer.
func (c *call) beforeAnswer(begun *gateway.Begun) {
	if begun.Fault != nil && begun.Fault.Commits() {
		begun.RecordFault(c.made())
	}
	c.account.BeforeAnswer(c.r.Context(), c.made())
}
