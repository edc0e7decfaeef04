package mockserver

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/mockserver/gateway"
	"github.com/tapmock/tapmock/scenarios"
)

func getClock(c *controlCall) (any, error) {
	now, frozen := c.account.Clock()
	return control.Clock{Now: now, Frozen: frozen}, nil
}

func advanceClock(c *controlCall) (any, error) {
	var in struct {
		By string `json:"by"`
	}
	if err := c.read(&in); err != nil {
		return nil, err
	}
	by, err := c.span(in.By)
	if err != nil {
		return nil, err
	}
	done, err := c.account.Advance(c.r.Context(), by)
	if err != nil {
		return nil, err
	}
	return moved(c.account, done), nil
}

// span is by how much a clock is advanced.
func (c *controlCall) span(by string) (time.Duration, error) {
	if by == "next" {
		d, ok := c.account.UntilNext()
		if !ok {
			return 0, &control.Error{Status: http.StatusConflict, Code: "busy", Message: "by: next: nothing is scheduled, or all of it waits at gates or is held back"}
		}
		return d, nil
	}
	d, err := scenarios.ParseDuration(by)
	if err != nil {
		return 0, badControl(`by: %v; send {"by": "72h"}, or {"by": "next"} until the next scheduled effect is due`, err)
	}
	return d, nil
}

func moved(a *gateway.Account, done gateway.Advanced) control.Moved {
	_, frozen := a.Clock()
	return control.Moved{Now: done.Now, Frozen: frozen, Ran: done.Ran, Gates: append([]string{}, done.Gates...)}
}

func freezeClock(c *controlCall) (any, error) {
	var in struct {
		At *string `json:"at"`
	}
	if err := c.read(&in); err != nil {
		return nil, err
	}
	at := time.Time{}
	if in.At != nil {
		var err error
		if at, err = time.Parse(time.RFC3339, *in.At); err != nil {
			return nil, badControl("at: %.40q is not an instant; write 2026-03-01T09:00:00Z", *in.At)
		}
		if at.Year() < 2000 || at.Year() > 2199 {
			return nil, badControl("at: the year %d is out of range; use 2000 to 2199", at.Year())
		}
	}
	done, err := c.account.Freeze(c.r.Context(), at)
	if err != nil {
		return nil, err
	}
	return moved(c.account, done), nil
}

func resumeClock(c *controlCall) (any, error) {
	if err := c.account.Resume(c.r.Context()); err != nil {
		return nil, err
	}
	return getClock(c)
}

func getTimeline(c *controlCall) (any, error) {
	if err := c.awaitIdle(); err != nil {
		return nil, err
	}
	now, _ := c.account.Clock()
	t := control.Timeline{Now: now, Scheduled: []control.Effect{}, Waiting: []control.Effect{}}
	scheduled, waiting := c.account.Scheduled()
	t.Scheduled, t.Waiting = append(t.Scheduled, effects(scheduled)...), append(t.Waiting, effects(waiting)...)
	return t, nil
}

// awaitIdle waits until nothing runs or is due, at most for the duration of the parameter idle. Without it, it waits as other calls do.
func (c *controlCall) awaitIdle() error {
	wait, err := c.wait("idle")
	if err != nil || wait == 0 {
		c.account.Calm(c.r.Context())
		return err
	}
	ctx, stop := context.WithTimeout(c.r.Context(), wait)
	defer stop()
	if !c.account.AwaitIdle(ctx) {
		o := c.account.Overview()
		return &control.Error{Status: http.StatusConflict, Code: "busy", Message: fmt.Sprintf("after %s the account is still not idle; deliveries under way: %s", wait,
			cmp.Or(strings.Join(o.InFlight, ", "), "none"))}
	}
	return nil
}
