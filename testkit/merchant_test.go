package testkit_test

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/testkit"
)

// flaw is something that a shop does wrong on purpose.
type flaw string

const (
	forgetsStatuses    flaw = "takes whatever it has not heard of for paid"
	buriesInProgress   flaw = "takes IN_PROGRESS for failed"
	buriesFailed       flaw = "never looks at a failed order again"
	fulfilsAlways      flaw = "fulfils whenever it is told"
	looksThenFulfils   flaw = "looks whether it has fulfilled, asks, and then fulfils"
	newIdempotent      flaw = "makes a new reference.idempotent for each try"
	looksThenCreates   flaw = "makes a new reference.idempotent for each try, unless the order is paid"
	buriesOrder        flaw = "never tries a failed create again"
	rounds             flaw = "rounds to two decimals"
	hashesTwoDecimals  flaw = "hashes two decimals"
	believesAnyWebhook flaw = "does not verify webhooks"
	believesWebhook    flaw = "verifies webhooks, and never asks"
	isSlow             flaw = "answers webhooks late"
	believesReturn     flaw = "believes the parameters of the return"
	comparesNothing    flaw = "compares the charge with nothing"
	ignoresReturn      flaw = "does nothing on the return"
	ignoresWebhooks    flaw = "does nothing on webhooks"
	knowsOnlyAnswered  flaw = "knows a charge by its create answer only"
	givesUp            flaw = "asks once"
	reconcilesEnded    flaw = "reconciles only what it has heard of"
	cannotReconcile    flaw = "has no Reconcile"
	knowsOnlyPaid      flaw = "knows paid orders only"

	believesAnyStatus flaw = "takes every charge it hears of for paid"
	worksAfterwards   flaw = "answers first and works afterwards, which is none"
)

// slowness is longer than what the test of it allows.
const slowness = 250 * time.Millisecond

// signed verifies a webhook.
func (s *Shop) signed(h http.Header, body []byte) bool {
	switch {
	case s.has(believesAnyWebhook):
		return true
	case !s.has(hashesTwoDecimals):
		return testkit.VerifyWebhook(s.key, h, body) == nil
	}
	x, err := tap.Explain(s.key, body)
	if err != nil {
		return false
	}
	a, _ := tap.ParseAmount(x.Parts[1].Value)
	x.Parts[1].Value = a.Rounded(2).Text(2)
	return tap.HMAC(s.key, []byte(tap.HashInput(x.Parts))) == h.Get("hashstring")
}

// pays reports whether a charge of that status pays an order.
func (s *Shop) pays(status tap.Status) bool {
	if s.has(forgetsStatuses) {
		return !slices.Contains([]tap.Status{tap.Initiated, tap.InProgress, tap.Failed, tap.Cancelled, tap.Abandoned, tap.Void}, status)
	}
	return status == tap.Captured || s.has(believesAnyStatus)
}

// closes reports whether a charge of that status ends an order for good: for a sound shop none does.
func (s *Shop) closes(status tap.Status) bool {
	return s.has(buriesInProgress) && status == tap.InProgress || s.has(buriesFailed) && (status == tap.Failed || status == tap.Cancelled)
}

// limited is a merchant without Reconcile.
type limited struct{ testkit.Merchant }

func TestSoundMerchant(t *testing.T) {
	t.Parallel()
	mock := testkit.Start(t)
	testkit.CheckMerchant(t, mock, NewShop(t, mock), testkit.ShouldsFail())
}

// TestFlawedMerchants has one shop for each flaw, with exactly what is to be found in it.
func TestFlawedMerchants(t *testing.T) {
	t.Parallel()
	declared := map[testkit.Code]bool{}
	for f, want := range map[flaw]string{
		forgetsStatuses:    "paid-without-capture",
		buriesInProgress:   "loses-payment",
		buriesFailed:       "ignores-late-capture",
		fulfilsAlways:      "fulfilled-twice",
		looksThenFulfils:   "fulfilled-twice",
		newIdempotent:      "charges-twice creates-twice",
		looksThenCreates:   "creates-twice",
		buriesOrder:        "no-payment-link",
		rounds:             "wrong-decimals",
		hashesTwoDecimals:  "refuses-genuine-webhook",
		believesAnyWebhook: "trusts-forged-webhook trusts-webhook-alone",
		believesWebhook:    "trusts-webhook-alone",
		isSlow:             "slow-acknowledge",
		believesReturn:     "trusts-redirect",
		comparesNothing:    "takes-another-charge",
		ignoresReturn:      "needs-webhook",
		ignoresWebhooks:    "gives-up-asking loses-payment needs-redirect",
		knowsOnlyAnswered:  "loses-early-webhook",
		givesUp:            "gives-up-asking",
		reconcilesEnded:    "does-not-reconcile",
		cannotReconcile:    "does-not-reconcile ignores-late-capture",
		knowsOnlyPaid:      "state-unknown",
	} {
		for code := range strings.FieldsSeq(want) {
			declared[testkit.Code(code)] = true
		}
		t.Run(string(f), func(t *testing.T) {
			t.Parallel()
			inspectFlawed(t, f, want)
		})
	}
	for _, r := range testkit.Reasons() {
		if !declared[r.Code] {
			t.Errorf("no flawed shop shows %s", r.Code)
		}
	}
}

// inspectFlawed holds what is found in a shop against what is to be found.
func inspectFlawed(t *testing.T, f flaw, want string) {
	t.Helper()
	mock := testkit.Start(t)
	opts := []testkit.CheckOption{testkit.WorkWithin(time.Millisecond)}
	if f == isSlow {
		opts = append(opts, testkit.AcknowledgeWithin(slowness/2), testkit.Stories("webhook/twice"))
	}
	var m testkit.Merchant = NewShop(t, mock, f)
	if f == cannotReconcile {
		m = limited{m}
	}
	codes := map[string]bool{}
	findings := testkit.InspectMerchant(t, mock, m, opts...)
	for _, f := range findings {
		codes[string(f.Code)] = true
	}
	if got := strings.Join(slices.Sorted(maps.Keys(codes)), " "); got != want {
		t.Errorf("found %q, want %q", got, want)
		for _, f := range findings {
			if !strings.Contains(want, string(f.Code)) {
				t.Logf("%s", f)
			}
		}
	}
}

var _ testkit.Reconciler = (*Shop)(nil)
