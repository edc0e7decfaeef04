package tap

import (
	"math/rand/v2"
	"slices"
	"time"
)

// IDs are the ids of one account, in Tap's main family (chg, auth, tck, activity, cus). An id is computed from its number, without memory of the
// others, so that neither concurrent calls nor evicted objects change it.
//
// Two numbers of one prefix never have the same id, unless both ids are dated in the same millisecond and the numbers are at least 261,800
// apart ([Style2022]: 10,472). So that this does not happen at one instant of a frozen clock, an object whose number is that large is dated
// in another millisecond, see [Rounds]. Two accounts cannot know of each other: two of their ids that are dated in the same millisecond are the same
// with a probability of 1 in 1,377,000 (Style2022: 1 in 337,000), which is all that the layout has. Ids of charges are also spread over 33
// milliseconds, see [IDs.Payment]: of n charges created by different accounts at one instant, n²/91,000,000 pairs have the same id
// (Style2022: n²/22,000,000).
type IDs struct{ seed, step uint64 }

// NewIDs returns the ids that follow from a seed. The same seed gives the same ids.
func NewIDs(seed uint64) IDs {
	step := rand.NewPCG(seed, 0).Uint64()
	for slices.ContainsFunc(idFactors[:], func(p uint64) bool { return step%p == 0 }) {
		step++
	}
	return IDs{seed, step}
}

// idFactors are the prime factors of the numbers of characters below.
var idFactors = [...]uint64{2, 3, 5, 7, 11, 17}

// idSpread is the number of milliseconds over which the ids of charges that were created at one instant are dated.
const idSpread = 33

// Payment is the id of the charge or authorization with that number. It is dated 0 to 32 ms before the creation, the same for all of an
// account (recorded for charges: 0, 16 and 32 ms before transaction.created, proven), until their numbers repeat.
func (s IDs) Payment(kind Kind, style Style, created time.Time, n uint64) string {
	early := (s.seed%idSpread + n/fewest(style)) % idSpread
	return s.ID(kind.Prefix(), style, created.Add(-time.Duration(early)*time.Millisecond), n)
}

// Rounds is how often the ids of one millisecond have been used up before the number n.
func Rounds(style Style, n uint64) int { return int(n / fewest(style)) }

// ID is the id with that number, of those with this prefix. It contains the instant at in UTC, with milliseconds:
// chg_TS07A0320241133g5RO1906000 is 2024-06-19 11:33:03.000 (Tap API 10.1, proven).
func (s IDs) ID(prefix string, style Style, at time.Time, n uint64) string {
	at = at.UTC()
	year, month, day := at.Date()
	hour, minute, second := at.Clock()
	varied := s.varied(prefix, style, n)
	b := append(make([]byte, 0, 40), prefix...)
	b = append(b, "_TS0"...)
	b = append(b, varied[0])
	if style != Style2022 {
		b = append(b, 'A')
	}
	b = appendPadded(b, second, 2)
	b = appendPadded(b, year, 4)
	b = appendPadded(b, hour, 2)
	b = appendPadded(b, minute, 2)
	b = append(b, varied[1:]...)
	b = appendPadded(b, day, 2)
	b = appendPadded(b, int(month), 2)
	return string(appendPadded(b, at.Nanosecond()/1e6, 3))
}

// Characters of an id that its instant leaves free: the digit after TS0, and the mixed group of four in one of four patterns (U, l and d
// are upper-case letters, lower-case letters and digits), as counted in live ids (Tap API 10.1, proven).
const (
	nodes        = "1234567"
	upperLetters = "BDFHJKLMNOPQRTXYZ"
	lowerLetters = "abceghijklmnopqrstuwxy"
	digitsNewest = "0123456789"
	often2022    = "36" // each is twice as frequent in Style2022 as each of rare2022
	rare2022     = "124"
)

var idPatterns = [...]string{"Uldd", "Uldl", "ldUd", "ldUU"}

// fewest is the smallest number of ids of one choice of characters: pattern Uldd, in Style2022 with two of the frequent digits.
func fewest(style Style) uint64 {
	digits := digitsNewest
	if style == Style2022 {
		digits = often2022
	}
	return uint64(len(nodes) * len(upperLetters) * len(lowerLetters) * len(digits) * len(digits))
}

// varied returns the free characters of the id with number n. Pattern and kinds of digits are drawn for each number; the characters are
// counted with a step that has no factor in common with how many there are, so that they repeat only when all have occurred.
func (s IDs) varied(prefix string, style Style, n uint64) [5]byte {
	series := s.seed
	for i := range len(prefix) {
		series = series*31 + uint64(prefix[i])
	}
	draw := rand.NewPCG(series, n).Uint64()
	choice, size := [5]string{nodes}, uint64(len(nodes))
	pattern := idPatterns[draw%4]
	draw /= 4
	for i := range len(pattern) {
		choice[i+1], draw = charactersOf(pattern[i], style, draw)
		size *= uint64(len(choice[i+1]))
	}
	index := ((n%size)*(s.step%size) + series%size) % size
	var varied [5]byte
	for i, characters := range choice {
		varied[i] = characters[index%uint64(len(characters))]
		index /= uint64(len(characters))
	}
	return varied
}

// charactersOf returns the characters for one place of a pattern, and what is left of the draw.
func charactersOf(kind byte, style Style, draw uint64) (characters string, left uint64) {
	switch {
	case kind == 'U':
		return upperLetters, draw
	case kind == 'l':
		return lowerLetters, draw
	case style != Style2022:
		return digitsNewest, draw
	case draw%7 < 4:
		return often2022, draw / 7
	}
	return rare2022, draw / 7
}
