package scenarios

import (
	"fmt"
	"maps"
	"reflect"
)

// over lays top on base: what top sets stands, the rest is base's. Webhook steps and redirect steps are replaced each as a
// whole; faults of both apply, top's first.
func over(base, top Scenario) Scenario {
	m := merger{override: true}
	out := m.merged(base, top)
	out.Name, out.About, out.Match, out.Extends = top.Name, top.About, top.Match, ""
	return out
}

// beside combines two scenarios of which neither overrides the other. The error names what both set.
func beside(a, b Scenario) (Scenario, error) {
	m := merger{}
	out := m.merged(a, b)
	out.Name, out.About, out.Match, out.Extends = a.Name+" + "+b.Name, a.About+" "+b.About, nil, ""
	if m.clash != "" {
		return out, fmt.Errorf("%s and %s both set %s; take one of them", a.Name, b.Name, m.clash)
	}
	return out, nil
}

// merger lays one scenario's values on another's.
type merger struct {
	override bool
	clash    string // the first place that both set
}

func (m *merger) merged(a, b Scenario) Scenario {
	out := a
	out.Settings = m.texts(a.Settings, b.Settings, "settings")
	m.pointer(reflect.ValueOf(&out.Payer).Elem(), reflect.ValueOf(b.Payer), "payer")
	m.pointer(reflect.ValueOf(&out.Bank).Elem(), reflect.ValueOf(b.Bank), "bank")
	m.pointer(reflect.ValueOf(&out.Adversary).Elem(), reflect.ValueOf(b.Adversary), "adversary")
	m.payers(&out, b)
	out.Tell = m.steps(a.Tell, b.Tell)
	out.API = m.faults(a.API, b.API)
	return out
}

// payers keeps an overriding payer from doing two things: his deed replaces the other's.
func (m *merger) payers(out *Scenario, top Scenario) {
	if !m.override || top.Payer == nil || out.Payer == nil || top.Payer.deeds() == 0 {
		return
	}
	p := *out.Payer
	if p.Cancel, p.Abandon = top.Payer.Cancel, top.Payer.Abandon; top.Payer.Pay == nil {
		p.Pay = nil
	}
	out.Payer = &p
}

// deeds counts how many of the things that exclude each other a payer is to do.
func (p *Payer) deeds() int {
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
		for _, f := range reflect.VisibleFields(dst.Type().Elem()) {
			m.value(merged.Elem().FieldByIndex(f.Index), src.Elem().FieldByIndex(f.Index), join(path, f.Tag.Get("key")))
		}
		dst.Set(merged)
	}
}

func (m *merger) value(dst, src reflect.Value, path string) {
	switch dst.Kind() {
	case reflect.Pointer:
		m.pointer(dst, src, path)
	case reflect.Map:
		both := reflect.MakeMap(dst.Type())
		for _, side := range []reflect.Value{dst, src} {
			for _, k := range side.MapKeys() {
				both.SetMapIndex(k, side.MapIndex(k))
			}
		}
		if both.Len() > 0 {
			dst.Set(both)
		}
	default:
		m.leaf(dst, src, path)
	}
}

func (m *merger) leaf(dst, src reflect.Value, path string) {
	if src.IsZero() {
		return
	}
	if !dst.IsZero() && !m.override && !reflect.DeepEqual(dst.Interface(), src.Interface()) {
		m.note(path)
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
	for k, v := range b {
		if had, ok := out[k]; ok && had != v && !m.override {
			m.note(join(path, k))
			continue
		}
		if out == nil {
			out = Settings{}
		}
		out[k] = v
	}
	return out
}

// steps combines what the merchant is told: webhooks of one side with redirects of the other.
func (m *merger) steps(a, b []Step) []Step {
	var out []Step
	for _, s := range a {
		mine, theirs := kindOf(a, s), kindOf(b, s)
		switch {
		case len(theirs) == 0 || reflect.DeepEqual(mine, theirs):
			out = append(out, s)
		case !m.override:
			m.note(map[bool]string{true: "webhook steps", false: "redirect steps"}[s.Webhook != nil])
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

// kindOf are the steps of the same kind as s: webhooks or redirects.
func kindOf(steps []Step, s Step) []Step {
	var out []Step
	for _, other := range steps {
		if (other.Webhook != nil) == (s.Webhook != nil) {
			out = append(out, other)
		}
	}
	return out
}

func (m *merger) faults(a, b []Fault) []Fault {
	if m.override {
		return append(append([]Fault(nil), b...), a...)
	}
	for i := range a {
		for j := range b {
			if !reflect.DeepEqual(a[i], b[j]) && overlap(&a[i], &b[j]) {
				m.note("faults for the same calls of " + string(a[i].On))
			}
		}
	}
	return append(append([]Fault(nil), a...), b...)
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
	switch {
	case f.Nth > 0:
		return Calls{f.Nth, f.Nth}
	case f.Calls.From > 0:
		return f.Calls
	}
	return Calls{1, 0}
}
