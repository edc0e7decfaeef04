package scenarios

import (
	"fmt"
	"reflect"
	"slices"
)

// inherit lays a scenario on what it extends, which is empty if it extends nothing. It blames keys to be unset that are not set,
// and changes of steps that do not exist.
func inherit(base, own Scenario) (Scenario, []finding) {
	var found []finding
	for i, path := range own.Unset {
		if !path.without(&base) {
			found = append(found, finding{&own.Unset[i], fmt.Sprintf("%s is not set in what the scenario extends", path)})
		}
	}
	own.Unset = nil
	if !slices.ContainsFunc(own.Callbacks, func(c Callback) bool { return c.N > 0 }) {
		return over(base, own), found
	}
	var changes []Callback
	changes, own.Callbacks = splitChanges(own.Callbacks)
	whole := over(base, own)
	whole.Callbacks = slices.Clone(whole.Callbacks)
	for i := range changes {
		if text := whole.change(&changes[i]); text != "" {
			found = append(found, finding{changed(&changes[i]), text})
		}
	}
	return whole, found
}

// changed is what a numbered step points to.
func changed(c *Callback) any {
	if c.Webhook != nil {
		return c.Webhook
	}
	return c.Return
}

func splitChanges(steps []Callback) (changes, own []Callback) {
	for _, c := range steps {
		if c.N > 0 {
			changes = append(changes, c)
		} else {
			own = append(own, c)
		}
	}
	return changes, own
}

// change lays a numbered step on the inherited step of that number. The default webhook or return is the first step of a scenario
// without one. The error text is "" if there is such a step.
func (s *Scenario) change(c *Callback) string {
	kind := "return"
	if c.Webhook != nil {
		kind = "webhook"
	}
	n := 0
	for i := range s.Callbacks {
		if (s.Callbacks[i].Webhook != nil) != (c.Webhook != nil) {
			continue
		}
		if n++; n == c.N {
			if s.Callbacks[i].never() {
				return fmt.Sprintf("%s: never is inherited, so there is no %s#%d to change", kind, kind, c.N)
			}
			s.Callbacks[i] = changedStep(s.Callbacks[i], *c)
			return ""
		}
	}
	if n == 0 && c.N == 1 {
		s.Callbacks = append(s.Callbacks, Callback{Webhook: c.Webhook, Return: c.Return})
		return ""
	}
	return fmt.Sprintf("there is no %s#%d to change: the scenario inherits %s", kind, c.N, count(n, kind+" step"))
}

// never reports whether the step says that there is none.
func (c *Callback) never() bool {
	return c.Webhook != nil && c.Webhook.Never || c.Return != nil && c.Return.Never
}

func changedStep(base, top Callback) Callback {
	m := merger{override: true}
	m.pointer(reflect.ValueOf(&base.Webhook).Elem(), reflect.ValueOf(top.Webhook), "")
	m.pointer(reflect.ValueOf(&base.Return).Elem(), reflect.ValueOf(top.Return), "")
	return base
}

// count writes a number of things: no step, one step, 2 steps.
func count(n int, thing string) string {
	switch n {
	case 0:
		return "no " + thing
	case 1:
		return "one " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
