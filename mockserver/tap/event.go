package tap

import (
	"fmt"
	"slices"
	"strings"
)

// Event names something that happens to a payment object or an account. Scenarios, the journal and the control API use the same
// names. Some events are moments: a step of a scenario can be scheduled at them, see [EventDoc].
type Event string

// The events. [Events] documents them.
const (
	EventCreated          Event = "created"
	EventCreateRepeated   Event = "create_repeated"
	EventAnswered         Event = "answered"
	EventPageOpened       Event = "page_opened"
	EventMethodChosen     Event = "method_chosen"
	EventSubmitted        Event = "submitted"
	EventSubmitRefused    Event = "submit_refused"
	EventPageRefused      Event = "page_refused"
	EventPageBack         Event = "page_back"
	EventConfirmed        Event = "confirmed"
	EventCardSaved        Event = "card_saved"
	EventCardDeleted      Event = "card_deleted"
	EventOTPSent          Event = "otp_sent"
	EventOTPRefused       Event = "otp_refused"
	EventCancelled        Event = "cancelled"
	EventPageLimitReached Event = "page_limit_reached"
	EventOutcomeChosen    Event = "outcome_chosen"
	EventSettled          Event = "settled"
	EventCorrected        Event = "corrected"
	EventExpired          Event = "expired"
	EventChangeRefused    Event = "change_refused"
	EventWebhook          Event = "webhook"
	EventGivenUp          Event = "webhook_given_up"
	EventMerchantTimeout  Event = "merchant_timeout"
	EventReturned         Event = "returned"
	EventReturnLost       Event = "return_lost"
	EventBankSilent       Event = "bank_silent"
	EventFault            Event = "fault_injected"
	EventGateReached      Event = "gate_reached"
	EventAnswerDelayed    Event = "answer_delayed"
	EventAssumption       Event = "assumption"
	EventUpdated          Event = "updated"
	EventCaptured         Event = "captured"
	EventVoidRequested    Event = "void_requested"
	EventVoided           Event = "voided"
	EventAuto             Event = "auto"
	EventDeleted          Event = "deleted"
	EventUsed             Event = "used"
	EventSeeded           Event = "seeded"
	EventPaid             Event = "invoice_paid"
	EventFinalized        Event = "finalized"
	EventMessage          Event = "message"
	EventUnknown          Event = "unknown_request"
	EventAPICall          Event = "api_call"
	EventAccountEvicted   Event = "account_evicted"
)

// EventDoc documents an [Event].
type EventDoc struct {
	Event  Event
	Moment bool   // a step of a scenario can be scheduled at it
	Doc    string // what has happened
}

