package fakepage

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// entryForm is the submitted entry form, without number and PIN.
type entryForm struct {
	Bank   string
	Month  int
	Year   int
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

func fourDigits(s []byte) bool { return len(s) == 4 && len(digitsOf(s)) == 4 }

// chosenTestBank stands for the test bank with any value of its option.
const chosenTestBank = "the test bank"

// otp is the typed one-time password; "" if it does not have six digits, so that a number typed there by mistake is not copied.
func (f *form) otp() string {
	if digits := digitsOf(f.secrets["debitOTP"]); len(digits) == 6 {
		return string(digits)
	}
	return ""
}

// usesSavedCard reports whether the payer chose a saved card. A typed number selects another card, unless the PIN of a saved one was typed.
func (f *form) usesSavedCard() bool {
	return f.Get("paymentOption") == "FC" && (len(f.secrets["debitNumber"]) == 0 || len(f.secrets["debitsavedcardPIN"]) > 0)
}

// entryFormOf reads the entry form once, and the number of the card, which is in a buffer of the form. Without a prefix in the number it adds that of the prefix list or, in the one-box page, 888888.
func entryFormOf(f *form) (form entryForm, number []byte) {
	month, _ := strconv.Atoi(f.Get("debitMonth"))
	year, _ := strconv.Atoi(f.Get("debitYear"))
	form = entryForm{Bank: f.Get("bank"), Month: month, Year: year}
	number = digitsOf(f.secrets["debitNumber"])
	if f.Has("cardExpiry") {
		form.oneBox = true
		expiry, _ := tap.ParseCardExpiry(strings.ReplaceAll(f.Get("cardExpiry"), " ", ""))
		form.Month, form.Year = expiry.Month, expiry.Year
		if len(number) == 10 {
			number = f.joined([]byte(tap.TestPrefix), number)
		}
	} else if len(number) < 16 {
		number = f.joined(digitsOf(f.secrets["dcprefix"]), number)
	}
	form.pinOK = fourDigits(f.secrets["cardPin"])
	form.consent = f.Get("fCFlg") != ""
	form.saved = f.usesSavedCard()
	form.savedCard, form.savedPIN = savedNumber(f.Get("savedCardNumber")), fourDigits(f.secrets["debitsavedcardPIN"])
	return form, number
}

// prefilled is the entry form after the payer went back from the confirm screen: everything except number and PIN, which are not kept.
func prefilled(p Payment) entryForm {
	if p.Screen != Entry || p.Expiry == (tap.CardExpiry{}) {
		return entryForm{}
	}
	return entryForm{Bank: chosenTestBank, Month: p.Expiry.Month, Year: p.Expiry.Year}
}

// digitsOf removes everything that is not a digit, as the boxes of the real page do (KNET page 5.1, observed). It returns a part of s.
func digitsOf(s []byte) []byte {
	digits := s[:0]
	for _, c := range s {
		if c >= '0' && c <= '9' {
			digits = append(digits, c)
		}
	}
	return digits
}

// testCard reads a card number. It makes no copy of one that is refused.
func testCard(number []byte) (tap.TestCard, error) {
	if !bytes.HasPrefix(number, []byte(tap.TestPrefix)) {
		return tap.TestCard{}, tap.ErrNotTestCard
	}
	return tap.ParseTestCard(string(number))
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
func (f *entryForm) check(number []byte) (tap.TestCard, tap.CardExpiry, string) {
	card, err := testCard(number)
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
