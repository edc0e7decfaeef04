package scenarios

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// finding is something that cannot be, and a pointer to the value to blame.
type finding struct {
	about any
	text  string
}

// checker looks for what no single value shows to be wrong.
type checker struct{ found []finding }

func (c *checker) blame(about any, format string, args ...any) {
	c.found = append(c.found, finding{about, fmt.Sprintf(format, args...)})
}

// checkWritten checks a scenario as it stands, whatever it may be combined with.
func checkWritten(s *Scenario) []finding {
	c := &checker{}
	if s.Name == "" {
		c.blame(s, "the scenario has no name")
	} else if err := new(Name).read(string(s.Name)); err != nil {
		c.blame(&s.Name, "%v", err)
	}
	if s.About == "" {
		c.blame(s, "the scenario has no about: a sentence on what happens and why")
	}
	c.numbers(reflect.ValueOf(s).Elem())
	c.settings(s)
	c.payer(s.Payer)
	c.bank(s.Bank)
	for i := range s.Tell {
		c.step(&s.Tell[i])
	}
	c.nevers(s.Tell)
	for i := range s.API {
		c.fault(&s.API[i])
		if s.API[i].On == ListCharges && s.Match != nil {
			c.blame(&s.API[i], "a list is of no single charge, so that no match leads here; name the scenario as a default")
		}
	}
	c.adversary(s.Adversary)
	c.match(s.Match)
	return c.found
}

// maxSteps bounds what a scenario tells, and its faults.
const maxSteps = 100

// numbers holds whole numbers of scenarios built in Go against their bounds; files were held when they were read.
func (c *checker) numbers(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			c.numbers(v.Elem())
		}
	case reflect.Slice:
		if v.Len() > maxSteps {
			c.blame(v.Addr().Interface(), "%d entries are more than %d", v.Len(), maxSteps)
			return
		}
		for i := range v.Len() {
			c.numbers(v.Index(i))
		}
	case reflect.Struct:
		for _, f := range reflect.VisibleFields(v.Type()) {
			if !f.IsExported() {
				continue
			}
			field := v.FieldByIndex(f.Index)
			if text := outOfBounds(f, field); text != "" && !field.IsZero() {
				c.blame(field.Addr().Interface(), "%s", text)
			}
			c.numbers(field)
		}
	}
}

func (c *checker) settings(s *Scenario) {
	var into tap.Settings
	for _, key := range slices.Sorted(maps.Keys(s.Settings)) {
		if err := into.Set(key, s.Settings[key]); err != nil {
			c.blame(place{&s.Settings, key}, "%s", strings.TrimPrefix(err.Error(), "setting "+key+": "))
		}
	}
}

func (c *checker) payer(p *Payer) {
	if p == nil {
		return
	}
	if p.deeds() > 1 {
		c.blame(p, "the payer can do one of pay, cancel and abandon, not several")
	}
	if p.Cancel == Unopened {
		c.blame(&p.Cancel, "who has not opened the page cannot press Cancel; take entry or confirm")
	}
	if e := p.After.Event; e != "" && e != Created && e != Answered && e != Expired {
		c.blame(&p.After, "the payer can start at created, answered or expired; %s comes only after he has acted", p.After)
	}
	if p.Pay != nil && p.Pay.Card != "" { // a scenario built in Go has not been through the reader
		if err := new(Card).read(string(p.Pay.Card)); err != nil {
			c.blame(&p.Pay.Card, "%v", err)
		}
	}
}

func (c *checker) bank(b *Bank) {
	if b == nil {
		return
	}
	if b.Delay.Never && b.Hold != "" {
		c.blame(&b.Hold, "an answer that never comes cannot wait at a gate")
	}
	if b.Code != "" && b.Result != "" && b.Result != tap.KNETNotCaptured {
		c.blame(&b.Code, "only a payment that is NOT CAPTURED has another code; KNET sends none with %s", b.Result)
	}
	c.response(b.Response, b.Status, &b.Response)
	if b.Later != nil {
		c.later(b, b.Later)
	}
}

// response refuses a code whose own status no charge ends in, unless a status is named with it.
func (c *checker) response(code TapCode, status StatusWord, about any) {
	if result, ok := tap.ResultFor(string(code)); ok && status == "" && !tap.Initiated.CanBecome(tap.StatusFor(result)) {
		c.blame(about, "no payment ends %s, the status of %s; name a status with it", tap.StatusFor(result), code)
	}
}

