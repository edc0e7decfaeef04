package shop

import (
	"fmt"
	"time"
)

// Due is a webhook that the mock is still to send.
type Due struct {
	In     time.Duration // until it is due, on the account's clock
	Frozen bool          // whether this clock stands still
	Gate   string        // at which it waits when it is due; "": none
	Held   bool          // whether a person holds it back
}

// due is the next webhook of a charge that is scheduled, or nil.
func (s *Shop) due(key, charge string) *Due {
	if s.config.Due == nil {
		return nil
	}
	if d, ok := s.config.Due(key, charge); ok {
		return &d
	}
	return nil
}

// text says when the webhook comes, and which buttons of the payment's page send it.
func (d *Due) text() string {
	const then = " sends it. Then reload this page."
	switch {
	case d.Held:
		return "It is held back. On the payment's page, “Run now”" + then
	case d.Gate != "":
		return fmt.Sprintf("It waits at the gate %s. On the payment's page, “Open the gate” or “Run now”%s", d.Gate, then)
	case d.Frozen:
		return fmt.Sprintf("It is due in %s of the account's clock, which is frozen. On the payment's page, “To the next event” or “Run now”%s", span(d.In), then)
	}
	return fmt.Sprintf("It is due in %s of the account's clock. Reload this page then, or let “Run now” on the payment's page send it at once.", span(d.In))
}

// span writes a duration in the largest unit of which it has two, rounded up.
func span(d time.Duration) string {
	unit, name := time.Second, "s"
	switch {
	case d >= 2*time.Hour:
		unit, name = time.Hour, "h"
	case d > 2*time.Minute:
		unit, name = time.Minute, "min"
	}
	return fmt.Sprintf("%d %s", (max(d, 0)+unit-1)/unit, name)
}
