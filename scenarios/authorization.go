package scenarios

import (
	"slices"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// Authorization is what becomes of an authorization after its payment, in scenarios whose object is authorization. How it is paid is said
// by payer and bank, as for a charge: what the bank would capture it authorizes.
type Authorization struct {
	Void *Void    `key:"void" doc:"How a void of the merchant takes effect. Default: at once."`
	Auto *AutoEnd `key:"auto" doc:"What its auto does when its hours are over. Default: what the request says."`
}

// Void delays a void. Meanwhile the authorization stays AUTHORIZED, and nothing of it can be captured.
type Void struct {
	Delay Delay `key:"delay" doc:"Time until it is VOID; forever: it is never voided."`
	Gate  Gate  `key:"gate" doc:"The void waits at this gate until a test releases it."`
}

// AutoEnd is how the auto of an authorization ends.
type AutoEnd struct {
	Status AutoWord `key:"status" doc:"Its status then; after FAILED and DECLINED the authorization stays AUTHORIZED. Default: VOID or CAPTURED, as its type says."`
	Gate   Gate     `key:"gate" doc:"It waits at this gate until a test releases it, also when its hours are over."`
}

// AutoWord is a status in which an auto ends, see [tap.AutoResults].
type AutoWord string

func autoWords() []string {
	var all []string
	for _, s := range tap.AutoResults() {
		all = append(all, string(s))
	}
	return all
}

func (w *AutoWord) read(text string) error { return oneOf((*string)(w), text, autoWords()) }
func (w *AutoWord) write() string          { return string(*w) }
func (w *AutoWord) schema() object         { return enum(autoWords()...) }

// Voids is how a void takes effect: after a delay, which may be forever, and at a gate.
func (a *Authorization) Voids() Void {
	if a.Void == nil {
		return Void{}
	}
	return *a.Void
}

// AutoStatus is how an auto of this type ends.
func (a *Authorization) AutoStatus(of tap.AutoType) tap.AutoStatus {
	switch {
	case a.Auto != nil && a.Auto.Status != "":
		return tap.AutoStatus(a.Auto.Status)
	case of == tap.AutoCapture:
		return tap.AutoCaptured
	}
	return tap.AutoVoided
}

// AutoGate is the gate at which the auto waits, "" if at none.
func (a *Authorization) AutoGate() Gate {
	if a.Auto == nil {
		return ""
	}
	return a.Auto.Gate
}

func (a *Authorization) gates() []Gate { return []Gate{a.Voids().Gate, a.AutoGate()} }

// authorizationMoments are the events that only authorizations have.
var authorizationMoments = []Event{FirstCapture, Voided, Auto}

// authorization checks the keys of a scenario for authorizations, and that others do not have them.
func (c *checker) authorization(s *Scenario) {
	if s.Object != AuthorizationObject {
		if s.Authorization != nil {
			c.blame(s.Authorization, "authorization needs object: authorization; a scenario is for one payment object")
		}
		return
	}
	if s.Chaos != nil {
		c.blame(s.Chaos, "chaos belongs to a scenario for charges; this one has object: authorization")
	}
	for i := range s.API {
		if on := &s.API[i].On; *on != "" && !on.isOf(AuthorizationObject) {
			c.blame(on, "%s is not a call of authorizations; use %s", *on, orList(operationsOf(AuthorizationObject)))
		}
	}
	if s.Authorization == nil {
		return
	}
	if v := s.Authorization.Void; v != nil && v.Delay.Forever && v.Gate != "" {
		c.blame(&v.Gate, "a void that never takes effect cannot wait at a gate")
	}
}

// chargeScript checks that no step of a script for charges waits for what happens to authorizations only.
func (c *checker) chargeScript(s *Script) {
	blame := func(m *Moment) {
		if slices.Contains(authorizationMoments, m.Event) {
			c.blame(m, "%s happens to authorizations only; write object: authorization", m.Event)
		}
	}
	for i := range s.Callbacks {
		switch step := &s.Callbacks[i]; {
		case step.Webhook != nil && !step.Webhook.Never:
			blame(&step.Webhook.At)
		case step.Return != nil && !step.Return.Never:
			blame(&step.Return.At)
		}
	}
	if s.Bank.Later != nil {
		blame(&s.Bank.Later.At)
	}
	for i := range s.API {
		blame(&s.API[i].Before)
	}
}
