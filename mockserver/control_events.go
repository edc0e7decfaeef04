package mockserver

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/mockserver/gateway"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// The bounds of event streams, in real time. A viewer that reads nothing for writeBound is dropped.
const (
	maxViewers  = 100                   // of the server
	viewerBatch = 500                   // entries that are read at once
	viewerPause = 25 * time.Millisecond // between two looks at the journal, so that a viewer costs no merchant's call anything
	heartbeat   = 15 * time.Second      // keeps proxies from closing a stream without events
)

// events is an open stream of an account's journal.
type events struct {
	server   *Server
	account  *gateway.Account
	question gateway.Question
	place    gateway.Place
	left     int // entries until it ends; below 0: it does not
}

// watchEvents streams the journal as server-sent events.
func (s *Server) watchEvents(c *controlCall) (any, error) {
	v := c.r.URL.Query()
	e := &events{server: s, account: c.account, question: gateway.Question{Event: tap.Event(v.Get("event")), Object: v.Get("object"), Max: viewerBatch}, left: -1}
	if e.question.Event != "" {
		if err := tap.CheckEvent(e.question.Event); err != nil {
			return nil, badControl("event: %v", err)
		}
	}
	if err := checkObject(e.question.Object); err != nil {
		return nil, err
	}
	if v.Has("count") {
		count, err := strconv.Atoi(v.Get("count"))
		if err != nil || count < 1 {
			return nil, badControl("count: %.40q is not a number from 1", v.Get("count"))
		}
		e.left = count
	}
	var err error
	if e.place, err = s.placeOf(c); err != nil {
		return nil, err
	}
	select {
	case s.viewers <- struct{}{}:
		return e, nil
	default:
		return nil, &control.Error{Status: http.StatusServiceUnavailable, Code: "full", Message: fmt.Sprintf("%d event streams are open, more than that the server does not serve; close one", maxViewers)}
	}
}

// placeOf is the place after which a stream begins: that of the header Last-Event-ID, which a browser sends when it connects again, or of the
// parameter after. An id of an earlier run of the server is that of an account that was reset.
func (s *Server) placeOf(c *controlCall) (gateway.Place, error) {
	id := c.r.Header.Get("Last-Event-ID")
	if id == "" {
		id = c.r.URL.Query().Get("after")
	}
	here := c.account.Here()
	switch id {
	case "":
		return here, nil
	case "0":
		return gateway.Place{Epoch: here.Epoch}, nil
	}
	parts := strings.Split(id, "-")
	if len(parts) != 3 {
		return here, badControl("%.60q is not the id of an event; without one the stream begins with the next entry, with after=0 with the oldest", id)
	}
	epoch, err1 := strconv.ParseUint(parts[1], 10, 64)
	seq, err2 := strconv.ParseUint(parts[2], 10, 64)
	if err1 != nil || err2 != nil {
		return here, badControl("%.60q is not the id of an event", id)
	}
	if parts[0] != s.run {
		epoch = here.Epoch + 1 // no account has this place
	}
	return gateway.Place{Epoch: epoch, Seq: seq}, nil
}

// ServeHTTP writes events until the client closes the connection or the server stops.
func (e *events) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	defer func() { <-e.server.viewers }()
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Accel-Buffering", "no") // of nginx, which would keep events back
	w.WriteHeader(http.StatusOK)
	ctx, stop := context.WithCancel(r.Context())
	defer stop()
	defer context.AfterFunc(e.server.lifetime, stop)()
	out := e.beginning()
	for e.write(w, out) == nil && e.left != 0 && ctx.Err() == nil {
		bound, end := context.WithTimeout(ctx, heartbeat)
		seen := e.account.Watch(bound, e.place, e.question)
		end()
		if seen.Gone {
			return // the client connects again, to the account that has taken its place
		}
		if out = e.text(&seen); len(out) == 0 {
			out = fmt.Appendf(nil, ": \nid: %s\n\n", e.id(e.place.Seq))
		}
		select {
		case <-ctx.Done():
		case <-time.After(viewerPause):
		}
	}
}

// beginning says where the stream begins, and asks browsers to connect again after a second.
func (e *events) beginning() []byte {
	var b bytes.Buffer
	b.WriteString("retry: 1000\n")
	e.frame(&b, "begin", e.place.Seq, reply{})
	return b.Bytes()
}

// id is the id of an event, or of a place without one.
func (e *events) id(seq uint64) string {
	return fmt.Sprintf("%s-%d-%d", e.server.run, e.place.Epoch, seq)
}

// write writes what a viewer must read within the bound of each answer.
func (*events) write(w http.ResponseWriter, out []byte) error {
	if _, err := w.Write(out); err != nil {
		return err
	}
	return http.NewResponseController(w).Flush()
}

// text is what has happened, as events.
func (e *events) text(seen *gateway.Watched) []byte {
	var b bytes.Buffer
	e.place = seen.Place
	if seen.Reset {
		e.frame(&b, "reset", 0, reply{})
	}
	if seen.Evicted > 0 {
		e.frame(&b, "evicted", seen.Evicted, reply{"until": seen.Evicted})
	}
	for i := range seen.Entries {
		if e.left == 0 {
			break
		}
		e.left--
		e.frame(&b, "", seen.Entries[i].Seq, entry(&seen.Entries[i]))
	}
	return b.Bytes()
}

// frame writes one event. An entry has no name, so that a browser gets it as a message.
func (e *events) frame(out io.Writer, name string, seq uint64, data any) {
	if name != "" {
		fmt.Fprintf(out, "event: %s\n", name)
	}
	text, err := json.Marshal(data)
	if err != nil {
		panic("mockserver: an event: " + err.Error())
	}
	fmt.Fprintf(out, "id: %s\ndata: %s\n\n", e.id(seq), text)
}
