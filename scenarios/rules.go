package scenarios

import (
	"cmp"
	"slices"
	"strings"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// rules find the first scenario whose conditions hold without testing each: every scenario is in the index under one of its
// conditions, by exact values or else by the prefixes of its patterns; the few that have neither are tested one by one.
type rules struct {
	list     []rule
	exact    map[string]map[string][]int // key → value → rules, in their order
	prefixes map[string]*prefixes        // key → patterns
	amounts  map[tap.Amount][]int
	calls    map[int][]int
	others   []int
}

// rule is one scenario with a match.
type rule struct {
	script *Script
	match  *Match
	checks []check
}

// check is one condition of a match with its patterns taken apart.
type check struct {
	key     string
	is, not [][]string
	present *bool
}

// prefixes are the texts that patterns begin with, by their length.
type prefixes struct {
	lengths []int
	rules   map[string][]int
}

func checkOf(key string, c *Condition) check {
	apart := func(globs []Glob) (all [][]string) {
		for _, g := range globs {
			parts, err := globParts(string(g))
			if err != nil { // of a scenario that is refused
				parts = []string{string(g)}
			}
			all = append(all, parts)
		}
		return all
	}
	return check{key, apart(c.Is), apart(c.Not), c.Present}
}

func (m *Match) checks() []check {
	var all []check
	for key, c := range map[string]*Condition{"currency": m.Currency, "reference.order": m.Order, "reference.transaction": m.Transaction,
		"description": m.Description, "source.id": m.Source, "customer.id": m.CustomerID, "customer.first_name": m.FirstName,
		"customer.last_name": m.LastName, "customer.email": m.Email, "customer.phone": m.Phone} {
		if c != nil {
			all = append(all, checkOf(key, c))
		}
	}
	for key, c := range m.Metadata {
		all = append(all, checkOf("metadata."+key, &c))
	}
	for key, c := range m.Header {
		all = append(all, checkOf("header."+key, &c))
	}
	slices.SortFunc(all, func(a, b check) int { return strings.Compare(a.key, b.key) })
	return all
}

func (c *check) holds(text string) bool {
	if c.present != nil && *c.present != (text != "") {
		return false
	}
	one := func(patterns [][]string) bool {
		return slices.ContainsFunc(patterns, func(parts []string) bool { return matches(parts, text) })
	}
	return !one(c.not) && (len(c.is) == 0 || one(c.is))
}

// index makes the rules of a set.
func index(s *Set) rules {
	r := rules{exact: map[string]map[string][]int{}, prefixes: map[string]*prefixes{}, amounts: map[tap.Amount][]int{}, calls: map[int][]int{}}
	for _, w := range s.written {
		if st := s.scripts[string(w.Name)]; w.Match != nil && st != nil {
			r.add(rule{st, w.Match, w.Match.checks()})
		}
	}
	return r
}

func (r *rules) add(one rule) {
	i := len(r.list)
	r.list = append(r.list, one)
	if a := one.match.Amount; a != nil && len(a.Is) > 0 {
		for _, m := range a.Is {
			r.amounts[m.amount] = append(r.amounts[m.amount], i)
		}
		return
	}
	if c := one.match.Calls; c.From > 0 && c.From == c.To {
		r.calls[c.From] = append(r.calls[c.From], i)
		return
	}
	if c := selective(one.checks, func(parts []string) bool { return len(parts) == 1 }); c != nil { // exact texts are the best
		for _, parts := range c.is {
			r.addExact(c.key, parts[0], i)
		}
		return
	}
	if c := selective(one.checks, func(parts []string) bool { return parts[0] != "" }); c != nil {
		for _, parts := range c.is {
			r.addPrefix(c.key, parts[0], i)
		}
		return
	}
	r.others = append(r.others, i)
}

// selective is the first condition of which all patterns are of a kind, or nil.
func selective(checks []check, kind func([]string) bool) *check {
	for i := range checks {
		if c := &checks[i]; len(c.is) > 0 && !slices.ContainsFunc(c.is, func(parts []string) bool { return !kind(parts) }) {
			return c
		}
	}
	return nil
}

func (r *rules) addExact(key, value string, i int) {
	if r.exact[key] == nil {
		r.exact[key] = map[string][]int{}
	}
	r.exact[key][value] = append(r.exact[key][value], i)
}

func (r *rules) addPrefix(key, first string, i int) {
	p := r.prefixes[key]
	if p == nil {
		p = &prefixes{rules: map[string][]int{}}
		r.prefixes[key] = p
	}
	if !slices.Contains(p.lengths, len(first)) {
		p.lengths = append(p.lengths, len(first))
	}
	p.rules[first] = append(p.rules[first], i)
}

// Matches reports whether any scenario of the set has a match.
func (s *Set) Matches() bool { return s != nil && len(s.rules.list) > 0 }

// Match is the script of the first scenario of which all conditions hold, or nil. Sets under this one are not searched.
func (s *Set) Match(c *Candidate) *Script {
	r := &s.rules
	best := len(r.list)
	best = r.first(r.amounts[c.Request.Amount], best, c)
	best = r.first(r.calls[c.Call], best, c)
	for key, values := range r.exact {
		best = r.first(values[c.field(key)], best, c)
	}
	for key, p := range r.prefixes {
		text := c.field(key)
		for _, n := range p.lengths {
			if n <= len(text) {
				best = r.first(p.rules[text[:n]], best, c)
			}
		}
	}
	best = r.first(r.others, best, c)
	if best == len(r.list) {
		return nil
	}
	return r.list[best].script
}

// first is the first of some rules that holds, if it comes before best; else best.
func (r *rules) first(some []int, best int, c *Candidate) int {
	for _, i := range some {
		if i >= best {
			return best
		}
		if r.list[i].holds(c) {
			return i
		}
	}
	return best
}

func (r *rule) holds(c *Candidate) bool {
	m := r.match
	if m.Calls.From > 0 && !m.Calls.Includes(c.Call) || m.Amount != nil && !m.Amount.holds(c.Request.Amount) {
		return false
	}
	for i := range r.checks {
		if check := &r.checks[i]; !check.holds(c.field(check.key)) {
			return false
		}
	}
	return r.script.Object == cmp.Or(c.Object, tap.KindCharge)
}
