package gateway

import (
	"time"

	"github.com/tapmock/tapmock/scenarios"
)

// verdict is what follows from an attempt of a webhook.
type verdict uint8

const (
	rests        verdict = iota // nothing
	acknowledged                // post.status is SUCCESS
	retries                     // another attempt comes
	givenUp                     // post.status is ERROR
)

// decideRetry is the retry policy. A webhook that is forged or a replay changes nothing, and is repeated only if its step says so. waits
// are the times between attempts; the default ones are those of the setting webhook_retries.
func decideRetry(w *scenarios.Webhook, ok bool, attempt int, setting []time.Duration) (v verdict, wait time.Duration) {
	genuine, waits := w.Genuine(), setting
	if w.Retries.Set || !genuine {
		waits = w.Retries.Waits
	}
	switch {
	case ok && genuine:
		return acknowledged, 0
	case ok:
		return rests, 0
	case attempt <= len(waits):
		return retries, waits[attempt-1]
	case genuine:
		return givenUp, 0
	}
	return rests, 0
}
