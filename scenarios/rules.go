package scenarios

import (
	"slices"
	"strings"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// rules find the first scenario whose conditions hold, without looking at each: every scenario stands in the index under one
// of its conditions, an exact value or else the text that a pattern begins with; the few that have neither are looked at
// one by one.
type rules struct {
	list     []rule
	exact    map[string]map[string][]int // key → value → rules, in their order
	prefixes map[string]*prefixes        // key → patterns
	amounts  map[tap.Amount][]int
	nths     map[int][]int
	others   []int
}

// rule is one scenario with a match.
type rule struct {
	story  *Story
	match  *Match
	checks []condition
}

// condition is one pattern of a match, for the key of a file.
type condition struct {
	key     string
	pattern Glob
}

// prefixes are the texts that patterns begin with, by their length.
type prefixes struct {
	lengths []int
	rules   map[string][]int
}

func (m *Match) conditions() []condition {
	var all []condition
	for key, pattern := range map[string]Glob{"currency": m.Currency, "reference.order": m.Order, "reference.transaction": m.Transaction,
		"description": m.Description, "source.id": m.Source, "customer.id": m.CustomerID, "customer.email": m.Email, "customer.phone": m.Phone} {
		if pattern != "" {
			all = append(all, condition{key, pattern})
		}
	}
	for key, pattern := range m.Metadata {
		all = append(all, condition{"metadata." + key, pattern})
	}
	for key, pattern := range m.Header {
		all = append(all, condition{"header." + key, pattern})
	}
	slices.SortFunc(all, func(a, b condition) int { return strings.Compare(a.key, b.key) })
	return all
}

// index makes the rules of a set.
func index(s *Set) rules {
	r := rules{exact: map[string]map[string][]int{}, prefixes: map[string]*prefixes{}, amounts: map[tap.Amount][]int{}, nths: map[int][]int{}}
	for _, w := range s.written {
		if st := s.stories[string(w.Name)]; w.Match != nil && st != nil {
			r.add(rule{st, w.Match, w.Match.conditions()})
		}
	}
	return r
}

func (r *rules) add(one rule) {
	i := len(r.list)
	r.list = append(r.list, one)
	if a := one.match.Amount; a != nil && a.Is.set {
		r.amounts[a.Is.amount] = append(r.amounts[a.Is.amount], i)
		return
	}
	if n := one.match.Nth; n > 0 {
		r.nths[n] = append(r.nths[n], i)
		return
	}
	for _, c := range one.checks { // an exact text is the best
		if !strings.Contains(string(c.pattern), "*") {
			r.addExact(c.key, string(c.pattern), i)
			return
		}
	}
	for _, c := range one.checks {
		if first, _, _ := strings.Cut(string(c.pattern), "*"); first != "" {
			r.addPrefix(c.key, first, i)
			return
		}
	}
	r.others = append(r.others, i)
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

// Matches reports whether any scenario of the set has a match at all.
func (s *Set) Matches() bool { return s != nil && len(s.rules.list) > 0 }

// Match is the story of the first scenario whose conditions hold, or nil. Sets under this one are not asked.
func (s *Set) Match(c *Candidate) *Story {
	r := &s.rules
	best := len(r.list)
	best = r.first(r.amounts[c.Request.Amount], best, c)
	best = r.first(r.nths[c.Nth], best, c)
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
	return r.list[best].story
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
	if m.Nth > 0 && m.Nth != c.Nth || m.Amount != nil && !m.Amount.holds(c.Request.Amount) {
		return false
	}
	for _, check := range r.checks {
		if !check.pattern.Holds(c.field(check.key)) {
			return false
		}
	}
	return true
}
