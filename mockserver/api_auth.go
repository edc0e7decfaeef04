package mockserver

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/tapmock/tapmock/mockserver/gateway"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// authenticate returns the account of the request's secret key (Tap API 1.2).
func (s *Server) authenticate(r *http.Request) (*gateway.Account, error) {
	header := strings.TrimSpace(r.Header.Get("Authorization"))
	if header == "" {
		return nil, tap.NewError(s.gateway.Settings().NoCredentialsError, "send Authorization: Bearer sk_test_…")
	}
	scheme, key, _ := strings.Cut(header, " ")
	key = strings.TrimSpace(key)
	switch {
	case !strings.EqualFold(scheme, "Bearer"):
		return nil, tap.NewError("2104", "send Authorization: Bearer sk_test_…")
	case strings.HasPrefix(key, "pk_"):
		return nil, tap.NewError("2106", "send the secret key, sk_test_…")
	case strings.HasPrefix(key, "sk_live_"):
		return nil, tap.NewError("1101", "tapmock refuses live keys; use any sk_test_ key")
	}
	if err := CheckKey(key); err != nil {
		return nil, tap.NewError("2104", err.Error())
	}
	if n := len(key) - len("sk_test_"); s.gateway.Settings().Strict && n != oldKey && n != newKey {
		return nil, tap.NewError("2104", "strict: a secret key has 24 or 29 characters after sk_test_")
	}
	return s.gateway.Account(key)
}

// Characters of Tap's own keys after sk_test_ (Rest of v2 16, documented).
const (
	oldKey = 24
	newKey = 29 // issued through Connect in 2026
)

var errKey = errors.New("a secret key is sk_test_ and 1 to 64 letters, digits and underscores")

// CheckKey returns an error unless the mock accepts text as a secret key: sk_test_ and 1 to 64 of A–Z, a–z, 0–9 and _. Live keys are
// refused. The error never contains the text.
func CheckKey(text string) error {
	rest, ok := strings.CutPrefix(text, "sk_test_")
	if !ok || rest == "" || len(rest) > 64 {
		return errKey
	}
	for i := range len(rest) {
		c := rest[i]
		if c != '_' && (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') {
			return errKey
		}
	}
	return nil
}

// minTokenLength is the smallest length of the admin token.
const minTokenLength = 16

// checkAdminToken returns an error unless token can be the admin token; "" means none and is valid. The error never contains the token.
func checkAdminToken(token string) error {
	if token != "" && len(token) < minTokenLength {
		return fmt.Errorf("the admin token has %d characters, at least %d are required", len(token), minTokenLength)
	}
	for i := range len(token) {
		if token[i] <= ' ' || token[i] > '~' {
			return errors.New("the admin token contains a character that is not allowed; use ASCII letters, digits and punctuation, no spaces")
		}
	}
	return nil
}
