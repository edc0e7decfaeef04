package mockserver_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/tapmock/tapmock/mockserver"
	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// errEnough ends a stream in a test.
var errEnough = errors.New("enough")

// watching is an open event stream; got has its events.
type watching struct {
	got   chan control.Watched
	ended chan error
}

func watch(t *testing.T, c *control.Client, q control.WatchQuery) *watching {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	w := &watching{make(chan control.Watched, 1000), make(chan error, 1)}
	go func() {
		w.ended <- c.Watch(ctx, q, func(e control.Watched) error { w.got <- e; return nil })
	}()
	t.Cleanup(func() { stop(); <-w.ended })
	return w
}

// next is the next event.
func (w *watching) next(t *testing.T) control.Watched {
	t.Helper()
	select {
	case e := <-w.got:
		return e
	case err := <-w.ended:
		w.ended <- err
		t.Fatalf("the stream has ended: %v", err)
	case <-t.Context().Done():
		t.Fatal("no event")
	}
	return control.Watched{}
}

// entries are the next n entries, and the last of them; another event fails the test.
func (w *watching) entries(t *testing.T, n int) (all []tap.Event, last control.Watched) {
	t.Helper()
	for range n {
		if last = w.next(t); last.Name != "" {
			t.Fatalf("the event %s", last.Name)
		}
		all = append(all, last.Entry.Event)
	}
	return all, last
}

// TestEvents streams what the journal gets, and resumes after the last event.
func TestEvents(t *testing.T) {
	t.Parallel()
	m := startMock(t, mockserver.Config{})
	client := control.New(m.url, key)
	t.Cleanup(client.CloseIdle)
	m.create(request(nil))
	w := watch(t, client, control.WatchQuery{})
	if e := w.next(t); e.Name != "begin" || !strings.HasSuffix(e.ID, "-0-1") {
		t.Fatalf("%+v", e)
	}
	c := m.create(request(nil))
	m.pay(c.Transaction.URL, "9", "2030")
	seen, last := w.entries(t, 5)
	if want := fmt.Sprint(m.events(c.ID)[:5]); fmt.Sprint(seen) != want || last.Entry.Object.ID != c.ID {
		t.Errorf("%v, want %s", seen, want)
	}
	again := watch(t, client, control.WatchQuery{After: last.ID, Object: c.ID})
	again.next(t) // begin
	third := m.create(request(nil))
	m.pay(third.Transaction.URL, "9", "2030")
	m.pay(m.create(request(nil)).Transaction.URL, "9", "2030")
	if rest, more := m.events(c.ID)[5:], fmt.Sprint(seen); len(rest) > 0 {
		if got, _ := again.entries(t, len(rest)); fmt.Sprint(got) != fmt.Sprint(rest) {
			t.Errorf("after %s: %v, want %v", more, got, rest)
		}
	}
	oldest := watch(t, client, control.WatchQuery{After: "0", Event: tap.EventCreated})
	oldest.next(t) // begin
	if seen, last := oldest.entries(t, 3); fmt.Sprint(seen) != "[created created created]" || last.Entry.Object.ID != third.ID {
		t.Errorf("%v, %+v", seen, last)
	}
}

// TestEventsReset says to each stream that the account was reset, also to one that comes later, or from another run of the server.
func TestEventsReset(t *testing.T) {
	t.Parallel()
	m := startMock(t, mockserver.Config{})
	client := control.New(m.url, key)
	t.Cleanup(client.CloseIdle)
	w := watch(t, client, control.WatchQuery{})
	w.next(t) // begin
	m.create(request(nil))
	_, last := w.entries(t, 1)
	if _, err := client.Reset(t.Context()); err != nil {
		t.Fatal(err)
	}
	if e := w.next(t); e.Name != "reset" {
		t.Errorf("%+v", e)
	}
	fresh := m.create(request(nil)).ID
	if _, first := w.entries(t, 1); first.Entry.Object.ID != fresh || !strings.HasSuffix(first.ID, "-1-1") {
		t.Errorf("after the reset: %+v", first)
	}
	for _, id := range []string{last.ID, "abc-0-1", "abc-1-1", last.ID[:strings.LastIndex(last.ID, "-0-")] + "-1-99"} {
		late := watch(t, client, control.WatchQuery{After: id})
		if names := late.next(t).Name + " " + late.next(t).Name; names != "begin reset" {
			t.Errorf("after %s: %s", id, names)
		}
		if _, first := late.entries(t, 1); first.Entry.Object.ID != fresh {
			t.Errorf("after %s: %+v", id, first)
		}
	}
}

// TestEventsEvicted says that entries were evicted before they could be sent.
func TestEventsEvicted(t *testing.T) {
	t.Parallel()
	m := startMock(t, mockserver.Config{Limits: mockserver.Limits{Journal: 4 << 10}})
	client := control.New(m.url, key)
	t.Cleanup(client.CloseIdle)
	for range 100 {
		m.create(request(nil))
	}
	w := watch(t, client, control.WatchQuery{After: "0"})
	if names := w.next(t).Name + " " + w.next(t).Name; names != "begin evicted" {
		t.Error(names)
	}
	w.entries(t, 1)
}

// TestEventsRefused refuses what cannot be streamed, and more streams than the bound.
func TestEventsRefused(t *testing.T) {
	t.Parallel()
	m := startMock(t, mockserver.Config{})
	for query, want := range map[string]string{"?event=creatd": "did you mean created?", "?object=x": "is not the id of a payment object", "?count=0": "count: ", "?after=1": "is not the id of an event", "?after=a-b-c": "is not the id of an event", "?since=1": "no parameter"} {
		if a := m.api("GET", "/_tapmock/v1/events"+query, ""); a.status != 400 || !strings.Contains(a.body, want) {
			t.Errorf("%s: HTTP %d %s", query, a.status, a.body)
		}
	}
	client := control.New(m.url, key)
	t.Cleanup(client.CloseIdle)
	for range 100 {
		watch(t, client, control.WatchQuery{}).next(t)
	}
	err := client.Watch(t.Context(), control.WatchQuery{}, func(control.Watched) error { return errEnough })
	if e, ok := errors.AsType[*control.Error](err); !ok || e.Status != 503 || !strings.Contains(e.Message, "100 event streams are open") {
		t.Errorf("the next one: %v", err)
	}
}

// TestEventsEnd ends streams when their count is reached, when the reader has enough, and when the server stops.
func TestEventsEnd(t *testing.T) {
	t.Parallel()
	m := startMock(t, mockserver.Config{})
	m.create(request(nil))
	m.create(request(nil))
	a := m.api("GET", "/_tapmock/v1/events?after=0&count=1", "")
	if a.status != 200 || a.header.Get("Content-Type") != "text/event-stream" || a.header.Get("X-Accel-Buffering") != "no" || strings.Count(a.body, `"event":"created"`) != 1 || !strings.HasPrefix(a.body, "retry: 1000\nevent: begin\nid: ") {
		t.Errorf("HTTP %d %v %s", a.status, a.header, a.body)
	}
	client := control.New(m.url, key)
	t.Cleanup(client.CloseIdle)
	if err := client.Watch(t.Context(), control.WatchQuery{After: "0"}, func(control.Watched) error { return errEnough }); err != errEnough {
		t.Errorf("%v", err)
	}
	w := watch(t, client, control.WatchQuery{})
	w.next(t)
	m.EndHeldAnswers()
	err := <-w.ended
	if w.ended <- err; !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("the server has stopped: %v", err)
	}
}
