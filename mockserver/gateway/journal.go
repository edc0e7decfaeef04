package gateway

import (
	"strings"
	"sync/atomic"
	"time"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// Entry is one thing that happened to an account. It never holds a key, a card number, a PIN or an OTP.
type Entry struct {
	Seq    uint64    // from 1, without gaps
	Cause  uint64    // Seq of the entry that led to it; 0: the cause is outside the account
	At     time.Time // on the account's clock
	Event  tap.Event
	Object tap.Object // zero if it is about the whole account
	Detail string     // one line, the same in every run

	Sent    *Sent    // the webhook, if the event is webhook
	Attempt *Attempt // its result, if the event is webhook or a return that the mock has made
}

// chargeObject returns the name of a charge as an object; "" means none.
func chargeObject(id string) tap.Object {
	if id == "" {
		return tap.Object{}
	}
	return tap.Object{Kind: tap.KindCharge, ID: id}
}

func (c *Charge) object() tap.Object { return chargeObject(c.ID) }

// size is the number of bytes that the entry counts for in the bound of the journal.
func (e *Entry) size() int {
	n := 128 + len(e.Object.ID) + len(e.Detail)
	if e.Sent != nil {
		n += 1200 + e.Sent.charge.Request.Size() // a copy of the charge, and its create request
	}
	if e.Attempt != nil {
		n += 100 + len(e.Attempt.Body)
	}
	return n
}

// journal keeps the newest entries within a bound of bytes.
type journal struct {
	entries []Entry
	head    int // index of the first kept entry
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
	for j.bytes > j.max && j.drop() {
	}
	return j.seq
}

func (j *journal) grow(n int) {
	j.bytes += n
	j.total.Add(int64(n))
}

// drop removes the oldest entry, unless it is the only one.
func (j *journal) drop() bool {
	if j.head >= len(j.entries)-1 {
		return false
	}
	j.grow(-j.entries[j.head].size())
	j.entries[j.head] = Entry{}
	j.head++
	if j.head > 64 && j.head > len(j.entries)/2 {
		kept := copy(j.entries, j.entries[j.head:])
		clear(j.entries[kept:])
		j.entries, j.head = j.entries[:kept], 0
	}
	return true
}

// Journal returns the journal's entries, oldest first, and how many older ones were evicted to stay within the bound.
func (a *Account) Journal() (entries []Entry, dropped uint64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	kept := a.journal.entries[a.journal.head:]
	return append(entries, kept...), a.journal.seq - uint64(len(kept))
}

// describeURL returns an address without the parts that may be secret: user, password, query and fragment.
func describeURL(text string) string {
	text, _, _ = strings.Cut(text, "#")
	text, _, _ = strings.Cut(text, "?")
	scheme, rest, ok := strings.Cut(text, "://")
	if !ok {
		return Mask(text)
	}
	host, path, slash := strings.Cut(rest, "/")
	host = host[strings.LastIndex(host, "@")+1:]
	if slash {
		path = "/" + path
	}
	return scheme + "://" + host + Mask(path)
}

// Lengths of card numbers.
const (
	shortestCard = 13
	longestCard  = 19
)

// Mask replaces possible card numbers: 13 to 19 digits that pass the Luhn check, alone or as groups with a blank, dash or dot
// between them, also inside a longer number. The last four digits stay.
func Mask(text string) string {
	masked := []byte(text)
	for i := 0; i < len(text); {
		groups, end := digitGroups(text, i)
		for first := range groups {
			maskFrom(masked, text, groups[first:])
		}
		i = end
	}
	return string(masked)
}

// digitGroups returns the groups of digits that begin at i with at most one separator between two of them, each as the positions
// of its digits, and the position after them.
func digitGroups(text string, i int) (groups [][]int, next int) {
	if !isDigit(text[i]) {
		return nil, i + 1
	}
	for i < len(text) && isDigit(text[i]) {
		var group []int
		for ; i < len(text) && isDigit(text[i]); i++ {
			group = append(group, i)
		}
		groups = append(groups, group)
		if i+1 < len(text) && strings.IndexByte(" -.", text[i]) >= 0 && isDigit(text[i+1]) {
			i++
		}
	}
	return groups, i
}

// maskFrom masks the card number that the first groups together may be, or that a first group too long for a card contains.
func maskFrom(masked []byte, text string, groups [][]int) {
	if first := groups[0]; len(first) > longestCard {
		for start := range len(first) - shortestCard + 1 {
			for n := shortestCard; n <= min(longestCard, len(first)-start); n++ {
				maskIfCard(masked, text, first[start:start+n])
			}
		}
		return
	}
	var digits []int
	for _, group := range groups {
		digits = append(digits, group...)
		maskIfCard(masked, text, digits)
	}
}

func maskIfCard(masked []byte, text string, at []int) {
	if len(at) < shortestCard || len(at) > longestCard || !luhn(text, at) {
		return
	}
	for _, i := range at[:len(at)-4] {
		masked[i] = '*'
	}
}

func luhn(text string, at []int) bool {
	sum := 0
	for i := range at {
		d := int(text[at[len(at)-1-i]] - '0')
		if i%2 == 1 {
			d *= 2
		}
		sum += d/10 + d%10
	}
	return sum%10 == 0
}

func isDigit(b byte) bool { return b >= '0' && b <= '9' }
