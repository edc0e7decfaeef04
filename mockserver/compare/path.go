package compare

import (
	"strconv"
	"strings"
)

// path is the place of a value in a JSON document: keys, and indices in brackets.
type path []string

// field is the path of a member of the value here.
func (p path) field(of name) path {
	key := of.key
	if !isPlain(key) {
		key = strconv.Quote(key)
	}
	if of.n > 0 {
		key += " (occurrence " + strconv.Itoa(of.n+1) + ")"
	}
	return append(p[:len(p):len(p)], key)
}

// item is the path of an item of the list here.
func (p path) item(i int) path { return append(p[:len(p):len(p)], "["+strconv.Itoa(i)+"]") }

// isPlain reports whether a key needs no quotes in a path: letters, digits, dashes and underscores.
func isPlain(key string) bool {
	for i := range len(key) {
		if c := key[i]; !isLetter(rune(c)) && c != '_' && c != '-' && (c < '0' || c > '9') {
			return false
		}
	}
	return key != ""
}

// String is such as transaction.amount or activities[0].status; the whole document is body.
func (p path) String() string {
	if len(p) == 0 {
		return "body"
	}
	var b strings.Builder
	for i, step := range p {
		if i > 0 && step[0] != '[' {
			b.WriteByte('.')
		}
		b.WriteString(step)
	}
	return b.String()
}

// last is the last key of the path, "" if there is none.
func (p path) last() string {
	for i := len(p) - 1; i >= 0; i-- {
		if p[i][0] != '[' {
			return p[i]
		}
	}
	return ""
}

// under is the key of the object that has the last key, "" at the top.
func (p path) under() string {
	for i := len(p) - 1; i > 0; i-- {
		if p[i][0] != '[' {
			return p[:i].last()
		}
	}
	return ""
}
