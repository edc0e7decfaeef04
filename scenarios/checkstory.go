package scenarios

import (
	"fmt"
	"slices"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// checkStory checks that every step of a whole story can come: what it hangs on happens, and not only after itself.
func checkStory(s *Story) []finding {
	c := &checker{}
	for i := range s.Tell {
		step := &s.Tell[i]
		switch {
		case step.Webhook != nil && !step.Webhook.Never:
			root := c.reachable(s, step.Webhook.At, &step.Webhook.At, Moment{Event: Delivered, N: s.Number(i)}.String())
			c.comes(s, root, &step.Webhook.At, s.PlainWebhook)
			c.lies(s, step.Webhook)
		case step.Redirect != nil && !step.Redirect.Never:
			self := ""
			if step.Redirect == s.firstRedirect() {
				self = string(Redirected)
			}
			root := c.reachable(s, step.Redirect.At, &step.Redirect.At, self)
			c.comes(s, root, &step.Redirect.At, s.PlainRedirect)
			if step.Redirect.At.Event == Delivered && root != "" && !slices.Contains(decidedEvents, root) {
				c.blame(&step.Redirect.At, "a payer is not sent back before the payment is decided, and webhook#%d comes at %s already", step.Redirect.At.N, root)
			}
		}
	}
	if l := s.Bank.Later; l != nil {
		c.comes(s, c.reachable(s, l.At, &l.At, string(Corrected)), &l.At, false)
	}
	for i := range s.API {
		if f := &s.API[i]; f.Until.Event != "" {
			c.reachable(s, f.Until, &f.Until, "")
		}
	}
	return c.found
}

// comes blames a step that hangs on an event which the story's own payer or bank keeps from coming.
func (c *checker) comes(s *Story, root Event, about any, plain bool) {
	if why := s.keepsFrom(root); why != "" && !plain {
		c.blame(about, "%s never comes here: %s", root, why)
	}
}

// keepsFrom says why an event cannot come in a story, or "". What a person at the page does is not known.
func (s *Story) keepsFrom(e Event) string {
	p := s.Payer
	if p == nil {
		return ""
	}
	order := []Event{PageOpened, Submitted, Confirmed, Settled}
	far := len(order) // how far he gets
	why := ""
	switch {
	case p.After.Event == Expired:
		far, why = 0, "the payer comes after the charge has expired"
	case p.Abandon == Unopened:
		far, why = 0, "the payer never opens the page; a charge that nobody pays comes to expired"
	case p.Abandon == Entry:
		far, why = 1, "the payer leaves on the entry screen; a charge that nobody pays comes to expired"
	case p.Abandon == Confirm:
		far, why = 2, "the payer leaves on the confirm screen; a charge that nobody pays comes to expired"
	case p.Cancel == "" && s.Bank.Delay.Never:
		far, why = 3, "the bank never answers; a charge that nobody pays comes to expired"
	}
	at := slices.Index(order, e)
	switch {
	case p.Cancel == Entry && (e == Submitted || e == Confirmed), p.Cancel == Confirm && e == Confirmed:
		return "the payer cancels before"
	case at >= far:
		return why
	}
	return ""
}

// lies blames a lie that would be the truth.
func (c *checker) lies(s *Story, w *Webhook) {
	o, decided := s.Bank.Outcome("05")
	if w.Lie == SaysCaptured && decided && o.Status == tap.Captured && s.Bank.Later == nil && w.At.Event != Created && w.At.Event != PageOpened {
		c.blame(&w.Lie, "the charge is captured, so that says-captured is no lie; let the bank refuse")
	}
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
