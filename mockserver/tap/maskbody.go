package tap

import "bytes"

// MaskBody masks the body of a request as the mock may keep it, in place as far as it can: what [Mask] masks, and the values of fields that hold card
// numbers, security codes, PINs and one-time passwords, in JSON, in forms and in the parts of a multipart form. The number of a phone stays.
// A masked value has a star for each byte. The result may use the memory of body; a body without secrets is returned as it is.
//
// It looks at one byte in thirteen and at the keys, so that a body can be masked while a merchant waits for the answer.
func MaskBody(body []byte) []byte { return maskBody(body, false) }

// MaskAnswer is [MaskBody] for an answer of the API. The times and the long numbers that Tap makes up itself stay: they may pass the Luhn
// check by chance.
func MaskAnswer(body []byte) []byte { return maskBody(body, true) }

// MaskText is [Mask] for bytes, as far as it can in place.
func MaskText(text []byte) []byte {
	maskDigits(text, false)
	return maskKeyBytes(text)
}

func maskBody(body []byte, answer bool) []byte {
	plain := maskPlain(body, answer)
	if !bytes.Contains(plain, []byte(`\u00`)) {
		return plain
	}
	read := unescapeASCII(plain)
	before := string(read)
	if masked := maskPlain(read, answer); string(masked) != before {
		return masked // JSON escapes had hidden something
	}
	return plain
}

// maskPlain masks a body in which no character of a key or number is escaped.
func maskPlain(body []byte, answer bool) []byte {
	if first := bytes.TrimLeft(body, " \t\r\n"); len(first) > 0 && first[0] != '{' && !answer {
		body = maskForm(body)
	}
	maskJSONFields(body)
	maskDigits(body, answer)
	return maskKeyBytes(body)
}

func maskKeyBytes(text []byte) []byte {
	for _, mark := range keyMarks {
		if bytes.Contains(text, []byte(mark)) {
			return append(text[:0], maskKeys(string(text))...)
		}
	}
	return text
}

// cardBytes are the bytes of which card numbers and what may stand between their digits consist.
var cardBytes = func() (all [256]bool) {
	for _, c := range []byte("0123456789 -.+%\u00a0") {
		all[c] = true
	}
	return all
}()

// maskDigits masks possible card numbers. In an answer it spares what Tap makes up.
func maskDigits(body []byte, answer bool) {
	for i := shortestCard - 1; i < len(body); {
		if !cardBytes[body[i]] {
			i += shortestCard
			continue
		}
		from, to := i, i+1
		for from > 0 && cardBytes[body[from-1]] {
			from--
		}
		for to < len(body) && cardBytes[body[to]] {
			to++
		}
		if run := body[from:to]; len(run) >= shortestCard && !(answer && isMadeUp(body, from, to)) {
			if text := string(run); hasCardLength(text) {
				copy(run, maskCards(text))
			}
		}
		i = to + shortestCard // the byte at to belongs to no number
	}
}

// isMadeUp reports whether the digits between two positions of an answer are a time in milliseconds, or a number that Tap has made up: a
// receipt, or a reference of the bank. No card of KNET, Visa, Mastercard or American Express has a number with such a first digit and length.
func isMadeUp(answer []byte, from, to int) bool {
	number := answer[from:to]
	for _, c := range number {
		if !isDigit(c) {
			return false
		}
	}
	if number[0] == '1' && len(number) == shortestCard {
		return true
	}
	if len(number) == 16 || number[0] != '0' && number[0] != '2' && number[0] != '7' {
		return false
	}
	for _, key := range [...]string{`"payment":"`, `"gateway":"`, `"receipt":{"id":"`} {
		if bytes.HasSuffix(answer[:from], []byte(key)) {
			return true
		}
	}
	return false
}

// unescapeASCII returns a body in which letters, digits and what may stand between digits are not written as JSON escapes.
func unescapeASCII(body []byte) []byte {
	plain := make([]byte, 0, len(body))
	for i := 0; i < len(body); i++ {
		if code := escapedASCII(body[i:]); code != 0 {
			plain = append(plain, code)
			i += len(`\u0030`) - 1
			continue
		}
		plain = append(plain, body[i])
	}
	return plain
}

// escapedASCII returns the harmless character whose escape begins the body, or 0.
func escapedASCII(body []byte) byte {
	if len(body) < 6 || string(body[:4]) != `\u00` || !isHex(body[4]) || !isHex(body[5]) {
		return 0
	}
	code := unhex(body[4])<<4 | unhex(body[5])
	if isKeyByte(code) || code < 0x80 && cardBytes[code] {
		return code
	}
	return 0
}

func unhex(c byte) byte {
	if isDigit(c) {
		return c - '0'
	}
	return c | 0x20 - 'a' + 10
}
