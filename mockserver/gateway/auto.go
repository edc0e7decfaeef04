package gateway

import (
	"github.com/tapmock/tapmock/mockserver/payment"
	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/mockserver/timeline"
	"github.com/tapmock/tapmock/scenarios"
)

// scheduleAuto puts the auto of a payment that has just been authorized on the timeline.
func (t *tx) scheduleAuto(p *Payment, cause uint64) {
	if due, ok := p.AutoDue(); ok {
		p.deadline = t.schedule(p, effect{Due: due, Gate: string(p.Script.Authorization.AutoGate()), Args: action{kind: RunAuto, cause: cause}})
	}
}

// runAuto voids or captures what is left of an authorization because its hours are over (Rest of v2 2.4, documented), or fails to.
func (t *tx) runAuto(p *Payment, e effect) {
	p.deadline = timeline.Ref{}
	status, left := p.Script.Authorization.AutoStatus(p.Request.Auto.Type), t.capturableOf(p)
	facts, err := p.EndAuto(status, t.now(), t.a.ids, nil)
	if err != nil {
		t.note(p.Name(), e.Args.cause, tap.EventChangeRefused, err.Error())
		return
	}
	seq := t.emit(p, facts, e.Args.cause)
	if status == tap.AutoCaptured && left > 0 && p.Settings.AuthorizationAutoCharge {
		t.captureRest(p, left, seq)
	}
}

// captureRest makes the charge of an auto that captures, because an amount that can be refunded needs one [assumed: whether Tap makes one is
// not known]. Nothing is posted for it.
func (t *tx) captureRest(p *Payment, left tap.Amount, cause uint64) {
	if !t.takesOneMore() {
		t.note(p.Name(), cause, tap.EventChangeRefused, "no charge was made for the captured amount: the limit of charges is reached")
		return
	}
	req := *p.Request
	req.Amount, req.Source, req.Auto, req.Idempotent, req.PostURL, req.RedirectURL = left, p.ID, nil, "", "", ""
	c := t.newPayment(tap.KindCharge, &req, p.Settings, scenarios.Plain())
	t.join(p, c)
	t.announce(c, cause, "")
	t.finish(c, c.Decision(payment.Bank{}), tap.EventSettled, c.createdBy)
	c.Answer = int8(c.Latest())
}

// takesOneMore takes a place for another payment if there is one without a look at other accounts, which an effect cannot lock.
func (t *tx) takesOneMore() bool {
	if t.payments.len() >= t.a.gw.limits.Charges && t.evict(1) == 0 {
		return false
	}
	taken, err := t.a.gw.places.take(&t.a.places)
	return taken && err == nil
}
