package tap

import (
	"bytes"
	"net/url"
	"strings"
)

// isSecretField reports whether a field with this name holds a card number, a security code, a PIN or a one-time password. Case, underscores
// and hyphens do not count, and a prefix does not either, such as in debitNumber and cardPin.
func isSecretField(name []byte) bool {
	if n := len(name); n < 3 || n > longestField || !endsSecret(name[n-3], name[n-2], name[n-1]) {
		return false
	}
	var buffer [longestField]byte
	plain := buffer[:0]
	for _, c := range name {
		if c != '_' && c != '-' {
			plain = append(plain, lower(c))
		}
	}
	switch string(plain) {
	case "number", "pan", "pin":
		return true
	}
	for _, end := range secretEnds {
		if bytes.HasSuffix(plain, []byte(end)) {
			return true
		}
	}
	return false
}

// longestField bounds the names of secret fields.
const longestField = 32

var secretEnds = [...]string{"cardnumber", "debitnumber", "cvc", "cvv", "cvv2", "cardpin", "debitpin", "otp"}

// endsSecret reports whether the name of a secret field can end with three characters. A backslash may belong to an escaped quote.
func endsSecret(a, b, c byte) bool {
	switch c | 0x20 {
	case 'r':
		return b|0x20 == 'e' && a|0x20 == 'b'
	case 'n':
		return (b|0x20 == 'i' || b|0x20 == 'a') && a|0x20 == 'p'
	case 'c', 'v', '2':
		return b|0x20 == 'v'
	case 'p':
		return b|0x20 == 't'
	}
	return c == '\\'
}

func lower(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		return c | 0x20
	}
	return c
}

// maskJSONFields masks the values of secret fields of JSON, also of JSON inside a JSON text.
func maskJSONFields(body []byte) {
	for at := 0; ; at++ {
		colon := bytes.IndexByte(body[at:], ':')
		if colon < 0 {
			return
		}
		if at += colon; at < 4 || body[at-1] == '"' && !endsSecret(body[at-4], body[at-3], body[at-2]) {
			continue // most keys end here, at little cost
		}
		if name, key := fieldBefore(body, at); isSecretField(name) {
			maskJSONValue(body[at+1:], lower(name[0]) == 'n' && isPhone(body[:key]))
		}
	}
}

// fieldBefore returns the name that ends with a quote before the colon, and where its quote begins; nil is none.
func fieldBefore(body []byte, colon int) (name []byte, key int) {
	end := colon - 1
	for end >= 0 && isBlank(body[end]) {
		end--
	}
	if end < 1 || body[end] != '"' {
		return nil, 0
	}
	if body[end-1] == '\\' {
		end--
	}
	from := bytes.LastIndexByte(body[max(0, end-longestField-1):end], '"') + max(0, end-longestField-1)
	if from < 0 || body[from] != '"' {
		return nil, 0
	}
	return body[from+1 : end], from
}

// isPhone reports whether what precedes a field is the beginning of an object phone.
func isPhone(before []byte) bool {
	open := bytes.LastIndexByte(before, '{')
	if open < 0 {
		return false
	}
	return bytes.HasSuffix(bytes.TrimRight(before[:open], " \t\r\n:\\\""), []byte("phone"))
}

// maskJSONValue masks the text or number that begins after a colon. A phone's number stays if it is too short for a card.
func maskJSONValue(value []byte, phone bool) {
	from := 0
	for from < len(value) && (isBlank(value[from]) || value[from] == '\\' || value[from] == '[') {
		from++
	}
	quoted := from < len(value) && value[from] == '"'
	if quoted {
		from++
	}
	to := from
	for to < len(value) && !endsValue(value, to, quoted) {
		to++
	}
	stars(value[from:to], phone)
}

// endsValue reports whether a JSON value ends at a position. Text in JSON inside a text ends with its escaped quote.
func endsValue(value []byte, at int, quoted bool) bool {
	c := value[at]
	if quoted {
		return c == '"' || c == '\\' && at+1 < len(value) && value[at+1] == '"'
	}
	return !isDigit(c) && c != '.' && c != '-'
}

// stars replaces a secret value by stars, all but the last four digits of a card number.
func stars(value []byte, phone bool) {
	if phone && len(value) < shortestCard {
		return
	}
	keep := 0
	if digits := bytes.IndexFunc(value, func(r rune) bool { return r < '0' || r > '9' }); digits < 0 && len(value) >= shortestCard {
		keep = 4
	}
	for i := range value[:len(value)-keep] {
		value[i] = '*'
	}
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }

// maskForm masks the secret fields of a form, or of the parts of a multipart form.
func maskForm(body []byte) []byte {
	if bytes.HasPrefix(body, []byte("--")) {
		maskParts(body)
		return body
	}
	if !bytes.Contains(body, []byte("=")) {
		return body
	}
	return []byte(MaskQuery(string(body)))
}

// MaskQuery masks a form or the query of an address, see [MaskBody].
func MaskQuery(query string) string {
	pairs, changed := strings.Split(query, "&"), false
	for i, pair := range pairs {
		name, value, ok := strings.Cut(pair, "=")
		if !ok {
			continue
		}
		if masked, is := maskPair(unescapeForm(name), unescapeForm(value)); is {
			pairs[i], changed = name+"="+url.QueryEscape(masked), true
		}
	}
	if changed {
		query = strings.ReplaceAll(strings.Join(pairs, "&"), "%2A", "*")
	}
	return query
}

func unescapeForm(text string) string {
	if plain, err := url.QueryUnescape(text); err == nil {
		return plain
	}
	return text
}

// maskPair masks the value of a field of a form, such as card[number], and reports whether there was anything to mask.
func maskPair(name, value string) (string, bool) {
	if masked := Mask(value); masked != value {
		return masked, true
	}
	last := name[strings.LastIndexByte(name, '[')+1:]
	if !isSecretField([]byte(strings.TrimSuffix(last, "]"))) {
		return value, false
	}
	masked := []byte(value)
	stars(masked, strings.HasSuffix(strings.TrimRight(name[:len(name)-len(last)], "[]"), "phone"))
	return string(masked), string(masked) != value
}

// maskParts masks the secret fields of a multipart form in place.
func maskParts(body []byte) {
	mark := []byte(`name="`)
	for at := bytes.Index(body, mark); at >= 0; {
		rest := body[at+len(mark):]
		name, after, _ := bytes.Cut(rest, []byte(`"`))
		if _, value, ok := bytes.Cut(after, []byte("\r\n\r\n")); ok {
			if end := bytes.Index(value, []byte("\r\n--")); end >= 0 {
				value = value[:end]
			}
			if masked, is := maskPair(string(name), string(value)); is && len(masked) == len(value) {
				copy(value, masked)
			} else if is {
				stars(value, false)
			}
		}
		next := bytes.Index(rest, mark)
		if next < 0 {
			return
		}
		at += len(mark) + next
	}
}
