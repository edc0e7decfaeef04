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

// flaw is an intended mistake of a shop.
type flaw string

const (
	trustsUnknown     flaw = "treats unknown statuses as paid"
	closesInProgress  flaw = "treats IN_PROGRESS as failed"
	closesFailed      flaw = "never checks a failed order again"
	fulfilsAlways     flaw = "fulfils after each webhook and return"
	checksThenFulfils flaw = "checks whether the order is fulfilled, calls GET, and then fulfils"
	newIdempotent     flaw = "creates a new reference.idempotent for each attempt"
	checksThenCreates flaw = "creates a new reference.idempotent for each attempt, unless the order is paid"
	closesOrder       flaw = "never repeats a failed create"
	rounds            flaw = "rounds to two decimals"
	hashesTwoDecimals flaw = "computes hashstring with two decimals"
	trustsAnyWebhook  flaw = "does not verify webhooks"
	trustsWebhook     flaw = "verifies webhooks, but never calls GET"
	isSlow            flaw = "responds to webhooks late"
	trustsReturn      flaw = "trusts the parameters of the return"
	skipsComparison   flaw = "does not compare the charge with the order"
	ignoresReturn     flaw = "does nothing on the return"
	ignoresWebhooks   flaw = "does nothing on webhooks"
	needsCreateAnswer flaw = "finds a charge only by its create answer"
	givesUp           flaw = "calls GET once"
	reconcilesEnded   flaw = "reconciles only charges whose end it has seen"
	cannotReconcile   flaw = "has no Reconcile"
	keepsOnlyPaid     flaw = "keeps only paid orders"

	trustsAnyStatus    flaw = "treats every charge as paid"
	worksAfterResponse flaw = "responds first and works afterwards, which is not a mistake"
)

// slowness is how long the slow shop takes to respond; its test allows half of it.
const slowness = 250 * time.Millisecond

// signed verifies a webhook.
func (s *Shop) signed(h http.Header, body []byte) bool {
	switch {
	case s.has(trustsAnyWebhook):
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

// pays reports whether a charge with this status pays an order.
func (s *Shop) pays(status tap.Status) bool {
	if s.has(trustsUnknown) {
		return !slices.Contains([]tap.Status{tap.Initiated, tap.InProgress, tap.Failed, tap.Cancelled, tap.Abandoned, tap.Void}, status)
	}
	return status == tap.Captured || s.has(trustsAnyStatus)
}

// closes reports whether a charge with this status closes the order forever. Without a flaw no status does.
func (s *Shop) closes(status tap.Status) bool {
	return s.has(closesInProgress) && status == tap.InProgress || s.has(closesFailed) && (status == tap.Failed || status == tap.Cancelled)
}

// limited is a merchant without Reconcile.
type limited struct{ testkit.Merchant }

func TestMerchantWithoutFlaws(t *testing.T) {
	t.Parallel()
	mock := testkit.Start(t)
	testkit.CheckMerchant(t, mock, NewShop(t, mock), testkit.FailOnShould())
}

// TestFlawedMerchants checks one shop for each flaw, and expects exactly its codes.
func TestFlawedMerchants(t *testing.T) {
	t.Parallel()
	declared := map[testkit.Code]bool{}
	for f, want := range map[flaw]string{
		trustsUnknown:     "paid-without-capture",
		closesInProgress:  "loses-payment",
		closesFailed:      "ignores-late-capture",
		fulfilsAlways:     "fulfilled-twice",
		checksThenFulfils: "fulfilled-twice",
		newIdempotent:     "charges-twice creates-twice",
		checksThenCreates: "creates-twice",
		closesOrder:       "no-payment-link",
		rounds:            "wrong-decimals",
		hashesTwoDecimals: "refuses-genuine-webhook",
		trustsAnyWebhook:  "trusts-forged-webhook trusts-webhook-alone",
		trustsWebhook:     "trusts-webhook-alone",
		isSlow:            "slow-acknowledge",
		trustsReturn:      "trusts-return",
		skipsComparison:   "takes-another-charge",
		ignoresReturn:     "needs-webhook",
		ignoresWebhooks:   "gives-up-asking loses-payment needs-return",
		needsCreateAnswer: "loses-early-webhook",
		givesUp:           "gives-up-asking",
		reconcilesEnded:   "does-not-reconcile",
		cannotReconcile:   "does-not-reconcile ignores-late-capture",
		keepsOnlyPaid:     "state-unknown",
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
			t.Errorf("no flawed shop has the finding %s", r.Code)
		}
	}
}

// inspectFlawed compares the codes that are found in a shop with the expected ones.
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
