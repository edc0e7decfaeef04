package gateway

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/tapmock/tapmock/mockserver/payment"
	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/mockserver/timeline"
)

// What a person does by hand to what is scheduled: one effect is held back, released or run now, and a payment is ended with a chosen outcome.

const effectPrefix = "eff_"

// NoEffectError says that nothing with this id is scheduled that can be held back, released or run now.
type NoEffectError struct{ ID string }

// Error names the id.
func (e *NoEffectError) Error() string {
	return fmt.Sprintf("nothing is scheduled with the id %q: it has run, it is under way, or it is no longer possible; the timeline lists what is scheduled", tap.Clip(e.ID, 40))
}

// numbered is the effect with an id.
func (t *tx) numbered(id string) (timeline.Ref, error) {
	number, err := strconv.ParseUint(strings.TrimPrefix(id, effectPrefix), 10, 63)
	if err == nil && id == effectPrefix+strconv.FormatUint(number, 10) {
		if r, ok := t.timeline.Numbered(number); ok {
			return r, nil
		}
	}
	return timeline.Ref{}, &NoEffectError{id}
}

// HoldEffect holds a scheduled effect back until [Account.ReleaseEffect] or [Account.RunEffect], also when it is due. The error is a
// [*NoEffectError].
func (a *Account) HoldEffect(id string) error {
	return a.change(func(t *tx) error {
		r, err := t.numbered(id)
		if err == nil && !t.timeline.HoldBack(r) {
			err = &NoEffectError{id}
		}
		return err
	})
}

// ReleaseEffect lets an effect that was held back, or that waits at a gate, run when it is due, or now if that has passed. The error is a
// [*NoEffectError].
func (a *Account) ReleaseEffect(id string) error { return a.bring(id, true) }

// RunEffect runs a scheduled effect now, past its gate, also on a frozen clock; the clock does not move. The error is a [*NoEffectError].
func (a *Account) RunEffect(id string) error { return a.bring(id, false) }

func (a *Account) bring(id string, keep bool) error {
	return a.change(func(t *tx) error {
		r, err := t.numbered(id)
		if err != nil {
			return err
		}
		started, begun, ok := t.timeline.Bring(r, t.now(), keep)
		if !ok {
			return &NoEffectError{id}
		}
		if begun {
			t.a.gw.work.Go(func() { t.a.runLane(started) })
		}
		t.endGrace()
		return nil
	})
}

// UntilNext is how long it is on the account's clock until the next effect is due, 0 if it is due already. ok is false if nothing is scheduled.
func (a *Account) UntilNext() (d time.Duration, ok bool) {
	a.update(func(t *tx) {
		var due time.Time
		if due, ok = t.timeline.Next(); ok {
			d = max(0, due.Sub(t.now()))
		}
	})
	return d, ok
}

// ErrNoOutcomes is the error of [Account.EndAs] for a payment that cannot be ended with an outcome of the panel.
var ErrNoOutcomes = fmt.Errorf("this payment cannot be ended with a chosen outcome: the setting page_outcome_panel must be true, and the currency KWD")

// Outcomes lists the names of the outcomes with which a person can end a payment.
func Outcomes() []string {
	var names []string
	for _, o := range outcomes {
		names = append(names, o.name)
	}
	return names
}

// EndAs ends an open charge at once with one of [Outcomes], as the panel of the payment page does; the payer is sent back when they open the page
// again. Errors: [*NoChargeError], [ErrNoOutcomes], those of package payment for a name that is none and for a payment that has ended.
func (a *Account) EndAs(ctx context.Context, id, outcome string) error {
	c, err := a.Charge(id)
	if err != nil {
		return err
	}
	if !c.Settings.PageOutcomePanel || c.Request.Currency != "KWD" {
		return ErrNoOutcomes
	}
	script, err := outcomeScript(outcome)
	if err != nil {
		return err
	}
	return a.change(func(t *tx) error {
		c, err := t.charge(id)
		if err != nil {
			return err
		}
		if c.Over() || c.Deciding {
			return &payment.EndedError{Payment: c.Payment}
		}
		c.EndedOnPage = true
		t.endWith(c, script, outcome)
		return nil
	})
}
