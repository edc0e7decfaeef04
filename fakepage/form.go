package fakepage

import (
	"bytes"
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
)

// secretFields are the fields of the page in which a payer types a card number, a PIN or a one-time password.
var secretFields = []string{"dcprefix", "debitNumber", "cardPin", "debitsavedcardPIN", "debitOTP"}

// form is a posted form. The values of the secret fields exist only in its buffers, which are cleared when the request has been answered, so
// that a refused card number and its PIN are left in no memory of the mock. Left until they are overwritten: the buffers of net/http and
// of the operating system that held the request. Values in other fields are strings of Go, which are freed and not cleared.
type form struct {
	url.Values                   // of all fields that are not secret
	secrets    map[string][]byte // in a buffer
	buffers    [][]byte          // all that hold secret values
	err        error
}

// joined joins the parts of a number in a buffer of the form.
func (f *form) joined(prefix, rest []byte) []byte {
	number := slices.Concat(prefix, rest)
	f.buffers = append(f.buffers, number)
	return number
}

func (f *form) clear() {
	for _, b := range f.buffers {
		clear(b)
	}
}

// formKey is the key of a request's form in its context.
type formKey struct{}

// WithForm reads the form that a request posts to a page, once, and returns the request that has it. done clears the form; call it when the
// request has been answered. A request with another method has no form.
func WithForm(r *http.Request) (with *http.Request, done func()) {
	if r.Method != http.MethodPost || r.Context().Value(formKey{}) != nil {
		return r, func() {}
	}
	f := readForm(r)
	return r.WithContext(context.WithValue(r.Context(), formKey{}, f)), f.clear
}

// Token is the token of the payment in a form that [WithForm] has read, or "".
func Token(r *http.Request) string {
	if f, ok := r.Context().Value(formKey{}).(*form); ok {
		return f.Get("token")
	}
	return ""
}

// formOf returns the form of a request, and an error if it cannot be read.
func formOf(r *http.Request) (*form, error) {
	f, ok := r.Context().Value(formKey{}).(*form)
	if !ok {
		return &form{Values: url.Values{}}, nil
	}
	return f, f.err
}

// maxForm bounds a posted form. Those of the page have a few hundred bytes.
const maxForm = 16 << 10

// readForm reads the body into a buffer that does not grow, because a grown one would leave a copy.
func readForm(r *http.Request) *form {
	f := &form{Values: url.Values{}, secrets: map[string][]byte{}}
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind != "application/x-www-form-urlencoded" {
		return f
	}
	size := int64(maxForm)
	if r.ContentLength >= 0 {
		size = min(size, r.ContentLength)
	}
	body := make([]byte, size+1) // a byte more shows that the body is longer
	f.buffers = append(f.buffers, body)
	n, err := io.ReadFull(r.Body, body)
	if !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		f.err = errForm
		return f
	}
	f.err = f.parse(body[:n])
	return f
}

// parse reads the pairs of name and value. Secret values are decoded in place.
func (f *form) parse(body []byte) error {
	for pair := range bytes.SplitSeq(body, []byte("&")) {
		name, value, _ := bytes.Cut(pair, []byte("="))
		key, err := url.QueryUnescape(string(name))
		if err != nil || bytes.IndexByte(pair, ';') >= 0 {
			return errForm
		}
		if slices.Contains(secretFields, key) {
			if f.secrets[key], err = unescapeInPlace(value); err != nil {
				return err
			}
			continue
		}
		text, err := url.QueryUnescape(string(value))
		if err != nil {
			return errForm
		}
		if key != "" {
			f.Add(key, text)
		}
	}
	return nil
}

// unescapeInPlace decodes a value of a form in its own bytes.
func unescapeInPlace(value []byte) ([]byte, error) {
	plain := value[:0]
	for i := 0; i < len(value); i++ {
		switch {
		case value[i] == '+':
			plain = append(plain, ' ')
		case value[i] != '%':
			plain = append(plain, value[i])
		case i+2 >= len(value) || !isHex(value[i+1]) || !isHex(value[i+2]):
			return nil, errForm
		default:
			plain = append(plain, unhex(value[i+1])<<4|unhex(value[i+2]))
			i += 2
		}
	}
	return plain, nil
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'A' && c <= 'F' || c >= 'a' && c <= 'f'
}

func unhex(c byte) byte {
	switch {
	case c <= '9':
		return c - '0'
	case c <= 'F':
		return c - 'A' + 10
	}
	return c - 'a' + 10
}
