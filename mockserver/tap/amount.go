package tap

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Amount is a sum of money in thousandths of its currency's unit: 12.345 KWD is 12345, 1 USD is 1000. It is exact: no
// calculation uses a float.
type Amount int64

// ErrAmount is wrapped by every error of [ParseAmount] and [ParseNumber].
var ErrAmount = errors.New("amount is invalid")

// maxDigits bounds the digits of a number, so that no text can overflow an Amount or cost time.
const maxDigits = 15

// ParseAmount reads plain decimal text such as "12.345" or "12.3450". A fourth decimal must be zero. A sign, exponent, space or
// grouping is an error. Errors wrap [ErrAmount].
func ParseAmount(text string) (Amount, error) {
	whole, frac, dotted := strings.Cut(text, ".")
	if whole == "" || (dotted && frac == "") || !digitsOnly(whole) || !digitsOnly(frac) {
		return 0, fmt.Errorf("%w: %.40q is not plain decimal text like 12.345", ErrAmount, text)
	}
	return scale(whole+frac, len(frac), text)
}

// ParseNumber reads a JSON number, which may have a sign and an exponent: 1e3 is 1000 (Tap API 1.2, inferred).
// Errors wrap [ErrAmount].
func ParseNumber(text string) (Amount, error) {
	number, negative := strings.CutPrefix(text, "-")
	mantissa, exponent := number, 0
	if i := strings.IndexAny(number, "eE"); i >= 0 {
		e, err := strconv.Atoi(number[i+1:])
		if err != nil || e < -30 || e > 30 {
			return 0, fmt.Errorf("%w: the exponent of %.40q is out of range", ErrAmount, text)
		}
		mantissa, exponent = number[:i], e
	}
	whole, frac, _ := strings.Cut(mantissa, ".")
	if whole == "" || !digitsOnly(whole) || !digitsOnly(frac) {
		return 0, fmt.Errorf("%w: %.40q is not a number", ErrAmount, text)
	}
	a, err := scale(whole+frac, len(frac)-exponent, text)
	if negative {
		a = -a
	}
	return a, err
}

// scale converts digits × 10^-places to thousandths.
func scale(digits string, places int, text string) (Amount, error) {
	for places > 3 && strings.HasSuffix(digits, "0") {
		digits, places = digits[:len(digits)-1], places-1
	}
	digits = strings.TrimLeft(digits, "0")
	if digits == "" {
		return 0, nil
	}
	if places > 3 {
		return 0, fmt.Errorf("%w: %.40q has more than three decimals", ErrAmount, text)
	}
	if len(digits)+3-places > maxDigits {
		return 0, fmt.Errorf("%w: %.40q is too large", ErrAmount, text)
	}
	n, err := strconv.ParseInt(digits+"000000000000000"[:3-places], 10, 64)
	if err != nil {
		return 0, fmt.Errorf("%w: %.40q: %w", ErrAmount, text, err)
	}
	return Amount(n), nil
}

func digitsOnly(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// Fits reports whether the amount has at most this number of decimals, 0 to 3.
func (a Amount) Fits(decimals int) bool { return a%pow10(3-decimals) == 0 }

// Text prints the amount with exactly this number of decimals, 0 to 3, as KNET's page, the API's answers and the signature do:
// 0.5 KWD is "0.500". Further decimals are cut off; check [Amount.Fits] first.
func (a Amount) Text(decimals int) string {
	b := a.append(make([]byte, 0, 24), decimals)
	return string(b)
}

// Double prints the amount as Tap's webhooks print a double: at least one decimal and no trailing zero after it, so 1, 0.5 and
// 12.345 become "1.0", "0.5" and "12.345" (Tap API 2.2, proven since late 2022).
func (a Amount) Double() string {
	decimals := 3
	for decimals > 1 && a.Fits(decimals-1) {
		decimals--
	}
	return a.Text(decimals)
}

// Rounded is the amount rounded to this number of decimals, halves away from zero.
func (a Amount) Rounded(decimals int) Amount {
	unit := pow10(3 - decimals)
	half := unit / 2
	if a < 0 {
		half = -half
	}
	return (a + half) / unit * unit
}

// String prints the amount with three decimals.
func (a Amount) String() string { return a.Text(3) }

func (a Amount) append(b []byte, decimals int) []byte {
	if a < 0 {
		b, a = append(b, '-'), -a
	}
	b = strconv.AppendInt(b, int64(a/1000), 10)
	if decimals == 0 {
		return b
	}
	frac := strconv.AppendInt(nil, int64(1000+a%1000), 10)
	return append(append(b, '.'), frac[1:1+decimals]...)
}

func pow10(n int) Amount { return [...]Amount{1, 10, 100, 1000}[n] }

// decimals holds the currencies of Tap (Tap API 0, documented).
var decimals = map[string]int{
	"BHD": 3, "JOD": 3, "KWD": 3, "OMR": 3,
	"AED": 2, "QAR": 2, "SAR": 2, "USD": 2, "EUR": 2, "GBP": 2, "EGP": 2,
}

// AnotherCurrency returns a currency with the same number of decimals: the first other one in alphabetical order, such as BHD for KWD.
// So a number remains valid, and a merchant that always signs with its own currency's decimals computes the right signature.
func AnotherCurrency(currency string) string {
	for _, other := range slices.Sorted(maps.Keys(decimals)) {
		if other != currency && decimals[other] == decimals[currency] {
			return other
		}
	}
	return currency
}

// Decimals returns the number of decimals of a currency, and whether Tap knows the currency.
func Decimals(currency string) (int, bool) {
	n, ok := decimals[currency]
	return n, ok
}
