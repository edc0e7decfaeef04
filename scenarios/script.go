package scenarios

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// Script is a scenario, or a combination of several, resolved for a payment: complete, checked, and with the defaults filled in. It is
// shared and must not be changed.
type Script struct {
	Name          string // such as "outcome/no-funds + webhook/twice"
	Object        tap.Kind
	Settings      Settings
	Payer         *Payer         // nil: a person opens the page
	Bank          *Bank          // never nil
	Refund        *Refund        // never nil
	Authorization *Authorization // never nil
	Callbacks     []Callback     // always with a webhook step; for payments always with a return step
	API           []Fault
	Chaos         *Chaos

	PlainWebhook bool // the webhook is the default one
	PlainReturn  bool // the return is the default one
	PersonPays   bool // the scenario wants a person, whatever the setting payer says

	ofProgram bool // see OfProgram

	from Scenario        // that it was made from
	weak map[string]bool // the settings that only a file sets, for all its scenarios
	used []Event         // events at which something is scheduled
}

// scriptOf fills in the defaults of a scenario.
func scriptOf(s Scenario) *Script {
	st := &Script{Name: string(s.Name), Object: tap.Kind(cmp.Or(s.Object, ChargeObject)), Settings: s.Settings, Payer: s.Payer,
		Bank: cmp.Or(s.Bank, plainBank), Refund: cmp.Or(s.Refund, plainRefund), Authorization: cmp.Or(s.Authorization, plainAuthorization), Callbacks: s.Callbacks, API: s.API, Chaos: s.Chaos, from: s}
	switch {
	case st.Payer != nil && st.Payer.Person:
		st.Payer, st.PersonPays = nil, true
	case st.Payer != nil && st.Payer.actions() == 0: // the default action is to pay
		p := *st.Payer
		p.Pay = &Pay{}
		st.Payer = &p
	}
	st.fillCallbacks()
	for _, m := range st.moments() {
		if !st.HasStepsAt(m.Event) {
			st.used = append(st.used, m.Event)
		}
	}
	return st
}

// What scenarios share that do not set it: most scripts have it, and would need twice the memory without.
var (
	plainBank          = &Bank{}
	plainRefund        = &Refund{}
	plainAuthorization = &Authorization{}
	plainCallbacks     = []Callback{{Webhook: &Webhook{At: Moment{Event: Settled}}}, {Return: &Return{At: Moment{Event: FirstAttempt, N: 1}}}}
)

// autoCallbacks are those of an authorization that sets none: its auto is posted too [assumed: nothing is known of a webhook after it].
var autoCallbacks = append(slices.Clone(plainCallbacks), Callback{Webhook: &Webhook{At: Moment{Event: Auto}}})

// fillCallbacks adds the default webhook and the default return, and fills in the default moments.
func (s *Script) fillCallbacks() {
	switch {
	case len(s.Callbacks) == 0 && s.Object == tap.KindCharge:
		s.Callbacks, s.PlainWebhook, s.PlainReturn = plainCallbacks, true, true
		return
	case len(s.Callbacks) == 0 && s.Object == tap.KindAuthorization:
		s.Callbacks, s.PlainWebhook, s.PlainReturn = autoCallbacks, true, true
		return
	case s.Webhook(1) == nil && !s.neverWebhook():
		s.Callbacks, s.PlainWebhook = append([]Callback{plainCallbacks[0]}, s.Callbacks...), true
	}
	s.fillMoments()
	if s.Object.IsPayment() && !s.has(func(x Callback) bool { return x.Return != nil }) {
		s.Callbacks, s.PlainReturn = append(s.Callbacks[:len(s.Callbacks):len(s.Callbacks)], Callback{Return: &Return{At: s.plainReturn()}}), true
	}
}

// Scenario is what the script was made from: one scenario with everything in it, under a name that a file can have.
func (s *Script) Scenario() Scenario {
	out := s.from
	out.Name = Combination(out.Name).Name()
	out.Extends, out.Match = "", nil
	return out
}

func (s *Script) has(is func(Callback) bool) bool {
	return slices.ContainsFunc(s.Callbacks, is)
}

func (s *Script) neverWebhook() bool {
	return s.has(func(x Callback) bool { return x.Webhook != nil && x.Webhook.Never })
}

