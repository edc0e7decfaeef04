package control

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// EventStream is the answer of the call that streams a journal: server-sent events. The first one is begin, with the id of the place where the
// stream begins. Each entry is a message whose data is an Entry; the event reset says that the account was reset, and its journal begins again; evicted says that entries were evicted before they could be sent, with
// the number of the last one as until. A comment comes every 15 s.
type EventStream string

// WatchQuery selects what [Client.Watch] gets.
type WatchQuery struct {
	After  string // ID of the last event that was received; "": from now on, "0": from the oldest entry that is kept
	Event  tap.Event
	Object string // id of a payment object
}

// Watched is an event of a stream.
type Watched struct {
	ID    string // for [WatchQuery].After
	Name  string // "" for an entry, begin, reset or evicted
	Entry Entry
}

// Watch gives each entry of the journal to a func as it is written, until the func returns an error, which Watch returns, or ctx is done. If
// the connection breaks the error wraps [io.ErrUnexpectedEOF]: call it again with the ID of the last event.
func (c *Client) Watch(ctx context.Context, q WatchQuery, each func(Watched) error) error {
	v := url.Values{}
	for name, value := range map[string]string{"after": q.After, "event": string(q.Event), "object": q.Object} {
		if value != "" {
			v.Set(name, value)
		}
	}
	res, err := c.send(ctx, "GET", "/events?"+v.Encode(), nil)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		text, err := io.ReadAll(res.Body)
		if err != nil {
			return fmt.Errorf("control: %w", err)
		}
		return decode(res, text, nil)
	}
	return readEvents(res.Body, each)
}

// readEvents reads a stream of events up to its end.
func readEvents(from io.Reader, each func(Watched) error) error {
	lines := bufio.NewReader(from)
	var one Watched
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			return fmt.Errorf("control: the stream of events has ended: %w", io.ErrUnexpectedEOF)
		}
		name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ": ")
		switch name {
		case "id":
			one.ID = value
		case "event":
			one.Name = value
		case "data":
			if err := json.Unmarshal([]byte(value), &one.Entry); err != nil {
				return fmt.Errorf("control: the data of an event is not an entry: %w", err)
			}
			if err := each(one); err != nil {
				return err
			}
			one = Watched{}
		}
	}
}
