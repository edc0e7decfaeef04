package scenarios

import (
	"errors"
	"fmt"
	"reflect"
	"strings"

	"gopkg.in/yaml.v3"
)

// conflict is the error of next beside the scenarios before it: it names the first one with which next conflicts, and what does both.
func (s *Set) conflict(before []Scenario, next Scenario, err error) error {
	for _, one := range before {
		if _, err := beside(one, next); err != nil {
			return errors.New(err.Error() + s.withBoth(one, next))
		}
	}
	return err
}

// withBoth says how to have the steps of two scenarios that cannot be combined because both say what the webhook or the return does: the name of
// a scenario of the set that does both, or what to write. It is "" if one step cannot do both.
func (s *Set) withBoth(a, b Scenario) string {
	for _, pair := range [][2]Scenario{{a, b}, {b, a}} {
		base, change := pair[0], pair[1]
		whole, ok := changedBy(base, change)
		if !ok {
			continue
		}
		if name := s.alike(whole); name != "" {
			return ", or " + name + ", which does both"
		}
		return fmt.Sprintf(", or write a scenario that does both: extends: %s, callbacks: [%s]", base.Name, change.Callbacks[0].asChange())
	}
	return ""
}

// changedBy lays the only step of change, which has nothing else, on the only step of its kind of base. It reports whether that is possible and
// changes no value.
func changedBy(base, change Scenario) (whole Scenario, ok bool) {
	if len(change.Callbacks) != 1 || !reflect.DeepEqual(bare(change), Scenario{Callbacks: change.Callbacks}) {
		return base, false
	}
	theirs := kindOf(base.Callbacks, change.Callbacks[0])
	if len(theirs) != 1 || theirs[0].never() || change.Callbacks[0].never() {
		return base, false
	}
	var m merger
	step := Callback{Webhook: theirs[0].Webhook, Return: theirs[0].Return}
	m.pointer(reflect.ValueOf(&step.Webhook).Elem(), reflect.ValueOf(change.Callbacks[0].Webhook), "")
	m.pointer(reflect.ValueOf(&step.Return).Elem(), reflect.ValueOf(change.Callbacks[0].Return), "")
	whole = over(base, Scenario{Name: base.Name, Callbacks: []Callback{step}})
	_, err := possible(whole)
	return whole, m.clash == "" && err == nil
}

// bare is a scenario without what says only how it is called and found.
func bare(s Scenario) Scenario {
	s.Name, s.Description, s.Match, s.Extends, s.Unset = "", "", nil, "", nil
	return s
}

// alike is the name of the first scenario of the set that does the same, or "".
func (s *Set) alike(whole Scenario) string {
	for _, name := range s.Names() {
		if reflect.DeepEqual(bare(s.find(name).from), bare(whole)) {
			return name
		}
	}
	return ""
}

// asChange writes the step as a change of the first inherited one, such as webhook#1: {copies: 2}.
func (c Callback) asChange() string {
	c.N = 1
	text, err := yaml.Marshal(node(reflect.ValueOf(&c).Elem(), flowFrom+1))
	if err != nil {
		panic("scenarios: encoding what was made of plain nodes: " + err.Error())
	}
	return strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(string(text)), "{"), "}")
}
