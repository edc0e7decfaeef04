package payment

import (
	"math/rand/v2"
	"time"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// Head is what every payment object has, whatever its kind.
type Head struct {
	ID       string
	Ordinal  uint64 // of its kind in its account, from 1
	Created  time.Time
	Settings *tap.Settings // in force when it was created; never changed

	draws   rand.PCG
	assumed uint32 // a bit for each of [Assumptions] that it depends on
	Answer  int8   // number of the version that the create answer showed
}

// Rand returns the source of the object's draws; each use of it changes the object.
func (h *Head) Rand() *rand.Rand { return rand.New(&h.draws) }
