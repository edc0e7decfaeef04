package scenarios

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
)

// Set holds scenarios by name, on top of another set. It does not change and is safe for concurrent use.
type Set struct {
	under   *Set // searched for names that this one does not have
	written []*Scenario
	shared  map[*Scenario]Settings // of the file of each of written, as far as they apply to it
	scripts map[string]*Script     // of single names
	rules   rules
	library bool // is the built-in library

	weighed sync.Once
	cost    int // once it is weighed

	mu        sync.Mutex
	combined  map[string]*Script // resolved so far, within remembers
	inMemory  int                // bytes of them
	remembers int                // bytes of them that are kept at most
}

// New makes a set of scenarios built in Go, on top of under, which may be nil. It keeps copies. The error is a [Mistakes],
// also for values that cannot be written in a file.
func New(under *Set, list ...Scenario) (*Set, error) {
	f := &File{}
	d := &decoder{}
	for _, s := range list {
		c, found := canonical(s)
		f.Scenarios = append(f.Scenarios, c)
		for _, one := range found {
			d.mistakes = append(d.mistakes, Mistake{Path: pathText(string(s.Name), one.trail), Text: one.text})
		}
	}
	return build(under, []source{{file: f, decoder: d}})
}

// Parse makes a set of one file's text, on top of under, which may be nil. name is the file name in mistakes. The error is a
// [Mistakes].
func Parse(under *Set, name string, text []byte) (*Set, error) {
	f, d := decodeFile(name, text)
	return build(under, []source{{f, d}})
}

// UnknownError is returned for a name without a scenario.
type UnknownError struct {
	Name string
	Near []string // similar names, the nearest first; at most five
}

// Error suggests the similar names.
func (e *UnknownError) Error() string {
	if len(e.Near) == 0 {
		return fmt.Sprintf("there is no scenario %q; tapmock scenarios list shows all", clip(e.Name))
	}
	return fmt.Sprintf("there is no scenario %q, did you mean %s?", clip(e.Name), strings.Join(e.Near, " or "))
}

// Has reports whether the script is that of a scenario of the set or of those under it; nil has none.
func (s *Set) Has(st *Script) bool { return s.find(st.Name) == st }

// ofProgram makes the set one of the program, see [Script.OfProgram].
func (s *Set) ofProgram() {
	s.remembers = remembersMany
	for _, st := range s.scripts {
		st.ofProgram = true
	}
}

// maxNear bounds the number of names that are compared letter by letter.
const maxNear = 5000

func unknownName(name string, known []string) error {
	e := &UnknownError{Name: name}
	slices.Sort(known)
	known = slices.Compact(known)
	if is := renamedScenario(name, known); is != "" {
		e.Near = []string{is}
		return e
	}
	for len(e.Near) < 5 && len(known) < maxNear {
		near := nearest(name, known)
		if near == "" {
			break
		}
		e.Near = append(e.Near, near)
		known = slices.DeleteFunc(known, func(k string) bool { return k == near })
	}
	for _, k := range known { // paid-late is near shop/paid-late
		if last := k[strings.LastIndex(k, "/")+1:]; len(e.Near) < 5 && (last == name || strings.HasSuffix(name, "/"+last)) {
			e.Near = append(e.Near, k)
		}
	}
	return e
}

// combine combines the scenarios of a combination. If two conflict, the error may name one of the set that does both.
func (s *Set) combine(c Combination, single func(string) (Scenario, error)) (whole Scenario, err error) {
	names := c.Names()
	if len(names) > maxCombined {
		return Scenario{}, fmt.Errorf("%d scenarios are too many; at most %d can be combined", len(names), maxCombined)
	}
	var before []Scenario
	for i, name := range names {
		next, err := single(name)
		if err != nil {
			return whole, err
		}
		if i == 0 {
			whole = next
		} else if whole, err = beside(whole, next); err != nil {
			return whole, s.conflict(before, next, err)
		}
		before = append(before, next)
	}
	return whole, nil
}

