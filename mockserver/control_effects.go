package mockserver

import (
	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/mockserver/gateway"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// objectOf is an object on the wire; nil is none.
func objectOf(o tap.Object) *control.Object {
	if o.ID == "" {
		return nil
	}
	return &control.Object{Kind: o.Kind, ID: o.ID}
}

func effects(some []gateway.Effect) []control.Effect {
	all := make([]control.Effect, 0, len(some))
	for _, e := range some {
		all = append(all, control.Effect{Text: e.String(), Kind: string(e.Kind), Object: objectOf(e.Object), Due: e.Due, Attempt: e.Attempt, Gate: string(e.Gate)})
	}
	return all
}
