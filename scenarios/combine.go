package scenarios

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// over lays top on base: top's values override, the rest is base's. All webhook steps are replaced together, and all return steps;
// faults of both apply, top's first. Values that belong to something that top replaces are removed with it: the payer's other action,
// the code, status and response of another result, the response of another status.
func over(base, top Scenario) Scenario {
	m := merger{override: true}
	out := m.merged(base, top)
	out.Name, out.Description, out.Match, out.Extends = top.Name, top.Description, top.Match, ""
	return out
}

// beside combines two scenarios of which neither overrides the other. The error names a key that both set.
func beside(a, b Scenario) (Scenario, error) {
	m := merger{}
	out := m.merged(a, b)
	out.Name, out.Description, out.Match, out.Extends = a.Name+" + "+b.Name, a.Description+" "+b.Description, nil, ""
	if a.Object != "" && b.Object != "" && a.Object != b.Object {
		return out, fmt.Errorf("%s is for a %s and %s for a %s; a scenario is for one payment object", a.Name, a.Object, b.Name, b.Object)
	}
	if m.clash != "" {
		return out, fmt.Errorf("%s and %s both %s; use one of them", a.Name, b.Name, m.clash)
	}
	if a.Payer != nil && b.Payer != nil && (out.Payer.actions() > 1 || a.Payer.Person != b.Payer.Person) {
		return out, fmt.Errorf("%s and %s both set what the payer does; use one of them", a.Name, b.Name)
	}
	return out, nil
}

// fitted removes what can no longer happen after a scenario was overridden: a later result that no longer fits, and steps and
// faults whose events no longer happen.
func fitted(s Scenario) Scenario {
	if c := (&checker{}); s.Bank != nil {
		bank := *s.Bank
		if bank.Delay.Forever {
			bank.Gate, bank.Amount = "", Money{}
		}
		if c.bank(&bank, false); len(c.found) > 0 {
			bank.Later = nil
		}
		s.Bank = &bank
	}
	for {
		st := scriptOf(s)
		found := checkScript(st)
		if len(found) == 0 {
			return s
		}
		about := found[0].at
		before := len(s.Callbacks) + len(s.API)
		s.Callbacks, s.API = withoutStep(s.Callbacks, st, about), without(s.API, about)
		if s.Bank != nil && s.Bank.Later != nil && about == &s.Bank.Later.At {
			s.Bank.Later = nil
		} else if len(s.Callbacks)+len(s.API) == before {
			return s
		}
	}
}

// withoutStep are the callbacks without the one that is to blame; the script has moments filled in, and may begin
// with a webhook that the scenario does not have.
func withoutStep(callbacks []Callback, st *Script, about any) []Callback {
	whole := st.Callbacks
	if st.PlainWebhook {
		whole = whole[1:]
	}
	for i := range callbacks {
		if _, ok := trailTo(reflect.ValueOf(&whole[i]), about); ok {
			return slices.Delete(slices.Clone(callbacks), i, i+1)
		}
	}
	return callbacks
}

// without is a list without the entry that is to blame.
func without[T any](list []T, about any) []T {
	for i := range list {
		if _, ok := trailTo(reflect.ValueOf(&list[i]), about); ok {
			return slices.Delete(slices.Clone(list), i, i+1)
		}
	}
	return list
}

// merger merges one scenario's values into another's.
type merger struct {
	override bool
	clash    string // the first conflict, such as "set bank.code"
}

func (m *merger) merged(a, b Scenario) Scenario {
	out := a
	if b.Object != "" {
		out.Object = b.Object
	}
	out.Settings = m.texts(a.Settings, b.Settings, "settings")
	m.pointer(reflect.ValueOf(&out.Payer).Elem(), reflect.ValueOf(b.Payer), "payer")
	m.pointer(reflect.ValueOf(&out.Bank).Elem(), reflect.ValueOf(b.Bank), "bank")
	m.pointer(reflect.ValueOf(&out.Refund).Elem(), reflect.ValueOf(b.Refund), "refund")
	m.pointer(reflect.ValueOf(&out.Authorization).Elem(), reflect.ValueOf(b.Authorization), "authorization")
	m.pointer(reflect.ValueOf(&out.Chaos).Elem(), reflect.ValueOf(b.Chaos), "chaos")
	m.payers(&out, b)
	m.ends(&out, b)
	out.Callbacks = m.steps(a.Callbacks, b.Callbacks)
	out.API = m.faults(a.API, b.API)
	return out
}

// payers keeps an overriding payer from having two actions: the new one replaces the old one.
func (m *merger) payers(out *Scenario, top Scenario) {
	if !m.override || top.Payer == nil || out.Payer == nil {
		return
	}
	p := *out.Payer
	if p.Person = top.Payer.Person; p.Person {
		out.Payer = &Payer{Person: true}
		return
	}
	if top.Payer.actions() == 0 {
		out.Payer = &p
		return
	}
	if p.Cancel, p.Abandon = top.Payer.Cancel, top.Payer.Abandon; top.Payer.Pay == nil {
		p.Pay = nil
	}
	out.Payer = &p
}

