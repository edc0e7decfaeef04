package scenarios

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
)

// Set holds scenarios by name, on top of another set. It does not change and is safe for concurrent use.
type Set struct {
	under   *Set // looked in for names that this one does not have
	written []*Scenario
	stories map[string]*Story // what single names stand for
	rules   rules
	library bool // comes with the program

	mu       sync.Mutex
	combined map[string]*Story // asked for so far, bounded
}

// New makes a set of scenarios built in Go, on top of under, which may be nil. The error is a [Mistakes].
func New(under *Set, list ...Scenario) (*Set, error) {
	f := &File{Scenarios: slices.Clone(list)}
	return build(under, []source{{file: f, decoder: &decoder{}}})
}

// Parse makes a set of one file's text, on top of under, which may be nil. name stands in the mistakes. The error is a
// [Mistakes].
func Parse(under *Set, name string, text []byte) (*Set, error) {
	f, d := decodeFile(name, text)
	return build(under, []source{{f, d}})
}

// source is a file that was read.
type source struct {
	file *File
	*decoder
}

// builder makes a set of what was read.
type builder struct {
	set      *Set
	bySource map[*Scenario]source
	byName   map[string]*Scenario
	busy     map[string]bool // being resolved, to find circles
	whole    map[string]*Scenario
	mistakes Mistakes
}

func build(under *Set, sources []source) (*Set, error) {
	b := &builder{
		set:      &Set{under: under, stories: map[string]*Story{}, combined: map[string]*Story{}},
		bySource: map[*Scenario]source{}, byName: map[string]*Scenario{}, busy: map[string]bool{}, whole: map[string]*Scenario{},
	}
	for _, src := range sources {
		b.mistakes = append(b.mistakes, src.mistakes...)
		b.read(src)
	}
	if len(b.mistakes) > 0 { // what follows would only repeat them
		return nil, b.mistakes
	}
	for _, s := range b.set.written {
		b.story(s)
	}
	b.adversaries()
	b.set.rules = index(b.set)
	if err := b.mistakes.orNil(); err != nil {
		return nil, err
	}
	return b.set, nil
}

// read takes in the scenarios of one file and checks each by itself.
func (b *builder) read(src source) {
	c := &checker{}
	c.settings(&Scenario{Settings: src.file.Settings})
	for _, f := range c.found {
		at, _ := f.about.(place)
		b.blame(src, finding{place{&src.file.Settings, at.key}, f.text}, "settings."+at.key)
	}
	for i := range src.file.Scenarios {
		s := &src.file.Scenarios[i]
		b.bySource[s] = src
		b.set.written = append(b.set.written, s)
		for _, f := range checkWritten(s) {
			b.blame(src, f, pathOf(s, i))
		}
		b.name(src, s, i)
	}
}

// pathOf names a scenario by its place and its name.
func pathOf(s *Scenario, i int) string {
	if s.Name == "" {
		return fmt.Sprintf("scenarios[%d]", i)
	}
	return string(s.Name)
}

func (b *builder) name(src source, s *Scenario, i int) {
	name := string(s.Name)
	switch {
	case name == "":
	case b.byName[name] != nil:
		b.blame(src, finding{&s.Name, "the name is taken twice"}, pathOf(s, i))
	case b.set.under != nil && b.set.under.builtin(name):
		b.blame(src, finding{&s.Name, "the name is taken by a scenario of the library; choose another, and say extends: " + name + " to change it"}, pathOf(s, i))
	default:
		b.byName[name] = s
	}
}

// blame notes a finding with its place, if there is one.
func (b *builder) blame(src source, f finding, path string) {
	m := Mistake{File: src.decoder.file, Path: path, Text: f.text}
	if n := src.places[f.about]; n != nil {
		m.Line, m.Column = n.Line, n.Column
	}
	b.mistakes = append(b.mistakes, m)
}

// story makes what a name stands for.
func (b *builder) story(s *Scenario) {
	whole := b.resolve(s)
	if whole == nil {
		return
	}
	st := storyOf(*whole)
	src := b.bySource[s]
	for _, f := range checkStory(st) {
		if src.places[f.about] == nil { // what is to blame came from another scenario, or was filled in
			f.about = s
		}
		b.blame(src, f, string(s.Name))
	}
	b.set.stories[string(s.Name)] = st
}

// resolve is a scenario with what it extends and with its file's settings, or nil if that cannot be.
func (b *builder) resolve(s *Scenario) *Scenario {
	name := string(s.Name)
	if done, ok := b.whole[name]; ok {
		return done
	}
	src := b.bySource[s]
	if b.busy[name] {
		b.blame(src, finding{&s.Extends, "it extends itself, directly or by way of others"}, name)
		return nil
	}
	b.busy[name] = true
	defer delete(b.busy, name)
	own := *s
	own.Settings = maps.Clone(src.file.Settings)
	for k, v := range s.Settings {
		if own.Settings == nil {
			own.Settings = Settings{}
		}
		own.Settings[k] = v
	}
	b.whole[name] = nil
	if s.Extends != "" {
		base, err := combine(s.Extends, b.single)
		if err != nil {
			b.blame(src, finding{&s.Extends, err.Error()}, name)
			return nil
		}
		own = over(base, own)
	}
	b.whole[name] = &own
	return &own
}

