package tap

import (
	"bytes"
	"encoding/json"
	"unicode/utf8"
)

// The functions below append JSON in the order of the calls. Tap's key order depends on the style of the object, and its number
// literals on what carries the object; encoding/json can choose neither. Every field ends with a comma, which closeObject and
// closeArray remove.

func openObject(b []byte) []byte { return append(b, '{') }

func closeObject(b []byte) []byte { return append(dropComma(b), '}', ',') }

func closeArray(b []byte) []byte { return append(dropComma(b), ']', ',') }

func dropComma(b []byte) []byte {
	if n := len(b) - 1; b[n] == ',' {
		return b[:n]
	}
	return b
}

func appendKey(b []byte, key string) []byte {
	b = append(b, '"')
	b = append(b, key...)
	return append(b, '"', ':')
}

func appendText(b []byte, key, value string) []byte {
	return append(appendString(appendKey(b, key), value), ',')
}

// appendSent appends the field only if it has a value.
func appendSent(b []byte, key, value string) []byte {
	if value == "" {
		return b
	}
	return appendText(b, key, value)
}

// appendRaw appends a value that is JSON text: a number, an object, true or false.
func appendRaw(b []byte, key, value string) []byte {
	return append(append(appendKey(b, key), value...), ',')
}

func appendBool(b []byte, key string, value bool) []byte {
	if value {
		return appendRaw(b, key, "true")
	}
	return appendRaw(b, key, "false")
}

const hexDigits = "0123456789abcdef"

// appendString appends a JSON string. Unlike encoding/json it does not escape <, > and &. Bytes that are not UTF-8 become the
// replacement character.
func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError && size == 1 {
				b = append(append(b, s[start:i]...), `\ufffd`...)
				start = i + 1
			}
			i += size
			continue
		}
		if c >= ' ' && c != '"' && c != '\\' {
			i++
			continue
		}
		b = appendEscape(append(b, s[start:i]...), c)
		i++
		start = i
	}
	return append(append(b, s[start:]...), '"')
}

func appendEscape(b []byte, c byte) []byte {
	switch c {
	case '"', '\\':
		return append(b, '\\', c)
	case '\n':
		return append(b, '\\', 'n')
	case '\r':
		return append(b, '\\', 'r')
	case '\t':
		return append(b, '\\', 't')
	}
	return append(b, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
}

// compactJSON removes the white space of a JSON text.
func compactJSON(text string) string {
	var out bytes.Buffer
	if err := json.Compact(&out, []byte(text)); err != nil {
		return text // not reached: this package has parsed the text
	}
	return out.String()
}

// Indent formats compact JSON as Tap's older bodies: two-space indentation, CRLF, no final newline (Tap API 1.3, proven).
func Indent(compact []byte) []byte {
	var out bytes.Buffer
	if err := json.Indent(&out, compact, "", "  "); err != nil {
		return compact // not reached: this package has written the text
	}
	return bytes.ReplaceAll(out.Bytes(), []byte("\n"), []byte("\r\n"))
}