// find is the script of a single name, or nil.
func (s *Set) find(name string) *Script {
	for ; s != nil; s = s.under {
		if st := s.scripts[name]; st != nil {
			return st
		}
	}
	return nil
}

// Bounds of the combinations that a set remembers, in bytes: of those of one program, and of those of which it may have thousands.
const (
	remembersMany = 1 << 20
	remembersFew  = 16 << 10
)

// Resolve returns the script of a name, or of several joined by +. The error is an [*UnknownError], or says what conflicts or is
// impossible.
func (s *Set) Resolve(name string) (*Script, error) {
	if st := s.find(name); st != nil {
		return st, nil
	}
	if s == nil || !strings.Contains(name, "+") {
		return nil, unknownName(name, s.Names())
	}
	names := Combination(name).Names()
	for s.under != nil && !slices.ContainsFunc(names, func(one string) bool { return s.scripts[one] != nil || s.under.find(one) == nil }) {
		s = s.under // which remembers it for all sets on top of it
	}
	name = strings.Join(names, " + ")
	s.mu.Lock()
	st := s.combined[name]
	s.mu.Unlock()
	if st != nil {
		return st, nil
	}
	st, err := s.combination(Combination(name))
	if err != nil {
		return nil, err
	}
	return s.remember(name, st), nil
}

// remember keeps the script of a combination, unless another call has kept one meanwhile, and returns the kept one. The script was made
// without the lock, because that can take long.
func (s *Set) remember(name string, st *Script) *Script {
	s.mu.Lock()
	defer s.mu.Unlock()
	if first := s.combined[name]; first != nil {
		return first
	}
	cost := st.Cost()
	if s.inMemory += cost; s.inMemory > s.remembers {
		clear(s.combined)
		s.inMemory = cost
	}
	if st.ofProgram = s.remembers == remembersMany; cost <= s.remembers {
		s.combined[name] = st
	}
	return st
}

func (s *Set) combination(c Combination) (*Script, error) {
	whole, err := s.combine(c, func(name string) (Scenario, error) {
		if st := s.find(name); st != nil {
			return st.from, nil
		}
		return Scenario{}, unknownName(name, s.Names())
	})
	if err != nil {
		return nil, err
	}
	return possible(whole)
}

// possible is the script of a combination; the error says what is impossible.
func possible(whole Scenario) (*Script, error) {
	st := scriptOf(whole)
	if found := append(checkWhole(&whole), checkScript(st)...); len(found) > 0 {
		return nil, errors.New(st.Name + ": " + found[0].text)
	}
	return st, nil
}

// Over is the script in which top overrides base, under base's name; what can then no longer happen is removed.
func Over(base, top *Script) *Script {
	whole := over(base.from, top.from)
	whole.Name = Name(base.Name)
	return scriptOf(fitted(whole))
}

// Names lists the names of the set and of those under it, sorted.
func (s *Set) Names() []string {
	var names []string
	for ; s != nil; s = s.under {
		names = append(names, slices.Collect(maps.Keys(s.scripts))...)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// List returns the scenarios of the set as they were written, in their order, without those under it.
func (s *Set) List() []Scenario {
	var list []Scenario
	for _, w := range s.written {
		list = append(list, *w)
	}
	return list
}

// Lookup returns a scenario as it was written, by its name, from the set or those under it.
func (s *Set) Lookup(name string) (Scenario, error) {
	all := s.Names()
	for ; s != nil; s = s.under {
		for _, w := range s.written {
			if string(w.Name) == name {
				return *w, nil
			}
		}
	}
	return Scenario{}, unknownName(name, all)
}

// File is the set as one file, with its own scenarios only. Settings of a whole file are repeated in each scenario.
func (s *Set) File() *File {
	f := &File{Scenarios: s.List()}
	for i, w := range s.written {
		f.Scenarios[i].Settings = withShared(s.shared[w], w.Settings)
	}
	return f
}
