package gateway

import (
	"hash/fnv"
	"time"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// idempotency is how long a reference.idempotent is remembered, on the account's clock (Tap API 4, documented).
const idempotency = 24 * time.Hour

// idempotent is a reference.idempotent of requests for one kind of objects.
type idempotent struct {
	kind tap.KindNumber
	text string
}

// original is the object that the first request with its reference.idempotent made.
type original struct {
	place uint64 // of the object
	key   string // under which the create call was counted
}

// original returns the object that an earlier request with the same reference.idempotent made, or nil.
func (t *tx) original(req Request) object {
	if req.idempotent == "" {
		return nil
	}
	o := t.place(req.kind, t.idempotent[idempotent{req.kind.Number(), req.idempotent}].place)
	if o == nil || t.now().Sub(o.head().Created) >= idempotency {
		return nil
	}
	return o
}

// remember keeps the object for repeated requests; text is the request's reference.idempotent.
func (t *tx) remember(o object, text, key string) {
	if text != "" {
		t.idempotent[idempotent{o.Name().Kind.Number(), text}] = original{o.run().number, key}
	}
}

// disremember ends what remember began, unless another object has that reference.idempotent by now.
func (t *tx) disremember(o object, text string) {
	if key := (idempotent{o.Name().Kind.Number(), text}); t.idempotent[key].place == o.run().number {
		delete(t.idempotent, key)
	}
}

func fingerprintOf(req *tap.PaymentRequest, body []byte) uint64 {
	if req.Idempotent == "" {
		return 0
	}
	h := fnv.New64a()
	h.Write(body)
	return h.Sum64()
}

// repeat answers a request whose reference.idempotent is known with the original answer.
func (t *tx) repeat(n creation) (Creation, error) {
	c, ok := t.original(n.request).(*Payment)
	if !ok {
		return Creation{}, nil
	}
	other := c.fingerprint != n.fingerprint
	if other && n.Settings.Strict {
		return Creation{}, ErrOtherBody
	}
	t.note(c.Name(), 0, tap.EventCreateRepeated, "the original answer to the same reference.idempotent")
	charge := *c
	charge.Payment = c.Original()
	return Creation{Payment: charge, Repeated: true, OtherBody: other}, nil
}
