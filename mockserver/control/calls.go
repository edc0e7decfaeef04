package control

import (
	"context"
	"net/url"
	"time"
)

// Calls is a page of the API calls of a merchant's system that are kept, the latest first.
type Calls struct {
	Calls   []Call `json:"calls"`
	HasMore bool   `json:"has_more"`
	Evicted uint64 `json:"evicted"` // earlier calls of the account that were dropped to stay within the limits
}

// Call is an API call of a merchant's system, as it was on the wire. Keys, cookies, card numbers, security codes, PINs and one-time
// passwords are masked.
type Call struct {
	ID      string      `json:"id"` // call_1 is the first one that was answered
	At      time.Time   `json:"at"` // when the request came
	Method  string      `json:"method"`
	Path    string      `json:"path"`             // as sent, with the query
	Status  int         `json:"status"`           // HTTP status of the answer; 0: the connection was closed without one
	Object  *Object     `json:"object,omitempty"` // the object that the call created, or that its path names
	Entry   uint64      `json:"entry"`            // seq of the journal's last entry when the answer began
	TookMS  float64     `json:"took_ms"`          // until the answer was ready, in real time
	Notes   []string    `json:"notes"`            // X-Tapmock-Note of the answer
	Request CallMessage `json:"request"`
	Answer  CallMessage `json:"answer"`
}

// CallMessage is the request or the answer of an API call.
type CallMessage struct {
	Headers map[string][]string `json:"headers"` // by names in lower case
	Body    string              `json:"body"`
	Cut     int                 `json:"cut,omitempty"` // bytes of headers and body that are not kept, or that the mock did not read
}

// CallQuery selects calls.
type CallQuery struct {
	Object string // only about the object with this ID; "": all
	Limit  int    // at most this many; 0: all that are kept
}

// Calls returns the kept API calls, the latest first, and how many were evicted.
func (c *Client) Calls(ctx context.Context, q CallQuery) (Calls, error) {
	all := Calls{Calls: []Call{}}
	v := url.Values{"limit": {"1000"}}
	if q.Object != "" {
		v.Set("object", q.Object)
	}
	for {
		list, err := get[Calls](ctx, c, "GET", "/calls?"+v.Encode(), nil)
		all = Calls{append(all.Calls, list.Calls...), list.HasMore, list.Evicted}
		if q.Limit > 0 && len(all.Calls) > q.Limit {
			all.Calls, all.HasMore = all.Calls[:q.Limit], true
		}
		if n := len(all.Calls); err != nil || !list.HasMore || n == q.Limit {
			return all, err
		}
		v.Set("starting_after", all.Calls[len(all.Calls)-1].ID)
	}
}

// Call returns the kept API call with this ID.
func (c *Client) Call(ctx context.Context, id string) (Call, error) {
	return get[Call](ctx, c, "GET", "/calls/"+url.PathEscape(id), nil)
}
