package testkit

import (
	"cmp"
	"crypto/hmac"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// The errors of [VerifyWebhook], which wraps them. If both headers are wrong, its error is both ErrHashString and ErrHash.
var (
	ErrUnsigned   = errors.New("the webhook is not signed: it has neither header hashstring nor hash")
	ErrNotWebhook = errors.New("the body is not the body of a webhook of a charge, an authorization, a refund or an invoice")
	ErrHashString = errors.New("header hashstring is wrong")
	ErrHash       = errors.New("header hash is wrong")
)

// VerifyWebhook verifies a received webhook: it must have header hashstring, header hash or both, and each must be correct. It needs
// no mock. The error says for each wrong header what causes the difference, what was received and expected, and what is signed: the
// hashed string, or the number of bytes of the body. It never has the secret key.
func VerifyWebhook(secret string, header http.Header, body []byte) error {
	hashString, hash := header.Get("hashstring"), header.Get("hash")
	if hashString == "" && hash == "" {
		return fmt.Errorf("%w; refuse it: any client that knows post.url can send it", ErrUnsigned)
	}
	x, err := tap.Explain(secret, body)
	if err != nil {
		return fmt.Errorf("%w: %w; pass the bytes of the body as received", ErrNotWebhook, err)
	}
	if !slices.Contains([]string{"charge", "authorize", "refund", "invoice"}, x.Object) {
		return fmt.Errorf("%w: its object is %q", ErrNotWebhook, x.Object)
	}
	fallback := "none of the usual mistakes explains it: the secret key is of another account, the webhook was signed by another sender, or the body was changed"
	wrong := differs(ErrHashString, x, secret, hashString, x.Signatures.HashString, printable(x.Input), fallback)
	if wrong == nil && hashString != "" {
		fallback = "header hashstring is correct, so the body was changed in a place that hashstring does not sign; pass the bytes as received, not JSON encoded again"
	}
	return errors.Join(wrong, differs(ErrHash, x, secret, hash, x.Signatures.Hash, fmt.Sprintf("the body's %d bytes as received", len(body)), fallback))
}

// differs compares a signature in constant time, and explains a wrong one. An absent one does not differ. input is what is signed,
// and fallback the cause if none is known.
func differs(which error, x *tap.Explanation, secret, got, want, input, fallback string) error {
	if got == "" || hmac.Equal([]byte(got), []byte(want)) {
		return nil
	}
	equals, cause := x.Diagnose(got)
	if equals != "" {
		cause = "it is the value of header " + equals
	}
	cause = cmp.Or(cause, fallback)
	if secret != "" {
		got = strings.ReplaceAll(got, secret, "(the secret key)")
	}
	return fmt.Errorf("%w: %s\n\treceived: %s\n\texpected: %s\n\twhich is the HMAC-SHA256, in lower-case hex with the secret key, of: %s",
		which, cause, printable(got[:min(len(got), maxHeader)]), want, input)
}

// maxHeader is how much of a received header an error has, in bytes; a signature has 64.
const maxHeader = 200

// printable is a text as it is, or quoted if it has characters that cannot be printed.
func printable(text string) string {
	if quoted := strconv.Quote(text); quoted != `"`+text+`"` {
		return quoted
	}
	return text
}

// SignWebhook returns the headers that Tap sends with a webhook of exactly these bytes, to test a handler without a mock. A body that
// is not a payment object gets only header hash.
func SignWebhook(secret string, body []byte) http.Header {
	h := http.Header{"Content-Type": {"application/json"}}
	if x, err := tap.Explain(secret, body); err == nil {
		h.Set("hashstring", x.Signatures.HashString)
	}
	h.Set("hash", tap.HMAC(secret, body))
	return h
}
