package testkit

import (
	"cmp"
	"slices"
	"time"

	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// Webhook is one attempt to deliver a webhook: one HTTP request to post.url.
type Webhook struct {
	Delivery   string            // id of the delivery, such as whd_3; retries belong to the same delivery
	Attempt    int               // from 1; copies of a webhook have the same number
	ObjectID   string            // id of the charge, refund or authorization
	Forge      string            // how it was forged, such as wrong-key; "" is genuine
	Replay     bool              // whether it repeats an earlier delivery
	ResendOf   string            // id of the delivery that was sent again as this one, such as whd_2; "" is none
	URL        string            // that it was sent to
	At         time.Time         // when it was sent, on the account's clock
	Headers    map[string]string // as sent, by lower-case names
	Body       string            // as sent
	Parts      []tap.Part        // labels and values of Hashed
	Hashed     string            // the string that hashstring is the HMAC of
	HashString string            // header hashstring, as sent
	Hash       string            // header hash, as sent
	Response   Response          // the merchant's response
	Curl       string            // a shell command that sends it again

	entry uint64 // seq of its journal entry
}

// Genuine reports whether the webhook is neither forged nor a replay.
func (w Webhook) Genuine() bool { return w.Forge == "" && !w.Replay }

// Response is the merchant's response to a webhook or a return, or the reason why there was none.
type Response struct {
	Status  int           // HTTP status; 0 if there was no response
	Failure string        // timeout, refused, …; "" if there was a response
	Remedy  string        // what may help against the failure
	Body    string        // the first bytes of the body
	Took    time.Duration // in real time
}

// OK reports whether the merchant acknowledged with any 2xx (Tap API 5.4, unknown).
func (r Response) OK() bool { return r.Status/100 == 2 }

func responseOf(r control.Response) Response {
	return Response{Status: r.Status, Failure: r.Failure, Remedy: r.Remedy, Body: r.Body, Took: time.Duration(r.TookMS * float64(time.Millisecond))}
}

// Webhooks are the attempts to deliver webhooks of an object that have ended, or of the whole account if id is "", oldest first.
func (m *Mock) Webhooks(id string) []Webhook {
	m.tb.Helper()
	deliveries, err := m.control.Webhooks(m.tb.Context(), id)
	m.check(err)
	var all []Webhook
	for _, d := range deliveries {
		for _, a := range d.Attempts {
			w := Webhook{Delivery: d.ID, Attempt: a.Attempt, ObjectID: d.Object.ID, Forge: d.Forge, Replay: d.Replay, ResendOf: d.ResendOf, URL: d.URL, At: a.At,
				Headers: a.Headers, Body: a.Body, Hashed: a.Hashed, HashString: a.HashString, Hash: a.Hash, Response: responseOf(a.Response), Curl: a.Curl, entry: a.Entry}
			for _, p := range a.Parts {
				w.Parts = append(w.Parts, tap.Part{Label: p.Label, Value: p.Value})
			}
			all = append(all, w)
		}
	}
	slices.SortFunc(all, func(a, b Webhook) int { return cmp.Compare(a.entry, b.entry) })
	return all
}
