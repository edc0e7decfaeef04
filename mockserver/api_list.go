package mockserver

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/tapmock/tapmock/mockserver/payment"
	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/scenarios"
)

// errUseList answers another method than POST on a list. Nothing is known of it (Tap API 3).
var errUseList = tap.NewError("2102", "use POST to get a list")

// listCharges is POST /v2/charges/list.
func (s *Server) listCharges(c *call) error {
	req, err := parsed(s, c, c.listParser(tap.ParseListRequest))
	if err != nil {
		return err
	}
	list, err := c.account.List(tap.KindCharge, req)
	if err != nil {
		c.note("starting_after: the account has no such charge to start after")
		return err
	}
	c.noteList(req, &list)
	f := c.account.CallFault(scenarios.ListCharges)
	if f == nil {
		writeList(c, c.w, &list)
		return nil
	}
	return withFault(c, f, c.account, func() tap.Object { return tap.Object{} }, func(w http.ResponseWriter) error {
		writeList(c, w, &list)
		return nil
	})
}

// listParser reads requests for lists of the call's kind.
func (c *call) listParser(parse func(tap.Kind, []byte, *tap.Settings) (*tap.ListRequest, []string, error)) func([]byte, *tap.Settings) (*tap.ListRequest, []string, error) {
	return func(body []byte, s *tap.Settings) (*tap.ListRequest, []string, error) { return parse(c.kind, body, s) }
}

// noteList adds notes for filters that were not applied and for charges that are missing because they were evicted.
func (c *call) noteList(req *tap.ListRequest, list *payment.Listing) {
	if len(req.NotApplied) > 0 {
		c.note("not applied: " + strings.Join(req.NotApplied, ", ") + "; the list is the same without them")
	}
	if list.Evicted > 0 {
		c.note("this key's account has evicted " + strconv.Itoa(list.Evicted) + " charges to stay within its limits; no list contains them")
	}
}

func writeList(c *call, w http.ResponseWriter, list *payment.Listing) {
	buffer := buffers.Get().(*[]byte)
	defer freeBuffer(buffer)
	*buffer = list.AppendJSON((*buffer)[:0])
	if c.settings.AnswerFormat == "indented" {
		*buffer = tap.Indent(*buffer)
	}
	writeJSON(w, http.StatusOK, "application/json", *buffer)
}
