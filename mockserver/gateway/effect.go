package gateway

import (
	"fmt"
	"strconv"
	"time"

	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/mockserver/timeline"
	"github.com/tapmock/tapmock/scenarios"
)

// Kind says what an effect does.
type Kind string

// The kinds of effects. The last two are only ever under way.
const (
	Expire      Kind = "expire"  // Tap's expiry of an unpaid charge
	Settle      Kind = "settle"  // the bank's delayed decision
	Correct     Kind = "correct" // a later result of the bank
	SendWebhook Kind = "webhook" // one attempt of a webhook
	Return      Kind = "return"  // the payer returns to the merchant
	PayerStep   Kind = "payer"   // a step of an automatic payer
	Answer      Kind = "answer"  // a delayed answer of the API
	VoidNow     Kind = "void"    // a delayed void of an authorization takes effect
	RunAuto     Kind = "auto"    // the auto of an authorization

	writing Kind = "writing" // a create answer is being written
)

// Kinds lists the kinds of effects.
func Kinds() []Kind {
	return []Kind{Expire, Settle, Correct, SendWebhook, Return, PayerStep, Answer, VoidNow, RunAuto}
}

// action is what an effect does, as data. Its object is looked up again when it runs.
type action struct {
	kind     Kind
	object   tap.Object        // zero: it has none
	step     int               // index in the script's Callbacks, of a webhook or return
	script   *scenarios.Script // that scheduled it; the object may have another one now
	delivery uint64            // number of the webhook delivery; 0 before the first attempt
	attempt  int               // of a webhook or return, from 1
	payer    string            // step of an automatic payer, see the constants step…
	answer   uint64            // number of the delayed answer of the API
	cause    uint64            // the journal entry that led to it
	epoch    uint64            // of the account
	out      bool              // the merchant is being called
}

// effect is an effect on an account's timeline.
type effect = timeline.Effect[action]

// Effect describes something that will happen, or is under way.
type Effect struct {
	ID      string // such as eff_12
	Kind    Kind
	Object  tap.Object
	Due     time.Time // on the account's clock
	Attempt int       // of a webhook or return, from 1
	Step    string    // of an automatic payer: the event
	Gate    string
	Held    bool // it was held back by hand
}

func describe(e effect) Effect {
	return Effect{ID: effectPrefix + strconv.FormatUint(e.Ref().Number(), 10), Kind: e.Args.kind, Object: e.Args.object, Due: e.Due, Attempt: e.Args.attempt, Step: e.Args.payer, Gate: e.Gate, Held: e.Held}
}

func describeAll(some []effect) []Effect {
	all := make([]Effect, 0, len(some))
	for _, e := range some {
		all = append(all, describe(e))
	}
	return all
}

// kindTexts name the kinds of effects by the word that a scenario or the journal has for what happens.
var kindTexts = map[Kind]string{Expire: string(tap.EventExpired), Settle: string(tap.EventSettled), Correct: string(tap.EventCorrected), SendWebhook: "webhook",
	Return: "return", PayerStep: "payer", Answer: "delayed answer", VoidNow: string(tap.EventVoided), RunAuto: string(tap.EventAuto)}

// String describes the effect in a few words, such as "webhook attempt 1 for chg_…" or "payer: submitted for chg_…".
func (e *Effect) String() string {
	text := kindTexts[e.Kind]
	switch e.Kind {
	case SendWebhook:
		text += fmt.Sprintf(" attempt %d", e.Attempt)
	case PayerStep:
		text += ": " + e.Step
	}
	if e.Object.ID != "" {
		text += " for " + e.Object.ID
	}
	return text
}

// in is a time from now.
func (t *tx) in(d time.Duration) time.Time { return t.now().Add(d) }

// schedule puts an effect of an object on the timeline.
func (t *tx) schedule(o object, e effect) timeline.Ref {
	e.Lane, e.Args.object, e.Args.epoch = o.run().lane, o.Name(), t.epoch
	return t.timeline.Add(e)
}

// begin puts something under way at once that its caller runs. It ends with timeline.End. o may be nil.
func (t *tx) begin(o object, what action) effect {
	what.epoch = t.epoch
	return t.timeline.Begin(effect{Lane: laneOf(o), Due: t.now(), Args: what})
}

// lastly is the last change that an effect makes. It is made in one step with the end of the effect; nil is none.
type lastly func(t *tx, o object)

// ofPayment is the last change of an effect that only charges and authorizations have.
func ofPayment(f func(t *tx, c *Payment)) lastly {
	return func(t *tx, o object) {
		if c, ok := o.(*Payment); ok {
			f(t, c)
		}
	}
}
