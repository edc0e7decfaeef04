package gateway

import (
	"testing"
	"time"

	"github.com/tapmock/tapmock/scenarios"
)

// TestDecideRetry goes through all kinds of webhooks, results and numbers of attempts.
func TestDecideRetry(t *testing.T) {
	setting := []time.Duration{time.Second, 5 * time.Second}
	own := scenarios.Retries{Set: true, Waits: []time.Duration{time.Minute}}
	never := scenarios.Retries{Set: true}
	for _, c := range []struct {
		name    string
		webhook scenarios.Webhook
		ok      bool
		attempt int
		want    verdict
		wait    time.Duration
	}{
		{"acknowledged", scenarios.Webhook{}, true, 1, acknowledged, 0},
		{"acknowledged late", scenarios.Webhook{}, true, 3, acknowledged, 0},
		{"first failure", scenarios.Webhook{}, false, 1, retries, time.Second},
		{"second failure", scenarios.Webhook{}, false, 2, retries, 5 * time.Second},
		{"last failure", scenarios.Webhook{}, false, 3, givenUp, 0},
		{"own retries", scenarios.Webhook{Retries: own}, false, 1, retries, time.Minute},
		{"own retries, last failure", scenarios.Webhook{Retries: own}, false, 2, givenUp, 0},
		{"no retries", scenarios.Webhook{Retries: never}, false, 1, givenUp, 0},
		{"forged, acknowledged", scenarios.Webhook{Forge: scenarios.WrongKey}, true, 1, rests, 0},
		{"forged, refused", scenarios.Webhook{Forge: scenarios.WrongKey}, false, 1, rests, 0},
		{"forged with retries", scenarios.Webhook{Forge: scenarios.WrongKey, Retries: own}, false, 1, retries, time.Minute},
		{"forged with retries, last failure", scenarios.Webhook{Forge: scenarios.WrongKey, Retries: own}, false, 2, rests, 0},
	} {
		if got, wait := decideRetry(&c.webhook, c.ok, c.attempt, setting); got != c.want || wait != c.wait {
			t.Errorf("%s: %d after %s, want %d after %s", c.name, got, wait, c.want, c.wait)
		}
	}
}
