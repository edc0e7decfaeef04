package tap

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// CustomerRequest is what a request for a customer, or for an update of one, sets (Rest of v2 4 and Tap API 9, documented). A field that is nil
// was not sent; an update leaves it as it is.
type CustomerRequest struct {
	Title, FirstName, MiddleName, LastName, Email, CountryCode, Number, Description, Currency, Nationality *string

	metadata Update
}

// CustomerDetails is what is known of a customer.
type CustomerDetails struct {
	Customer
	Title, Description, Currency, Nationality string
	Metadata                                  string // a JSON object, compact; "" if there is none
}

// customerPaths are the paths of all fields and objects of a request for a customer.
var customerPaths = []string{"title", "first_name", "middle_name", "last_name", "email", "phone", "phone.country_code", "phone.number", "description",
	"currency", "nationality", "metadata"}

// customerReader reads a request for a customer.
type customerReader struct {
	updateReader
	req CustomerRequest
}

// ParseCustomerRequest reads the JSON of a request that creates a customer. A customer has a first name, with an e-mail address or a phone number
// (documented in 2026); an e-mail address alone is documented in 2025, and a leniency. The error is an *[Error]; notes and the setting strict are
// as in [ParsePaymentRequest].
func ParseCustomerRequest(body []byte, s *Settings) (*CustomerRequest, []string, error) {
	return parseCustomer(body, s, func(rd *customerReader, d *CustomerDetails) error {
		switch {
		case d.Email == "" && strings.TrimSpace(d.FirstName) == "":
			return NewError("1130", "first_name")
		case d.Email == "" && d.Number == "":
			return NewError("1139", "email, phone.number")
		case strings.TrimSpace(d.FirstName) == "":
			rd.note("first_name: it is missing, it is documented as required")
		}
		return nil
	})
}

// ParseCustomerUpdate reads the JSON of an update of a customer; errors, notes and strict are as in [ParseCustomerRequest].
func ParseCustomerUpdate(body []byte, s *Settings) (*CustomerRequest, []string, error) {
	return parseCustomer(body, s, func(rd *customerReader, _ *CustomerDetails) error {
		if rd.req.FirstName == nil {
			rd.note("first_name: it was not sent, it is documented as required; the customer keeps it")
		} else if *rd.req.FirstName == "" {
			return NewError("1130", "first_name")
		}
		return nil
	})
}

func parseCustomer(body []byte, s *Settings, complete func(*customerReader, *CustomerDetails) error) (*CustomerRequest, []string, error) {
	rd := &customerReader{}
	rd.paths, rd.field = customerPaths, rd.read
	notes, err := rd.readBody(body, s, func() error {
		rd.req.metadata = rd.update
		sent := rd.req.Of(&CustomerDetails{})
		if err := complete(rd, &sent); err != nil {
			return err
		}
		return sent.check()
	})
	if err != nil {
		return nil, notes, err
	}
	return &rd.req, notes, nil
}

// fields are the request's fields by their paths.
func (r *CustomerRequest) fields() map[string]**string {
	return map[string]**string{"title": &r.Title, "first_name": &r.FirstName, "middle_name": &r.MiddleName, "last_name": &r.LastName, "email": &r.Email,
		"phone.country_code": &r.CountryCode, "phone.number": &r.Number, "description": &r.Description, "currency": &r.Currency, "nationality": &r.Nationality}
}

func (rd *customerReader) read(path string, at int32) error {
	switch to := rd.req.fields()[path]; {
	case path == "metadata":
		return rd.metadata(at)
	case path == "phone":
		return rd.object(path, at, "phone.")
	case to == nil:
		rd.unknown(path, rd.paths)
	case strings.HasPrefix(path, "phone."): // numbers are documented too
		v, err := rd.scalar(path, at)
		*to = new(strings.Clone(v.text))
		return err
	default:
		var text string
		err := rd.take(path, at, &text)
		*to = new(strings.Clone(text))
		return err
	}
	return nil
}

// Of are the details of a customer with those that the request sets.
func (r *CustomerRequest) Of(before *CustomerDetails) CustomerDetails {
	d := *before
	for _, one := range [...]struct {
		sent *string
		to   *string
	}{{r.Title, &d.Title}, {r.FirstName, &d.FirstName}, {r.MiddleName, &d.MiddleName}, {r.LastName, &d.LastName}, {r.Email, &d.Email}, {r.CountryCode, &d.CountryCode},
		{r.Number, &d.Number}, {r.Description, &d.Description}, {r.Currency, &d.Currency}, {r.Nationality, &d.Nationality}} {
		if one.sent != nil {
			*one.to = *one.sent
		}
	}
	d.Metadata = r.metadata.merged(before.Metadata)
	return d
}

