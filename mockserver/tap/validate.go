package tap

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// reader turns a raw request into a valid one and notes each leniency on the way.
type reader struct{ notes []string }

func (rd *reader) note(format string, a ...any) {
	rd.notes = append(rd.notes, fmt.Sprintf(format, a...))
}

// text reads a field that is documented as text.
func (rd *reader) text(field string, v scalar) string {
	if v.kind == isNumber || v.kind == isBool {
		rd.note("%s: a number or boolean was sent, text is documented", field)
	}
	return v.text
}

// flag reads a boolean; missing or empty means the default.
func (rd *reader) flag(field string, v scalar, missing bool) (bool, error) {
	if v.text == "" {
		return missing, nil
	}
	if v.kind != isBool {
		rd.note("%s: %s was sent, a boolean is documented", field, plainASCII(v.text))
	}
	switch strings.ToLower(v.text) {
	case "true", "1":
		return true, nil
	case "false", "0":
		return false, nil
	}
	return false, NewError("1103", field+": it is neither true nor false")
}

// charge checks in the sheet's order: amount, currency, source, redirect, customer, lengths, features.
func (rd *reader) charge(raw *rawCharge, s *Settings) (*ChargeRequest, error) {
	req := &ChargeRequest{}
	for _, step := range []func(*rawCharge, *Settings, *ChargeRequest) error{
		rd.amount, rd.currency, rd.source, rd.redirect, rd.customer, rd.texts, rd.metadata, rd.expiry, rd.flags,
	} {
		if err := step(raw, s, req); err != nil {
			return nil, err
		}
	}
	return req, nil
}

func (rd *reader) amount(raw *rawCharge, s *Settings, req *ChargeRequest) error {
	var err error
	switch raw.Amount.kind {
	case isNumber:
		req.Amount, err = ParseNumber(raw.Amount.text)
	case isText:
		rd.note("amount: text was sent, a number is documented")
		req.Amount, err = ParseAmount(raw.Amount.text)
	case isBool:
		err = ErrAmount
	default:
		return NewError("1117", "amount: it is missing")
	}
	switch {
	case err != nil:
		return NewError("1117", "amount: want a number with at most the currency's decimals")
	case req.Amount < s.AmountMin || req.Amount <= 0:
		return NewError("1117", "amount: less than "+s.AmountMin.String())
	case req.Amount > s.AmountMax:
		return NewError("1117", "amount: more than "+s.AmountMax.String())
	}
	return nil
}

func (rd *reader) currency(raw *rawCharge, _ *Settings, req *ChargeRequest) error {
	req.Currency = raw.Currency.text
	places, ok := Decimals(req.Currency)
	if !ok {
		return NewError("1118", "currency: want one of the codes that Tap takes, such as KWD")
	}
	if !req.Amount.Fits(places) {
		return NewError("1117", fmt.Sprintf("amount: %s has %d decimals", req.Currency, places))
	}
	return nil
}

func (rd *reader) source(raw *rawCharge, s *Settings, req *ChargeRequest) error {
	req.Source = rd.text("source.id", raw.Source.value.ID)
	switch req.Source {
	case "":
		return NewError("1124", "source.id: send src_kw.knet")
	case "src_cards":
		req.Source = SourceCard
	case SourceKNET:
		if req.Currency != "KWD" {
			return NewError(s.CurrencyError, "currency: KNET takes KWD only")
		}
	case SourceAll, SourceCard:
	default:
		return NewError("1125", "source.id: tapmock plays src_kw.knet, src_all and src_card")
	}
	return nil
}

func (rd *reader) redirect(raw *rawCharge, _ *Settings, req *ChargeRequest) error {
	req.PostURL = rd.text("post.url", raw.Post.value.URL)
	req.RedirectURL = rd.text("redirect.url", raw.Redirect.value.URL)
	if req.RedirectURL == "" {
		return NewError("1110", "redirect.url: KNET needs it")
	}
	if err := checkRedirect(req.RedirectURL); err != nil {
		return NewError("1111", err.Error())
	}
	return nil
}

func (rd *reader) customer(raw *rawCharge, _ *Settings, req *ChargeRequest) error {
	in := raw.Customer.value
	phone := in.Phone.value
	c := &req.Customer
	*c = Customer{
		ID:        rd.text("customer.id", in.ID),
		FirstName: rd.text("customer.first_name", in.FirstName), MiddleName: rd.text("customer.middle_name", in.MiddleName),
		LastName: rd.text("customer.last_name", in.LastName), Email: rd.text("customer.email", in.Email),
		CountryCode: phone.CountryCode.text, Number: phone.Number.text,
	}
	switch {
	case !raw.Customer.set:
		return NewError("1129", "customer: send an id, or a first name with an e-mail address or phone number")
	case c.ID != "" && !strings.HasPrefix(c.ID, "cus_"):
		return NewError("1105", "customer.id: ids of customers begin with cus_")
	case c.ID == "" && strings.TrimSpace(c.FirstName) == "":
		return NewError("1130", "customer.first_name")
	case c.ID == "" && c.Email == "" && c.Number == "":
		return NewError("1139", "customer.email, customer.phone.number")
	case c.Email != "" && !plausibleEmail(c.Email):
		return NewError("1138", "customer.email")
	case c.Number != "" && !plausiblePhone(c.CountryCode, 1, 5):
		return NewError("1136", "customer.phone.country_code: want digits such as 965")
	case c.Number != "" && !plausiblePhone(c.Number, 4, 15):
		return NewError("1137", "customer.phone.number: want 4 to 15 digits")
	}
	return nil
}

