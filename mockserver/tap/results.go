package tap

// Result is a result of a payment: the response of a charge is Tap's code of three digits and its text (Tap API 12, documented).
type Result struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

// results is Tap's catalogue of charge results. 302 is "Canceled" in the documentation and "Cancelled" on the wire (proven).
var results = []Result{
	{"000", "Captured"}, {"001", "Authorized"}, {"100", "Initiated"}, {"200", "In Progress"},
	{"301", "Abandoned"}, {"302", "Cancelled"}, {"303", "Deferred"}, {"304", "Expired"},
	{"401", "Failed"}, {"402", "Failed, Invalid Parameter"}, {"403", "Failed, Duplicate"}, {"404", "Failed, Locked"},
	{"405", "Failed, Invalid Card No"}, {"406", "Failed, Invalid Expiry"}, {"407", "Failed, Expired Card"},
	{"408", "Failed, Unspecified Failure"},
	{"501", "Declined"}, {"502", "Declined, Incorrect CSC/CVV"}, {"503", "Declined, 3D Security - Incorrect"},
	{"504", "Declined, 3D Security - Card not Enrolled"}, {"505", "Declined, Insufficient Funds"},
	{"506", "Declined, Transaction Type Not Supported"}, {"507", "Declined, Card Issuer"},
	{"508", "Declined, Card Issuer - No Reply"}, {"509", "Declined, Card Issuer - Do not Contact"},
	{"510", "Declined, Card Issuer - Referral Response"}, {"511", "Declined, Card Issuer - Error"},
	{"512", "Declined, Not Authenticated"}, {"513", "Declined, Card Acquirer - Error"},
	{"514", "Declined, Card Issuer - Risk Check"}, {"515", "Declined, Tap"}, {"516", "Declined, Authentication Failed"},
	{"601", "Void"},
	{"701", "Restricted"}, {"702", "Restricted, Retry Limit Exceeded"}, {"703", "Restricted, Bank"}, {"704", "Restricted, Tap"},
	{"801", "Timed Out"}, {"901", "Unknown"},
}

// Results lists Tap's catalogue of charge results, ordered by code.
func Results() []Result { return append([]Result(nil), results...) }

// ResultFor returns the result of the catalogue with this code, and whether there is one.
func ResultFor(code string) (Result, bool) {
	for _, r := range results {
		if r.Code == code {
			return r, true
		}
	}
	return Result{}, false
}

// plain is the code of each status without a more specific result (KNET page 13; those of KNET are proven pairs).
var plain = map[Status]string{
	Initiated: "100", InProgress: "200", Abandoned: "301", Cancelled: "302", Failed: "401", Declined: "501",
	Restricted: "701", Captured: "000", Void: "601", Unknown: "901", Authorized: "001", TimedOut: "801",
}

// PlainResult is the result of a status without a more specific reason.
func PlainResult(s Status) Result {
	r, _ := ResultFor(plain[s])
	return r
}

// ResultPageExpired is the result of a payment whose KNET page timed out: CANCELLED with 304 (Tap API 2.1; pair proven, cause inferred).
func ResultPageExpired() Result { return Result{"304", "Expired"} }
