package scenarios

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// Story is a scenario, or a combination of several, ready to be played: whole, checked, and with what was left unset filled
// in. It is shared and must not be changed.
type Story struct {
	Name      string // such as "outcome/no-funds + webhook/twice"
	Settings  Settings
	Payer     *Payer // nil: whoever opens the page
	Bank      *Bank  // never nil
	Tell      []Step // never without one webhook step and one redirect step
	API       []Fault
	Adversary *Adversary

	PlainWebhook  bool // the webhook is the one that is sent without a scenario
	PlainRedirect bool // so is the payer's return

	from Scenario       // what it was made of
	hung map[Event]bool // events that something hangs on
}

// storyOf fills in what a scenario leaves unset.
func storyOf(s Scenario) *Story {
	st := &Story{Name: string(s.Name), Settings: s.Settings, Payer: s.Payer, Bank: s.Bank, Tell: s.Tell, API: s.API, Adversary: s.Adversary, from: s}
	if st.Bank == nil {
		st.Bank = &Bank{}
	}
	if st.Payer != nil && st.Payer.deeds() == 0 { // who does nothing else pays
		p := *st.Payer
		p.Pay = &Pay{}
		st.Payer = &p
	}
	if first := st.Webhook(1); first == nil && !st.neverWebhook() {
		st.Tell, st.PlainWebhook = append([]Step{{Webhook: &Webhook{At: Moment{Event: Settled}}}}, st.Tell...), true
	}
	st.fillMoments()
	if !st.has(func(x Step) bool { return x.Redirect != nil }) {
		st.Tell, st.PlainRedirect = append(st.Tell[:len(st.Tell):len(st.Tell)], Step{Redirect: &Redirect{At: st.plainReturn()}}), true
	}
	st.hung = map[Event]bool{}
	for _, m := range st.moments() {
		st.hung[m.Event] = true
	}
	return st
}

// Scenario is what the story was made of: one scenario with everything in it.
func (s *Story) Scenario() Scenario {
	out := s.from
	out.Extends, out.Match = "", nil
	return out
}

func (s *Story) has(is func(Step) bool) bool {
	return slices.ContainsFunc(s.Tell, is)
}

func (s *Story) neverWebhook() bool {
	return s.has(func(x Step) bool { return x.Webhook != nil && x.Webhook.Never })
}

// Webhook is the n-th webhook step, from 1, or nil.
func (s *Story) Webhook(n int) *Webhook {
	for _, step := range s.Tell {
		if step.Webhook == nil || step.Webhook.Never {
			continue
		}
		if n--; n == 0 {
			return step.Webhook
		}
	}
	return nil
}

// Number is which webhook step the i-th step of Tell is, from 1.
func (s *Story) Number(i int) int {
	n := 0
	for _, step := range s.Tell[:i+1] {
		if step.Webhook != nil && !step.Webhook.Never {
			n++
		}
	}
	return n
}

// plainReturn is when the payer returns unless the scenario says so: after the first webhook if that is sent as soon as the
// payment is settled, because real shops read post.status on his return, and else at once.
func (s *Story) plainReturn() Moment {
	if w := s.Webhook(1); w != nil && w.At == (Moment{Event: Settled}) && w.Hold == "" {
		return Moment{Event: Delivered, N: 1}
	}
	return Moment{Event: Settled}
}

// fillMoments gives steps without a moment theirs. Scenarios share their steps, so that changed ones are copied.
func (s *Story) fillMoments() {
	steps := make([]Step, len(s.Tell))
	for i, step := range s.Tell {
		if w := step.Webhook; w != nil && w.At.Event == "" {
			c := *w
			c.At.Event = Settled
			step.Webhook = &c
		}
		steps[i] = step
	}
	s.Tell = steps
	plain := s.plainReturn()
	for i, step := range s.Tell {
		if r := step.Redirect; r != nil && r.At.Event == "" {
			c := *r
			c.At = plain
			s.Tell[i].Redirect = &c
		}
	}
}

// HangsOn reports whether anything of the story waits for that event.
func (s *Story) HangsOn(e Event) bool { return s.hung[e] }

// moments are all that steps hang on.
func (s *Story) moments() []Moment {
	var all []Moment
	if s.Payer != nil {
		all = append(all, s.Payer.Start())
	}
	if s.Bank.Later != nil {
		all = append(all, s.Bank.Later.At)
	}
	for _, step := range s.Tell {
		switch {
		case step.Webhook != nil && !step.Webhook.Never:
			all = append(all, step.Webhook.At)
		case step.Redirect != nil && !step.Redirect.Never:
			all = append(all, step.Redirect.At)
		}
	}
	for i := range s.API {
		if s.API[i].Until.Event != "" {
			all = append(all, s.API[i].Until)
		}
	}
	return all
}

