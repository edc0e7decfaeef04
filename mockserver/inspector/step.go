package inspector

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// step is one line of a trace: a message from one lane to another, a note on one lane, or what is still to come.
type step struct {
	ID       string // of its element: e12, or eff_3
	Seq      uint64
	Cause    uint64
	CauseID  string // element of the step that led to it, if the trace shows it
	At       time.Time
	Gap      string // by how much the clock moved since the step before: "+1 min"
	Lanes    string // class that draws it: from 0 to 1 is a01
	Way      string // the same in words, for those who do not see it: shop to tapmock
	Text     string
	Response string
	Tone     string // good, bad, or ""
	Fault    bool
	Pending  bool
	Gate     string
	Held     bool // by hand

	Webhook  *control.WebhookAttempt
	Reply    *control.Response
	Buttons  []button
	OpenLink string   // to the page of what it is about
	Unlike   []string // how this attempt differs from the one before
	Call     *control.Call
	About    *link // another object than that of the trace
}

// laneNumber is the place of a lane, from the left.
func laneNumber(l control.Lane) int { return slices.Index(control.Lanes(), l) }

func lanes(from, to control.Lane) (class, way string) {
	class = fmt.Sprintf("a%d%d", laneNumber(from), laneNumber(to))
	if from == to {
		return class, string(from)
	}
	return class, string(from) + " to " + string(to)
}

// steps are the entries of an object's trace with the API calls of the shop between them, and then what is scheduled.
func (v *visit) steps(of string, m *material) []step {
	calls := m.calls
	d := drawing{visit: v, of: of, shown: map[uint64]bool{}, attempts: byEntry(m.webhooks), called: len(calls) > 0}
	for i := range m.entries {
		e := &m.entries[i]
		for len(calls) > 0 && calls[0].Entry < e.Seq {
			d.add(v.callStep(&calls[0]))
			calls = calls[1:]
		}
		if e.Event == tap.EventCreated {
			calls = d.creator(calls, e.Object)
		}
		if e.Event != tap.EventAPICall || !d.called { // else the call itself says more
			d.add(d.entryStep(e))
		}
	}
	for i := range calls {
		d.add(v.callStep(&calls[i]))
	}
	for i := range m.scheduled {
		e := &m.scheduled[i]
		s := v.pending(e)
		d.name(&s, e.Object)
		d.steps = append(d.steps, s)
	}
	return d.steps
}

// creator adds the call that created the object, which leads to the entry that follows, and returns the others. It is known only with its answer,
// so that later entries can have come before it.
func (d *drawing) creator(calls []control.Call, created *control.Object) []control.Call {
	i := slices.IndexFunc(calls, func(c control.Call) bool {
		return c.Method == "POST" && c.Object != nil && created != nil && *c.Object == *created && !strings.Contains(c.Path, created.ID)
	})
	if i < 0 {
		return calls
	}
	d.add(d.callStep(&calls[i]))
	return slices.Concat(calls[:i], calls[i+1:]) // the steps point to the others
}

// byEntry are webhooks by the journal entries of their attempts.
func byEntry(webhooks []control.Webhook) map[uint64]*control.Webhook {
	all := map[uint64]*control.Webhook{}
	for i := range webhooks {
		for j := range webhooks[i].Attempts {
			all[webhooks[i].Attempts[j].Entry] = &webhooks[i]
		}
	}
	return all
}

// drawing is a trace while its steps are made.
type drawing struct {
	*visit
	of       string // id of the object
	steps    []step
	shown    map[uint64]bool // entries that are steps already
	attempts map[uint64]*control.Webhook
	called   bool // whether the shop's calls are known
}

// add adds a step, with the time since the one before.
func (d *drawing) add(s step) {
	if n := len(d.steps); n > 0 {
		s.Gap = gap(d.steps[n-1].At, s.At)
	}
	d.shown[s.Seq] = true
	d.steps = append(d.steps, s)
}

// entryStep is a journal entry as a step.
func (d *drawing) entryStep(e *control.Entry) step {
	s := stepOf(e)
	if e.Event == tap.EventCreated && d.called {
		s.Lanes, s.Way = lanes(control.Tapmock, control.Tapmock) // the call beside it is the shop's
	}
	if e.Cause != 0 && d.shown[e.Cause] {
		s.CauseID = fmt.Sprintf("e%d", e.Cause)
	}
	if w := d.attempts[e.Seq]; w != nil {
		d.fillWebhook(&s, w)
	}
	d.name(&s, e.Object)
	return s
}

// name says what a step is about, if it is another object than that of the trace: a refund of the charge.
func (d *drawing) name(s *step, about *control.Object) {
	if about != nil && about.ID != d.of {
		s.Text = string(about.Kind) + ": " + s.Text
		of := d.linkTo(string(about.Kind), about.ID)
		s.About = &of
	}
}

func stepOf(e *control.Entry) step {
	s := step{ID: fmt.Sprintf("e%d", e.Seq), Seq: e.Seq, Cause: e.Cause, At: e.At, Text: words(e.Event), Fault: e.Fault(), Reply: e.Response}
	s.Lanes, s.Way = lanes(e.Lanes())
	if e.Event == tap.EventCreated {
		s.Lanes, s.Way = lanes(control.Shop, control.Tapmock)
	}
	if e.Detail != "" {
		s.Text += ": " + e.Detail
	}
	if e.Response == nil {
		return s
	}
	s.Response, s.Tone = answered(e.Response), "bad"
	if text, remedy, ok := strings.Cut(s.Text, ": "+s.Response); ok && (remedy == "" || strings.HasPrefix(remedy, " (")) {
		s.Text = text // the step shows the answer beside it, and the remedy when it is opened
	}
	if e.Response.OK() {
		s.Tone = "good"
	}
	return s
}

