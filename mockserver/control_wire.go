package mockserver

import (
	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/mockserver/gateway"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// The values of the gateway that several calls of the control API answer with, as package control writes them: objects, journal entries,
// effects and responses of the merchant.

// objectOf is an object on the wire; nil is none.
func objectOf(o tap.Object) *control.Object {
	if o.ID == "" {
		return nil
	}
	return &control.Object{Kind: o.Kind, ID: o.ID}
}

func entry(e *gateway.Entry) control.Entry {
	out := control.Entry{Seq: e.Seq, Cause: e.Cause, At: e.At, Event: e.Event, Object: objectOf(e.Object), Detail: e.Detail}
	if e.Sent != nil {
		out.Delivery = e.Sent.Delivery()
	}
	if e.Attempt != nil {
		out.Response = new(responseOf(e.Attempt))
	}
	return out
}

func responseOf(t *gateway.Attempt) control.Response {
	return control.Response{Status: t.Status, Failure: t.Failure, Remedy: t.Remedy, Body: t.Body, TookMS: float64(t.Took.Microseconds()) / 1000}
}

func effects(some []gateway.Effect) []control.Effect {
	all := make([]control.Effect, 0, len(some))
	for _, e := range some {
		all = append(all, control.Effect{ID: e.ID, Text: e.String(), Kind: string(e.Kind), Object: objectOf(e.Object), Due: e.Due, Attempt: e.Attempt, Gate: string(e.Gate), Held: e.Held})
	}
	return all
}
