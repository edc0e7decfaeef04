package payment

import (
	"fmt"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// Fact is something that happened to an object. Its text is made when it is read, see [Payment.Describe].
type Fact struct {
	text    string
	version int16 // of the object, that the fact made
	n       int16 // a number in the text
	event   tap.EventNumber
	follows bool
}

// Event says what happened.
func (f *Fact) Event() tap.Event { return f.event.Event() }

// Follows reports whether the fact follows from the first fact of the same move; otherwise its cause is what made the move.
func (f *Fact) Follows() bool { return f.follows }

// Said is a fact whose text is known already.
func Said(event tap.Event, text string) Fact { return Fact{event: event.Number(), text: text} }

// Counted is a fact whose text has a number.
func Counted(event tap.Event, n int) Fact { return Fact{event: event.Number(), n: int16(n)} }

// Describe returns what a fact of the charge says besides its event, in one line.
func (c *Payment) Describe(f Fact) string {
	switch f.Event() {
	case tap.EventCreated:
		return c.describeRequest(f)
	case tap.EventSettled, tap.EventCorrected, tap.EventExpired, tap.EventVoided:
		return c.describeChange(f)
	case tap.EventAuto:
		return c.describeAuto(f)
	case tap.EventOTPSent:
		return fmt.Sprintf("message %d", f.n)
	case tap.EventOTPRefused:
		return fmt.Sprintf("%s, %d tries left", f.text, f.n)
	}
	return describe(f)
}

// describe is what a fact says that objects of every kind have.
func describe(f Fact) string {
	if f.Event() == tap.EventGivenUp {
		return fmt.Sprintf("attempt %d was the last, post.status is ERROR", f.n)
	}
	return f.text
}

// DescribeEvicted is what a fact says of an object that is not kept any more: a text that would be made from it says so.
func DescribeEvicted(name tap.Object, f Fact) string {
	switch f.Event() {
	case tap.EventCreated, tap.EventSettled, tap.EventCorrected, tap.EventExpired, tap.EventReturned, tap.EventVoided, tap.EventAuto:
		return "the " + string(name.Kind) + " was evicted"
	}
	return (&Payment{}).Describe(f)
}

func (c *Payment) describeRequest(f Fact) string {
	text := Money(c.Request.Amount, c.Request.Currency) + " from " + c.Request.Source
	if c.Request.Order != "" {
		text += ", order " + tap.Mask(c.Request.Order)
	}
	if f.text != "" {
		text += "; " + tap.Mask(f.text)
	}
	return text
}

func (c *Payment) describeChange(f Fact) string {
	from, to := c.version(int(f.version)-1), c.version(int(f.version))
	text := fmt.Sprintf("%s → %s, %s %s", from.Status, to.Status, to.Result.Code, to.Result.Message)
	if f.Event() == tap.EventSettled && to.Amount != c.Request.Amount {
		text += ", " + Money(to.Amount, c.Request.Currency) + " of " + Money(c.Request.Amount, c.Request.Currency)
	}
	return text
}

// Size is how many bytes the fact takes besides its fixed part.
func (f *Fact) Size() int { return len(f.text) }

// Text is the known part of what the fact says; Describe of its object has all of it.
func (f *Fact) Text() string { return f.text }
