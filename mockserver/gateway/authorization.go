package gateway

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// NoAuthorizationError says that the account has no authorization with this id.
type NoAuthorizationError struct{ ID string }

// Error names the id.
func (e *NoAuthorizationError) Error() string {
	return fmt.Sprintf("this key's account has no authorization %q; each key is an account of its own", tap.Clip(e.ID, 60))
}

// authorization returns an authorization of the account. The error is a [*NoAuthorizationError].
func (t *tx) authorization(id string) (*Payment, error) {
	if a := t.payments.find(id); a != nil && a.Kind() == tap.KindAuthorization {
		return a, nil
	}
	return nil, &NoAuthorizationError{id}
}

// Authorization is an authorization with what has been captured of it.
type Authorization struct {
	Payment
	Captured tap.Amount
	Captures []string // ids of the charges that captured it, the last first
}

func (t *tx) withCaptures(p *Payment) Authorization {
	found := Authorization{Payment: *p}
	for c := range t.capturesOf(p) {
		if c.Status == tap.Captured {
			found.Captured += c.Amount
			found.Captures = append(found.Captures, c.ID)
		}
	}
	return found
}

// Authorization returns an authorization. The error is a [*NoAuthorizationError].
func (a *Account) Authorization(id string) (found Authorization, err error) {
	a.update(func(t *tx) {
		var p *Payment
		if p, err = t.authorization(id); err == nil {
			found = t.withCaptures(p)
		}
	})
	return found, err
}

// Authorizations returns the latest authorizations, the latest first, at most max, and whether there are more.
func (a *Account) Authorizations(max int) (some []Authorization, more bool) {
	a.update(func(t *tx) {
		var found []*Payment
		for p := range t.payments.all() {
			if p.Kind() == tap.KindAuthorization {
				found = append(found, p)
			}
		}
		slices.SortFunc(found, func(x, y *Payment) int { return cmp.Compare(y.Ordinal, x.Ordinal) })
		more = len(found) > max
		for _, p := range found[:min(len(found), max)] {
			some = append(some, t.withCaptures(p))
		}
	})
	return some, more
}

// TraceAuthorization is [Account.Trace] for an authorization. Errors: [*NoAuthorizationError], [*EvictedError].
func (a *Account) TraceAuthorization(id string) (of Authorization, entries []Entry, scheduled []Effect, err error) {
	a.update(func(t *tx) {
		var p *Payment
		if p, err = t.authorization(id); err != nil {
			return
		}
		of = t.withCaptures(p)
		entries, scheduled, err = t.trace(p)
	})
	return of, entries, scheduled, err
}