// Webhook is the n-th webhook step, from 1, or nil.
func (s *Script) Webhook(n int) *Webhook {
	for _, step := range s.Callbacks {
		if step.Webhook == nil || step.Webhook.Never {
			continue
		}
		if n--; n == 0 {
			return step.Webhook
		}
	}
	return nil
}

// Number is the number of the webhook step at index i of Callbacks, from 1.
func (s *Script) Number(i int) int {
	n := 0
	for _, step := range s.Callbacks[:i+1] {
		if step.Webhook != nil && !step.Webhook.Never {
			n++
		}
	}
	return n
}

// plainReturn is the default moment of the return: after the first webhook that is sent as soon as the payment is settled, because
// real shops read post.status when the payer returns; at once if there is none.
func (s *Script) plainReturn() Moment {
	for n := 1; s.Webhook(n) != nil; n++ {
		if w := s.Webhook(n); w.At == (Moment{Event: Settled}) && w.Gate == "" {
			return Moment{Event: FirstAttempt, N: n}
		}
	}
	return Moment{Event: Settled}
}

// fillMoments fills in the default moments of steps. Scenarios share their steps, so changed ones are copied.
func (s *Script) fillMoments() {
	steps := make([]Callback, len(s.Callbacks))
	for i, step := range s.Callbacks {
		if w := step.Webhook; w != nil && w.At.Event == "" {
			c := *w
			c.At.Event = Settled
			step.Webhook = &c
		}
		steps[i] = step
	}
	s.Callbacks = steps
	plain := s.plainReturn()
	for i, step := range s.Callbacks {
		if r := step.Return; r != nil && r.At.Event == "" {
			c := *r
			c.At = plain
			s.Callbacks[i].Return = &c
		}
	}
}

// OfProgram reports whether the script is one of the library, of loaded files or of a combination of theirs, which the program keeps
// for all accounts.
func (s *Script) OfProgram() bool { return s.ofProgram }

// HasStepsAt reports whether anything of the script is scheduled at that event.
func (s *Script) HasStepsAt(e Event) bool { return slices.Contains(s.used, e) }

// moments are the moments of all steps.
func (s *Script) moments() []Moment {
	var all []Moment
	if s.Payer != nil {
		all = append(all, s.Payer.Start())
	}
	if at := s.laterAt(); at != nil {
		all = append(all, *at)
	}
	for _, step := range s.Callbacks {
		switch {
		case step.Webhook != nil && !step.Webhook.Never:
			all = append(all, step.Webhook.At)
		case step.Return != nil && !step.Return.Never:
			all = append(all, step.Return.At)
		}
	}
	for i := range s.API {
		if s.API[i].Before.Event != "" {
			all = append(all, s.API[i].Before)
		}
	}
	return all
}

// laterAt is when the later result comes, nil if there is none.
func (s *Script) laterAt() *Moment {
	switch {
	case s.Object == tap.KindRefund && s.Refund.Later != nil:
		return &s.Refund.Later.At
	case s.Object.IsPayment() && s.Bank.Later != nil:
		return &s.Bank.Later.At
	}
	return nil
}

// Later is when the later result comes, and its gate; nil if there is none.
func (s *Script) Later() (*Moment, Gate) {
	switch at := s.laterAt(); {
	case at == nil:
		return nil, ""
	case s.Object == tap.KindRefund:
		return at, s.Refund.Later.Gate
	default:
		return at, s.Bank.Later.Gate
	}
}

// For is the script for an object of another kind: the same if it is for that kind, or one made from a scenario that names no kind. The
// error says why it does not fit.
func (s *Script) For(kind tap.Kind) (*Script, error) {
	if s.Object == kind {
		return s, nil
	}
	if s.from.Object != "" {
		return nil, fmt.Errorf("scenario %s is for %s, not for %s", s.Name, one(s.Object), one(kind))
	}
	whole := s.from
	whole.Object = Object(kind)
	st, err := possible(whole)
	if err != nil {
		return nil, fmt.Errorf("as a scenario for %s, %w", one(kind), err)
	}
	return st, nil
}

// Start is when the payer opens the page.
func (p *Payer) Start() Moment {
	if p.At.Event == "" {
		return Moment{Event: Answered}
	}
	return p.At
}

// Plain is the script of a charge that follows no scenario.
func Plain() *Script { return plain }

// PlainFor is the script of an object of this kind that follows no scenario.
func PlainFor(kind tap.Kind) *Script {
	switch kind {
	case tap.KindRefund:
		return plainForRefund
	case tap.KindAuthorization:
		return plainForAuthorization
	case tap.KindInvoice:
		return plainForInvoice
	}
	return plain
}

