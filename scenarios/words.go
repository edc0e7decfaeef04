package scenarios

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// word is a value that is written as one scalar.
type word interface {
	read(text string) error // the error says what is wanted
	write() string          // "" if nothing is set
	schema() object         // JSON Schema
}

// oneOf reads a word of a list; the error suggests the nearest one.
func oneOf(to *string, text string, allowed []string) error {
	if !slices.Contains(allowed, text) {
		return unknownWord(text, allowed)
	}
	*to = text
	return nil
}

func unknownWord(text string, allowed []string) error {
	if err := renamedWord(text, allowed); err != nil {
		return err
	}
	if near := nearest(text, allowed); near != "" {
		return fmt.Errorf("%q is unknown, did you mean %q?", clip(text), near)
	}
	return fmt.Errorf("%q is unknown; it is one of %s", clip(text), strings.Join(allowed, ", "))
}

// nearest compares the words as they are, then without case and separators, then as a part of a word.
func nearest(text string, allowed []string) string {
	if near := tap.Nearest(clip(text), allowed); near != "" {
		return near
	}
	plain := strings.NewReplacer("_", "", "-", "", " ", "")
	for _, a := range allowed {
		if strings.EqualFold(plain.Replace(a), plain.Replace(clip(text))) {
			return a
		}
	}
	for _, a := range allowed {
		if len(text) >= 4 && (strings.HasPrefix(a, text) || strings.HasSuffix(a, "."+text)) {
			return a
		}
	}
	return ""
}

// clip shortens a text that is quoted in an error.
func clip(text string) string { return tap.Clip(text, 60) }

func enum(words ...string) object { return object{"type": "string", "enum": words} }

// looseText is the schema of a word that YAML may take for a number or a boolean unless it is quoted.
func looseText(expr, example string) object {
	return object{"type": []string{"string", "number", "boolean"}, "pattern": expr, "examples": []string{example}}
}

func pattern(expr, example string) object {
	return object{"type": "string", "pattern": expr, "examples": []string{example}}
}

// Name is a scenario's name, such as shop/paid-late.
type Name string