// answered is the merchant's answer in a few words.
func answered(r *control.Response) string {
	if r.Status == 0 {
		return cmp.Or(r.Failure, "no answer")
	}
	return fmt.Sprintf("HTTP %d", r.Status)
}

// gap says by how much the clock moved between two steps, or "" if it moved by less than half a second, as between steps that follow at once.
func gap(before, at time.Time) string {
	if d := at.Sub(before); d >= 500*time.Millisecond {
		return "+" + exact(d)
	}
	return ""
}

// exact is a duration in two units.
func exact(d time.Duration) string {
	switch {
	case d < time.Second:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	case d < time.Minute:
		return fmt.Sprintf("%.3g s", d.Seconds())
	case d < time.Hour:
		return joined(int(d/time.Minute), "min", int(d%time.Minute/time.Second), "s")
	case d < 48*time.Hour:
		return joined(int(d/time.Hour), "h", int(d%time.Hour/time.Minute), "min")
	}
	return joined(int(d/(24*time.Hour)), "days", int(d%(24*time.Hour)/time.Hour), "h")
}

func joined(a int, unit string, b int, small string) string {
	if b == 0 {
		return fmt.Sprintf("%d %s", a, unit)
	}
	return fmt.Sprintf("%d %s %d %s", a, unit, b, small)
}

// fillWebhook adds what is known of a webhook attempt.
func (v *visit) fillWebhook(s *step, w *control.Webhook) {
	i := slices.IndexFunc(w.Attempts, func(a control.WebhookAttempt) bool { return a.Entry == s.Seq })
	s.Webhook, s.OpenLink = &w.Attempts[i], v.link("ui/webhooks/"+w.ID)
	if i > 0 {
		s.Unlike = unlike(&w.Attempts[i-1], &w.Attempts[i])
	}
	s.Buttons = []button{resendButton(w.ID, "Send it again")}
}

func resendButton(delivery, label string) button {
	return button{Label: label, Call: "POST /webhooks/" + delivery + "/resend"}
}

// unlike says how an attempt differs from the one before.
func unlike(before, now *control.WebhookAttempt) (all []string) {
	if before.Body != now.Body {
		all = append(all, "the body is another one: the object has changed since")
	}
	if before.HashString != now.HashString {
		all = append(all, "hashstring is another one")
	}
	if a, b := answered(&before.Response), answered(&now.Response); a != b {
		all = append(all, "the answer was "+a+" and is "+b)
	}
	if len(all) == 0 {
		all = append(all, "the same bytes and the same answer")
	}
	return all
}

// effectLanes are the lanes between which a scheduled effect acts.
var effectLanes = map[string][2]control.Lane{"webhook": {control.Tapmock, control.Shop}, "return": {control.Payers, control.Shop}, "payer": {control.Payers, control.Tapmock},
	"settle": {control.Bank, control.Tapmock}, "correct": {control.Bank, control.Tapmock}, "answer": {control.Tapmock, control.Shop}}

// pending is a scheduled effect as a step.
func (v *visit) pending(e *control.Effect) step {
	s := step{ID: e.ID, At: e.Due, Text: effectText(e), Pending: true, Gate: e.Gate, Held: e.Held, Gap: dueText(v.state.Now, e)}
	between, ok := effectLanes[e.Kind]
	if !ok {
		between = [2]control.Lane{control.Tapmock, control.Tapmock}
	}
	s.Lanes, s.Way = lanes(between[0], between[1])
	s.Buttons = v.effectButtons(e)
	return s
}

// effectTexts say what will happen where the journal has a word only for what has happened.
var effectTexts = map[string]string{"expire": "the charge expires if it is not paid", "settle": "the bank decides", "correct": "the bank changes its decision", "void": "the void takes effect",
	"auto": "the authorization ends by itself", "return": "the payer returns", "answer": "the delayed answer of the API"}

// effectText says what will happen, without the object.
func effectText(e *control.Effect) string {
	if text := effectTexts[e.Kind]; text != "" {
		return text
	}
	text, _, _ := strings.Cut(e.Text, " for ")
	return text
}

// dueText says when an effect is due; "" if it is held back, when its time does not matter.
func dueText(now time.Time, e *control.Effect) string {
	switch {
	case e.Held:
		return ""
	case !e.Due.After(now):
		return "due"
	}
	return sinceText(now, e.Due)
}

// effectButtons are what a person can do to a scheduled effect.
func (v *visit) effectButtons(e *control.Effect) []button {
	do := func(label, what string) button {
		return button{Label: label, Call: "POST /timeline/" + e.ID + "/" + what}
	}
	all := []button{do("Run now", "run")}
	if wait := e.Due.Sub(v.state.Now); v.state.Frozen && !e.Held && wait > 0 { // a clock that runs would be past it
		all = append(all, button{Label: "Move the clock here", Call: "POST /clock/advance", Values: []pair{{"by", wait.String()}}})
	}
	switch {
	case e.Held:
		return append(all, do("Release", "release"))
	case e.Gate != "" && e.Object != nil:
		return append(all, button{Label: "Open the gate", Lock: true, Call: "POST /gates/" + e.Gate + "/release", Values: []pair{{"charge", e.Object.ID}}})
	}
	return append(all, do("Hold", "hold"))
}
