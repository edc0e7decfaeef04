package scenarios

import (
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// finding is something that is wrong, and a pointer to the value to blame.
type finding struct {
	at   any
	text string
}

// checker looks for mistakes that no single value shows.
type checker struct {
	found  []finding
	object Object       // of the scenario
	spoilt map[any]bool // what was written but could not be read, which the reader has reported
}

func (c *checker) blame(about any, format string, args ...any) {
	c.found = append(c.found, finding{about, fmt.Sprintf(format, args...)})
}

// missing blames a missing value, unless one of the fields for it was written and has a mistake of its own.
func (c *checker) missing(about any, fields []any, format string, args ...any) {
	for _, f := range append(fields, about) {
		if c.spoilt[f] {
			return
		}
	}
	c.blame(about, format, args...)
}

// checkWritten checks a scenario as it is written, whatever it may be combined with.
func checkWritten(s *Scenario, spoilt map[any]bool) []finding {
	c := &checker{object: s.Object, spoilt: spoilt}
	if s.Name == "" {
		c.missing(s, []any{&s.Name}, "the scenario has no name")
	}
	if s.Description == "" {
		c.missing(s, []any{&s.Description}, "the scenario has no description: a sentence on what happens and what it is good for")
	}
	c.settings(s)
	c.payer(s.Payer)
	c.bank(s.Bank, s.Extends != "")
	if s.Extends == "" {
		c.refund(s)
		c.authorization(s)
		c.invoice(s)
	}
	c.steps(s.Callbacks)
	if len(s.API) > maxSteps {
		c.blame(&s.API, "%d entries are more than %d", len(s.API), maxSteps)
	}
	for i := range s.API {
		c.fault(&s.API[i])
	}
	c.chaos(s.Chaos)
	c.match(s.Match)
	if len(s.Unset) > 0 && s.Extends == "" {
		c.blame(&s.Unset, "unset removes inherited keys, but the scenario extends nothing")
	}
	return c.found
}

// checkWhole checks again what may have become impossible when scenarios were combined.
func checkWhole(s *Scenario) []finding {
	c := &checker{object: s.Object}
	c.payer(s.Payer)
	c.bank(s.Bank, false)
	c.refund(s)
	c.authorization(s)
	c.invoice(s)
	c.steps(s.Callbacks)
	if len(s.API) > maxSteps {
		c.blame(&s.API, "with what it combines it has %d faults, more than %d", len(s.API), maxSteps)
	}
	return c.found
}

// maxSteps bounds the callbacks of a scenario, its faults, and the entries of its mappings.
const maxSteps = 100

func (c *checker) steps(callbacks []Callback) {
	if len(callbacks) > maxSteps {
		c.blame(&callbacks, "%d steps are more than %d", len(callbacks), maxSteps)
		return
	}
	for i := range callbacks {
		c.step(&callbacks[i])
	}
	c.nevers(callbacks)
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
			if old, ok := errors.AsType[*tap.RenamedValueError](err); ok {
				text = old.Written("%s: %s")
			}
			c.blame(place{&s.Settings, key}, "%s", strings.TrimPrefix(text, tap.ErrAmount.Error()+": "))
		} else if !tap.PerCharge(key) {
			c.blame(place{&s.Settings, key}, "the setting belongs to the whole account or server and cannot be set for single charges; use -set, TAPMOCK_SET or the control API")
		}
	}
}

func (c *checker) payer(p *Payer) {
	if p == nil {
		return
	}
	if p.Person && !reflect.DeepEqual(*p, Payer{Person: true}) {
		c.blame(p, "a person has no other keys")
	}
	if p.actions() > 1 {
		c.blame(p, "the payer can do one of pay, cancel and abandon, not several")
	}
	if p.Cancel == Unopened {
		c.blame(&p.Cancel, "a payer who has not opened the page cannot press Cancel; use entry or confirm")
	}
	if e := p.At.Event; e != "" && e != Created && e != Answered && e != Expired {
		c.blame(&p.At, "the payer can start at created, answered or expired; %s happens only after the payer has acted", p.At)
	}
}

func (c *checker) step(s *Callback) {
	switch {
	case s.Webhook == nil && s.Return == nil:
		c.missing(s, []any{&s.Webhook, &s.Return}, "a callback is a webhook or a return")
	case s.Webhook != nil && s.Return != nil:
		c.blame(s, "webhook and return are separate callbacks: put a dash before each")
	case s.N > 0 && s.never():
		c.blame(s, "a single inherited step cannot be removed; unset callbacks.webhook or callbacks.return, and write the steps that remain")
	case s.Webhook != nil:
		c.webhook(s.Webhook, s.N > 0)
	default:
		c.returns(s.Return, s.N > 0)
	}
}

// webhook checks a webhook step; partial means that it changes an inherited one.
func (c *checker) webhook(w *Webhook, partial bool) {
	if w.Never {
		if !reflect.DeepEqual(*w, Webhook{Never: true}) {
			c.blame(w, "a webhook that is never sent has no other keys")
		}
		return
	}
	if w.IsConcurrent() && w.Copies < 2 && !c.spoilt[&w.Copies] && !partial {
		c.blame(w.Concurrent, "concurrent needs copies: 2 or more")
	}
	if w.IsReplay() && w.Forge != "" {
		c.blame(w.Replay, "a replay is a genuine webhook, byte for byte, and cannot be forged")
	}
}

