package mockserver

import (
	"net/http"
	"time"

	"github.com/tapmock/tapmock/mockserver/gateway"
	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/scenarios"
)

// call is one authenticated request to the API.
type call struct {
	server   *Server
	w        http.ResponseWriter
	r        *http.Request
	account  *gateway.Account
	settings *tap.Settings
	kind     tap.Kind // of the objects that the route is about
	created  string   // id of the object that the call created
	shown    string   // status of the object in the answer to a GET; "" if the answer has none
	awaited  bool     // whether an effect of the object waits until the answer is written
	kept     keeper
	named    tap.Object // by a path without a route
}

// made is the object that the call created, zero if it created none.
func (c *call) made() tap.Object {
	if c.created == "" {
		return tap.Object{}
	}
	return tap.Object{Kind: c.kind, ID: c.created}
}

// note adds a header X-Tapmock-Note to the answer.
func (c *call) note(text string) { c.w.Header().Add("X-Tapmock-Note", text) }

// lenient adds a note to the answer about a request that is accepted although it differs from the documentation. Under the setting
// strict it is an error.
func (c *call) lenient(leniency string) error {
	if c.settings.Strict {
		return tap.StrictError(leniency)
	}
	c.note("lenient: " + leniency)
	return nil
}

// writeBody answers with compact JSON, in the format that the settings want.
func (c *call) writeBody(body []byte) {
	if c.settings.AnswerFormat == "indented" {
		body = tap.Indent(body)
	}
	writeJSON(c.w, http.StatusOK, "application/json", body)
}

// answering writes the create answer. If an effect of the object waits for the answer, answering reports to the gateway when it is
// written. write returns whether the answer was written completely.
func (c *call) answering(write func() bool) {
	if !c.awaited {
		write()
		return
	}
	answered := false
	done := c.account.Answering(c.made())
	defer func() { done(answered) }() // also when a fault breaks the connection
	if answered = write(); answered {
		http.NewResponseController(c.w).Flush()
	}
}

// nameScenario names the object's scenario in a header of the answer.
func (c *call) nameScenario(script *scenarios.Script) {
	if script.Name != "" {
		c.w.Header().Set("X-Tapmock-Scenario", headerSafe(script.Name))
	}
}

// arrive takes over the account's settings and returns the time on its clock.
func (c *call) arrive(start time.Time) (at time.Time) {
	c.settings, at = c.account.Arrive(start)
	return at
}