var nameExpr = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*(/[a-z0-9]+(-[a-z0-9]+)*)*$`)

// maxName bounds the length of a scenario's name.
const maxName = 100

func (n *Name) read(text string) error {
	if len(text) > maxName || !nameExpr.MatchString(text) {
		return fmt.Errorf("%q is not a name; names are words of a-z, 0-9 and dashes, separated by slashes, such as shop/paid-late", clip(text))
	}
	*n = Name(text)
	return nil
}
func (n *Name) write() string  { return string(*n) }
func (n *Name) schema() object { return looseText(nameExpr.String(), "shop/paid-late") }

// Combination is a scenario's name, or several joined by +.
type Combination string

func (c *Combination) read(text string) error {
	names := Combination(text).Names()
	if strings.ContainsAny(text, ",;&|") {
		return fmt.Errorf("%q: put + between the names, such as outcome/no-funds + webhook/twice", clip(text))
	}
	for _, n := range names {
		if err := new(Name).read(n); err != nil {
			return err
		}
	}
	if len(names) > maxCombined {
		return fmt.Errorf("%d scenarios are too many; at most %d can be combined", len(names), maxCombined)
	}
	*c = Combination(strings.Join(names, " + "))
	return nil
}
func (c *Combination) write() string { return string(*c) }
func (c *Combination) schema() object {
	return object{"type": []string{"string", "number", "boolean"}, "examples": []string{"outcome/no-funds + webhook/twice"}}
}

// maxCombined bounds the number of scenarios in one combination.
const maxCombined = 16

// Names are the single names of the combination.
func (c Combination) Names() []string {
	var names []string
	for n := range strings.SplitSeq(string(c), "+") {
		names = append(names, strings.TrimSpace(n))
	}
	return names
}

// Name is a name for the combination as one scenario of a file: the single names with -and- between them, cut off at the longest name
// that a scenario can have.
func (c Combination) Name() Name {
	text := strings.Join(c.Names(), "-and-")
	return Name(strings.TrimRight(text[:min(len(text), maxName)], "-/"))
}

// Gate is the name of a gate, at which a step waits until a test releases it.
type Gate string

func (g *Gate) read(text string) error {
	if isNone(text) {
		return errors.New(noGate(text, ""))
	}
	if err := new(Name).read(text); err != nil {
		return fmt.Errorf("%q is not the name of a gate; use words of a-z, 0-9 and dashes, such as before-webhook", clip(text))
	}
	*g = Gate(text)
	return nil
}
func (g *Gate) write() string  { return string(*g) }
func (g *Gate) schema() object { return looseText(nameExpr.String(), "before-webhook") }

// Object is the kind of payment object that a scenario is for.
type Object string

// The kinds. A scenario that names none is for charges; the others can take it too, if it has nothing that only charges have.
const (
	ChargeObject Object = Object(tap.KindCharge)
	RefundObject Object = Object(tap.KindRefund)

	AuthorizationObject Object = Object(tap.KindAuthorization)
	InvoiceObject       Object = Object(tap.KindInvoice)
)

func objects() []string {
	return []string{string(ChargeObject), string(RefundObject), string(AuthorizationObject), string(InvoiceObject)}
}

func (o *Object) read(text string) error { return oneOf((*string)(o), text, objects()) }
func (o *Object) write() string          { return string(*o) }
func (o *Object) schema() object         { return enum(objects()...) }

func (p *Payer) read(text string) error {
	if text == "auto" {
		return errors.New(`"auto" is not a payer; write {pay: {}} for one who pays, cancel or abandon`)
	}
	if p.Person = text == "person"; !p.Person {
		return fmt.Errorf("%q is not person; an automatic payer is written with keys, such as {pay: {}} or {cancel: entry}", clip(text))
	}
	return nil
}
func (p *Payer) write() string {
	if p.Person {
		return "person"
	}
	return ""
}
func (p *Payer) schema() object { return object{"const": "person"} }

// Screen is a screen that a payer reaches.
type Screen string

// The screens of a payment. Unopened is only for a payer who abandons.
const (
	Unopened Screen = "unopened"
	Entry    Screen = "entry"
	Confirm  Screen = "confirm"
)

var screens = []string{string(Unopened), string(Entry), string(Confirm)}

func (s *Screen) read(text string) error { return oneOf((*string)(s), text, screens) }
func (s *Screen) write() string          { return string(*s) }
func (s *Screen) schema() object         { return enum(screens...) }

// OTPWord is the one-time password that an automatic payer enters.
type OTPWord string

// The one-time passwords of an automatic payer. An expired one is correct but entered too late.
const (
	RightOTP   OTPWord = "right"
	WrongOTP   OTPWord = "wrong"
	ExpiredOTP OTPWord = "expired"
)

var otpWords = []string{string(RightOTP), string(WrongOTP), string(ExpiredOTP)}

func (o *OTPWord) read(text string) error { return oneOf((*string)(o), text, otpWords) }
func (o *OTPWord) write() string          { return string(*o) }
func (o *OTPWord) schema() object         { return enum(otpWords...) }

// KNETWord is KNET's word for the result of a payment, see [tap.KNETWords].
type KNETWord string

func (k *KNETWord) read(text string) error { return oneOf((*string)(k), text, tap.KNETWords()) }
func (k *KNETWord) write() string          { return string(*k) }
func (k *KNETWord) schema() object         { return enum(tap.KNETWords()...) }

// StatusWord is a status that a charge can end in.
type StatusWord string

// endStatuses are those that the bank's decision can lead to. AUTHORIZED is a status of authorizations only.
func endStatuses() []string {
	var all []string
	for _, s := range tap.Statuses() {
		if tap.ChargeMoves.CanBecome(tap.Initiated, s) {
			all = append(all, string(s))
		}
	}
	return all
}

func (s *StatusWord) read(text string) error {
	if text == string(tap.Authorized) {
		return errors.New("AUTHORIZED is a status of authorizations, not of charges")
	}
	return oneOf((*string)(s), text, endStatuses())
}
func (s *StatusWord) write() string  { return string(*s) }
func (s *StatusWord) schema() object { return enum(endStatuses()...) }

// BankCode is KNET's authRespCode: two digits.
type BankCode string

var bankCodeExpr = regexp.MustCompile(`^[0-9]{2}$`)

func (b *BankCode) read(text string) error {
	if !bankCodeExpr.MatchString(text) {
		return fmt.Errorf("%q is not an authRespCode, which has two digits, such as \"51\" for insufficient funds", clip(text))
	}
	*b = BankCode(text)
	return nil
}
func (b *BankCode) write() string  { return string(*b) }
func (b *BankCode) schema() object { return looseText(bankCodeExpr.String(), "51") }

// TapCode is one of Tap's response codes: three digits.
type TapCode string

func tapCodes() []string {
	var all []string
	for _, r := range tap.Results() {
		all = append(all, r.Code)
	}
	return all
}

func (c *TapCode) read(text string) error {
	if _, ok := tap.ResultFor(text); !ok {
		return fmt.Errorf("%q is not one of Tap's response codes; they are %s", clip(text), strings.Join(tapCodes(), ", "))
	}
	*c = TapCode(text)
	return nil
}
func (c *TapCode) write() string { return string(*c) }
func (c *TapCode) schema() object {
	return object{"anyOf": []object{enum(tapCodes()...), {"type": "integer", "minimum": 0, "maximum": 999}}}
}

// Refusal is the number of passwords or PINs that are refused.
type Refusal int

// RefuseAll refuses all of them.
const RefuseAll Refusal = -1

var refusals = regexp.MustCompile(`^([1-9]|1[0-9]|20)$`)

func (r *Refusal) read(text string) error {
	switch {
	case text == "all":
		*r = RefuseAll
	case !refusals.MatchString(text):
		return fmt.Errorf("%q is neither a number from 1 to 20 nor all", clip(text))
	default:
		n, _ := strconv.Atoi(text)
		*r = Refusal(n)
	}
	return nil
}
func (r *Refusal) write() string {
	switch *r {
	case 0:
		return ""
	case RefuseAll:
		return "all"
	}
	return strconv.Itoa(int(*r))
}
func (r *Refusal) schema() object {
	return object{"anyOf": []object{{"type": "integer", "minimum": 1, "maximum": 20}, enum("all"), {"type": "string", "pattern": refusals.String()}}}
}

// Refuses reports whether another one is refused after n refusals.
func (r Refusal) Refuses(n int) bool { return r == RefuseAll || n < int(r) }

// Card is the number of a KNET test card.
type Card string

func (c *Card) read(text string) error {
	if _, err := tap.ParseTestCard(text); err != nil {
		return err
	}
	*c = Card(strings.ReplaceAll(text, " ", ""))
	return nil
}
func (c *Card) write() string { return string(*c) }
func (c *Card) schema() object {
	return looseText(`^ *8 *8 *8 *8 *8 *8( *[0-9]){10} *$`, tap.TestCardNumber)
}

// Expiry is a card's expiry, as on the card: 09/30.
type Expiry string

var expiryForm = regexp.MustCompile(`^(0[1-9]|1[0-2])/(20)?[0-9]{2}$`)

func (e *Expiry) read(text string) error {
	if !expiryForm.MatchString(text) {
		return fmt.Errorf("%q is not an expiry; write month and year as on the card, such as 09/30", clip(text))
	}
	expiry, err := tap.ParseCardExpiry(text)
	*e = Expiry(expiry.String())
	return err
}
func (e *Expiry) write() string  { return string(*e) }
func (e *Expiry) schema() object { return pattern(expiryForm.String(), "09/30") }
