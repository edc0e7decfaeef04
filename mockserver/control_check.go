package mockserver

import (
	"encoding/json"
	"net/http"
	"strconv"

	"github.com/tapmock/tapmock/mockserver/gateway"
)

// beginCheck gives the account to a check, until its answer ends.
func (s *Server) beginCheck(c *controlCall) (any, error) {
	if err := c.read(&struct{}{}); err != nil {
		return nil, err
	}
	check, err := c.account.BeginCheck()
	if err != nil {
		return nil, err
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.hold(w, r, check) }), nil
}

// hold writes the beginning of an answer that ends with the check. The account is restored when the client closes the connection, as the system
// does for a process that is killed. A listener's ReadTimeout does not end it: net/http clears that deadline once the request is read.
func (s *Server) hold(w http.ResponseWriter, r *http.Request, check *gateway.Check) {
	defer check.End()
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusOK)
	if err := json.NewEncoder(w).Encode(reply{"check": check.Number()}); err != nil || http.NewResponseController(w).Flush() != nil {
		return // the client cannot know that it has the account
	}
	select {
	case <-check.Over():
	case <-r.Context().Done():
	case <-s.stopping:
		check.Drop()
	}
}

// endCheck ends the check that has the account.
func endCheck(c *controlCall) (any, error) {
	var number uint64
	if text := c.r.URL.Query().Get("check"); text != "" {
		var err error
		if number, err = strconv.ParseUint(text, 10, 64); err != nil {
			return nil, badControl("check: %.40q is not the number of a check, which the answer of POST check begins with", text)
		}
	}
	check, err := c.account.Check(number)
	if err != nil {
		return nil, err
	}
	check.End()
	return getAccount(c)
}

// EndHeldAnswers ends the answers that are held as long as a check, for http.Server.RegisterOnShutdown: Shutdown would wait for them. Nothing of
// their accounts is restored. The server holds no more answers afterwards.
func (s *Server) EndHeldAnswers() { s.stop() }
