package gateway

import (
	"cmp"
	"container/heap"
	"fmt"
	"slices"
	"time"

	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/scenarios"
)

// Kind says what an effect does.
type Kind string

// The kinds of effects.
const (
	Expire      Kind = "expire"  // Tap's expiry of an unpaid charge
	Settle      Kind = "settle"  // the bank's delayed decision
	Correct     Kind = "correct" // a later result of the bank
	SendWebhook Kind = "webhook" // one attempt of a webhook
	Return      Kind = "return"  // the payer returns to the merchant
	PayerStep   Kind = "payer"   // a step of an automatic payer
	Answer      Kind = "answer"  // a delayed answer of the API
)

// Effect is something that will happen: data on an account's timeline. It names its charge by id and reads the charge again when
// it runs.
type Effect struct {
	Kind     Kind
	Charge   string
	Due      time.Time         // on the account's clock
	Step     int               // index in the script's Callbacks, of a webhook or return
	script   *scenarios.Script // that scheduled it; the charge may have another one now
	Delivery string            // id of the webhook delivery; "" before the first attempt
	Attempt  int               // of a webhook or return, from 1
	Action   string            // of an automatic payer, see the constants action…
	Answer   uint64            // number of the delayed answer of the API
	Gate     scenarios.Gate
	Cause    uint64 // the journal entry that led to it

	seq   uint64 // order of scheduling, for effects due at the same time
	index int    // position in the heap
}

// timeline is an account's queue of effects, ordered by due time and then by the order of scheduling.
type timeline struct {
	queue []*Effect
	seq   uint64
}

func (t *timeline) add(e *Effect) {
	t.seq++
	e.seq = t.seq
	heap.Push(t, e)
}

// next returns the first effect without removing it, or nil.
func (t *timeline) next() *Effect {
	if len(t.queue) == 0 {
		return nil
	}
	return t.queue[0]
}

func (t *timeline) remove(e *Effect) { heap.Remove(t, e.index) }

// Len, Less, Swap, Push and Pop are heap.Interface's.
func (t *timeline) Len() int { return len(t.queue) }

func (t *timeline) Less(i, j int) bool {
	a, b := t.queue[i], t.queue[j]
	if c := a.Due.Compare(b.Due); c != 0 {
		return c < 0
	}
	return a.seq < b.seq
}

func (t *timeline) Swap(i, j int) {
	t.queue[i], t.queue[j] = t.queue[j], t.queue[i]
	t.queue[i].index, t.queue[j].index = i, j
}

func (t *timeline) Push(x any) {
	e := x.(*Effect)
	e.index = len(t.queue)
	t.queue = append(t.queue, e)
}

func (t *timeline) Pop() any {
	last := len(t.queue) - 1
	e := t.queue[last]
	t.queue[last] = nil
	t.queue = t.queue[:last]
	return e
}

// effectTexts name the kinds of effects by the word that a scenario or the journal has for what happens.
var effectTexts = map[Kind]string{Expire: string(tap.EventExpired), Settle: string(tap.EventSettled), Correct: string(tap.EventCorrected), SendWebhook: "webhook",
	Return: "return", PayerStep: "payer", Answer: "delayed answer"}

// Kinds lists the kinds of effects.
func Kinds() []Kind { return []Kind{Expire, Settle, Correct, SendWebhook, Return, PayerStep, Answer} }

// String describes the effect in a few words, such as "webhook attempt 1 for chg_…" or "payer: submitted for chg_…".
func (e *Effect) String() string {
	text := effectTexts[e.Kind]
	switch e.Kind {
	case SendWebhook:
		text += fmt.Sprintf(" attempt %d", e.Attempt)
	case PayerStep:
		text += ": " + e.Action
	}
	if e.Charge != "" {
		text += " for " + e.Charge
	}
	return text
}

// scheduledLocked lists the scheduled effects in order, and then those that wait at gates.
func (a *Account) scheduledLocked() []Effect {
	all := make([]Effect, 0, len(a.timeline.queue)+len(a.atGates))
	for _, e := range a.timeline.queue {
		all = append(all, *e)
	}
	for _, c := range a.charges {
		for _, e := range c.waiting {
			all = append(all, *e)
		}
	}
	slices.SortFunc(all, func(x, y Effect) int { return cmp.Or(x.Due.Compare(y.Due), cmp.Compare(x.seq, y.seq)) })
	for _, e := range a.atGates {
		all = append(all, *e)
	}
	return all
}
