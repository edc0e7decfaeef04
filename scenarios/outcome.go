package scenarios

import "github.com/tapmock/tapmock/mockserver/tap"

// Outcome is the result of the payment as the bank decides it; decided is false if the card decides.
// declineCode is KNET's authRespCode of a declined payment, unless the scenario has one.
func (b *Bank) Outcome(declineCode string) (o tap.Outcome, decided bool) {
	return outcome(b.Result, b.Code, b.Status, b.Response, declineCode)
}

// Outcome is the later result.
func (l *Later) Outcome(declineCode string) tap.Outcome {
	o, _ := outcome(l.Result, l.Code, l.Status, l.Response, declineCode)
	return o
}

func outcome(word KNETWord, code BankCode, status StatusWord, response TapCode, declineCode string) (tap.Outcome, bool) {
	if word == "" && code == "" && status == "" && response == "" {
		return tap.Outcome{}, false
	}
	if code != "" {
		declineCode = string(code)
	}
	if word == "" && status == "" && response != "" {
		result, _ := tap.ResultFor(string(response))
		status = StatusWord(tap.StatusFor(result))
	}
	if word == "" {
		word = wordFor(tap.Status(status))
	}
	o := tap.KNETOutcome(string(word), declineCode)
	if status != "" && tap.Status(status) != o.Status {
		o.Status, o.Result = tap.Status(status), tap.PlainResult(tap.Status(status))
	}
	if response != "" {
		result, _ := tap.ResultFor(string(response))
		if status == "" {
			o.Status = tap.StatusFor(result)
		}
		o.Result = result
	}
	return o, true
}

// wordFor is KNET's word for a status that was set without it.
func wordFor(s tap.Status) KNETWord {
	switch s {
	case tap.Captured, tap.Void:
		return tap.KNETCaptured
	case tap.Cancelled, tap.Abandoned, tap.InProgress, tap.Unknown, tap.TimedOut:
		return tap.KNETCanceled
	}
	return tap.KNETNotCaptured
}
