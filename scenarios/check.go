package scenarios

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// finding is something that cannot be, and a pointer to the value to blame.
type finding struct {
	about any
	text  string
}

// checker looks for what no single value shows to be wrong.
type checker struct {
	found  []finding
	spoilt map[any]bool // what was written but could not be read, of which the reader has told
}

func (c *checker) blame(about any, format string, args ...any) {
	c.found = append(c.found, finding{about, fmt.Sprintf(format, args...)})
}

// missing blames what is not there, unless one of the fields that could have held it was written and is wrong by itself.
func (c *checker) missing(about any, fields []any, format string, args ...any) {
	for _, f := range append(fields, about) {
		if c.spoilt[f] {
			return
		}
	}
	c.blame(about, format, args...)
}

// checkWritten checks a scenario as it stands, whatever it may be combined with.
func checkWritten(s *Scenario, spoilt map[any]bool) []finding {
	c := &checker{spoilt: spoilt}
	if s.Name == "" {
		c.missing(s, []any{&s.Name}, "the scenario has no name")
	}
	if s.About == "" {
		c.missing(s, []any{&s.About}, "the scenario has no about: a sentence on what happens and why")
	}
	c.settings(s)
	c.payer(s.Payer)
	c.bank(s.Bank)
	c.steps(s.Tell)
	if len(s.API) > maxSteps {
		c.blame(&s.API, "%d entries are more than %d", len(s.API), maxSteps)
	}
	for i := range s.API {
		c.fault(&s.API[i])
	}
	c.adversary(s.Adversary)
	c.match(s.Match)
	return c.found
}

// checkWhole checks again what may have become impossible when scenarios were laid on each other.
func checkWhole(s *Scenario) []finding {
	c := &checker{}
	c.payer(s.Payer)
	c.bank(s.Bank)
	c.steps(s.Tell)
	if len(s.API) > maxSteps {
		c.blame(&s.API, "with what it is made of it has %d faults, more than %d", len(s.API), maxSteps)
	}
	return c.found
}

// maxSteps bounds what a scenario tells, its faults, and the entries of its mappings.
const maxSteps = 100

func (c *checker) steps(tell []Step) {
	if len(tell) > maxSteps {
		c.blame(&tell, "%d steps are more than %d", len(tell), maxSteps)
		return
	}
	for i := range tell {
		c.step(&tell[i])
	}
	c.nevers(tell)
}

// maxSetting bounds key and value of a setting, in bytes.
const maxSetting = 1000

