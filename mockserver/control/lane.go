package control

import (
	"strings"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// Lane is one of those who take part in the trace of a payment.
type Lane string

// The lanes of a sequence diagram, from left to right. Payers is the lane of the payer, see [Payer] for one who acts.
const (
	Shop    Lane = "shop"
	Tapmock Lane = "tapmock"
	Bank    Lane = "bank"
	Payers  Lane = "payer"
)

// Lanes are all lanes, from left to right.
func Lanes() []Lane { return []Lane{Shop, Tapmock, Bank, Payers} }

// silent are events that say nothing of their own in a diagram: the call beside them does.
var silent = map[tap.Event]bool{tap.EventCreateRepeated: true, tap.EventAnswered: true, tap.EventAnswerDelayed: true, tap.EventGateReached: true, tap.EventAssumption: true}

// arrows are the events that are messages from one lane to another. All others are notes on tapmock's lane.
var arrows = map[tap.Event][2]Lane{
	tap.EventAPICall:       {Shop, Tapmock},
	tap.EventUnknown:       {Shop, Tapmock},
	tap.EventPageOpened:    {Payers, Tapmock},
	tap.EventMethodChosen:  {Payers, Tapmock},
	tap.EventSubmitted:     {Payers, Tapmock},
	tap.EventSubmitRefused: {Payers, Tapmock},
	tap.EventPageBack:      {Payers, Tapmock},
	tap.EventConfirmed:     {Payers, Tapmock},
	tap.EventCancelled:     {Payers, Tapmock},
	tap.EventOTPSent:       {Tapmock, Payers},
	tap.EventSettled:       {Bank, Tapmock},
	tap.EventCorrected:     {Bank, Tapmock},
	tap.EventBankSilent:    {Bank, Bank},
	tap.EventWebhook:       {Tapmock, Shop},
	tap.EventReturned:      {Payers, Shop},
	tap.EventReturnLost:    {Payers, Payers},
}

// faults are the events at which a fault of the scenario shows.
var faults = map[tap.Event]bool{tap.EventFault: true, tap.EventGivenUp: true, tap.EventReturnLost: true, tap.EventUnknown: true, tap.EventMerchantTimeout: true, tap.EventBankSilent: true}

// Lanes are who acts in an entry and who receives it: the same lane for a note.
func (e *Entry) Lanes() (from, to Lane) {
	if lanes, ok := arrows[e.Event]; ok {
		return lanes[0], lanes[1]
	}
	return Tapmock, Tapmock
}

// Silent reports whether an entry says nothing of its own in a diagram.
func (e *Entry) Silent() bool { return silent[e.Event] }

// Fault reports whether an entry shows what its scenario does wrong on purpose: a fault, a forged webhook, a refused step.
func (e *Entry) Fault() bool { return faults[e.Event] || strings.Contains(e.Detail, "forged") }
