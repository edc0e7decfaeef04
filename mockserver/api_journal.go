package mockserver

import (
	"cmp"
	"net/http"

	"github.com/gorilla/mux"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// journalledWriter records the answer in the journal just before it is written, so that a client that has the answer finds the entry.
type journalledWriter struct {
	http.ResponseWriter
	call *call
	done bool
}

// Unwrap lets http.ResponseController reach the connection.
func (j *journalledWriter) Unwrap() http.ResponseWriter { return j.ResponseWriter }

func (j *journalledWriter) WriteHeader(status int) {
	j.record(status)
	j.ResponseWriter.WriteHeader(status)
}

// record records the answer once. Status 0 means that the call ended without an answer.
func (j *journalledWriter) record(status int) {
	if c := j.call; !j.done {
		j.done = true
		shown := c.shown
		if status != http.StatusOK {
			shown = ""
		}
		c.account.NoteCall(c.r.Method, c.r.URL.Path, tap.Object{Kind: c.kind, ID: cmp.Or(c.created, mux.Vars(c.r)["id"])}, status, shown)
	}
}

// journalUnanswered records a call that ended without an answer.
func (c *call) journalUnanswered() {
	if j, ok := c.w.(*journalledWriter); ok {
		j.record(0)
	}
}
