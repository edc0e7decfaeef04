package tap

// Outcome is how an attempt to pay ends: Tap's status and result, and the bank's result if the bank decided.
type Outcome struct {
	Status Status
	Result Result
	Bank   *Result // KNET's authRespCode and word; nil if the bank did not decide
}

// KNET's words for the result of a payment (KNET page 11.1, documented; DENIED BY RISK observed).
const (
	KNETCaptured     = "CAPTURED"
	KNETNotCaptured  = "NOT CAPTURED"
	KNETCanceled     = "CANCELED"
	KNETHostTimeout  = "HOST TIMEOUT"
	KNETDeniedByRisk = "DENIED BY RISK"
)

// KNETWords lists KNET's words for the result of a payment.
func KNETWords() []string {
	return []string{KNETCaptured, KNETNotCaptured, KNETCanceled, KNETHostTimeout, KNETDeniedByRisk}
}

// KNETOutcome is the outcome in Tap for KNET's word (KNET page 13): CAPTURED documented, the others inferred from proven pairs. code
// is KNET's authRespCode of a payment that was NOT CAPTURED; a host that timed out sends none. An unknown word counts as NOT
// CAPTURED.
func KNETOutcome(word, code string) Outcome {
	switch word {
	case KNETCaptured:
		return Outcome{Captured, PlainResult(Captured), &captured}
	case KNETCanceled:
		return Outcome{Cancelled, PlainResult(Cancelled), nil}
	case KNETHostTimeout, KNETDeniedByRisk:
		return Outcome{Failed, PlainResult(Failed), &Result{"", word}}
	}
	return Outcome{Failed, PlainResult(Failed), &Result{code, KNETNotCaptured}}
}

// captured is KNET's result of every captured payment. It is never changed.
var captured = Result{"00", KNETCaptured}

// OutcomePageExpired is the outcome of a payment after the time limit of KNET's page (KNET page 13, cause inferred).
func OutcomePageExpired() Outcome { return Outcome{Cancelled, ResultPageExpired(), nil} }

// StatusFor is the status of a result of the catalogue, by the first digit of its code.
func StatusFor(r Result) Status {
	switch r.Code {
	case "001":
		return Authorized
	case "301":
		return Abandoned
	}
	return map[byte]Status{'0': Captured, '1': Initiated, '2': InProgress, '3': Cancelled, '4': Failed, '5': Declined,
		'6': Void, '7': Restricted, '8': TimedOut, '9': Unknown}[r.Code[0]]
}