// single is a whole scenario by its name, while the set is being built.
func (b *builder) single(name string) (Scenario, error) {
	if s, ok := b.byName[name]; ok {
		if b.busy[name] {
			return Scenario{}, fmt.Errorf("it extends itself, directly or by way of others")
		}
		if whole := b.resolve(s); whole != nil {
			return *whole, nil
		}
		return Scenario{}, fmt.Errorf("%s is not right itself", name)
	}
	if st := b.set.under.find(name); st != nil {
		return st.from, nil
	}
	return Scenario{}, unknownName(name, append(slices.Collect(maps.Keys(b.byName)), b.set.under.Names()...))
}

// UnknownError says that there is no scenario of a name.
type UnknownError struct {
	Name string
	Near []string // names that are like it, the nearest first; at most five
}

// Error names the near ones.
func (e *UnknownError) Error() string {
	if len(e.Near) == 0 {
		return fmt.Sprintf("there is no scenario %q; tapmock scenarios list shows all", clip(e.Name))
	}
	return fmt.Sprintf("there is no scenario %q, did you mean %s?", clip(e.Name), strings.Join(e.Near, " or "))
}

func unknownName(name string, known []string) error {
	e := &UnknownError{Name: name}
	slices.Sort(known)
	for len(e.Near) < 5 {
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

// combine puts the scenarios of a combination together.
func combine(c Combination, single func(string) (Scenario, error)) (Scenario, error) {
	names := c.Names()
	if len(names) > maxCombined {
		return Scenario{}, fmt.Errorf("%d scenarios are too many, at most %d combine", len(names), maxCombined)
	}
	whole, err := single(names[0])
	for _, name := range names[1:] {
		if err != nil {
			return whole, err
		}
		var next Scenario
		if next, err = single(name); err == nil {
			whole, err = beside(whole, next)
		}
	}
	return whole, err
}

// adversaries checks that what they mix in exists.
func (b *builder) adversaries() {
	for _, s := range b.set.written {
		if s.Adversary == nil {
			continue
		}
		for _, name := range slices.Sorted(maps.Keys(s.Adversary.Rates)) {
			st, err := b.set.Resolve(name)
			if err == nil && st.Adversary != nil {
				err = fmt.Errorf("%s is an adversary itself", name)
			}
			if err != nil {
				b.blame(b.bySource[s], finding{place{&s.Adversary.Rates, name}, err.Error()}, string(s.Name)+".adversary.rates")
			}
		}
	}
}

// find is the story of a single name, or nil.
func (s *Set) find(name string) *Story {
	for ; s != nil; s = s.under {
		if st := s.stories[name]; st != nil {
			return st
		}
	}
	return nil
}

// maxRemembered bounds how many combinations a set remembers.
const maxRemembered = 1000

// Resolve is the story of a name, or of several joined by +. The error is an [*UnknownError], or says what clashes or cannot
// be.
func (s *Set) Resolve(name string) (*Story, error) {
	if st := s.find(name); st != nil {
		return st, nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if st := s.combined[name]; st != nil {
		return st, nil
	}
	whole, err := combine(Combination(name), func(name string) (Scenario, error) {
		if st := s.find(name); st != nil {
			return st.from, nil
		}
		return Scenario{}, unknownName(name, s.Names())
	})
	if err != nil {
		return nil, err
	}
	st := storyOf(whole)
	if found := checkStory(st); len(found) > 0 {
		return nil, fmt.Errorf("%s: %s", st.Name, found[0].text)
	}
	if len(s.combined) >= maxRemembered {
		clear(s.combined)
	}
	s.combined[name] = st
	return st, nil
}

// Over is the story in which top is laid over base: what top sets stands.
func Over(base, top *Story) *Story {
	if base == nil {
		return top
	}
	whole := over(base.from, top.from)
	whole.Name = Name(base.Name + " + " + top.Name)
	return storyOf(whole)
}

// Names lists the names of the set and of those under it, in alphabetical order.
func (s *Set) Names() []string {
	var names []string
	for ; s != nil; s = s.under {
		names = append(names, slices.Collect(maps.Keys(s.stories))...)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// List lists the scenarios of the set as they were written, in their order, without those under it.
func (s *Set) List() []Scenario {
	var list []Scenario
	for _, w := range s.written {
		list = append(list, *w)
	}
	return list
}

// Lookup is a scenario as it was written, by its name, in the set or those under it.
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

// File is the set as one file, its own scenarios only.
func (s *Set) File() *File { return &File{Scenarios: s.List()} }
