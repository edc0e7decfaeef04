package inspector

import (
	"net/http"

	"github.com/tapmock/tapmock/mockserver/control"
)

// API serves the list of the control API's calls, for people; the API itself has the same for programs.
func (p *Pages) API() http.Handler {
	return p.page(func(v *visit) error {
		s := &tableScreen{frame: v.frame("Control API"), Wide: true, Columns: []string{"Call", "What it does"},
			Intro: "A test makes these calls with the account's secret key, as Authorization: Bearer sk_test_…, and each button of these pages makes one. Bodies and answers are JSON; /openapi.json has their types, and package control is a client for Go."}
		for _, op := range control.Operations() {
			s.Rows = append(s.Rows, tableRow{op.Name, []cell{{Text: op.Method + " " + control.Prefix + op.Path, Code: true}, plain(op.Description)}})
		}
		return v.table(s)
	})
}