// Start is when the payer opens the page.
func (p *Payer) Start() Moment {
	if p.After.Event == "" {
		return Moment{Event: Answered}
	}
	return p.After
}

// Outcome is the end that the bank's answer leads to; decided reports whether the scenario says so, and else the card does.
// declineCode is KNET's authRespCode of a payment that is not captured, unless the scenario has one.
func (b *Bank) Outcome(declineCode string) (o tap.Outcome, decided bool) {
	return outcome(b.Result, b.Code, b.Status, b.Response, declineCode)
}

// Outcome is the later end.
func (l *Later) Outcome(declineCode string) tap.Outcome {
	o, _ := outcome(l.Result, l.Code, l.Status, l.Response, declineCode)
	return o
}

func outcome(word KNETWord, code BankCode, status StatusWord, response TapCode, declineCode string) (tap.Outcome, bool) {
	if word == "" && code == "" && status == "" && response == "" {
		return tap.Outcome{}, false
	}
	if code != "" {
		declineCode = string(code)
	}
	if word == "" && status == "" && response != "" {
		result, _ := tap.ResultFor(string(response))
		status = StatusWord(tap.StatusFor(result))
	}
	if word == "" {
		word = wordFor(tap.Status(status))
	}
	o := tap.KNETOutcome(string(word), declineCode)
	if status != "" && tap.Status(status) != o.Status {
		o.Status, o.Result = tap.Status(status), tap.PlainResult(tap.Status(status))
	}
	if response != "" {
		result, _ := tap.ResultFor(string(response))
		if status == "" {
			o.Status = tap.StatusFor(result)
		}
		o.Result = result
	}
	return o, true
}

// wordFor is KNET's word behind a status that was named without it.
func wordFor(s tap.Status) KNETWord {
	switch s {
	case tap.Captured, tap.Void:
		return tap.KNETCaptured
	case tap.Cancelled, tap.Abandoned, tap.InProgress, tap.Unknown, tap.TimedOut:
		return tap.KNETCanceled
	}
	return tap.KNETNotCaptured
}

// Plain is the story of a charge that follows no scenario.
func Plain() *Story { return plain }

var plain = storyOf(Scenario{})

// automatic is the story with a payer who pays at once.
var automatic = storyOf(Scenario{Payer: &Payer{Pay: &Pay{}}})

// NeedsMore reports whether more than the story itself decides what a charge goes through: settings, faults that are counted, an adversary.
func (s *Story) NeedsMore() bool {
	return len(s.Settings) > 0 || len(s.API) > 0 || s.Adversary != nil
}

// Automatic is the story with a payer of its own: it stays as it is if it has one, and else somebody pays at once.
func (s *Story) Automatic() *Story {
	if s.Payer != nil && s.Payer.deeds() > 0 {
		return s
	}
	name := s.Name
	whole := over(automatic.from, s.from)
	st := storyOf(whole)
	st.Name = name
	return st
}

// Faults lists the faults of one operation.
func (s *Story) Faults(on Operation) []*Fault {
	var some []*Fault
	for i := range s.API {
		if s.API[i].On == on {
			some = append(some, &s.API[i])
		}
	}
	return some
}

// Beside combines two stories of which neither overrides the other. The error says what clashes, or what cannot be.
func Beside(a, b *Story) (*Story, error) {
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

// Gates are the names of the gates at which steps of the story wait.
func (s *Story) Gates() []string { return s.from.gates() }

func (s *Scenario) gates() []string {
	var names []string
	add := func(g Gate) {
		if g != "" {
			names = append(names, string(g))
		}
	}
	if s.Payer != nil {
		add(s.Payer.Hold)
	}
	if s.Bank != nil {
		add(s.Bank.Hold)
		if s.Bank.Later != nil {
			add(s.Bank.Later.Hold)
		}
	}
	for _, step := range s.Tell {
		if step.Webhook != nil {
			add(step.Webhook.Hold)
		}
		if step.Redirect != nil {
			add(step.Redirect.Hold)
		}
	}
	for i := range s.API {
		add(s.API[i].Hold)
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

// Repeat is a scenario without chance that does what the story has done, for the account's n-th call that creates a charge. befell is what
// went wrong with that call, nil if nothing did.
func (s *Story) Repeat(nth int, befell *Fault) Scenario {
	out := s.Scenario()
	out.API = slices.DeleteFunc(slices.Clone(out.API), func(f Fault) bool { return f.On == CreateCharge })
	if befell != nil { // this one call, however the calls were counted then
		one := *befell
		one.Nth, one.Calls = 0, Calls{}
		out.API = append(out.API, one)
	}
	out.Adversary = nil
	out.Name = Name(fmt.Sprintf("run/%d", nth))
	out.About = "Call " + strconv.Itoa(nth) + " of the run, which played " + s.Name + "."
	out.Match = &Match{Nth: nth}
	return out
}