// decidedEvents are the events at which a payment has a result, so that the payer may return.
var decidedEvents = []Event{Settled, Corrected, FirstAttempt, Returned}

func (c *checker) returns(r *Return, partial bool) {
	if r.Never {
		if !reflect.DeepEqual(*r, Return{Never: true}) {
			c.blame(r, "a payer who never returns has no other keys")
		}
		return
	}
	if r.At.Event != "" && !slices.Contains(decidedEvents, r.At.Event) {
		c.blame(&r.At, "the payer cannot return before the payment has a result: use settled or a later event, not %s", r.At.Event)
	}
	if len(r.Query) > maxSteps {
		c.blame(&r.Query, "%d entries are more than %d", len(r.Query), maxSteps)
	}
	if r.IsConcurrent() && r.Copies < 2 && !c.spoilt[&r.Copies] && !partial {
		c.blame(r.Concurrent, "concurrent needs copies: 2 or more")
	}
	for _, key := range slices.Sorted(maps.Keys(r.Query)) {
		switch {
		case key == "tap_id":
			c.blame(place{&r.Query, key}, "tap_id is in the address already; the key tap_id of the return changes it")
		case key == "" || len(key)+len(r.Query[key]) > maxSetting || strings.ContainsAny(key+r.Query[key], "\r\n"):
			c.blame(place{&r.Query, key}, "%q cannot be added: name and value must be one line of at most %d bytes", clip(key), maxSetting)
		}
	}
}

// nevers refuses a never, and changes of inherited steps, beside steps of the same kind.
func (c *checker) nevers(steps []Callback) {
	for i := range steps {
		s := &steps[i]
		if (s.Webhook == nil) == (s.Return == nil) {
			continue // reported already
		}
		if s.N == 0 && slices.ContainsFunc(kindOf(steps, *s), func(other Callback) bool { return other.N > 0 }) {
			c.blame(s, "write all steps of a kind, or change inherited ones by their number, not both")
		}
		if s.never() && len(kindOf(steps, *s)) > 1 {
			c.blame(s, "never cannot be combined with other steps of its kind")
		}
	}
}

func (c *checker) fault(f *Fault) {
	if f.On == "" {
		c.missing(f, []any{&f.On}, "the fault has no operation: on: %s", orList(operations))
	}
	if f.Fault == nil && f.Delay == 0 && f.Gate == "" {
		c.missing(f, []any{&f.Fault, &f.Delay, &f.Gate}, "this injects nothing: it needs a fault, a delay or a gate")
	}
	if f.Commit != nil && !f.On.changes() {
		c.blame(&f.Commit, "%s changes nothing; commit is for the page, and for create and update", f.On)
	}
	if f.Commit != nil && !*f.Commit && f.needsAnswer() {
		c.blame(&f.Commit, "this fault needs the correct answer, so the operation takes effect; remove commit")
	}
	if f.On.isCreate() && f.Before.Event != "" {
		c.blame(&f.Before, "%s comes before any of its moments; use calls instead", f.On)
	}
	if f.On.IsOfAccount() && f.Before.Event != "" {
		c.blame(&f.Before, "%s belongs to no single charge; use calls instead", f.On)
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
		c.blame(&k.RetryAfter, "Retry-After has whole seconds only")
	}
	if k.Word == Stale && !strings.HasSuffix(string(f.On), ".get") && !c.spoilt[&f.On] {
		c.blame(k, "stale is for charge.get, refund.get and authorization.get")
	}
	if k.WrongValue() != "" && f.On != GetCharge && !c.spoilt[&f.On] {
		c.blame(k, "%s is for charge.get only", k.Word)
	}
	if f.On.IsPage() && k.Word == "" && (k.Code != "" || k.RetryAfter != 0) {
		c.blame(k, "a page shows the status only; code and retry_after are for the API")
	}
	if k.Word == ContentType && f.On.IsPage() {
		c.blame(k, "a page is text/html in any case")
	}
	if k.Code != "" && !tap.KnownError(k.Code) {
		c.blame(&k.Code, "%q is not one of Tap's error codes", clip(k.Code))
	}
}

func (c *checker) chaos(a *Chaos) {
	switch {
	case a == nil:
	case len(a.Rates) == 0:
		c.missing(a, []any{&a.Rates}, "chaos needs rates: scenarios, each with its share of the charges")
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
	if m.Phone != nil && slices.ContainsFunc(m.Phone.Is, func(g Glob) bool { return strings.Contains(string(g), "+") }) {
		c.blame(m.Phone, "write the phone without +: country code and number together, such as 96551234567")
	}
	if _, named := m.Metadata["tapmock_scenario"]; named {
		c.blame(place{&m.Metadata, "tapmock_scenario"}, "metadata.tapmock_scenario chooses a scenario directly; a match on it is never tested")
	}
	if m.Amount == nil {
		return
	}
	a := m.Amount
	if len(a.Is) == 0 && len(a.Not) == 0 && !a.Min.set && !a.Max.set {
		c.missing(a, []any{a, &a.Is, &a.Not, &a.Min, &a.Max}, "the amount needs a value, is, not, min or max")
	}
	if len(a.Is) > 0 && (a.Min.set || a.Max.set) {
		c.blame(a, "an exact amount has no bounds; use one or the other")
	}
	if a.Min.set && a.Max.set && a.Min.amount > a.Max.amount {
		c.blame(a, "min is more than max")
	}
}
