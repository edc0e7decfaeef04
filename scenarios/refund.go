package scenarios

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// Refund is what becomes of a refund, in scenarios whose object is refund.
type Refund struct {
	Status   RefundWord   `key:"status" doc:"Status in which the refund ends. Default: by the response, else the setting refund_status."`
	Response RefundCode   `key:"response" doc:"Tap's response code, such as 502, if it does not follow from the status. Without a status it implies one."`
	Delay    Delay        `key:"delay" doc:"Time until then; forever: the refund stays PENDING. Default: the setting refund_delay, with which 0s completes it in the create call."`
	Gate     Gate         `key:"gate" doc:"The result waits at this gate until a test releases it."`
	Later    *LaterRefund `key:"later" doc:"A second result that comes later and replaces the first."`
}

// LaterRefund is a second result of a refund.
type LaterRefund struct {
	At       Moment     `key:"at" doc:"When it happens. Required."`
	Status   RefundWord `key:"status" doc:"As in refund."`
	Response RefundCode `key:"response" doc:"As in refund."`
	Gate     Gate       `key:"gate" doc:"It waits at this gate until a test releases it."`
}

// Outcome is the status in which the refund ends, and its result. setting is the status of the setting refund_status.
func (r *Refund) Outcome(setting tap.RefundStatus) (tap.RefundStatus, tap.Result) {
	return refundOutcome(r.Status, r.Response, setting)
}

// Outcome is the later result.
func (l *LaterRefund) Outcome() (tap.RefundStatus, tap.Result) {
	return refundOutcome(l.Status, l.Response, tap.Refunded)
}

func refundOutcome(word RefundWord, code RefundCode, status tap.RefundStatus) (tap.RefundStatus, tap.Result) {
	result, implied, known := tap.RefundResultFor(string(code))
	switch {
	case word != "":
		status = tap.RefundStatus(word)
	case known:
		status = implied
	}
	if !known {
		result = tap.PlainRefundResult(status)
	}
	return status, result
}

// RefundWord is a status that a refund can end in.
type RefundWord string

func refundWords() []string {
	var all []string
	for _, s := range tap.RefundStatuses() {
		if tap.RefundPending.CanBecome(s) || tap.RefundAccepted.CanBecome(s) {
			all = append(all, string(s))
		}
	}
	return all
}

func (w *RefundWord) read(text string) error { return oneOf((*string)(w), text, refundWords()) }
func (w *RefundWord) write() string          { return string(*w) }
func (w *RefundWord) schema() object         { return enum(refundWords()...) }

// RefundCode is one of Tap's response codes for refunds: three digits.
type RefundCode string

func refundCodes() []string {
	var all []string
	for _, r := range tap.RefundResults() {
		all = append(all, r.Code)
	}
	return all
}

func (c *RefundCode) read(text string) error {
	if _, _, ok := tap.RefundResultFor(text); !ok {
		return fmt.Errorf("%q is not one of Tap's response codes for refunds; they are %s", clip(text), strings.Join(refundCodes(), ", "))
	}
	*c = RefundCode(text)
	return nil
}
func (c *RefundCode) write() string { return string(*c) }
func (c *RefundCode) schema() object {
	return object{"anyOf": []object{enum(refundCodes()...), {"type": "integer", "minimum": 0, "maximum": 999}}}
}

// refundMoments are the events of a refund.
var refundMoments = []Event{Created, Answered, Settled, Corrected, FirstAttempt}

// refund checks the keys of a scenario for refunds, and that others do not have them.
func (c *checker) refund(s *Scenario) {
	if s.Object != RefundObject {
		if s.Refund != nil {
			c.blame(s.Refund, "refund needs object: refund; a scenario is for one payment object")
		}
		return
	}
	c.withoutPayment(s, "", "no payer returns from a refund; a scenario for refunds has only webhook steps")
	if s.Refund != nil {
		c.refundResult(s.Refund)
	}
}

// withoutPayment blames what only objects have that a payer pays for, and calls of other objects; hint says more about the keys.
func (c *checker) withoutPayment(s *Scenario, hint, onReturn string) {
	for _, other := range []struct {
		set   bool
		about any
		key   string
	}{{s.Payer != nil, s.Payer, "payer"}, {s.Bank != nil, s.Bank, "bank"}, {s.Chaos != nil, s.Chaos, "chaos"}} {
		if other.set {
			c.blame(other.about, "%s belongs to a scenario for charges; this one has object: %s%s", other.key, s.Object, hint)
		}
	}
	for i := range s.Callbacks {
		if r := s.Callbacks[i].Return; r != nil {
			c.blame(r, "%s", onReturn)
		}
	}
	for i := range s.API {
		if on := &s.API[i].On; *on != "" && !on.isOf(s.Object) {
			c.blame(on, "%s is not a call of %ss; use %s", *on, s.Object, orList(operationsOf(s.Object)))
		}
	}
}

func (c *checker) refundResult(r *Refund) {
	if r.Delay.Forever && r.Gate != "" {
		c.blame(&r.Gate, "a refund that stays PENDING cannot wait at a gate")
	}
	from, _ := r.Outcome(tap.Refunded)
	if !tap.RefundPending.CanBecome(from) && !tap.RefundAccepted.CanBecome(from) {
		c.blame(&r.Response, "no refund ends %s, the status of %s; name a status with it", from, r.Response)
	}
	l := r.Later
	if l == nil {
		return
	}
	if l.At.Event == "" {
		c.missing(l, []any{&l.At}, "later needs at: when it happens, such as settled + 1m")
	}
	if l.Status == "" && l.Response == "" {
		c.missing(l, []any{&l.Status, &l.Response}, "later has no result: set status or response")
		return
	}
	if to, _ := l.Outcome(); !from.CanBecome(to) && !from.CanBecomeLate(to) {
		c.blame(l, "a refund that is %s cannot become %s later", from, to)
	}
}

// refundScript checks that the moments of a script for refunds are those of refunds.
func (c *checker) refundScript(s *Script) {
	blame := func(m *Moment) {
		if m.Event != "" && !slices.Contains(refundMoments, m.Event) {
			c.blame(m, "%s does not happen to a refund; use created, answered, settled, corrected or a webhook", m.Event)
		}
	}
	for i := range s.Callbacks {
		if w := s.Callbacks[i].Webhook; w != nil && !w.Never {
			blame(&w.At)
		}
	}
	if s.Refund.Later != nil {
		blame(&s.Refund.Later.At)
	}
	for i := range s.API {
		blame(&s.API[i].Before)
	}
}
