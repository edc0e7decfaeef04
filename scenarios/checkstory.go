package scenarios

import (
	"fmt"
	"slices"
)

// checkStory checks that every step of a whole story can come: what it hangs on happens, and not only after itself.
func checkStory(s *Story) []finding {
	c := &checker{}
	for i := range s.Tell {
		step := &s.Tell[i]
		switch {
		case step.Webhook != nil && !step.Webhook.Never:
			c.reachable(s, step.Webhook.At, &step.Webhook.At, Moment{Event: Delivered, N: s.Number(i)}.String())
		case step.Redirect != nil && !step.Redirect.Never:
			self := ""
			if step.Redirect == s.firstRedirect() {
				self = string(Redirected)
			}
			root := c.reachable(s, step.Redirect.At, &step.Redirect.At, self)
			if step.Redirect.At.Event == Delivered && root != "" && !slices.Contains(decidedEvents, root) {
				c.blame(&step.Redirect.At, "a payer is not sent back before the payment is decided, and webhook#%d comes at %s already", step.Redirect.At.N, root)
			}
		}
	}
	if l := s.Bank.Later; l != nil {
		c.reachable(s, l.At, &l.At, string(Corrected))
	}
	for i := range s.API {
		if f := &s.API[i]; f.Until.Event != "" {
			c.reachable(s, f.Until, &f.Until, "")
		}
	}
	return c.found
}

// reachable follows what a moment hangs on, back to the event that comes by itself; "" if there is none, which it blames.
func (c *checker) reachable(s *Story, m Moment, about any, self string) Event {
	seen := map[string]bool{self: true}
	for {
		name := Moment{Event: m.Event, N: m.N}.String()
		switch m.Event {
		case Delivered:
			w := s.Webhook(m.N)
			if w == nil {
				c.blame(about, "there is no %s: the scenario has %s", name, countWebhooks(s))
				return ""
			}
			m = w.At
		case Redirected:
			r := s.firstRedirect()
			if r == nil {
				c.blame(about, "the payer never returns in this scenario, so nothing can hang on redirected")
				return ""
			}
			m = r.At
		case Corrected:
			if s.Bank.Later == nil {
				c.blame(about, "nothing is corrected in this scenario, because its bank has no later")
				return ""
			}
			m = s.Bank.Later.At
		default:
			return m.Event
		}
		if seen[name] {
			c.blame(about, "it waits for itself: %s hangs on it, directly or by way of others", name)
			return ""
		}
		seen[name] = true
	}
}

func (s *Story) firstRedirect() *Redirect {
	for _, step := range s.Tell {
		if step.Redirect != nil && !step.Redirect.Never {
			return step.Redirect
		}
	}
	return nil
}

func countWebhooks(s *Story) string {
	n := 0
	for s.Webhook(n+1) != nil {
		n++
	}
	switch n {
	case 0:
		return "no webhook step"
	case 1:
		return "one webhook step"
	}
	return fmt.Sprintf("%d webhook steps", n)
}