// IsPlain reports whether the script is that of an object that follows no scenario.
func (s *Script) IsPlain() bool {
	return s == plain || s == plainForRefund || s == plainForAuthorization || s == plainForInvoice
}

var (
	plain                 = ofProgram(Scenario{})
	plainForRefund        = ofProgram(Scenario{Object: RefundObject})
	plainForAuthorization = ofProgram(Scenario{Object: AuthorizationObject})
	plainForInvoice       = ofProgram(Scenario{Object: InvoiceObject})
)

// automatic is the script with a payer who pays at once.
var automatic = ofProgram(Scenario{Payer: &Payer{Pay: &Pay{}}})

func ofProgram(s Scenario) *Script {
	st := scriptOf(s)
	st.ofProgram = true
	return st
}

// NeedsMore reports whether a charge that follows the script needs more than the script: settings, counted faults, chaos.
func (s *Script) NeedsMore() bool {
	return len(s.Settings) > 0 || len(s.API) > 0 || s.Chaos != nil
}

// Automatic is the script with an automatic payer: unchanged if it says who pays, else with a payer who pays at once.
func (s *Script) Automatic() *Script {
	if s.Payer != nil || s.PersonPays {
		return s
	}
	name := s.Name
	whole := over(automatic.from, s.from)
	st := scriptOf(whole)
	st.Name = name
	return st
}

// FaultyPage reports whether the script has faults of the payment page.
func (s *Script) FaultyPage() bool {
	return slices.ContainsFunc(s.API, func(f Fault) bool { return f.On.IsPage() })
}

// Faults are the faults of one operation.
func (s *Script) Faults(on Operation) []*Fault {
	var some []*Fault
	for i := range s.API {
		if s.API[i].On == on {
			some = append(some, &s.API[i])
		}
	}
	return some
}

// Beside combines two scripts of which neither overrides the other. The error says what conflicts or is impossible.
func Beside(a, b *Script) (*Script, error) {
	x, y := a.from, b.from
	x.Name, y.Name = Name(a.Name), Name(b.Name)
	if a.Name == "" {
		x.Name = "plain"
	}
	whole, err := beside(x, y)
	if err != nil {
		return nil, err
	}
	st, err := possible(whole)
	if err == nil && a.Name == "" {
		st.Name = b.Name
	}
	return st, err
}

// Gates are the names of the gates at which steps of the script wait.
func (s *Script) Gates() []string { return s.from.gates() }

func (s *Scenario) gates() []string {
	var names []string
	add := func(g Gate) {
		if g != "" {
			names = append(names, string(g))
		}
	}
	if s.Payer != nil {
		add(s.Payer.Gate)
	}
	if s.Refund != nil {
		add(s.Refund.Gate)
		if s.Refund.Later != nil {
			add(s.Refund.Later.Gate)
		}
	}
	if s.Authorization != nil {
		for _, g := range s.Authorization.gates() {
			add(g)
		}
	}
	if s.Bank != nil {
		add(s.Bank.Gate)
		if s.Bank.Later != nil {
			add(s.Bank.Later.Gate)
		}
	}
	for _, step := range s.Callbacks {
		if step.Webhook != nil {
			add(step.Webhook.Gate)
		}
		if step.Return != nil {
			add(step.Return.Gate)
		}
	}
	for i := range s.API {
		add(s.API[i].Gate)
	}
	return names
}

// Gates are the names of the gates of the set's own scenarios.
func (s *Set) Gates() []string {
	var names []string
	for _, w := range s.written {
		names = append(names, w.gates()...)
	}
	return names
}

// Recorded is a scenario without chance that repeats what the script did in the account's create call of that number. injected is the
// fault of that call, or nil.
func (s *Script) Recorded(call int, injected *Fault) Scenario {
	out := s.Scenario()
	out.API = slices.DeleteFunc(slices.Clone(out.API), func(f Fault) bool { return f.On.isCreate() })
	if injected != nil { // this one call, however it was counted
		one := *injected
		one.Calls = Calls{}
		out.API = append(out.API, one)
	}
	out.Chaos = nil
	out.Name = Name(fmt.Sprintf("recorded/%d", call))
	out.Description = "Create call " + strconv.Itoa(call) + ", which followed " + s.Name + "."
	out.Match = &Match{Calls: Calls{call, call}}
	return out
}