var events = []EventDoc{
	{EventCreated, true, "the charge was created"},
	{EventCreateRepeated, false, "a create request with a known reference.idempotent got the original answer again, and created no charge"},
	{EventAnswered, true, "the create answer was written completely; recorded only if a step is scheduled at it"},
	{EventPageOpened, true, "the payer opened KNET's page"},
	{EventMethodChosen, false, "the payer chose KNET on the page of src_all or src_card"},
	{EventSubmitted, true, "the payer submitted a card"},
	{EventSubmitRefused, false, "the page refused a submitted form"},
	{EventPageRefused, false, "a step of an automatic payer was no longer possible at the page"},
	{EventPageBack, false, "the payer went back from the confirm screen to the entry screen"},
	{EventConfirmed, true, "the payer pressed Confirm"},
	{EventCardSaved, false, "a card was saved for KFAST"},
	{EventCardDeleted, false, "a saved card was deleted"},
	{EventOTPSent, false, "a one-time password was sent to the payer"},
	{EventOTPRefused, false, "a one-time password was refused"},
	{EventCancelled, false, "the payer pressed Cancel"},
	{EventPageLimitReached, false, "the time limit of KNET's page had passed when the payer acted or the page's countdown ended"},
	{EventOutcomeChosen, false, "a person chose an outcome in the panel of the page"},
	{EventSettled, true, "the payment has its first result: the bank decided, or the payer cancelled or took too long"},
	{EventCorrected, true, "a later result of the bank replaced the first"},
	{EventExpired, true, "the charge was not paid within transaction.expiry"},
	{EventChangeRefused, false, "a scheduled change of status was no longer possible"},
	{EventWebhook, true, "an attempt to deliver a webhook has ended; as a moment webhook#n, the first attempt of the n-th webhook step"},
	{EventGivenUp, false, "the last attempt of a webhook failed"},
	{EventMerchantTimeout, false, "the merchant did not respond to the first webhook attempt within return_wait while the payer was waiting"},
	{EventReturned, true, "the payer was sent back to the merchant, or the mock made the return of an automatic payer"},
	{EventReturnLost, false, "the payer had left the page before the return"},
	{EventBankSilent, false, "the bank gives no decision"},
	{EventFault, false, "a fault was injected into a call of the API or of the page"},
	{EventGateReached, false, "a due effect waits at a gate"},
	{EventAnswerDelayed, false, "an answer of the API is delayed, or waits at a gate"},
	{EventAssumption, false, "a value was used that is not confirmed for Tap (inferred or unknown); recorded under assumption_findings, as a finding"},
	{EventUpdated, false, "the merchant changed the object: its description, metadata or receipt, or the details of a customer"},
	{EventCaptured, true, "a charge captured an amount of the authorization"},
	{EventVoidRequested, false, "the merchant asked for a void that its scenario delays"},
	{EventVoided, true, "the authorization was voided by the merchant"},
	{EventAuto, true, "the time of the authorization's auto was over, so that it was voided or captured, or failed to be"},
	{EventDeleted, false, "the merchant deleted the customer, or it made room for another one"},
	{EventUsed, false, "a token was used as the source of a request, after which it cannot be used again"},
	{EventSeeded, false, "a history was made up for the account: charges, refunds and customers in the past"},
	{EventPaid, false, "a charge has paid the invoice"},
	{EventFinalized, false, "the merchant finalized the invoice, which was a draft"},
	{EventMessage, false, "Tap would have sent the customer of an invoice a message; the entry has it instead"},
	{EventUnknown, false, "a request of the account for which the mock has no route; a finding"},
	{EventAccountEvicted, false, "the account was evicted to stay within the limits and has been opened again, without what the entry names; a finding"},
	{EventAPICall, false, "an API request and the status of its answer; recorded under journal_requests"},
}

// Events documents all events.
func Events() []EventDoc { return slices.Clone(events) }

// EventNames lists the names of all events.
func EventNames() []string {
	names := make([]string, len(events))
	for i, e := range events {
		names[i] = string(e.Event)
	}
	return names
}

// KnownEvent reports whether e is one of the events.
func KnownEvent(e Event) bool {
	return slices.ContainsFunc(events, func(d EventDoc) bool { return d.Event == e })
}

// CheckEvent returns an error if e is not one of the events. It says what replaced the event, or which events there are.
func CheckEvent(e Event) error {
	switch {
	case KnownEvent(e):
		return nil
	case renamedEvents[e] != "":
		return fmt.Errorf("%q is now %s", e, renamedEvents[e])
	}
	if near := Nearest(string(e), EventNames()); near != "" {
		return fmt.Errorf("%.40q is not an event, did you mean %s?", e, near)
	}
	return fmt.Errorf("%.40q is not an event; the events are %s", e, strings.Join(EventNames(), ", "))
}

// EventNumber is an event in one byte, for what is kept of millions of them. The zero value is none.
type EventNumber uint8

// Event returns the event, "" for none.
func (n EventNumber) Event() Event {
	if n == 0 {
		return ""
	}
	return events[n-1].Event
}

var eventNumbers = func() map[Event]EventNumber {
	numbers := map[Event]EventNumber{}
	for i, e := range events {
		numbers[e.Event] = EventNumber(i + 1)
	}
	return numbers
}()

// Number returns the event in one byte, 0 if it is not one of [Events].
func (e Event) Number() EventNumber { return eventNumbers[e] }
