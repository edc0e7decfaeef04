package verdict

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// Lane is one of those who take part in a story.
type Lane = control.Lane

// The lanes of a sequence diagram, from left to right.
const (
	Shop    = control.Shop
	Tapmock = control.Tapmock
	Bank    = control.Bank
	Payer   = control.Payers
)

// Lanes are all lanes, from left to right.
func Lanes() []Lane { return control.Lanes() }

// Step is one line of a story's sequence diagram: a message from one lane to another, or a note on one lane.
type Step struct {
	At       time.Time `json:"at"`                 // on the account's clock
	From     Lane      `json:"from"`               // who acts
	To       Lane      `json:"to"`                 // who receives it; From itself for a note
	Text     string    `json:"text"`               // what happens, in one line
	Response string    `json:"response,omitempty"` // how To has responded, such as HTTP 200; "" if that is not known
	Fault    bool      `json:"fault,omitempty"`    // what the story does wrong on purpose: a fault, a forged webhook, a refused step
}

// maxSteps bounds the steps of one story, maxStepText the characters of a step.
const (
	maxSteps    = 120
	maxStepText = 160
)

// steps are the story so far as a sequence diagram.
func (p *performance) steps(ctx context.Context) ([]Step, error) {
	j, err := p.check.Mock.Journal(ctx, control.JournalQuery{After: p.began, Oldest: true, Limit: 1000})
	if err != nil {
		return nil, err
	}
	mine, all := map[string]bool{}, make([]Step, 0, len(j.Entries))
	for i := range j.Entries {
		e := &j.Entries[i]
		if e.Object != nil && e.Event == tap.EventCreated {
			mine[e.Object.ID] = true
		}
		if e.Object != nil && e.Object.ID != "" && !mine[e.Object.ID] {
			continue // the merchant asks again for a charge of an earlier story
		}
		if s, ok := stepOf(e); ok {
			all = append(all, s)
		}
	}
	if n := len(all) - maxSteps; n > 0 || j.HasMore {
		left := Step{At: all[maxSteps-1].At, From: Tapmock, To: Tapmock, Text: fmt.Sprintf("… %d more steps …", max(n, 1))}
		all = append(all[:maxSteps-1], left)
	}
	return all, nil
}

// stepOf is a journal entry as a step, if it is one.
func stepOf(e *control.Entry) (Step, bool) {
	if e.Silent() {
		return Step{}, false
	}
	from, to := e.Lanes()
	text, fault := strings.ReplaceAll(string(e.Event), "_", " "), e.Fault()
	if from == Shop { // the detail is the whole call
		text = e.Detail
	} else if e.Detail != "" {
		text += ": " + e.Detail
	}
	s := Step{At: e.At, From: from, To: to, Text: text, Fault: fault}
	if e.Response != nil {
		s.Response = describe(*e.Response)
	}
	if rest, answer, ok := cutLast(text, ": "); ok && (s.From == Shop || e.Response != nil) { // the detail ends with the status
		s.Text, s.Response = rest, cmp.Or(s.Response, answer)
	}
	s.Text, s.Response = shortLine(s.Text), shortLine(s.Response)
	return s, true
}

// cutLast is [strings.Cut] at the last separator.
func cutLast(text, separator string) (before, after string, found bool) {
	if i := strings.LastIndex(text, separator); i >= 0 {
		return text[:i], text[i+len(separator):], true
	}
	return text, "", false
}

// shortLine is a text on one line of at most maxStepText characters.
func shortLine(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if runes := []rune(text); len(runes) > maxStepText {
		return string(runes[:maxStepText-1]) + "…"
	}
	return text
}
