package inspector

import (
	"encoding/json"
	"strconv"
	"strings"
	"sync"

	"github.com/tapmock/tapmock/mockserver/control"
)

// result is what came of a call that a visitor made.
type result struct {
	account string
	sentID  string // of the webhook that the call sent
	sentTo  string // the shop's answer to it
	Call    string // as a test would make it
	Status  int
	Answer  string
	Sent    *link // the webhook that the call sent, with the shop's answer
}

// results are the latest results, which the pages show after a button was pressed. They are numbered from 1.
type results struct {
	mu     sync.Mutex
	latest [maxResults]result
	n      int
}

// The bounds of what is remembered of results.
const (
	maxResults = 100
	maxAnswer  = 4000 // bytes
)

func (s *results) add(r result) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.latest[s.n%maxResults] = r
	s.n++
	return strconv.Itoa(s.n)
}

// find is the result with a number, if it is one of the account and still remembered.
func (s *results) find(number, account string) *result {
	n, err := strconv.Atoi(number)
	if err != nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if n < 1 || n > s.n || n <= s.n-maxResults {
		return nil
	}
	if r := s.latest[(n-1)%maxResults]; r.account == account {
		return &r
	}
	return nil
}

// sent finds the webhook that a call has sent again, and the shop's answer to it.
func sent(call string, answer []byte) (id, text string) {
	var w control.Webhook
	if !strings.HasSuffix(strings.Fields(call)[1], "/resend") || json.Unmarshal(answer, &w) != nil || len(w.Attempts) == 0 {
		return "", ""
	}
	return w.ID, answered(&w.Attempts[0].Response)
}

// OK reports whether the call did what it should.
func (r *result) OK() bool { return r.Status/100 == 2 }

// Message is the error, in the words of the control API.
func (r *result) Message() string {
	var e struct {
		Error struct {
			Message string `json:"message"`
		} `json:"error"`
	}
	if json.Unmarshal([]byte(r.Answer), &e) != nil || e.Error.Message == "" {
		return "HTTP " + strconv.Itoa(r.Status)
	}
	return e.Error.Message
}
