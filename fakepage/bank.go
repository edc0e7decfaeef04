package fakepage

import "slices"

// bank is one entry of the bank list. The option's value is brand, label, OTP limit, discount and discounted amount
// (KNET page 9, observed 2024).
type bank struct{ Value, Label string }

// banks holds the test bank only: no other bank's card would be taken.
var banks = []bank{{"201825717889145|Knet Test Card [KNET1]|0.000|0.00|0.000", "Knet Test Card [KNET1]"}}

func knownBank(value string) bool {
	return slices.ContainsFunc(banks, func(b bank) bool { return b.Value == value })
}

// The year list begins in 2019, where older suites still find their magic dates, and ends 43 years from now (KNET page 8).
const (
	firstYear  = 2019
	yearsAhead = 43
)