func (c *checker) later(b *Bank, l *Later) {
	switch l.At.Event {
	case "":
		c.blame(l, "later needs at: when the truth comes, such as settled + 1m or expired + 1h")
	case Created, Answered, PageOpened, Submitted, Confirmed, Corrected:
		c.blame(&l.At, "a later truth comes after an end: hang it on settled, redirected, expired or a webhook, not on %s", l.At.Event)
	}
	c.response(l.Response, l.Status, &l.Response)
	to := l.Outcome("05").Status
	if l.Result == "" && l.Code == "" && l.Status == "" && l.Response == "" {
		c.blame(l, "later does not say what becomes true: a result or a status")
		return
	}
	if l.At.Event == Expired {
		if !tap.Abandoned.CanBecomeLate(to) {
			c.blame(l, "a charge that has expired cannot become %s any more; CAPTURED is the only late truth", to)
		}
		return
	}
	c.move(b, l, to)
}

// move holds the two ends against the tables of moves.
func (c *checker) move(b *Bank, l *Later, to tap.Status) {
	o, decided := b.Outcome("05")
	from := o.Status
	if decided && !from.CanBecome(to) && !from.CanBecomeLate(to) {
		c.blame(l, "a charge that is %s cannot become %s; %s", from, to, movesFrom(from))
	}
	if !decided && to != tap.Captured && to != tap.Void {
		c.blame(l, "no charge that has ended can become %s; a late truth is CAPTURED or VOID", to)
	}
}

func movesFrom(s tap.Status) string {
	var to []string
	for _, t := range tap.Statuses() {
		if s.CanBecome(t) || s.CanBecomeLate(t) {
			to = append(to, string(t))
		}
	}
	if len(to) == 0 {
		return "it is final"
	}
	return "it can become " + strings.Join(to, " or ")
}

func (c *checker) step(s *Step) {
	switch {
	case s.Webhook == nil && s.Redirect == nil:
		c.blame(s, "a step needs a webhook or a redirect")
	case s.Webhook != nil && s.Redirect != nil:
		c.blame(s, "webhook and redirect are steps of their own: put a dash before each")
	case s.Webhook != nil:
		c.webhook(s.Webhook)
	default:
		c.redirect(s.Redirect)
	}
}

func (c *checker) webhook(w *Webhook) {
	if w.Never {
		return
	}
	if w.Together && w.Copies < 2 {
		c.blame(&w.Together, "together needs copies: 2 or more")
	}
}

// decided are the events at which a payment has ended, so that the payer may be sent back.
var decidedEvents = []Event{Settled, Corrected, Delivered, Redirected}

func (c *checker) redirect(r *Redirect) {
	if r.Never {
		return
	}
	if r.At.Event != "" && !slices.Contains(decidedEvents, r.At.Event) {
		c.blame(&r.At, "a payer is not sent back before the payment is decided: hang it on settled or later, not on %s", r.At.Event)
	}
	if r.Together && r.Copies < 2 {
		c.blame(&r.Together, "together needs copies: 2 or more")
	}
	for _, key := range slices.Sorted(maps.Keys(r.Add)) {
		if key == "" || key == "tap_id" || strings.ContainsAny(key+r.Add[key], "\r\n") {
			c.blame(place{&r.Add, key}, "%q cannot be added; for tap_id there is a key of its own", clip(key))
		}
	}
}

// nevers refuses a never beside steps of the same kind.
func (c *checker) nevers(steps []Step) {
	for i := range steps {
		s := &steps[i]
		never := s.Webhook != nil && s.Webhook.Never || s.Redirect != nil && s.Redirect.Never
		if never && len(kindOf(steps, *s)) > 1 {
			c.blame(s, "never stands beside other steps of its kind")
		}
	}
}