// plausibleEmail asks for something on both sides of one @ and no blanks; what Tap asks for is unknown.
func plausibleEmail(s string) bool {
	name, host, ok := strings.Cut(s, "@")
	return ok && name != "" && host != "" && !strings.ContainsAny(host, "@") && !strings.ContainsAny(s, " \t\r\n<>,;")
}

// plausiblePhone counts digits; a plus, blanks, dashes and parentheses do not matter. What Tap asks for is unknown.
func plausiblePhone(s string, least, most int) bool {
	s = strings.NewReplacer("+", "", " ", "", "-", "", "(", "", ")", "").Replace(s)
	return digitsOnly(s) && len(s) >= least && len(s) <= most
}

func (rd *reader) texts(raw *rawCharge, _ *Settings, req *ChargeRequest) error {
	ref := raw.Reference.value
	req.Description = rd.text("description", raw.Description)
	req.StatementDescriptor = rd.text("statement_descriptor", raw.StatementDescriptor)
	req.Transaction = rd.text("reference.transaction", ref.Transaction)
	req.Order = rd.text("reference.order", ref.Order)
	req.Idempotent = rd.text("reference.idempotent", ref.Idempotent)
	req.OrderID = rd.text("order.id", raw.Order.value.ID)
	req.MerchantID = rd.text("merchant.id", raw.Merchant.value.ID)
	for _, t := range []struct {
		text  string
		below int
		code  string
		field string
	}{
		{req.Description, 1000, "1121", "description"},
		{req.StatementDescriptor, 60, "1120", "statement_descriptor"},
		{req.Transaction, 100, "1123", "reference.transaction"},
		{req.Order, 100, "1122", "reference.order"},
		{req.Idempotent, 100, "1103", "reference.idempotent"},
		{req.Customer.FirstName, 150, "1131", "customer.first_name"},
		{req.Customer.MiddleName, 150, "1134", "customer.middle_name"},
		{req.Customer.LastName, 150, "1133", "customer.last_name"},
	} {
		if !shorter(t.text, t.below) {
			return NewError(t.code, fmt.Sprintf("%s: want fewer than %d characters", t.field, t.below))
		}
	}
	return nil
}

// shorter reports whether s has fewer than n characters, counting letters, not bytes.
func shorter(s string, n int) bool { return len(s) < n || utf8.RuneCountInString(s) < n }

func (rd *reader) metadata(raw *rawCharge, _ *Settings, req *ChargeRequest) error {
	rd.noteEmpties(raw)
	for key, v := range raw.Metadata.value {
		if !shorter(key, 250) {
			return NewError("1127", "metadata: a key is too long")
		}
		var text scalar
		if v[0] != '{' && v[0] != '[' && text.UnmarshalJSON(v) == nil && !shorter(text.text, 1000) {
			return NewError("1128", "metadata: "+plainASCII(key))
		}
	}
	if len(raw.Metadata.value) > 0 {
		var compact bytes.Buffer
		if err := json.Compact(&compact, raw.Metadata.raw); err != nil {
			return NewError("2100", "metadata: "+err.Error())
		}
		req.Metadata = compact.String()
	}
	return nil
}

// noteEmpties notes where "" or [] stood for no object.
func (rd *reader) noteEmpties(raw *rawCharge) {
	for _, o := range []struct{ field, empty string }{
		{"metadata", raw.Metadata.empty}, {"order", raw.Order.empty}, {"merchant", raw.Merchant.empty},
		{"receipt", raw.Receipt.empty}, {"reference", raw.Reference.empty}, {"post", raw.Post.empty},
		{"customer.phone", raw.Customer.value.Phone.empty}, {"transaction", raw.Transaction.empty},
	} {
		if o.empty != "" {
			rd.note("%s: %s was sent, an object is documented", o.field, o.empty)
		}
	}
}

// Bounds of transaction.expiry in minutes (Tap API 1.1, documented).
const (
	defaultExpiry  = 30
	shortestExpiry = 5
	longestExpiry  = 60
)

func (rd *reader) expiry(raw *rawCharge, _ *Settings, req *ChargeRequest) error {
	in := raw.Transaction.value.Expiry.value
	req.ExpiryMinutes = defaultExpiry
	if in.Type.text != "" && in.Type.text != "MINUTE" {
		return NewError("1103", "transaction.expiry.type: want MINUTE")
	}
	if in.Period.text == "" {
		return nil
	}
	if in.Period.kind != isNumber {
		rd.note("transaction.expiry.period: text was sent, a number is documented")
	}
	minutes, err := strconv.Atoi(in.Period.text)
	if err != nil || minutes < shortestExpiry || minutes > longestExpiry {
		return NewError("1103", "transaction.expiry.period: want 5 to 60 minutes")
	}
	req.ExpiryMinutes = minutes
	return nil
}

func (rd *reader) flags(raw *rawCharge, s *Settings, req *ChargeRequest) error {
	receipt := raw.Receipt.value
	for _, f := range []struct {
		field   string
		in      scalar
		to      *bool
		missing bool
	}{
		{"customer_initiated", raw.CustomerInitiated, &req.CustomerInitiated, true},
		{"threeDSecure", raw.ThreeDSecure, &req.ThreeDSecure, true},
		{"save_card", raw.SaveCard, &req.SaveCard, false},
		{"receipt.email", receipt.Email, &req.ReceiptEmail, false},
		{"receipt.sms", receipt.SMS, &req.ReceiptSMS, false},
	} {
		var err error
		if *f.to, err = rd.flag(f.field, f.in, f.missing); err != nil {
			return err
		}
	}
	if req.SaveCard && !s.SaveCard {
		return NewError("1108", "save_card: the setting save_card enables it")
	}
	return nil
}