// check checks the values as those of a customer in a charge are checked, and their lengths.
func (d *CustomerDetails) check() error {
	switch {
	case d.Email != "" && !plausibleEmail(d.Email):
		return NewError("1138", "email")
	case d.Number != "" && !plausiblePhone(d.CountryCode, 1, 5):
		return NewError("1136", "phone.country_code: want digits such as 965")
	case d.Number != "" && !plausiblePhone(d.Number, 4, 15):
		return NewError("1137", "phone.number: want 4 to 15 digits")
	case !shorter(d.FirstName, 150):
		return NewError("1131", "first_name")
	case !shorter(d.LastName, 150):
		return NewError("1133", "last_name")
	case !shorter(d.MiddleName, 150):
		return NewError("1134", "middle_name")
	case !shorter(d.Description, 1000):
		return NewError("1121", "description: want fewer than 1000 characters")
	case len(d.Metadata) > maxKept:
		return NewError("1103", fmt.Sprintf("metadata: it has %d bytes, tapmock keeps at most %d", len(d.Metadata), maxKept))
	case !shorter(d.Title, 100), !shorter(d.Nationality, 100), !shorter(d.Email, 320):
		return NewError("1103", "title, nationality, email: want fewer than 100, 100 and 320 characters")
	}
	if _, known := Decimals(d.Currency); d.Currency != "" && !known {
		return NewError("1118", "currency: want one of the codes that Tap takes, such as KWD")
	}
	return nil
}

// Masked returns the details as the control API may show them, see [Mask].
func (d *CustomerDetails) Masked() CustomerDetails {
	shown := *d
	for _, text := range []*string{&shown.ID, &shown.FirstName, &shown.MiddleName, &shown.LastName, &shown.Email, &shown.Number, &shown.Title, &shown.Description, &shown.Metadata, &shown.Nationality} {
		*text = Mask(*text)
	}
	return shown
}

// CustomerListRequest selects customers of an account (Rest of v2 4). A customer must match every filter that is not empty.
type CustomerListRequest struct {
	From, To      int64 // created in epoch milliseconds, both included
	Customers     map[string]bool
	StartingAfter string // the list begins after the customer with this id
	Page          int    // from 1: the list begins after Page-1 times Limit customers
	Limit         int    // 1 to 50
}

// Selects reports whether a customer that was created then, in epoch milliseconds, matches the filters.
func (r *CustomerListRequest) Selects(id string, created int64) bool {
	return created >= r.From && created <= r.To && (len(r.Customers) == 0 || r.Customers[id])
}

// customerListPaths are the paths of all fields and objects of a request for a list of customers.
var customerListPaths = []string{"period", "period.date", "period.date.from", "period.date.to", "customers", "starting_after", "limit", "page"}

// customerListReader reads a request for a list of customers.
type customerListReader struct {
	listReader
	of *CustomerListRequest
}

// ParseCustomerListRequest reads the JSON of a request for a list of customers, in each of the forms that are documented: with limit, page and
// starting_after as text (2026), and with period and customers (2025). Errors and notes are those of [ParseListRequest].
func ParseCustomerListRequest(body []byte, s *Settings) (*CustomerListRequest, []string, error) {
	rd := &customerListReader{of: &CustomerListRequest{Page: 1}}
	rd.req, rd.most = &ListRequest{From: math.MinInt64, To: math.MaxInt64, Limit: defaultRows}, mostRows
	rd.paths, rd.field = customerListPaths, rd.read
	if err := rd.whole(body, s); err != nil {
		return nil, nil, err
	}
	rd.of.From, rd.of.To, rd.of.Limit = rd.req.From, rd.req.To, rd.req.Limit
	return rd.of, rd.notes, nil
}

func (rd *customerListReader) read(path string, at int32) error {
	switch path {
	case "customers":
		return rd.set(path, at, &rd.of.Customers)
	case "starting_after":
		if err := rd.take(path, at, &rd.of.StartingAfter); err != nil {
			return err
		}
		if id := rd.of.StartingAfter; id != "" && !strings.HasPrefix(id, "cus_") {
			return NewError("1105", path+": ids of customers begin with cus_")
		}
		return nil
	case "page":
		return rd.page(path, at)
	case "period", "period.date", "period.date.from", "period.date.to", "limit":
		return rd.listReader.read(path, at)
	}
	rd.unknown(path, rd.paths)
	return nil
}

// mostPages bounds the number of a page.
const mostPages = 1_000_000

func (rd *customerListReader) page(path string, at int32) error {
	v, err := rd.scalar(path, at)
	if err != nil || v.text == "" {
		return err
	}
	n, err := strconv.Atoi(v.text)
	if err != nil || n < 1 || n > mostPages {
		return NewError("1103", path+": want a whole number from 1")
	}
	rd.of.Page = n
	return nil
}