// ends keeps a result from being mixed with the one it overrides: a result implies its own code, status and response,
// a status its own response, and a result without a capture has no captured amount.
func (m *merger) ends(out *Scenario, top Scenario) {
	if !m.override || top.Bank == nil || out.Bank == top.Bank {
		return
	}
	bank, b := *out.Bank, top.Bank
	ends(b.Result, b.Status, b.Response, b.Code, &bank.Status, &bank.Response, &bank.Code)
	if o, decided := b.Outcome("05"); decided && o.Status != tap.Captured {
		bank.Amount = b.Amount
	}
	if l := b.Later; l != nil && bank.Later != l {
		later := *bank.Later
		ends(l.Result, l.Status, l.Response, l.Code, &later.Status, &later.Response, &later.Code)
		bank.Later = &later
	}
	out.Bank = &bank
}

func ends(result KNETWord, status StatusWord, response TapCode, code BankCode, toStatus *StatusWord, toResponse *TapCode, toCode *BankCode) {
	if result != "" {
		*toCode, *toStatus = code, status
	}
	if result != "" || status != "" {
		*toResponse = response
	}
}

// actions counts the actions of a payer, of which only one is possible.
func (p *Payer) actions() int {
	n := 0
	for _, set := range []bool{p.Pay != nil, p.Cancel != "", p.Abandon != ""} {
		if set {
			n++
		}
	}
	return n
}

func (m *merger) pointer(dst, src reflect.Value, path string) {
	switch {
	case src.IsNil():
	case dst.IsNil():
		dst.Set(src)
	case src.Elem().Kind() != reflect.Struct:
		m.leaf(dst, src, path)
	default:
		merged := reflect.New(dst.Type().Elem()) // what dst points to is shared with other scenarios
		merged.Elem().Set(dst.Elem())
		for _, f := range shapeOf(dst.Type().Elem()).fields {
			m.value(merged.Elem().Field(f.Index[0]), src.Elem().Field(f.Index[0]), join(path, f.key))
		}
		dst.Set(merged)
	}
}

func (m *merger) value(dst, src reflect.Value, path string) {
	switch dst.Kind() {
	case reflect.Pointer:
		m.pointer(dst, src, path)
	case reflect.Map:
		m.entries(dst, src, path)
	default:
		m.leaf(dst, src, path)
	}
}

// entries merges the entries of two maps.
func (m *merger) entries(dst, src reflect.Value, path string) {
	if src.Len() == 0 {
		return
	}
	both := reflect.MakeMap(dst.Type())
	for _, side := range []reflect.Value{dst, src} {
		keys := side.MapKeys()
		slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
		for _, k := range keys {
			if had := both.MapIndex(k); had.IsValid() && !m.override && !had.Equal(side.MapIndex(k)) {
				m.note("set " + join(path, k.String()))
			}
			both.SetMapIndex(k, side.MapIndex(k))
		}
	}
	dst.Set(both)
}

func (m *merger) leaf(dst, src reflect.Value, path string) {
	if src.IsZero() {
		return
	}
	if !dst.IsZero() && !m.override && !reflect.DeepEqual(dst.Interface(), src.Interface()) {
		m.note("set " + path)
		return
	}
	dst.Set(src)
}

func (m *merger) note(path string) {
	if m.clash == "" {
		m.clash = path
	}
}

func (m *merger) texts(a, b Settings, path string) Settings {
	out := maps.Clone(a)
	for _, k := range slices.Sorted(maps.Keys(b)) {
		v := b[k]
		if had, ok := out[k]; ok && had != v && !m.override {
			m.note("set " + join(path, k))
			continue
		}
		if out == nil {
			out = Settings{}
		}
		out[k] = v
	}
	return out
}

// steps combines callbacks: webhooks of one side with returns of the other.
func (m *merger) steps(a, b []Callback) []Callback {
	var out []Callback
	for _, s := range a {
		mine, theirs := kindOf(a, s), kindOf(b, s)
		switch {
		case len(theirs) == 0 || reflect.DeepEqual(mine, theirs):
			out = append(out, s)
		case !m.override:
			m.note(map[bool]string{true: "have webhook steps", false: "have return steps"}[s.Webhook != nil])
		}
	}
	for _, s := range b {
		if mine := kindOf(a, s); m.override || len(mine) == 0 {
			if !reflect.DeepEqual(mine, kindOf(b, s)) {
				out = append(out, s)
			}
		}
	}
	return out
}

// kindOf are the steps of the same kind as s: webhooks or returns.
func kindOf(steps []Callback, s Callback) []Callback {
	var out []Callback
	for _, other := range steps {
		if (other.Webhook != nil) == (s.Webhook != nil) {
			out = append(out, other)
		}
	}
	return out
}

// faults are the faults of both, equal ones once.
func (m *merger) faults(a, b []Fault) []Fault {
	if m.override {
		a, b = b, a
	}
	out := slices.Clip(a)
	for j := range b {
		same := slices.ContainsFunc(a, func(f Fault) bool { return reflect.DeepEqual(f, b[j]) })
		for i := range a {
			if !m.override && !same && overlap(&a[i], &b[j]) {
				m.note("have faults for the same calls of " + string(a[i].On))
			}
		}
		if !same {
			out = append(out, b[j])
		}
	}
	return out
}

// overlap reports whether two faults are for the same call of the same operation.
func overlap(a, b *Fault) bool {
	if a.On != b.On {
		return false
	}
	x, y := a.span(), b.span()
	return (y.To == 0 || x.From <= y.To) && (x.To == 0 || y.From <= x.To)
}

// span is the range of calls, all of them if the fault names none.
func (f *Fault) span() Calls {
	if f.Calls.From > 0 {
		return f.Calls
	}
	return Calls{1, 0}
}
