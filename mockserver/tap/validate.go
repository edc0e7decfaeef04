package tap

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// text reads a field that is documented as text.
func (rd *reader) text(f field) string {
	v := &rd.raw.fields[f]
	if v.kind == isNumber || v.kind == isBool {
		rd.note("%s: %s was sent, text is documented", fieldNames[f], kindNames[v.kind])
	}
	return v.text
}

// flag reads a boolean. A missing or empty field has the value missing.
func (rd *reader) flag(f field, missing bool) (bool, error) {
	v := &rd.raw.fields[f]
	if v.text == "" {
		return missing, nil
	}
	if v.kind != isBool {
		rd.note("%s: %s was sent, a boolean is documented", fieldNames[f], kindNames[v.kind])
	}
	switch strings.ToLower(v.text) {
	case "true", "1":
		return true, nil
	case "false", "0":
		return false, nil
	}
	return false, NewError("1103", fieldNames[f]+": want true or false")
}

// payment checks the fields in Tap's order: amount, currency, source, redirect, customer, lengths, features.
func (rd *reader) payment(s *Settings) (*PaymentRequest, error) {
	req := &PaymentRequest{}
	for _, step := range [...]func(*reader, *Settings, *PaymentRequest) error{
		(*reader).amount, (*reader).currency, (*reader).source, (*reader).redirect, (*reader).customer, (*reader).texts,
		(*reader).metadata, (*reader).expiry, (*reader).auto, (*reader).flags,
	} {
		if err := step(rd, s, req); err != nil {
			return nil, err
		}
	}
	return req, nil
}

func (rd *reader) amount(s *Settings, req *PaymentRequest) error {
	var err error
	req.Amount, err = rd.amountOf(rd.raw.fields[fAmount])
	switch {
	case err != nil:
		return err
	case req.Amount < s.ChargeAmountMin || req.Amount <= 0:
		return NewError("1117", "amount: less than "+s.ChargeAmountMin.String())
	case req.Amount > s.ChargeAmountMax:
		return NewError("1117", "amount: more than "+s.ChargeAmountMax.String())
	}
	return nil
}

// amountOf reads an amount, which may be sent as text.
func (rd *reader) amountOf(v scalar) (a Amount, err error) {
	switch v.kind {
	case isNumber:
		a, err = ParseNumber(v.text)
	case isText:
		rd.note("amount: text was sent, a number is documented")
		a, err = ParseAmount(v.text)
	case isBool:
		return 0, NewError("1117", "amount: a boolean was sent, a number is wanted")
	default:
		return 0, NewError("1117", "amount: it is missing")
	}
	if err != nil {
		return 0, NewError("1117", "amount: "+err.Error())
	}
	return a, nil
}

func (rd *reader) currency(_ *Settings, req *PaymentRequest) error {
	req.Currency = rd.raw.fields[fCurrency].text
	places, ok := Decimals(req.Currency)
	if !ok {
		return NewError("1118", "currency: want one of the codes that Tap takes, such as KWD")
	}
	if !req.Amount.Fits(places) {
		return NewError("1117", fmt.Sprintf("amount: %s has %d decimals", req.Currency, places))
	}
	return nil
}

func (rd *reader) source(s *Settings, req *PaymentRequest) error {
	req.Source = rd.text(fSourceID)
	switch req.Source {
	case "":
		return NewError("1124", "source.id: send src_kw.knet")
	case "src_cards":
		req.Source = SourceCard
	case SourceKNET:
		if req.Currency != "KWD" {
			return NewError(s.ChargeCurrencyError, "currency: KNET takes KWD only")
		}
	case SourceAll, SourceCard:
	default:
		if rd.kind == KindCharge && strings.HasPrefix(req.Source, "auth_") {
			return checkAuthorizeID(req.Source)
		}
		if req.IsToken() {
			return nil // its account knows whether it was used before
		}
		return NewError("1125", "source.id: tapmock supports src_kw.knet, src_all and src_card")
	}
	return nil
}

func (rd *reader) redirect(_ *Settings, req *PaymentRequest) error {
	if req.PostURL = rd.text(fPostURL); req.PostURL != "" && !webAddress(req.PostURL) {
		rd.note("post.url: it is not an http or https URL with a host, so no webhook is sent")
	}
	req.RedirectURL = rd.text(fRedirectURL)
	if req.RedirectURL == "" {
		if req.IsCapture() {
			return nil
		}
		return NewError("1110", "redirect.url: KNET needs it")
	}
	if err := checkRedirect(req.RedirectURL); err != nil {
		return NewError("1111", err.Error())
	}
	return nil
}

