package testkit

import (
	"cmp"
	"crypto/hmac"
	"errors"
	"fmt"
	"net/http"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// The errors of [VerifyWebhook], which wraps them. If both headers are wrong, its error is both ErrHashString and ErrHash.
var (
	ErrUnsigned   = errors.New("the webhook is not signed: it has neither header hashstring nor hash")
	ErrNotCharge  = errors.New("the body is not the body of a charge's webhook")
	ErrHashString = errors.New("header hashstring is wrong")
	ErrHash       = errors.New("header hash is wrong")
)

// VerifyWebhook verifies a received webhook: it must have header hashstring, header hash or both, and each must be correct. It needs
// no mock. The error says what differs and what to change.
func VerifyWebhook(secret string, header http.Header, body []byte) error {
	hashString, hash := header.Get("hashstring"), header.Get("hash")
	if hashString == "" && hash == "" {
		return fmt.Errorf("%w; refuse it: any client that knows post.url can send it", ErrUnsigned)
	}
	x, err := tap.Explain(secret, body)
	if err != nil {
		return fmt.Errorf("%w: %w; pass the bytes of the body as received", ErrNotCharge, err)
	}
	if x.Object != "charge" {
		return fmt.Errorf("%w: its object is %q", ErrNotCharge, x.Object)
	}
	return errors.Join(
		differs(ErrHashString, x, hashString, x.Signatures.HashString, "it is the HMAC-SHA256, in lower-case hex with the secret key, of "+x.Input),
		differs(ErrHash, x, hash, x.Signatures.Hash, "it is the HMAC-SHA256, in lower-case hex with the secret key, of the body's bytes as received"))
}

// differs compares a signature in constant time, and explains a wrong one. An absent one does not differ.
func differs(which error, x *tap.Explanation, got, want, rule string) error {
	if got == "" || hmac.Equal([]byte(got), []byte(want)) {
		return nil
	}
	equals, cause := x.Diagnose(got)
	if equals != "" {
		cause = "it is the value of header " + equals
	}
	return fmt.Errorf("%w: %s; %s", which, cmp.Or(cause, "none of the usual mistakes explains it: the secret key is of another account, the webhook was signed by another sender, or the body was changed"), rule)
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
