package control

import (
	"net/url"
	"strings"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// Card is a KNET card, as a payer types it.
type Card struct {
	Number string // 16 digits that start with 888888
	Expiry string // MM/YYYY or MM/YY
	PIN    string // 4 digits
}

// The test cards: payments by GoodCard are captured, payments by DeclinedCard are declined by the bank.
var (
	GoodCard     = Card{Number: tap.TestCardNumber, Expiry: "09/2030", PIN: "1234"}
	DeclinedCard = Card{Number: tap.TestCardNumber, Expiry: "01/2029", PIN: "1234"}
)

// testBank is the value of KNET's test bank in the list of banks.
const testBank = "201825717889145|Knet Test Card [KNET1]|0.000|0.00|0.000"

// fields are the fields of the card form.
func (c Card) fields() url.Values {
	month, year, _ := strings.Cut(c.Expiry, "/")
	if len(year) == 2 {
		year = "20" + year
	}
	number := strings.ReplaceAll(c.Number, " ", "")
	prefix := min(6, len(number))
	return url.Values{"bank": {testBank}, "dcprefix": {number[:prefix]}, "debitNumber": {number[prefix:]},
		"debitMonth": {strings.TrimPrefix(month, "0")}, "debitYear": {year}, "cardPin": {c.PIN}}
}
