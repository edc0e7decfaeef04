package tap

import (
	"encoding/base64"
	"encoding/binary"
	"math/rand/v2"
	"strings"
	"time"
)

// Style is a generation of Tap's objects: their keys, key order, ids and references.
type Style string

// The styles. StyleNewest follows the newest known bodies (2024 and 2025), Style2022 the KNET webhook documented in December 2022.
// Style2023 is between them: the key order of 2022, with customer_initiated, without on_file and txn_id (inferred from an authorize
// object documented in 2023).
const (
	StyleNewest Style = "newest"
	Style2023   Style = "2023"
	Style2022   Style = "2022"
)

// ID draws an id of Tap's main family (chg, tck, activity, cus), see [IDs.ID].
func ID(prefix string, style Style, at time.Time, r *rand.Rand) string {
	return NewIDs(r.Uint64()).ID(prefix, style, at, r.Uint64())
}

// PaymentReference draws reference.payment for the instant of reference.track: second, day, year, hour and minute, month,
// millisecond in UTC, then 5 random digits, 20 digits in all. In the other styles there are 4 random digits, and in [Style2022] a 7 follows a one-digit
// second (Tap API 10.3, proven).
func PaymentReference(style Style, track time.Time, r *rand.Rand) string {
	b := appendSecond(make([]byte, 0, 20), style, track, '7')
	b = appendMoment(b, track)
	b = appendPadded(b, track.Nanosecond()/1e6, 3)
	if style != StyleNewest {
		return string(appendDigits(b, 4, r))
	}
	return string(appendDigits(b, 5, r))
}

// ReceiptID draws receipt.id: "20", second, day, year, hour and minute, month in UTC, then 4 random digits, 18 digits in all. In
// [Style2022] a 0 follows a one-digit second (Tap API 10.3, proven).
func ReceiptID(style Style, at time.Time, r *rand.Rand) string {
	b := appendSecond(append(make([]byte, 0, 18), "20"...), style, at, '0')
	b = appendMoment(b, at)
	return string(appendDigits(b, 4, r))
}

// appendMoment appends day, year, hour, minute and month, two digits each, in UTC.
func appendMoment(b []byte, at time.Time) []byte {
	at = at.UTC()
	year, month, day := at.Date()
	hour, minute, _ := at.Clock()
	for _, n := range [...]int{day, year % 100, hour, minute, int(month)} {
		b = appendPadded(b, n, 2)
	}
	return b
}

// appendSecond appends two digits for the second. In Style2022 a fixed digit follows a one-digit second.
func appendSecond(b []byte, style Style, at time.Time, filler byte) []byte {
	if style == Style2022 && at.Second() < 10 {
		return append(b, byte('0'+at.Second()), filler)
	}
	return appendPadded(b, at.Second(), 2)
}

// kuwait is the time zone of KNET; Tap's ids are in UTC (inferred).
var kuwait = time.FixedZone("UTC+03:00", 3*60*60)

// GatewayReference draws KNET's tranid: year, day of the year, 8 digits (Tap API 10.3, inferred).
func GatewayReference(at time.Time, r *rand.Rand) string {
	b := at.In(kuwait).AppendFormat(make([]byte, 0, 15), "2006002")
	return string(appendDigits(b, 8, r))
}

// AcquirerReference draws KNET's ref: last digit of the year, day of the year, 8 digits (Tap API 10.3, inferred).
func AcquirerReference(at time.Time, r *rand.Rand) string {
	b := at.In(kuwait).AppendFormat(make([]byte, 0, 16), "2006002")[3:]
	return string(appendDigits(b, 8, r))
}

// AuthorizationID draws the authorization id of a test payment: B and 5 digits (Tap API 10.3, observed).
func AuthorizationID(r *rand.Rand) string { return string(appendDigits([]byte("B"), 5, r)) }

// PaymentID draws the PaymentID of KNET's page: 10, year, day of the year, 11 digits (KNET page 2, observed, decoding inferred).
func PaymentID(at time.Time, r *rand.Rand) string {
	b := at.In(kuwait).AppendFormat([]byte("10"), "06002")
	return string(appendDigits(b, 11, r))
}

// PageToken draws the opaque 32 bytes of a page link, as 44 characters of base64 (Tap API 11, documented shape).
func PageToken(r *rand.Rand) string {
	var b [32]byte
	for i := 0; i < len(b); i += 8 {
		binary.LittleEndian.PutUint64(b[i:], r.Uint64())
	}
	return base64.StdEncoding.EncodeToString(b[:])
}

// EscapeToken percent-encodes a page token as Tap does, with lower-case hex: %2b %2f %3d (Tap API 11, documented).
func EscapeToken(token string) string {
	var b strings.Builder
	b.Grow(len(token) + 10)
	for i := range len(token) {
		switch token[i] {
		case '+':
			b.WriteString("%2b")
		case '/':
			b.WriteString("%2f")
		case '=':
			b.WriteString("%3d")
		default:
			b.WriteByte(token[i])
		}
	}
	return b.String()
}

func appendDigits(b []byte, n int, r *rand.Rand) []byte {
	for range n {
		b = append(b, byte('0'+r.IntN(10)))
	}
	return b
}

// appendPadded appends n as width digits, with leading zeros.
func appendPadded(b []byte, n, width int) []byte {
	for i := width - 1; i >= 0; i-- {
		b = append(b, byte('0'+n/int(pow10(i))%10))
	}
	return b
}
