package payment

import "github.com/tapmock/tapmock/mockserver/tap"

// Listing is some of an account's charges.
type Listing struct {
	Payments []Payment // in the requested order
	More     bool      // more charges follow
	Total    int       // charges that match; complete only if it was asked for
	Payouts  *Payouts  // of the account, if it is a download of charges
	Evicted  int       // charges that the account has evicted so far to stay within its limits; no list contains them
}

// AppendJSON appends the list as an answer of the API in compact form, each charge in the style in which it was created.
func (l *Listing) AppendJSON(b []byte) []byte {
	o := tap.ChargeList{ObjectType: "list", Count: len(l.Payments), HasMore: l.More, APIVersion: "V2", Charges: make([]tap.Charge, len(l.Payments))}
	for i := range l.Payments {
		l.Payments[i].fill(&o.Charges[i], tap.MethodGet)
		o.Charges[i].Method, o.Charges[i].Activities = "", nil
	}
	return o.AppendJSON(b, func(i int) tap.Style { return l.Payments[i].Settings.ChargeStyle })
}

// AppendAuthorizations is [Listing.AppendJSON] for a list of authorizations.
func (l *Listing) AppendAuthorizations(b []byte) []byte {
	o := tap.AuthorizationList{Object: "list", Count: len(l.Payments), HasMore: l.More, APIVersion: "V2"}
	for i := range l.Payments {
		a := l.Payments[i].Authorization(tap.MethodGet)
		a.Method = ""
		o.Authorizes = append(o.Authorizes, *a)
	}
	return o.AppendJSON(b, func(i int) tap.Style { return l.Payments[i].Settings.ChargeStyle })
}

// MatchesNow compares a request for a list with the parts of a charge that change during the payment, as the API shows them now.
func (c *Payment) MatchesNow(req *tap.ListRequest) bool {
	method, customer := "", c.CustomerNow()
	if c.Status.Final() && c.Source == tap.SourceKNET {
		method = "KNET"
	}
	return (req.Status == "" || req.Status == c.Status) &&
		(req.Created == 0 || req.Created == c.Created.UnixMilli()) && Has(req.Merchants, c.merchant().ID) && Has(req.Sources, c.Source) && Has(req.PaymentMethods, method) && Has(req.Customers, customer)
}

// Has reports whether the set contains the value; an empty set contains every value.
func Has(set map[string]bool, value string) bool { return len(set) == 0 || set[value] }