func (c *checker) fault(f *Fault) {
	if f.On == "" {
		c.blame(f, "the fault does not say on which calls: on: create_charge, retrieve_charge, list_charges or page")
	}
	if f.Nth > 0 && f.Calls.From > 0 {
		c.blame(&f.Calls, "nth and calls say the same; take one")
	}
	if f.Fault == nil && f.Delay == 0 && f.Hold == "" {
		c.blame(f, "nothing goes wrong here: it needs a fault, a delay or a gate to hold at")
	}
	if f.Commit != nil && f.On != CreateCharge && f.On != Page {
		c.blame(&f.Commit, "%s does no work that could be done or not; commit is for create_charge and page", f.On)
	}
	if f.Commit != nil && !*f.Commit && f.needsAnswer() {
		c.blame(&f.Commit, "this fault needs the right answer, so the work is done; leave commit out")
	}
	if f.On == CreateCharge && f.Until.Event != "" {
		c.blame(&f.Until, "a charge is created before anything of its story; name calls instead")
	}
	if f.On == ListCharges && f.Until.Event != "" {
		c.blame(&f.Until, "a list is of no single charge; name calls instead")
	}
	if f.Fault != nil {
		c.kind(f, f.Fault)
	}
}

func (c *checker) kind(f *Fault, k *FaultKind) {
	if k.Word == "" && k.Status == 0 {
		c.blame(k, "the fault needs a status, such as 503")
	}
	if k.Word == Stale && f.On != RetrieveCharge {
		c.blame(k, "stale is for retrieve_charge")
	}
	if k.Word == ContentType && f.On == Page {
		c.blame(k, "a page is text/html anyway")
	}
	if k.Code != "" && !tap.KnownError(k.Code) {
		c.blame(&k.Code, "%q is no error code of Tap's", clip(k.Code))
	}
}

func (c *checker) adversary(a *Adversary) {
	if a != nil && len(a.Rates) == 0 {
		c.blame(a, "the adversary needs rates: scenarios, each with how often")
	}
}

func (c *checker) match(m *Match) {
	if m == nil || m.Amount == nil {
		return
	}
	a := m.Amount
	if !a.Is.set && !a.Min.set && !a.Max.set {
		c.blame(a, "the amount needs a value, min or max")
	}
	if a.Min.set && a.Max.set && a.Min.amount > a.Max.amount {
		c.blame(a, "min is more than max")
	}
}

// checkStory checks that every step of a whole story can come: what it hangs on happens, and not only after itself.
func checkStory(s *Story) []finding {
	c := &checker{}
	c.payer(s.Payer)
	c.bank(s.Bank)
	for i := range s.Tell {
		step := &s.Tell[i]
		switch {
		case step.Webhook != nil && !step.Webhook.Never:
			c.reachable(s, step.Webhook.At, &step.Webhook.At, Moment{Event: Delivered, N: s.Number(i)}.String())
		case step.Redirect != nil && !step.Redirect.Never:
			self := ""
			if step.Redirect == s.firstRedirect() {
				self = string(Redirected)
			}
			c.reachable(s, step.Redirect.At, &step.Redirect.At, self)
		}
	}
	if l := s.Bank.Later; l != nil {
		c.reachable(s, l.At, &l.At, string(Corrected))
	}
	for i := range s.API {
		if f := &s.API[i]; f.Until.Event != "" {
			c.reachable(s, f.Until, &f.Until, "")
		}
	}
	return c.found
}

// reachable follows what a moment hangs on, back to an event that comes by itself.
func (c *checker) reachable(s *Story, m Moment, about any, self string) {
	seen := map[string]bool{self: true}
	for {
		name := Moment{Event: m.Event, N: m.N}.String()
		switch m.Event {
		case Delivered:
			w := s.Webhook(m.N)
			if w == nil {
				c.blame(about, "there is no %s: the scenario has %s", name, countWebhooks(s))
				return
			}
			m = w.At
		case Redirected:
			r := s.firstRedirect()
			if r == nil {
				c.blame(about, "the payer never returns in this scenario, so nothing can hang on redirected")
				return
			}
			m = r.At
		case Corrected:
			if s.Bank.Later == nil {
				c.blame(about, "nothing is corrected in this scenario: bank.later is not set")
				return
			}
			m = s.Bank.Later.At
		default:
			return
		}
		if seen[name] {
			c.blame(about, "it waits for itself: %s hangs on it, directly or by way of others", name)
			return
		}
		seen[name] = true
	}
}

func (s *Story) firstRedirect() *Redirect {
	for _, step := range s.Tell {
		if step.Redirect != nil && !step.Redirect.Never {
			return step.Redirect
		}
	}
	return nil
}

func countWebhooks(s *Story) string {
	n := 0
	for s.Webhook(n+1) != nil {
		n++
	}
	switch n {
	case 0:
		return "no webhook step"
	case 1:
		return "one webhook step"
	}
	return fmt.Sprintf("%d webhook steps", n)
}
