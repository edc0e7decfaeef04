package gateway

import (
	"iter"

	"github.com/tapmock/tapmock/mockserver/payment"
	"github.com/tapmock/tapmock/mockserver/timeline"
	"github.com/tapmock/tapmock/scenarios"
)

// Charge is a charge of an account with the progress of its scenario. The gateway returns copies, which do not change.
type Charge struct {
	payment.Charge
	Script *scenarios.Script // never nil

	progress
}

// lane is the number of a charge on the shelf and on the timeline. It is 0 for no charge.
func (c *Charge) lane() uint64 {
	if c == nil {
		return 0
	}
	return c.number
}

// progress is what has happened of a charge's script, and what the gateway remembers for it.
type progress struct {
	number      uint64                      // lane of the charge
	fingerprint uint64                      // of the request's body, to detect a repeated request with a different one
	expiry      timeline.Ref                // zero once it has run or is not needed
	createdBy   uint64                      // journal entry of the creation
	settledBy   uint64                      // journal entry of the last change
	reached     map[moment]int64            // moments that have been reached, in ns on the account's clock
	calls       map[scenarios.Operation]int // calls of each operation that has faults
	staleCalls  int                         // calls of charge.get after the charge's first change
	sent        *Sent                       // the last genuine webhook

	returnAllowedBy uint64   // journal entry that allowed the return
	returnAdded     []string // the parameters with which the payer was sent back, the same each time; nil before, and if it was only tap_id
	returnAllowed   bool     // the payer may be sent back
	automatic       bool     // an automatic payer has acted on the page
	listedIdle      bool     // it is in the account's idle list
}

// shelf holds the charges of an account by value. A charge stays in its place, so that a pointer to it is good for as long as the account
// is locked, also when other charges are added.
type shelf struct {
	pages [][]Charge
	free  []uint64 // lanes without a charge
	lanes map[string]uint64
}

// shelfPage is how many charges are allocated at a time, except for the first ones of an account.
const shelfPage = 16

func newShelf() shelf { return shelf{lanes: map[string]uint64{}} }

// add puts a charge on the shelf and gives it its lane.
func (s *shelf) add(c Charge) *Charge {
	if len(s.free) == 0 {
		s.grow()
	}
	last := len(s.free) - 1
	c.number = s.free[last]
	s.free = s.free[:last]
	s.lanes[c.ID] = c.number
	place := s.place(c.number)
	*place = c
	return place
}

// grow adds a page: small ones first, because most accounts of a test have few charges.
func (s *shelf) grow() {
	size := shelfPage
	if len(s.pages) == 0 {
		size = 1
	}
	first := uint64(1)
	if n := len(s.pages); n > 0 {
		first = uint64(n-1)*shelfPage + 2
	}
	s.pages = append(s.pages, make([]Charge, size))
	for i := size - 1; i >= 0; i-- {
		s.free = append(s.free, first+uint64(i))
	}
}

// place returns the place of a lane: lane 1 is the first page, the others follow in pages of equal size.
func (s *shelf) place(lane uint64) *Charge {
	if lane == 1 {
		return &s.pages[0][0]
	}
	i := lane - 2
	return &s.pages[1+i/shelfPage][i%shelfPage]
}

// at returns the charge of a lane, or nil.
func (s *shelf) at(lane uint64) *Charge {
	if lane == 0 || len(s.pages) == 0 || lane > 1 && int(1+(lane-2)/shelfPage) >= len(s.pages) {
		return nil
	}
	if c := s.place(lane); c.number != 0 {
		return c
	}
	return nil
}

// find returns the charge with an id, or nil.
func (s *shelf) find(id string) *Charge { return s.at(s.lanes[id]) }

// still returns the charge of a lane if it is the same as before: with this ordinal.
func (s *shelf) still(lane, ordinal uint64) *Charge {
	if c := s.at(lane); c != nil && c.Ordinal == ordinal {
		return c
	}
	return nil
}

func (s *shelf) remove(c *Charge) {
	lane := c.number
	delete(s.lanes, c.ID)
	*c = Charge{}
	s.free = append(s.free, lane)
}

func (s *shelf) len() int { return len(s.lanes) }

// all returns the charges, in the order of their lanes.
func (s *shelf) all() iter.Seq[*Charge] {
	return func(yield func(*Charge) bool) {
		for p := range s.pages {
			for i := range s.pages[p] {
				if c := &s.pages[p][i]; c.number != 0 && !yield(c) {
					return
				}
			}
		}
	}
}
