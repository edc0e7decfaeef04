package gateway

import (
	"strings"
	"sync/atomic"
	"time"
)

// Event names what a journal entry records.
type Event string

// The events of a charge's story.
const (
	ChargeCreated  Event = "charge_created"
	ChargeReplayed Event = "charge_replayed"
	PageOpened     Event = "page_opened"
	PageChoseKNET  Event = "page_chose_knet"
	PageSubmitted  Event = "page_submitted"
	PageBack       Event = "page_back"
	PageConfirmed  Event = "page_confirmed"
	PageCancelled  Event = "page_cancelled"
	PageExpired    Event = "page_expired"
	ChargeSettled  Event = "charge_settled"
	MoveRefused    Event = "move_refused"
	WebhookAttempt Event = "webhook_attempt"
	WebhookGivenUp Event = "webhook_given_up"
	MerchantSilent Event = "merchant_silent"
	PayerReturned  Event = "payer_returned"
	PayerLost      Event = "payer_lost"
)

// Entry is one thing that happened to an account. It never holds a key, a card number, a PIN or an OTP.
type Entry struct {
	Seq    uint64    // from 1, without gaps
	Cause  uint64    // Seq of the entry that led to it; 0 for something from outside
	At     time.Time // on the account's clock
	Event  Event
	Charge string // id
	Detail string // one line
}

// size is what the entry counts against the bound of the journal, in bytes.
func (e *Entry) size() int { return 112 + len(e.Charge) + len(e.Detail) }

// journal keeps the newest entries within a bound of bytes.
type journal struct {
	entries []Entry
	head    int // entries before it were dropped
	seq     uint64
	bytes   int
	max     int
	total   *atomic.Int64 // of all accounts
}

func (j *journal) add(e Entry) uint64 {
	j.seq++
	e.Seq = j.seq
	j.entries = append(j.entries, e)
	j.grow(e.size())
	for j.bytes > j.max && j.head < len(j.entries)-1 {
		j.drop()
	}
	return j.seq
}

func (j *journal) grow(n int) {
	j.bytes += n
	j.total.Add(int64(n))
}

// drop forgets the oldest entry.
func (j *journal) drop() {
	j.grow(-j.entries[j.head].size())
	j.entries[j.head] = Entry{}
	j.head++
	if j.head > 64 && j.head > len(j.entries)/2 {
		kept := copy(j.entries, j.entries[j.head:])
		clear(j.entries[kept:])
		j.entries, j.head = j.entries[:kept], 0
	}
}

// Journal returns what happened to the account, oldest first, and how many older entries were dropped to stay within the
// bound.
func (a *Account) Journal() (entries []Entry, dropped uint64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	kept := a.journal.entries[a.journal.head:]
	return append(entries, kept...), a.journal.seq - uint64(len(kept))
}

// Mask replaces what might be a card number: runs of 13 to 19 digits, blanks and dashes between them allowed, that pass
// the Luhn check. The last four digits stay.
func Mask(text string) string {
	var out strings.Builder
	for start := 0; start < len(text); {
		end := endOfRun(text, start)
		if end == start {
			out.WriteByte(text[start])
			start++
			continue
		}
		out.WriteString(maskRun(text[start:end]))
		start = end
	}
	return out.String()
}

// endOfRun is where the digits that begin at start end, blanks and dashes between them included.
func endOfRun(text string, start int) int {
	end := start
	for i := start; i < len(text) && (isDigit(text[i]) || end > start && (text[i] == ' ' || text[i] == '-')); i++ {
		if isDigit(text[i]) {
			end = i + 1
		}
	}
	return end
}

// maskRun stars out a run of digits, blanks and dashes if its digits may be a card number.
func maskRun(run string) string {
	if len(run) < 13 {
		return run
	}
	digits := make([]byte, 0, len(run))
	for i := range len(run) {
		if isDigit(run[i]) {
			digits = append(digits, run[i])
		}
	}
	if len(digits) < 13 || len(digits) > 19 || !luhn(digits) {
		return run
	}
	return strings.Repeat("*", len(digits)-4) + string(digits[len(digits)-4:])
}

func luhn(digits []byte) bool {
	sum := 0
	for i := range len(digits) {
		d := int(digits[len(digits)-1-i] - '0')
		if i%2 == 1 {
			d *= 2
		}
		sum += d/10 + d%10
	}
	return sum%10 == 0
}

func isDigit(b byte) bool { return b >= '0' && b <= '9' }
