package gateway

import (
	"encoding/binary"
	"encoding/hex"

	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/scenarios"
)

// forgeable is what the signature of a webhook is made from, for an object of any kind.
type forgeable struct {
	id                                          string
	amount                                      tap.Amount
	places                                      int
	currency, gateway, payment, status, created string

	parts func(amount string) []tap.Part // of an object with other parts; nil: those of a charge
}

// forge signs the message as the forgery wants it. body makes the body with another amount.
func (f *forgeable) forge(d Delivery, how scenarios.Forgery, body func(tap.Amount) []byte) Delivery {
	amount := f.amount.Text(f.places)
	switch how {
	case scenarios.NoSignature:
		d.Unsigned = true
	case scenarios.WrongKey:
		d.Key = "sk_test_guessed"
	case scenarios.AnotherAccount:
		d.Key = anotherKey(d.Key)
	case scenarios.TwoDecimals:
		amount = f.amount.Rounded(2).Text(2)
	case scenarios.UpperCase:
		d.UpperCase = true
	case scenarios.BodyChanged:
		d.Sent = body(f.amount * 10)
	}
	if f.parts != nil {
		d.Parts = f.parts(amount)
		return d
	}
	d.Parts = tap.HashParts(f.id, amount, f.currency, f.gateway, f.payment, f.status, f.created)
	return d
}

// anotherKey returns the key of a different merchant.
func anotherKey(key string) string {
	return "sk_test_" + hex.EncodeToString(binary.BigEndian.AppendUint64(nil, hash64("another "+key)))
}
