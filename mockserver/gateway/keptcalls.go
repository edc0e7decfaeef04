package gateway

import (
	"cmp"
	"slices"
	"time"

	"github.com/tapmock/tapmock/mockserver/calls"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// Arrive returns the account's settings and the time on its clock at the arrival of a call, at an instant of real time.
func (a *Account) Arrive(real time.Time) (s *tap.Settings, at time.Time) {
	a.update(func(t *tx) { s, at = t.settings, t.timeline.Clock.Now(real) })
	return s, at
}

// Calls is the log of the account's API calls. It stands beside the state, with a lock of its own, because it is evidence: nothing of
// the account depends on it, and a call that is kept must not delay those that change the account.
func (a *Account) Calls() *calls.Log { return &a.calls }

// Keep keeps an API call, and keeps all logs within the server's limit.
func (a *Account) Keep(d *calls.Draft, took time.Duration) {
	d.Keep(took)
	if a.gw.callBytes.Load() > int64(a.gw.limits.ServerCalls) {
		a.gw.trimCalls()
	}
}

// trimCalls drops the older half of the largest logs until the server is an eighth below its limit, so that it is not needed again after
// each call. While one call does it, others go on.
func (g *Gateway) trimCalls() {
	if !g.trimming.TryLock() {
		return
	}
	defer g.trimming.Unlock()
	enough := int64(g.limits.ServerCalls / 8 * 7)
	for g.callBytes.Load() > enough {
		logs := g.logsBySize()
		if len(logs) == 0 {
			return
		}
		for _, l := range logs {
			if l.log.Halve(); g.callBytes.Load() <= enough || l.bytes < logs[0].bytes/2 {
				break
			}
		}
	}
}

// sizedLog is a log with its size when it was listed.
type sizedLog struct {
	log   *calls.Log
	bytes int
}

// logsBySize lists the logs of all accounts that have kept calls, the largest first.
func (g *Gateway) logsBySize() (all []sizedLog) {
	for _, a := range g.byUse() {
		if n := a.calls.Bytes(); n > 0 {
			all = append(all, sizedLog{&a.calls, n})
		}
	}
	slices.SortStableFunc(all, func(a, b sizedLog) int { return cmp.Compare(b.bytes, a.bytes) })
	return all
}