func (rd *reader) customer(_ *Settings, req *PaymentRequest) error {
	c := &req.Customer
	*c = Customer{
		ID:        rd.text(fCustomerID),
		FirstName: rd.text(fFirstName), MiddleName: rd.text(fMiddleName),
		LastName: rd.text(fLastName), Email: rd.text(fEmail),
		CountryCode: rd.raw.fields[fCountryCode].text, Number: rd.raw.fields[fNumber].text,
	}
	switch {
	case !rd.raw.customer:
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

// plausibleEmail requires text on both sides of one @ and no spaces. Tap's check is unknown.
func plausibleEmail(s string) bool {
	name, host, ok := strings.Cut(s, "@")
	return ok && name != "" && host != "" && !strings.ContainsAny(host, "@") && !strings.ContainsAny(s, " \t\r\n<>,;")
}

// plausiblePhone counts the digits and ignores plus signs, spaces, dashes and parentheses. Tap's check is unknown.
func plausiblePhone(s string, least, most int) bool {
	digits := 0
	for i := range len(s) {
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			digits++
		case strings.IndexByte("+ -()", c) < 0:
			return false
		}
	}
	return digits >= least && digits <= most
}

func (rd *reader) texts(_ *Settings, req *PaymentRequest) error {
	req.Description = rd.text(fDescription)
	req.StatementDescriptor = rd.text(fStatementDescriptor)
	req.Transaction = rd.text(fTransaction)
	req.Order = rd.text(fOrder)
	req.Idempotent = rd.text(fIdempotent)
	req.OrderID = rd.text(fOrderID)
	req.MerchantID = rd.text(fMerchantID)
	for _, t := range [...]struct {
		text  string
		below int
		code  string
		field field
	}{
		{req.Description, 1000, "1121", fDescription},
		{req.StatementDescriptor, 60, "1120", fStatementDescriptor},
		{req.Transaction, 100, "1123", fTransaction},
		{req.Order, 100, "1122", fOrder},
		{req.Idempotent, 100, "1103", fIdempotent},
		{req.Customer.FirstName, 150, "1131", fFirstName},
		{req.Customer.MiddleName, 150, "1134", fMiddleName},
		{req.Customer.LastName, 150, "1133", fLastName},
	} {
		if !shorter(t.text, t.below) {
			return NewError(t.code, fmt.Sprintf("%s: want fewer than %d characters", fieldNames[t.field], t.below))
		}
	}
	return nil
}

// shorter reports whether s has fewer than n characters, not bytes.
func shorter(s string, n int) bool { return len(s) < n || utf8.RuneCountInString(s) < n }

func (rd *reader) metadata(_ *Settings, req *PaymentRequest) (err error) {
	req.Metadata, err = rd.metadataAt(rd.raw.metadata)
	return err
}

// metadataAt is the JSON text of a metadata object, "" if it is empty.
func (rd *reader) metadataAt(node int32) (string, error) {
	t := rd.raw.tree
	for at := t.nodes[node].child; at != 0; at = t.nodes[at].next {
		n := &t.nodes[at]
		if !shorter(n.key, 250) {
			return "", NewError("1127", "metadata: a key is too long")
		}
		if !shorter(n.text, 1000) {
			return "", NewError("1128", "metadata: "+plainASCII(n.key))
		}
	}
	if t.nodes[node].child == 0 {
		return "", nil
	}
	return t.raw(node), nil
}

// Bounds of transaction.expiry in minutes (Tap API 1.1, documented).
const (
	defaultExpiry  = 30
	shortestExpiry = 5
	longestExpiry  = 60
)

func (rd *reader) expiry(_ *Settings, req *PaymentRequest) error {
	period := &rd.raw.fields[fExpiryPeriod]
	req.ExpiryMinutes = defaultExpiry
	if kind := rd.raw.fields[fExpiryType].text; kind != "" && kind != "MINUTE" {
		return NewError("1103", "transaction.expiry.type: want MINUTE")
	}
	if period.text == "" {
		return nil
	}
	if period.kind != isNumber {
		rd.note("transaction.expiry.period: text was sent, a number is documented")
	}
	minutes, err := strconv.Atoi(period.text)
	if err != nil || minutes < shortestExpiry || minutes > longestExpiry {
		return NewError("1103", "transaction.expiry.period: want 5 to 60 minutes")
	}
	req.ExpiryMinutes = minutes
	return nil
}

func (rd *reader) flags(s *Settings, req *PaymentRequest) error {
	for _, f := range [...]struct {
		field   field
		to      *bool
		missing bool
	}{
		{fCustomerInitiated, &req.CustomerInitiated, true},
		{fThreeDSecure, &req.ThreeDSecure, true},
		{fSaveCard, &req.SaveCard, false},
		{fReceiptEmail, &req.ReceiptEmail, false},
		{fReceiptSMS, &req.ReceiptSMS, false},
	} {
		var err error
		if *f.to, err = rd.flag(f.field, f.missing); err != nil {
			return err
		}
	}
	if !s.MerchantActive {
		return NewError("1242", "the setting merchant_active is false")
	}
	if req.SaveCard && !s.MerchantSaveCard {
		return NewError("1108", "save_card: the setting merchant_save_card enables it")
	}
	return nil
}
