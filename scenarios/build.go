package scenarios

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// source is a file that was read.
type source struct {
	file *File
	*decoder
}

// builder makes a set from files that were read.
type builder struct {
	set      *Set
	bySource map[*Scenario]origin
	byName   map[string]*Scenario
	busy     []string       // being resolved, to find cycles
	depth    map[string]int // length of the chain of extends of a name
	known    []string       // all names, made for the first unknown one
	whole    map[string]*Scenario
	weak     map[string]map[string]bool // the settings of a resolved name that only a file sets, for all its scenarios
	bad      map[*Scenario]bool         // with mistakes of their own
	mistakes Mistakes
}

func build(under *Set, sources []source) (*Set, error) {
	b := &builder{
		set:      &Set{under: under, shared: map[*Scenario]Settings{}, scripts: map[string]*Script{}, combined: map[string]*Script{}, remembers: remembersFew},
		bySource: map[*Scenario]origin{}, byName: map[string]*Scenario{}, whole: map[string]*Scenario{},
		weak: map[string]map[string]bool{}, depth: map[string]int{}, bad: map[*Scenario]bool{},
	}
	for _, src := range sources {
		b.mistakes = append(b.mistakes, src.mistakes...)
		b.read(src)
	}
	b.markBad()
	for _, s := range b.set.written {
		if b.bad[s] { // what follows would only repeat its mistakes
			continue
		}
		b.script(s)
		if len(b.mistakes) >= maxNoted {
			break
		}
	}
	b.chaos()
	b.set.rules = index(b.set)
	if len(b.mistakes) > 0 {
		return nil, b.mistakes.inOrder(sources)
	}
	return b.set, nil
}

// markBad marks the scenarios that have mistakes so far, by their lines; those of scenarios built in Go are marked when they are blamed.
func (b *builder) markBad() {
	for _, s := range b.set.written {
		o := b.bySource[s]
		if o.root == nil {
			continue
		}
		begin := nodeAt(o.root, []string{"scenarios", "[" + strconv.Itoa(o.i) + "]"}).Line
		end := math.MaxInt
		if next := nodeAt(o.root, []string{"scenarios", "[" + strconv.Itoa(o.i+1) + "]"}); next != nil && next.Line > begin {
			end = next.Line
		}
		for _, m := range b.mistakes {
			if m.File == o.decoder.file && m.Line >= begin && m.Line < end {
				b.bad[s] = true
			}
		}
	}
}

// read adds the scenarios of one file and checks each one alone.
func (b *builder) read(src source) {
	c := &checker{}
	c.settings(&Scenario{Settings: src.file.Settings})
	for _, f := range c.found {
		key := f.at.(place).key
		if src.spoilt[place{&src.file.Settings, key}] {
			continue
		}
		b.blameAt(src, []string{"settings", key}, pathText("", []string{"settings", key}), f.text)
	}
	for i := range src.file.Scenarios {
		s := &src.file.Scenarios[i]
		b.bySource[s] = origin{src, i}
		b.set.written = append(b.set.written, s)
		if len(src.file.Settings) > 0 {
			b.set.shared[s] = src.file.Settings
		}
		for _, f := range checkWritten(s, src.spoilt) {
			b.blame(s, f)
		}
		b.name(s)
	}
}

// origin is the file that a scenario was read from, and its index there.
type origin struct {
	source
	i int
}

// label names a scenario by its name, or by its index.
func (b *builder) label(s *Scenario) string {
	if s.Name == "" {
		return fmt.Sprintf("scenarios[%d]", b.bySource[s].i)
	}
	return string(s.Name)
}

func (b *builder) name(s *Scenario) {
	name := string(s.Name)
	switch {
	case name == "":
	case b.byName[name] != nil:
		b.blame(s, finding{&s.Name, "the name is already used" + b.where(s, b.byName[name])})
	case b.set.under != nil && b.set.under.builtin(name):
		b.blame(s, finding{&s.Name, "the name is used by a scenario of the library; choose another, and write extends: " + name + " to change it"})
	default:
		b.byName[name] = s
	}
}

