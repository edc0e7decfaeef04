package mockserver

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/tapmock/tapmock/mockserver/calls"
	"github.com/tapmock/tapmock/mockserver/control"
)

// maxCalls bounds a list of calls. What it has of bodies is bounded by what an account keeps.
const maxCalls = 1000

func listKeptCalls(c *controlCall) (any, error) {
	limit, err := c.limit(100, maxCalls)
	if err != nil {
		return nil, err
	}
	q := calls.Query{Object: c.r.URL.Query().Get("object"), Max: limit + 1}
	if err := checkObject(q.Object); err != nil {
		return nil, err
	}
	if c.account.Calls().Off() {
		return nil, errNoCalls
	}
	if after := c.r.URL.Query().Get("starting_after"); after != "" {
		if q.Before, err = callNumber(c, after); err != nil {
			return nil, err
		}
	}
	found, evicted := c.account.Calls().Latest(q)
	list := control.Calls{Calls: []control.Call{}, HasMore: len(found) > limit, Evicted: evicted}
	for i := range found[:min(len(found), limit)] {
		list.Calls = append(list.Calls, shownCall(&found[i]))
	}
	return list, nil
}

func getKeptCall(c *controlCall) (any, error) {
	n, err := callNumber(c, c.name)
	if err != nil {
		return nil, err
	}
	found, evicted := c.account.Calls().Latest(calls.Query{Before: n + 1, Max: 1})
	if n <= evicted || len(found) == 0 {
		return nil, &control.Error{Status: http.StatusGone, Code: "evicted", Message: fmt.Sprintf("the calls up to call_%d were evicted to stay within the limits; raise -limit calls or server-calls", max(n, evicted))}
	}
	return shownCall(&found[0]), nil
}

// callNumber is the number of a call by its id. Without such a call it is an error.
func callNumber(c *controlCall, id string) (uint64, error) {
	log := c.account.Calls()
	text, ok := strings.CutPrefix(id, "call_")
	n, err := strconv.ParseUint(text, 10, 63)
	switch last := log.Last(); {
	case log.Off():
		return 0, errNoCalls
	case !ok || err != nil || n == 0 || callID(n) != id:
		return 0, notKept(fmt.Sprintf("%.40q is not the id of a call; they are call_1, call_2, …", id))
	case n > last:
		return 0, notKept(fmt.Sprintf("there is no %s; the account has answered %d calls since its reset", id, last))
	}
	return n, nil
}

var errNoCalls = notKept("the server keeps no calls, because it was started with -limit calls=none")

func notKept(message string) *control.Error {
	return &control.Error{Status: http.StatusNotFound, Code: "not_found", Message: message}
}

func callID(n uint64) string { return "call_" + strconv.FormatUint(n, 10) }

// shownCall is a call on the wire.
func shownCall(c *calls.Call) control.Call {
	message := func(m *calls.Message) control.CallMessage {
		return control.CallMessage{Headers: m.Header, Body: m.Body, Cut: m.Cut}
	}
	return control.Call{ID: callID(c.Number), At: c.At, Method: c.Method, Path: c.Path, Status: c.Status, Object: objectOf(c.Object), Entry: c.Entry,
		TookMS: float64(c.Took.Microseconds()) / 1000, Notes: append([]string{}, c.Answer.Header["x-tapmock-note"]...),
		Request: message(&c.Request), Answer: message(&c.Answer)}
}
