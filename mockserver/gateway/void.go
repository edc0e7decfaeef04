package gateway

import (
	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/scenarios"
)

// VoidError says why an authorization cannot be voided.
type VoidError struct {
	Status  tap.Status // of the authorization, if it is not AUTHORIZED
	Voiding bool       // a void of it is pending; otherwise a capture is
}

// Error says which of the reasons it is.
func (e *VoidError) Error() string {
	switch {
	case e.Status != "":
		return "the authorization is " + string(e.Status) + ", only one that is AUTHORIZED can be voided"
	case e.Voiding:
		return "a void of the authorization is pending already"
	}
	return "a capture of the authorization is pending"
}

// Void voids what is left of an authorization, unless a fault of the call prevents it, and returns the authorization and that fault, or nil. A
// scenario can delay the void; meanwhile the authorization stays AUTHORIZED. Errors: [*NoAuthorizationError], [*VoidError], [*payment.ChangesError].
func (a *Account) Void(id string) (shown Payment, f *scenarios.Fault, err error) {
	a.update(func(t *tx) {
		var p *Payment
		if p, err = t.authorization(id); err != nil {
			return
		}
		if f = t.fault(p, scenarios.VoidAuthorization); f == nil || f.Commits() {
			err = t.void(p)
		}
		shown = *p
	})
	return shown, f, err
}

func (t *tx) void(p *Payment) error {
	switch {
	case p.Status != tap.Authorized:
		return &VoidError{Status: p.Status}
	case p.voiding:
		return &VoidError{Voiding: true}
	}
	for c := range t.capturesOf(p) {
		if !c.Status.Final() {
			return &VoidError{}
		}
	}
	how := p.Script.Authorization.Voids()
	if how.Delay == (scenarios.Delay{}) && how.Gate == "" {
		return t.voidNow(p, 0)
	}
	p.voiding = true
	cause := t.note(p.Name(), 0, tap.EventVoidRequested, "")
	if !how.Delay.Forever {
		t.schedule(p, effect{Due: t.in(how.Delay.For), Gate: string(how.Gate), Args: action{kind: VoidNow, cause: cause}})
	}
	return nil
}

// voidNow voids an authorization. A move that is not legal any more is journalled.
func (t *tx) voidNow(p *Payment, cause uint64) error {
	p.voiding = false
	facts, err := p.Void(t.now(), t.a.ids, nil)
	if err != nil {
		t.note(p.Name(), cause, tap.EventChangeRefused, err.Error())
		return err
	}
	t.emit(p, facts, cause)
	return nil
}
