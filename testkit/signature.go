package testkit

import (
	"cmp"
	"crypto/hmac"
	"errors"
	"fmt"
	"net/http"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// What can be wrong with a webhook; [VerifyWebhook] wraps them, both of the wrong ones at once if both are.
var (
	ErrUnsigned   = errors.New("the webhook is not signed: neither header hashstring nor hash is there")
	ErrNoCharge   = errors.New("the body is not that of a charge's webhook")
	ErrHashString = errors.New("header hashstring is wrong")
	ErrHash       = errors.New("header hash is wrong")
)

// VerifyWebhook checks a webhook as it was received: whichever of the headers hashstring and hash is there must be right, and
// one must be there. It needs no mock. An error says what differs and how to mend it.
func VerifyWebhook(secret string, header http.Header, body []byte) error {
	hashString, hash := header.Get("hashstring"), header.Get("hash")
	if hashString == "" && hash == "" {
		return fmt.Errorf("%w; refuse it, whoever sends it knows post.url only", ErrUnsigned)
	}
	x, err := tap.Explain(secret, body)
	if err != nil {
		return fmt.Errorf("%w: %w; hand over the bytes as they came", ErrNoCharge, err)
	}
	if x.Object != "charge" {
		return fmt.Errorf("%w: its object is %q", ErrNoCharge, x.Object)
	}
	return errors.Join(
		differs(ErrHashString, x, hashString, x.Signatures.HashString, "it is the HMAC-SHA256, in lower-case hex with the secret key, of "+x.Input),
		differs(ErrHash, x, hash, x.Signatures.Hash, "it is the HMAC-SHA256, in lower-case hex with the secret key, of the body's bytes as received"))
}

// differs compares a signature that is there, in constant time, and explains one that is wrong.
func differs(which error, x *tap.Explanation, got, want, rule string) error {
	if got == "" || hmac.Equal([]byte(got), []byte(want)) {
		return nil
	}
	equals, cause := x.Diagnose(got)
	if equals != "" {
		cause = "it is the value of the other header, " + equals
	}
	return fmt.Errorf("%w: %s; %s", which, cmp.Or(cause, "no key and no spelling that is commonly mistaken explains it: the secret is not that of the account that sent it, or somebody else signed it, or the body was changed"), rule)
}

// SignWebhook makes the headers that Tap would send with a webhook of exactly these bytes, for testing a handler without a mock.
// What is no charge gets the hash alone.
func SignWebhook(secret string, body []byte) http.Header {
	h := http.Header{"Content-Type": {"application/json"}}
	if x, err := tap.Explain(secret, body); err == nil {
		h.Set("hashstring", x.Signatures.HashString)
	}
	h.Set("hash", tap.HMAC(secret, body))
	return h
}
