package fakepage

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// entryForm is what the payer filled in. The PIN is only ever a length and the number never leaves check.
type entryForm struct {
	Bank   string
	Month  int
	Year   int
	number string
	pinOK  bool
}

func entryFormOf(f url.Values) entryForm {
	month, _ := strconv.Atoi(f.Get("debitMonth"))
	year, _ := strconv.Atoi(f.Get("debitYear"))
	rest := digitsOf(f.Get("debitNumber"))
	if len(rest) < 16 {
		rest = digitsOf(f.Get("dcprefix")) + rest
	}
	pin := f.Get("cardPin")
	return entryForm{Bank: f.Get("bank"), Month: month, Year: year, number: rest, pinOK: len(pin) == 4 && digitsOf(pin) == pin}
}

// chosenBefore is what a payer who came back from the confirm screen finds filled in: all but number and PIN, which are not
// kept.
func chosenBefore(p Payment) entryForm {
	if p.Expiry == (tap.CardExpiry{}) {
		return entryForm{}
	}
	return entryForm{Bank: banks[0].Value, Month: p.Expiry.Month, Year: p.Expiry.Year}
}

// digitsOf drops whatever is not a digit, as the real boxes do (KNET page 5.1, observed).
func digitsOf(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}

// Messages of the checks (KNET page 5.1, observed).
const (
	msgBank   = "Invalid Data - Kindly Select Your Bank Option"
	msgNumber = "Invalid data - Please check your Card-Number."
	msgExpiry = "Please check the Expiration Month & Year."
	msgPIN    = "Invalid data - Please check your Pin(4 digits)."
)

// field is the id of the field that a message is about, and advice what the mock adds to the message.
func advice(message string) (field, text string) {
	switch message {
	case msgBank:
		return "bankBrand", ""
	case msgNumber:
		return "debitNumber", "Type the 10 digits behind the prefix. Only test cards that begin with " + tap.TestPrefix + " are taken here."
	case msgExpiry:
		return "debitMonthSelect", ""
	case msgPIN:
		return "cardPin", ""
	}
	return "", ""
}

// check runs the real page's checks in their order and returns the message of the first that fails.
func (f *entryForm) check() (tap.TestCard, tap.CardExpiry, string) {
	card, err := tap.ParseTestCard(f.number)
	f.number = ""
	switch {
	case !knownBank(f.Bank):
		return tap.TestCard{}, tap.CardExpiry{}, msgBank
	case err != nil:
		return tap.TestCard{}, tap.CardExpiry{}, msgNumber
	case f.Month < 1 || f.Month > 12 || f.Year < firstYear || f.Year > 9999:
		return tap.TestCard{}, tap.CardExpiry{}, msgExpiry
	case !f.pinOK:
		return tap.TestCard{}, tap.CardExpiry{}, msgPIN
	}
	return card, tap.CardExpiry{Month: f.Month, Year: f.Year}, ""
}
