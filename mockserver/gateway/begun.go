package gateway

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/scenarios"
)

// Begun is a create call whose scenario has been chosen, and that has changed nothing yet. Once the request is known to be valid,
// [Begun.Commit] counts the call; end it with [Account.Create] or [Begun.Abort]. After a reset of the account the call changes nothing
// any more: the account knows neither its scenario nor its number.
type Begun struct {
	Script   *scenarios.Script
	Settings *tap.Settings    // the account's, with those of the scenario
	Fault    *scenarios.Fault // injected into the call, or nil; set by Commit

	account           *Account
	request           Request
	epoch             uint64  // of the account
	key               string  // under which the call is counted
	call              int     // number of the call under that key
	createCall        int     // number of the call among all create calls of the account for this kind
	consecutiveFaults int     // of the account before the call
	next              *queued // the entry that was taken from the queue, or nil
}

// A create request can name its scenario in a header or under a key of metadata.
const (
	headerScenario   = "X-Tapmock-Scenario"
	metadataScenario = "tapmock_scenario"
)

// Begin chooses the scenario of an object that is about to be created: the one named in the header or in metadata, or else the next
// in the queue, the first that matches, the account's default, the server's. header reads a header of the request. The error is an
// [*scenarios.UnknownError], or says which scenarios conflict or why one does not fit the object.
func (a *Account) Begin(req Request, header func(string) string) (*Begun, error) {
	if header == nil {
		header = func(string) string { return "" }
	}
	b := &Begun{account: a, request: req, Script: scenarios.PlainFor(req.kind)}
	a.update(func(t *tx) {
		creates := &t.choice.creates[req.kind.Number()]
		*creates++
		b.epoch, b.createCall, b.Settings, b.consecutiveFaults = t.epoch, *creates, t.settings, t.choice.consecutiveFaults
	})
	if header(headerScenario) == "" && !a.scripted.Load() && !a.gw.scripted.Load() && req.idempotent == "" && !strings.Contains(req.metadata, metadataScenario) {
		return b, nil
	}
	if err := a.choose(b, header); err != nil {
		b.Abort(false)
		return nil, err
	}
	return b, nil
}

// update runs a func on the account of the call, unless a reset has overtaken the call.
func (b *Begun) update(f func(*tx)) {
	b.account.update(func(t *tx) {
		if t.epoch == b.epoch {
			f(t)
		}
	})
}

// Commit counts the call, whose request is valid, and sets the fault that is injected into it, if any.
func (b *Begun) Commit() {
	if faults := b.Script.Faults(scenarios.CreateOf(b.request.kind)); len(faults) > 0 {
		b.update(func(t *tx) { t.commit(b, faults) })
	}
}

func (t *tx) commit(b *Begun, faults []*scenarios.Fault) {
	if len(t.choice.calls) >= maxCounted {
		clear(t.choice.calls)
	}
	t.choice.calls[b.key]++
	b.call = t.choice.calls[b.key]
	for _, f := range faults {
		if f.Covers(b.call) {
			b.Fault = f
			if n := len(t.choice.chaos); n > 0 && b.request.kind == tap.KindCharge && t.choice.chaos[n-1].call == b.createCall {
				t.choice.chaos[n-1].fault = f
			}
			return
		}
	}
}

// maxCounted bounds for how many orders create calls are counted.
const maxCounted = 20_000

// RecordFault journals the fault that is injected into the call. created is the object that the call has created, or zero.
func (b *Begun) RecordFault(created tap.Object) {
	b.update(func(t *tx) {
		kind := b.request.kind
		t.note(created, 0, tap.EventFault, fmt.Sprintf("%s, call %d: %s%s", scenarios.CreateOf(kind), b.call, b.Fault, committed(b.Fault, kind)))
	})
}

func committed(f *scenarios.Fault, kind tap.Kind) string {
	if f.Commits() {
		return ", after the " + string(kind) + " is created"
	}
	return ", and no " + string(kind) + " is created"
}

// Abort ends a call that creates nothing; the scenario that was taken from the queue returns to it. counts says whether the
// call remains one of the account's create calls.
func (b *Begun) Abort(counts bool) {
	b.update(func(t *tx) {
		choice := &t.choice
		if b.next != nil {
			choice.taken--
			choice.queue = append([]queued{*b.next}, choice.queue...)
		}
		if counts {
			return
		}
		if creates := &choice.creates[b.request.kind.Number()]; b.createCall == *creates { // else another call has begun since
			*creates--
		}
		choice.consecutiveFaults = b.consecutiveFaults
		if b.request.kind != tap.KindCharge {
			return
		}
		choice.chaos = slices.DeleteFunc(choice.chaos, func(p chaosCall) bool {
			if p.call == b.createCall {
				t.letGo(p.script)
			}
			return p.call == b.createCall
		})
	})
}
