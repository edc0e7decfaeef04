package tap

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// TestPrefix is the prefix of every accepted card number, that of KNET's test bank (KNET page 10, observed). No real card has it.
const TestPrefix = "888888"

// TestCardNumber is a test card that the documentation, automatic payers and examples use; every number with the prefix is as good.
const TestCardNumber = TestPrefix + "0000000001"

// ErrNotTestCard is the error of [ParseTestCard] for everything that is not a KNET test card. It never contains the number.
var ErrNotTestCard = errors.New("not a KNET test card: only 16 digits that begin with 888888 are taken, this is a simulation")

// TestCard is a KNET test card. It keeps only the last four digits, which the confirm screen shows.
type TestCard struct{ lastFour string }

// ParseTestCard checks every card number: on the page, in tokens, of automatic payers. It accepts 16 digits that begin with 888888,
// with or without spaces. The mock stores and logs no number that it refuses.
func ParseTestCard(number string) (TestCard, error) {
	number = strings.ReplaceAll(number, " ", "")
	if len(number) != 16 || !digitsOnly(number) || !strings.HasPrefix(number, TestPrefix) {
		return TestCard{}, ErrNotTestCard
	}
	return TestCard{lastFour: number[12:]}, nil
}

// Masked is the number as on KNET's confirm screen: the first six digits, stars, the last four. It is "" for the zero card.
func (c TestCard) Masked() string {
	if c.lastFour == "" {
		return ""
	}
	return TestPrefix + "******" + c.lastFour
}

// Ends are the first six digits and the last four, which is all that is kept; both are "" for the zero card.
func (c TestCard) Ends() (first, last string) {
	if c.lastFour == "" {
		return "", ""
	}
	return TestPrefix, c.lastFour
}

// CardExpiry is a card's expiry: a month from 1 to 12 and a year with four digits.
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
		return CardExpiry{}, fmt.Errorf("%q is not a card expiry like 09/30", clipped(text))
	}
	return CardExpiry{Month: m, Year: y}, nil
}

// String prints the expiry as on the card: 09/30.
func (e CardExpiry) String() string { return fmt.Sprintf("%02d/%02d", e.Month, e.Year%100) }