func (c *checker) settings(s *Scenario) {
	var into tap.Settings
	for _, key := range slices.Sorted(maps.Keys(s.Settings)) {
		if c.spoilt[place{&s.Settings, key}] {
			continue
		}
		if len(key)+len(s.Settings[key]) > maxSetting {
			c.blame(place{&s.Settings, key}, "%q is too long for a setting", clip(key+": "+s.Settings[key]))
		} else if err := into.Set(key, s.Settings[key]); err != nil {
			text := strings.TrimPrefix(err.Error(), "setting "+key+": ")
			c.blame(place{&s.Settings, key}, "%s", strings.TrimPrefix(text, tap.ErrAmount.Error()+": "))
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
		c.missing(l, []any{&l.At}, "later needs at: when the truth comes, such as settled + 1m or expired + 1h")
	case Created, Answered, PageOpened, Submitted, Confirmed, Corrected:
		c.blame(&l.At, "a later truth comes after an end: hang it on settled, redirected, expired or a webhook, not on %s", l.At.Event)
	}
	c.response(l.Response, l.Status, &l.Response)
	to := l.Outcome("05").Status
	if l.Result == "" && l.Code == "" && l.Status == "" && l.Response == "" {
		c.missing(l, []any{&l.Result, &l.Code, &l.Status, &l.Response}, "later does not say what becomes true: a result or a status")
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
		c.missing(s, []any{&s.Webhook, &s.Redirect}, "a step needs a webhook or a redirect")
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
		if !reflect.DeepEqual(*w, Webhook{Never: true}) {
			c.blame(w, "a webhook that is never sent has nothing else")
		}
		return
	}
	if w.Together && w.Copies < 2 && !c.spoilt[&w.Copies] {
		c.blame(&w.Together, "together needs copies: 2 or more")
	}
}

// decided are the events at which a payment has ended, so that the payer may be sent back.
var decidedEvents = []Event{Settled, Corrected, Delivered, Redirected}

func (c *checker) redirect(r *Redirect) {
	if r.Never {
		if !reflect.DeepEqual(*r, Redirect{Never: true}) {
			c.blame(r, "a payer who never returns has nothing else")
		}
		return
	}
	if r.At.Event != "" && !slices.Contains(decidedEvents, r.At.Event) {
		c.blame(&r.At, "a payer is not sent back before the payment is decided: hang it on settled or later, not on %s", r.At.Event)
	}
	if len(r.Add) > maxSteps {
		c.blame(&r.Add, "%d entries are more than %d", len(r.Add), maxSteps)
	}
	if r.Together && r.Copies < 2 && !c.spoilt[&r.Copies] {
		c.blame(&r.Together, "together needs copies: 2 or more")
	}
	for _, key := range slices.Sorted(maps.Keys(r.Add)) {
		switch {
		case key == "tap_id":
			c.blame(place{&r.Add, key}, "tap_id is there already; the key tap_id of the redirect changes it")
		case key == "" || len(key)+len(r.Add[key]) > maxSetting || strings.ContainsAny(key+r.Add[key], "\r\n"):
			c.blame(place{&r.Add, key}, "%q cannot be added: name and value are one line, at most %d bytes", clip(key), maxSetting)
		}
	}
}

// nevers refuses a never beside steps of the same kind.
func (c *checker) nevers(steps []Step) {
	for i := range steps {
		s := &steps[i]
		if (s.Webhook == nil) == (s.Redirect == nil) {
			continue // told by itself
		}
		never := s.Webhook != nil && s.Webhook.Never || s.Redirect != nil && s.Redirect.Never
		if never && len(kindOf(steps, *s)) > 1 {
			c.blame(s, "never stands beside other steps of its kind")
		}
	}
}

func (c *checker) fault(f *Fault) {
	if f.On == "" {
		c.missing(f, []any{&f.On}, "the fault does not say on which calls: on: create_charge, retrieve_charge, list_charges or page")
	}
	if f.Nth > 0 && f.Calls.From > 0 {
		c.blame(&f.Calls, "nth and calls say the same; take one")
	}
	if f.Fault == nil && f.Delay == 0 && f.Hold == "" {
		c.missing(f, []any{&f.Fault, &f.Delay, &f.Hold}, "nothing goes wrong here: it needs a fault, a delay or a gate to hold at")
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
		c.missing(k, []any{k, &k.Status}, "the fault needs a status, such as 503")
	}
	if k.Word != "" && *k != (FaultKind{Word: k.Word}) {
		c.blame(k, "%s has no status, code or retry_after", k.Word)
	}
	if k.RetryAfter%Duration(time.Second) != 0 {
		c.blame(&k.RetryAfter, "Retry-After is told in whole seconds")
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
	switch {
	case a == nil:
	case len(a.Rates) == 0:
		c.missing(a, []any{&a.Rates}, "the adversary needs rates: scenarios, each with how often")
	case len(a.Rates) > maxSteps:
		c.blame(&a.Rates, "%d entries are more than %d", len(a.Rates), maxSteps)
	}
}

func (c *checker) match(m *Match) {
	if m == nil {
		return
	}
	if n := len(m.Metadata) + len(m.Header); n > maxSteps {
		c.blame(m, "%d conditions on metadata and headers are more than %d", n, maxSteps)
	}
	if strings.Contains(string(m.Phone), "+") {
		c.blame(&m.Phone, "write the phone without +: country code and number together, such as 96551234567")
	}
	if _, named := m.Metadata["tapmock_scenario"]; named {
		c.blame(place{&m.Metadata, "tapmock_scenario"}, "metadata.tapmock_scenario names a scenario by itself; a match on it never comes to be tried")
	}
	if m.Amount == nil {
		return
	}
	a := m.Amount
	if !a.Is.set && !a.Min.set && !a.Max.set {
		c.missing(a, []any{a, &a.Min, &a.Max}, "the amount needs a value, min or max")
	}
	if a.Is.set && (a.Min.set || a.Max.set) {
		c.blame(a, "an exact amount has no bounds; take one or the other")
	}
	if a.Min.set && a.Max.set && a.Min.amount > a.Max.amount {
		c.blame(a, "min is more than max")
	}
}
