package scenarios

import (
	"slices"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// checkScript checks that every step of a script can happen: its event can happen, and not only after the step itself.
func checkScript(s *Script) []finding {
	c := &checker{}
	switch s.Object {
	case tap.KindRefund:
		c.refundScript(s)
	case tap.KindInvoice:
		c.invoiceScript(s)
	case tap.KindCharge:
		c.chargeScript(s)
	}
	for i := range s.Callbacks {
		step := &s.Callbacks[i]
		switch {
		case step.Webhook != nil && !step.Webhook.Never:
			root := c.reachable(s, step.Webhook.At, &step.Webhook.At, Moment{Event: FirstAttempt, N: s.Number(i)}.String())
			c.comes(s, root, &step.Webhook.At, s.PlainWebhook)
			c.forgery(s, step.Webhook)
		case step.Return != nil && !step.Return.Never:
			self := ""
			if step.Return == s.firstReturn() {
				self = string(Returned)
			}
			root := c.reachable(s, step.Return.At, &step.Return.At, self)
			c.comes(s, root, &step.Return.At, s.PlainReturn)
			if step.Return.At.Event == FirstAttempt && root != "" && !slices.Contains(decidedEvents, root) {
				c.blame(&step.Return.At, "the payer cannot return before the payment has a result, but webhook#%d is sent at %s", step.Return.At.N, root)
			}
		}
	}
	if at := s.laterAt(); at != nil {
		c.comes(s, c.reachable(s, *at, at, string(Corrected)), at, false)
	}
	for i := range s.API {
		if f := &s.API[i]; f.Before.Event != "" {
			c.reachable(s, f.Before, &f.Before, "")
		}
	}
	return c.found
}

// comes blames a step whose event cannot happen because of the script's own payer or bank.
func (c *checker) comes(s *Script, root Event, about any, plain bool) {
	if why := s.keepsFrom(root); why != "" && !plain {
		c.blame(about, "%s never happens here: %s", root, why)
	}
}

// keepsFrom says why an event cannot happen in a script, or "". What a person does on the page is not known.
func (s *Script) keepsFrom(e Event) string {
	p := s.Payer
	if p == nil {
		return ""
	}
	order := []Event{PageOpened, Submitted, Confirmed, Settled}
	far := len(order) // how many of them happen
	why := ""
	switch {
	case p.At.Event == Expired:
		far, why = 0, "the payer opens the page after the charge has expired"
	case p.Abandon == Unopened:
		far, why = 0, "the payer never opens the page; an unpaid charge reaches expired instead"
	case p.Abandon == Entry:
		far, why = 1, "the payer leaves on the entry screen; an unpaid charge reaches expired instead"
	case p.Abandon == Confirm:
		far, why = 2, "the payer leaves on the confirm screen; an unpaid charge reaches expired instead"
	case p.Cancel == "" && s.Bank.Delay.Forever:
		far, why = 3, "the bank never decides; an unpaid charge reaches expired instead"
	}
	at := slices.Index(order, e)
	switch {
	case p.Cancel == Entry && (e == Submitted || e == Confirmed), p.Cancel == Confirm && e == Confirmed:
		return "the payer cancels before that"
	case at >= far:
		return why
	}
	return ""
}

// forgery blames a forgery that would be true.
func (c *checker) forgery(s *Script, w *Webhook) {
	o, decided := s.Bank.Outcome("05")
	if w.Forge == SaysCaptured && decided && o.Status == tap.Captured && s.Bank.Later == nil && w.At.Event != Created && w.At.Event != PageOpened {
		c.blame(&w.Forge, "the charge is captured, so says-captured would be true; let the bank decline it")
	}
}

// reachable follows a moment back to the event that happens by itself; "" if there is none, which it blames.
func (c *checker) reachable(s *Script, m Moment, about any, self string) Event {
	seen := map[string]bool{self: true}
	for {
		name := Moment{Event: m.Event, N: m.N}.String()
		switch m.Event {
		case FirstAttempt:
			w := s.Webhook(m.N)
			if w == nil {
				c.blame(about, "there is no %s: the scenario has %s", name, countWebhooks(s))
				return ""
			}
			m = w.At
		case Returned:
			r := s.firstReturn()
			if r == nil {
				c.blame(about, "the payer never returns in this scenario, so returned never happens")
				return ""
			}
			m = r.At
		case Corrected:
			at := s.laterAt()
			if at == nil {
				c.blame(about, "corrected never happens in this scenario, because its %s has no later", map[bool]string{false: "bank", true: "refund"}[s.Object == tap.KindRefund])
				return ""
			}
			m = *at
		default:
			return m.Event
		}
		if seen[name] {
			c.blame(about, "it waits for itself: %s depends on it", name)
			return ""
		}
		seen[name] = true
	}
}

func (s *Script) firstReturn() *Return {
	for _, step := range s.Callbacks {
		if step.Return != nil && !step.Return.Never {
			return step.Return
		}
	}
	return nil
}

func countWebhooks(s *Script) string {
	n := 0
	for s.Webhook(n+1) != nil {
		n++
	}
	return count(n, "webhook step")
}
