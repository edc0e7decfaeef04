package gateway

import (
	"encoding/binary"
	"encoding/hex"
	"math/rand/v2"
	"time"

	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/scenarios"
)

// Delivery is a webhook that is ready to be signed with Key and sent; the signatures cover Body and Parts.
type Delivery struct {
	Key       string
	URL       string
	Body      []byte
	Parts     []tap.Part // of the hashstring
	Format    string     // the setting webhook_format
	Timeout   time.Duration
	Sent      []byte // sent instead of Body if the body is changed after signing
	Unsigned  bool   // without signatures
	UpperCase bool   // signatures in upper-case hex

	Signature string // sent in both headers instead of the signatures; "": none
}

// Sent is what is remembered of a webhook: the charge at that time, from which the bytes can be made again.
type Sent struct {
	Delivery string // id of the delivery, unique in the account
	Attempt  int    // from 1
	Forge    scenarios.Forgery
	Replay   bool
	URL      string

	ResendOf  string // id of the delivery that a call of the control API has sent again as this one, or ""
	Signature string // that such a call has chosen for both headers, or ""

	charge   Charge // when the webhook was made
	seed     uint64 // of the invented parts of a forged webhook
	replayed *Sent  // what a replay repeats; nil otherwise
}

// Forged says how the webhook is forged, or "": as a scenario words it, or signature if its signatures were chosen in a call of the
// control API.
func (s *Sent) Forged() string {
	if s.Signature != "" {
		return "signature"
	}
	return string(s.Forge)
}

// Message makes the webhook's bytes, with the account's key the same in every call.
func (s *Sent) Message(key string) Delivery {
	d := s.signed(key)
	d.Signature = s.Signature
	return d
}

// signed is the message with the signatures that the scenario wants.
func (s *Sent) signed(key string) Delivery {
	if s.replayed != nil {
		return s.replayed.Message(key)
	}
	c := s.charge
	forger := rand.New(rand.NewPCG(s.seed, s.seed))
	if s.Forge == scenarios.SaysCaptured {
		c.pretendCaptured(forger)
	}
	object := c.Object(tap.MethodWebhook)
	object.Post.Attempt = s.Attempt
	if s.Forge == scenarios.UnknownID {
		pretendUnknown(object, &c, forger)
	}
	places, _ := tap.Decimals(c.Request.Currency)
	d := Delivery{Key: key, URL: s.URL, Format: c.Settings.WebhookFormat, Timeout: c.Settings.WebhookTimeout, Body: c.webhookBody(object)}
	amount := c.Amount.Text(places)
	switch s.Forge {
	case scenarios.NoSignature:
		d.Unsigned = true
	case scenarios.WrongKey:
		d.Key = "sk_test_guessed"
	case scenarios.AnotherAccount:
		d.Key = anotherKey(key)
	case scenarios.TwoDecimals:
		amount = c.Amount.Rounded(2).Text(2)
	case scenarios.UpperCase:
		d.UpperCase = true
	case scenarios.BodyChanged:
		object.Amount = tap.Number((c.Amount * 10).Text(places))
		d.Sent = c.webhookBody(object)
	}
	d.Parts = tap.HashParts(object.ID, amount, object.Currency, object.Reference.Gateway, object.Reference.Payment,
		string(object.Status), object.Transaction.Created)
	return d
}

// Message makes the bytes of a webhook of the account as they were sent.
func (a *Account) Message(s *Sent) Delivery { return s.Message(a.key) }

// Masked returns the webhook as the control API shows it, without card numbers and keys in the merchant's texts. It is s itself if there
// are none; otherwise its message has other bytes than were sent.
func (s *Sent) Masked() *Sent {
	again := *s
	if s.replayed != nil {
		if again.replayed = s.replayed.Masked(); again.replayed == s.replayed {
			return s
		}
		return &again
	}
	again.URL, again.charge.Request = tap.Mask(s.URL), s.charge.Request.Masked()
	if again.URL == s.URL && again.charge.Request == s.charge.Request {
		return s
	}
	return &again
}

func (c *Charge) webhookBody(o *tap.Charge) []byte {
	body := o.JSON(c.Settings.ChargeStyle)
	if c.Settings.WebhookFormat == "2022" {
		return tap.Indent(body)
	}
	return body
}

// pretendCaptured makes a copy of a charge look paid.
func (c *Charge) pretendCaptured(forger *rand.Rand) {
	o := tap.KNETOutcome(tap.KNETCaptured, "")
	c.Status, c.Result, c.Bank = o.Status, o.Result, o.Bank
	at := c.History[len(c.History)-1].At
	c.refer(tap.NewIDs(forger.Uint64()), forger, at)
	c.Gateway, c.Acquirer, c.Authorization = tap.GatewayReference(at, forger), tap.AcquirerReference(at, forger), tap.AuthorizationID(forger)
	c.History = append(c.History[:len(c.History)-1:len(c.History)-1], Change{To: tap.Captured, At: at, Activity: c.History[len(c.History)-1].Activity})
}

// pretendUnknown gives an object an id that no charge has.
func pretendUnknown(o *tap.Charge, c *Charge, forger *rand.Rand) {
	o.ID = tap.ID("chg", c.Settings.ChargeStyle, c.Created, forger)
	for i := range o.Activities {
		o.Activities[i].TxnID = o.ID
	}
}

// anotherKey returns the key of a different merchant.
func anotherKey(key string) string {
	return "sk_test_" + hex.EncodeToString(binary.BigEndian.AppendUint64(nil, hash64("another "+key)))
}
