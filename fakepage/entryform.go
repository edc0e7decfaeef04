package fakepage

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// entryForm is the submitted entry form. It does not keep the PIN, and check removes the number.
type entryForm struct {
	Bank   string
	Month  int
	Year   int
	number string
	pinOK  bool
	oneBox bool // the newest generation, which has no bank list

	consent   bool // to save the card for KFAST
	saved     bool // a saved card was chosen
	savedCard int
	savedPIN  bool
}

// savedNumber returns the index of a saved card, or -1.
func savedNumber(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil {
		return -1
	}
	return n
}

func fourDigits(s string) bool { return len(s) == 4 && digitsOf(s) == s }

// chosenTestBank stands for the test bank with any value of its option.
const chosenTestBank = "the test bank"

// entryFormOf reads the entry form. Without a prefix in the number it adds that of the prefix list or, in the one-box page, 888888.
func entryFormOf(f url.Values) entryForm {
	month, _ := strconv.Atoi(f.Get("debitMonth"))
	year, _ := strconv.Atoi(f.Get("debitYear"))
	form := entryForm{Bank: f.Get("bank"), Month: month, Year: year, number: digitsOf(f.Get("debitNumber"))}
	if f.Has("cardExpiry") {
		form.oneBox = true
		expiry, _ := tap.ParseCardExpiry(strings.ReplaceAll(f.Get("cardExpiry"), " ", ""))
		form.Month, form.Year = expiry.Month, expiry.Year
		if len(form.number) == 10 {
			form.number = tap.TestPrefix + form.number
		}
	} else if len(form.number) < 16 {
		form.number = digitsOf(f.Get("dcprefix")) + form.number
	}
	typed := f.Get("debitNumber") != ""
	pin := f.Get("cardPin")
	form.pinOK = fourDigits(pin)
	form.consent = f.Get("fCFlg") != ""
	form.saved = f.Get("paymentOption") == "FC" && (!typed || f.Get("debitsavedcardPIN") != "") // a typed number selects another card
	form.savedCard, form.savedPIN = savedNumber(f.Get("savedCardNumber")), fourDigits(f.Get("debitsavedcardPIN"))
	return form
}

// prefilled is the entry form after the payer went back from the confirm screen: everything except number and PIN, which are not kept.
func prefilled(p Payment) entryForm {
	if p.Screen != Entry || p.Expiry == (tap.CardExpiry{}) {
		return entryForm{}
	}
	return entryForm{Bank: chosenTestBank, Month: p.Expiry.Month, Year: p.Expiry.Year}
}

// digitsOf removes everything that is not a digit, as the boxes of the real page do (KNET page 5.1, observed).
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
	msgKFAST  = "KFast Registration failed. Please check your card/mobile information with your issuer bank."
)

// wrongFields is the ids of the fields that a message is about. The first gets the focus.
func wrongFields(message string, shape layout, form entryForm) []string {
	switch {
	case message == msgBank:
		return []string{"bankBrand"}
	case message == msgNumber:
		return []string{"debitNumber"}
	case message == msgPIN && form.saved:
		return []string{"debitsavedcardPIN"}
	case message == msgPIN:
		return []string{"cardPin"}
	case message == msgKFAST:
		return []string{"fCFlg"}
	case message == msgExpiry && shape == oneBox:
		return []string{"cardExpiry"}
	case message == msgExpiry && form.monthOK():
		return []string{"debitYearSelect"}
	case message == msgExpiry && form.yearOK():
		return []string{"debitMonthSelect"}
	case message == msgExpiry:
		return []string{"debitMonthSelect", "debitYearSelect"}
	}
	return nil
}

func (f *entryForm) monthOK() bool { return f.Month >= 1 && f.Month <= 12 }
func (f *entryForm) yearOK() bool  { return f.Year >= 2000 && f.Year <= 9999 }

// check makes the checks of the real page in their order and returns the message of the first that fails.
func (f *entryForm) check() (tap.TestCard, tap.CardExpiry, string) {
	card, err := tap.ParseTestCard(f.number)
	f.number = ""
	switch {
	case !f.oneBox && !isTestBank(f.Bank):
		return tap.TestCard{}, tap.CardExpiry{}, msgBank
	case err != nil:
		return tap.TestCard{}, tap.CardExpiry{}, msgNumber
	case !f.monthOK() || !f.yearOK():
		return tap.TestCard{}, tap.CardExpiry{}, msgExpiry
	case !f.pinOK:
		return tap.TestCard{}, tap.CardExpiry{}, msgPIN
	}
	return card, tap.CardExpiry{Month: f.Month, Year: f.Year}, ""
}