// where says where another scenario has its name, or "" if it was built in Go.
func (b *builder) where(from, s *Scenario) string {
	o := b.bySource[s]
	if o.root == nil {
		return ""
	}
	n := nodeAt(o.root, []string{"scenarios", "[" + strconv.Itoa(o.i) + "]", "name"})
	if file := o.decoder.file; file != b.bySource[from].decoder.file {
		return fmt.Sprintf(" in %s, line %d", file, n.Line)
	}
	return fmt.Sprintf(" in line %d", n.Line)
}

// blame reports a finding with its place, if there is one.
func (b *builder) blame(s *Scenario, f finding) {
	if len(b.mistakes) >= maxNoted {
		return
	}
	b.bad[s] = true
	o := b.bySource[s]
	trail, _ := trailTo(reflect.ValueOf(s).Elem(), f.at) // else it was inherited or filled in
	at := []string{"scenarios", "[" + strconv.Itoa(o.i) + "]"}
	_, written := follow(o.root, append(at, trail...))
	b.blameAt(o.source, written, pathText(b.label(s), written[len(at):]), f.text)
}

func (b *builder) blameAt(src source, trail []string, path, text string) {
	m := Mistake{File: src.decoder.file, Path: path, Text: text}
	if n := nodeAt(src.root, trail); n != nil {
		m.Line, m.Column = n.Line, n.Column
	}
	b.mistakes = append(b.mistakes, m)
}

// script makes the script of a name.
func (b *builder) script(s *Scenario) {
	whole := b.resolve(s)
	if whole == nil {
		return
	}
	found := []finding(nil)
	if s.Extends != "" {
		found = checkWhole(whole)
	}
	st := scriptOf(*whole)
	st.weak = b.weak[string(s.Name)]
	for _, f := range append(found, checkScript(st)...) {
		b.blame(s, f)
	}
	b.set.scripts[string(s.Name)] = st
}

// maxExtends bounds the length of a chain of extends.
const maxExtends = 100

// errReported is a mistake that was reported for another scenario.
var errReported = errors.New("reported already")

// resolve is a scenario with everything that it extends and with its file's settings, or nil if it has mistakes. A setting that the
// scenario or one that it extends sets itself overrides those of files.
func (b *builder) resolve(s *Scenario) *Scenario {
	name := string(s.Name)
	if done, ok := b.whole[name]; ok {
		return done
	}
	b.busy = append(b.busy, name)
	defer func() { b.busy = b.busy[:len(b.busy)-1] }()
	b.whole[name] = nil
	own, strong := *s, map[string]bool{}
	var base Scenario
	if s.Extends != "" {
		var err error
		if base, err = b.set.under.combine(s.Extends, b.noting(strong)); err != nil {
			if !errors.Is(err, errReported) {
				b.blame(s, finding{&s.Extends, err.Error()})
			}
			return nil
		}
	}
	for _, path := range s.Unset {
		path.unsetSettings(strong)
	}
	b.shareSettings(s, &own, strong)
	own, found := inherit(base, own)
	for _, f := range found {
		b.blame(s, f)
	}
	if len(found) > 0 {
		return nil
	}
	if len(own.API) > maxSteps { // before others add theirs
		b.blame(s, finding{&s.Extends, fmt.Sprintf("with what it extends it has %d faults, more than %d", len(own.API), maxSteps)})
		return nil
	}
	b.whole[name] = &own
	b.noteWeak(name, s.Settings, own.Settings, strong)
	return &own
}

// noteWeak notes which settings of a resolved scenario neither it nor one that it extends sets itself.
func (b *builder) noteWeak(name string, own, all Settings, strong map[string]bool) {
	for key := range all {
		if _, set := own[key]; set || strong[key] {
			continue
		}
		if b.weak[name] == nil {
			b.weak[name] = map[string]bool{}
		}
		b.weak[name][key] = true
	}
}

