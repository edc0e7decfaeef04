package gateway

import (
	"iter"

	"github.com/tapmock/tapmock/mockserver/timeline"
	"github.com/tapmock/tapmock/scenarios"
)

// progress is what has happened of an object's script, and what the gateway remembers for it.
type progress struct {
	Script      *scenarios.Script           // never nil
	number      uint64                      // of its place on the shelf, from 1
	lane        uint64                      // in which its effects run one after another: the place of the payment that it belongs to
	fingerprint uint64                      // of the request's body, to detect a repeated request with a different one
	deadline    timeline.Ref                // what happens by itself in its present status: the expiry of a payment, the auto of an authorization
	createdBy   uint64                      // journal entry of the creation
	settledBy   uint64                      // journal entry of the last change
	reached     map[moment]int64            // moments that have been reached, in ns on the account's clock
	calls       map[scenarios.Operation]int // calls of each operation that has faults
	staleCalls  int                         // calls of charge.get after the charge's first change
	sent        *Sent                       // the last genuine webhook

	returnAllowedBy uint64   // journal entry that allowed the return
	returnAdded     []string // the parameters with which the payer was sent back, the same each time; nil before, and if it was only tap_id
	returnAllowed   bool     // the payer may be sent back
	voiding         bool     // a void of the authorization is pending
	automatic       bool     // an automatic payer has acted on the page
	listedIdle      bool     // it is in the account's idle list
}

// shelf holds the objects of one kind by value. An object stays in its place, so that a pointer to it is good for as long as the account is
// locked, also when others are added.
type shelf[T any, P pointer[T]] struct {
	pages  [][]T
	free   []uint64 // numbers of places without an object
	places map[string]uint64
}

// pointer is the type of pointers to the objects of a shelf.
type pointer[T any] interface {
	*T
	object
}

// shelfPage is how many objects are allocated at a time, except for the first one of an account.
const shelfPage = 16

// add puts an object on the shelf and gives it the number of its place.
func (s *shelf[T, P]) add(o T) P {
	if len(s.free) == 0 {
		s.grow()
	}
	last := len(s.free) - 1
	number := s.free[last]
	s.free = s.free[:last]
	place := s.place(number)
	*place = o
	place.run().number = number
	if s.places == nil {
		s.places = map[string]uint64{}
	}
	s.places[place.head().ID] = number
	return place
}

// grow adds a page: a small one first, because most accounts of a test have few objects.
func (s *shelf[T, P]) grow() {
	size := shelfPage
	if len(s.pages) == 0 {
		size = 1
	}
	first := uint64(1)
	if n := len(s.pages); n > 0 {
		first = uint64(n-1)*shelfPage + 2
	}
	s.pages = append(s.pages, make([]T, size))
	for i := size - 1; i >= 0; i-- {
		s.free = append(s.free, first+uint64(i))
	}
}

// place returns the place with a number: 1 is the first page, the others follow in pages of equal size.
func (s *shelf[T, P]) place(number uint64) P {
	if number == 1 {
		return &s.pages[0][0]
	}
	i := number - 2
	return &s.pages[1+i/shelfPage][i%shelfPage]
}

// at returns the object at a place, or nil.
func (s *shelf[T, P]) at(number uint64) P {
	if number == 0 || len(s.pages) == 0 || number > 1 && int(1+(number-2)/shelfPage) >= len(s.pages) {
		return nil
	}
	if o := s.place(number); o.run().number != 0 {
		return o
	}
	return nil
}

// find returns the object with an id, or nil.
func (s *shelf[T, P]) find(id string) P { return s.at(s.places[id]) }

// still returns the object at a place if it is the same as before: with this ordinal.
func (s *shelf[T, P]) still(number, ordinal uint64) P {
	if o := s.at(number); o != nil && o.head().Ordinal == ordinal {
		return o
	}
	return nil
}

func (s *shelf[T, P]) remove(o P) {
	number := o.run().number
	delete(s.places, o.head().ID)
	*o = *new(T)
	s.free = append(s.free, number)
}

func (s *shelf[T, P]) len() int { return len(s.places) }

// all returns the objects, in the order of their places.
func (s *shelf[T, P]) all() iter.Seq[P] {
	return func(yield func(P) bool) {
		for p := range s.pages {
			for i := range s.pages[p] {
				if o := P(&s.pages[p][i]); o.run().number != 0 && !yield(o) {
					return
				}
			}
		}
	}
}

// isPlain reports whether an object follows the script that is the same for all charges without a scenario.
func (p *progress) isPlain() bool { return p.Script.IsPlain() }
