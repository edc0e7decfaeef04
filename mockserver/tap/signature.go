package tap

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// Part is one labelled value of the string that hashstring signs.
type Part struct {
	Label string `json:"label"`
	Value string `json:"value"`
}

// HashParts are the parts of a webhook's hashstring in order. amount is the top-level amount with the decimals of the currency, also
// if the body has other decimals; created is transaction.created (Tap API 5.2, proven).
func HashParts(id, amount, currency, gatewayReference, paymentReference, status, created string) []Part {
	return []Part{
		{"x_id", id}, {"x_amount", amount}, {"x_currency", currency}, {"x_gateway_reference", gatewayReference},
		{"x_payment_reference", paymentReference}, {"x_status", status}, {"x_created", created},
	}
}

// HashInput joins the parts into the hashed string. A part without a value keeps its label (Tap API 5.3, observed).
func HashInput(parts []Part) string {
	var b strings.Builder
	for _, p := range parts {
		b.WriteString(p.Label)
		b.WriteString(p.Value)
	}
	return b.String()
}

// RefusesSignature reports whether a merchant that answers a webhook with this HTTP status has probably refused its signature: 400, 401, 403 or 422,
// as published plugins do.
func RefusesSignature(status int) bool {
	return status == 400 || status == 401 || status == 403 || status == 422
}

// HMAC computes a signature of Tap: HMAC-SHA256 with the secret key as the key, in lower-case hex.
func HMAC(secretKey string, message []byte) string {
	mac := hmac.New(sha256.New, []byte(secretKey))
	mac.Write(message)
	return hex.EncodeToString(mac.Sum(nil))
}

// Signatures are the two signatures of a webhook.
type Signatures struct {
	HashString string // header hashstring: over the seven parts
	Hash       string // header hash: over the body's bytes
}

// SignWebhook computes both signatures of a webhook. body must be exactly the bytes that are sent.
func SignWebhook(secretKey string, parts []Part, body []byte) Signatures {
	return Signatures{HashString: HMAC(secretKey, []byte(HashInput(parts))), Hash: HMAC(secretKey, body)}
}
