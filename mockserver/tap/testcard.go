package tap

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// TestPrefix is what every card number must begin with: the prefix of KNET's test bank (KNET page 10, observed). No real
// card has it.
const TestPrefix = "888888"

// ErrNotTestCard is what [ParseTestCard] returns for everything that is not a KNET test card. It never holds the number.
var ErrNotTestCard = errors.New("not a KNET test card: only 16 digits that begin with 888888 are taken, this is a simulation")

// TestCard is a KNET test card. It keeps only what the confirm screen shows.
type TestCard struct{ lastFour string }

// ParseTestCard is the one gate for card numbers: on the page, in tokens, for automatic payers. It takes 16 digits that
// begin with 888888, blanks between them allowed, and refuses anything else before it can be kept anywhere (DESIGN 10).
func ParseTestCard(number string) (TestCard, error) {
	number = strings.ReplaceAll(number, " ", "")
	if len(number) != 16 || !digitsOnly(number) || !strings.HasPrefix(number, TestPrefix) {
		return TestCard{}, ErrNotTestCard
	}
	return TestCard{lastFour: number[12:]}, nil
}

// Masked is the number as KNET's confirm screen shows it: first six digits, stars, last four. The zero card is "".
func (c TestCard) Masked() string {
	if c.lastFour == "" {
		return ""
	}
	return TestPrefix + "******" + c.lastFour
}

// CardExpiry is a card's expiry: month 1 to 12 and the year in full.
type CardExpiry struct{ Month, Year int }

// ParseCardExpiry reads "09/30" or "09/2030".
func ParseCardExpiry(text string) (CardExpiry, error) {
	month, year, ok := strings.Cut(text, "/")
	m, errM := strconv.Atoi(month)
	y, errY := strconv.Atoi(year)
	if len(year) == 2 {
		y += 2000
	}
	if !ok || errM != nil || errY != nil || len(month) != 2 || (len(year) != 2 && len(year) != 4) || m < 1 || m > 12 || y < 2000 {
		return CardExpiry{}, fmt.Errorf("%q is not a card expiry like 09/30", text)
	}
	return CardExpiry{Month: m, Year: y}, nil
}

// String prints the expiry as on the card: 09/30.
func (e CardExpiry) String() string { return fmt.Sprintf("%02d/%02d", e.Month, e.Year%100) }