// noting is [builder.single], and adds to strong the settings that the scenario does not only have from its file.
func (b *builder) noting(strong map[string]bool) func(string) (Scenario, error) {
	return func(name string) (Scenario, error) {
		one, err := b.single(name)
		weak := b.weak[name]
		if st := b.set.under.find(name); b.byName[name] == nil && st != nil {
			weak = st.weak
		}
		for key := range one.Settings {
			if !weak[key] {
				strong[key] = true
			}
		}
		return one, err
	}
}

// shareSettings adds to own the settings of the file of s, except those that s inherits from a scenario that sets them itself.
func (b *builder) shareSettings(s, own *Scenario, strong map[string]bool) {
	if shared := b.set.shared[s]; len(shared) > 0 && len(strong) > 0 {
		b.set.shared[s] = maps.Clone(shared)
		maps.DeleteFunc(b.set.shared[s], func(key, _ string) bool { return strong[key] })
	}
	own.Settings = withShared(b.set.shared[s], s.Settings)
}

// withShared adds a scenario's settings to those of its file.
func withShared(shared, own Settings) Settings {
	if len(shared) == 0 {
		return own
	}
	both := maps.Clone(shared)
	maps.Copy(both, own)
	return both
}

// single is a resolved scenario by its name, while the set is being built.
func (b *builder) single(name string) (Scenario, error) {
	s, ok := b.byName[name]
	if !ok {
		if st := b.set.under.find(name); st != nil {
			return st.from, nil
		}
		return Scenario{}, b.unknown(name)
	}
	if i := slices.Index(b.busy, name); i >= 0 {
		return Scenario{}, fmt.Errorf("it extends itself: %s", circle(b.busy[i:]))
	}
	if len(b.busy) >= maxExtends || b.depth[name] >= maxExtends {
		return Scenario{}, fmt.Errorf("a chain of more than %d scenarios that extend each other", maxExtends)
	}
	if b.bad[s] {
		return Scenario{}, errReported
	}
	whole := b.resolve(s)
	if whole == nil {
		return Scenario{}, errReported
	}
	user := b.busy[len(b.busy)-1]
	b.depth[user] = max(b.depth[user], b.depth[name]+1)
	return *whole, nil
}

// unknown is the error for an unknown name. Similar names are searched only as long as mistakes are reported.
func (b *builder) unknown(name string) error {
	if len(b.mistakes) >= maxMistakes {
		return &UnknownError{Name: name}
	}
	if b.known == nil {
		b.known = append(slices.Collect(maps.Keys(b.byName)), b.set.under.Names()...)
	}
	return unknownName(name, slices.Clone(b.known))
}

// circle writes a, b, c as a → b → c → a, without its middle if it is long.
func circle(names []string) string {
	first := names[0]
	if len(names) > 6 {
		names = append(append(names[:3:3], "…"), names[len(names)-2:]...)
	}
	return strings.Join(append(names[:len(names):len(names)], first), " → ")
}

// chaos checks that the scenarios that chaos mixes in exist.
func (b *builder) chaos() {
	for _, s := range b.set.written {
		if s.Chaos == nil || len(b.mistakes) >= maxMistakes {
			continue
		}
		for _, name := range slices.Sorted(maps.Keys(s.Chaos.Rates)) {
			if slices.ContainsFunc(Combination(name).Names(), func(one string) bool { return b.byName[one] != nil && b.bad[b.byName[one]] }) {
				continue // it has mistakes of its own
			}
			st, err := b.set.Resolve(name)
			if err == nil && st.Chaos != nil {
				err = fmt.Errorf("%s has chaos itself", name)
			}
			if err != nil {
				b.blame(s, finding{place{&s.Chaos.Rates, name}, err.Error()})
			}
		}
	}
}
