package testkit_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/testkit"
	"github.com/tapmock/tapmock/testkit/verdict"
)

// flaw is an intended mistake of a shop.
type flaw string

const (
	trustsUnknown     flaw = "treats unknown statuses as paid"
	trustsFailed      flaw = "treats FAILED as paid"
	closesInProgress  flaw = "treats IN_PROGRESS as failed"
	closesFailed      flaw = "never checks a failed order again"
	fulfilsAlways     flaw = "fulfils after each webhook and return"
	checksThenFulfils flaw = "checks whether the order is fulfilled, calls GET, and then fulfils"
	newIdempotent     flaw = "creates a new reference.idempotent for each attempt"
	checksThenCreates flaw = "creates a new reference.idempotent for each attempt, unless the order is paid"
	closesOrder       flaw = "never repeats a failed create"
	rounds            flaw = "rounds to two decimals"
	hashesTwoDecimals flaw = "computes hashstring with two decimals"
	hashesOtherKey    flaw = "verifies with another account's key"
	failsOnWebhooks   flaw = "fails on each webhook"
	trustsAnyWebhook  flaw = "does not verify webhooks"
	trustsWebhook     flaw = "verifies webhooks, but never calls GET"
	isSlow            flaw = "responds to webhooks late"
	trustsParameters  flaw = "trusts the parameters of the return"
	trustsReturn      flaw = "fulfils at the return without GET"
	skipsAmount       flaw = "does not compare the amount"
	skipsOrder        flaw = "does not compare reference.order"
	takesNamedOrder   flaw = "takes the order that GET names for the one of the return"
	ignoresReturn     flaw = "does nothing on the return"
	ignoresWebhooks   flaw = "does nothing on webhooks"
	needsCreateAnswer flaw = "finds a charge only by its create answer"
	givesUp           flaw = "calls GET once"
	reconcilesEnded   flaw = "reconciles only charges whose end it has seen"
	keepsOnlyPaid     flaw = "keeps only paid orders"
	hasNoTimeout      flaw = "has no timeout for the API"

	trustsAnyStatus    flaw = "treats every charge as paid"
	worksAfterResponse flaw = "responds first and works afterwards, which is not a mistake"
	refusesEarly       flaw = "responds with 500 until it knows the charge, which is not a mistake"
)

// slowness is how long the slow shop takes to respond; its test allows half of it.
const slowness = 250 * time.Millisecond

// signed verifies a webhook: one of its signatures must be right. It does not use VerifyWebhook, which looks for the cause of a wrong one.
func (s *Shop) signed(h http.Header, body []byte) bool {
	key := s.key
	switch {
	case s.has(trustsAnyWebhook):
		return true
	case s.has(hashesOtherKey):
		key = "sk_test_of_another_account"
	}
	x, err := tap.Explain(key, body)
	if err != nil {
		return false
	}
	if s.has(hashesTwoDecimals) {
		a, _ := tap.ParseAmount(x.Parts[1].Value)
		x.Parts[1].Value = a.Rounded(2).Text(2)
		return tap.HMAC(key, []byte(tap.HashInput(x.Parts))) == h.Get("hashstring")
	}
	return h.Get("hashstring") == x.Signatures.HashString && (h.Get("hash") == "" || h.Get("hash") == x.Signatures.Hash)
}

// pays reports whether a charge with this status pays an order.
func (s *Shop) pays(status tap.Status) bool {
	if s.has(trustsUnknown) {
		return !slices.Contains([]tap.Status{tap.Initiated, tap.InProgress, tap.Failed, tap.Cancelled, tap.Abandoned, tap.Void}, status)
	}
	return status == tap.Captured || s.has(trustsAnyStatus) || s.has(trustsFailed) && status == tap.Failed
}

// closes reports whether a charge with this status closes the order forever. Without a flaw no status does.
func (s *Shop) closes(status tap.Status) bool {
	return s.has(closesInProgress) && status == tap.InProgress || (s.has(closesFailed) || s.has(claimsRefunds)) && (status == tap.Failed || status == tap.Cancelled)
}

// backFlaws are those of a shop that refunds or authorizes.
var backFlaws = []flaw{refundsAnew, trustsRefundAnswer, trustsPending, ignoresRefusal, refundsAll, waitsForRefundHook, ignoresRefundHooks, refundsNothing, claimsRefunds,
	refundsPaid, deliversHeld, trustsCapture, trustsLargeTake, trustsLateTake, capturesNothing}

// limited is a merchant without Reconcile, Refund and Authorize.
type limited struct{ testkit.Merchant }

// flawed has the codes of each flaw: in a shop with a reconciliation job, in one without; and the shortest story that shows it.
var flawed = map[flaw]struct{ with, without, story string }{
	trustsUnknown:     {"paid-without-capture", "paid-without-capture", "outcome/timed-out"},
	trustsFailed:      {"paid-without-capture", "paid-without-capture", "return/other-charge"},
	closesInProgress:  {"loses-payment", "loses-payment", "late/in-progress"},
	closesFailed:      {"ignores-late-capture", "ignores-late-capture", "late/captured-after-failure"},
	fulfilsAlways:     {"fulfilled-twice", "fulfilled-twice", "payer/before-answer"},
	checksThenFulfils: {"fulfilled-twice", "fulfilled-twice", "webhook/with-return"},
	newIdempotent:     {"charges-twice", "charges-twice", "api/create-lost + payer/before-answer"},
	checksThenCreates: {"creates-twice", "creates-twice", "api/create-lost"},
	closesOrder:       {"no-payment-link", "no-payment-link", "api/create-refused"},
	rounds:            {"wrong-decimals", "wrong-decimals", "payer/abandons"},
	hashesTwoDecimals: {"refuses-genuine-webhook", "refuses-genuine-webhook", "webhook/no-retry"},
	hashesOtherKey:    {"refuses-genuine-webhook", "refuses-genuine-webhook", "webhook/no-retry"},
	failsOnWebhooks:   {"refuses-genuine-webhook", "refuses-genuine-webhook", "webhook/no-retry"},
	trustsAnyWebhook:  {"trusts-forged-webhook", "trusts-forged-webhook", "forge/no-signature"},
	trustsWebhook:     {"trusts-webhook-alone", "trusts-webhook-alone", "forge/another-order"},
	isSlow:            {"slow-acknowledge", "slow-acknowledge", "webhook/twice"},
	trustsParameters:  {"trusts-return", "trusts-return", "return/claims-captured"},
	trustsReturn:      {"trusts-return", "trusts-return", "api/get-another-amount"},
	skipsAmount:       {"ignores-amount", "ignores-amount", "api/get-another-amount"},
	skipsOrder:        {"takes-another-charge", "takes-another-charge", "return/other-charge"},
	takesNamedOrder:   {"takes-another-charge", "takes-another-charge", "api/get-another-order"},
	ignoresReturn:     {"pays-late", "needs-webhook", "webhook/never"},
	ignoresWebhooks:   {"pays-late", "needs-return", "return/never"},
	needsCreateAnswer: {"pays-late", "loses-early-webhook", "payer/before-answer"},
	givesUp:           {"pays-late", "gives-up-asking", "api/get-down"},
	reconcilesEnded:   {"does-not-reconcile", "", "webhook/never + return/never"},
	keepsOnlyPaid:     {"state-unknown", "state-unknown", "payer/never-opens"},
	hasNoTimeout:      {"no-timeout", "no-timeout", "api/create-slow"},

	refundsAnew:        {"refunds-twice", "", "refund/create-lost"},
	trustsRefundAnswer: {"takes-failed-refund", "", "refund/declined"},
	trustsPending:      {"takes-pending-refund", "", "refund/in-time"},
	ignoresRefusal:     {"takes-refused-refund", "", "refund/too-much"},
	refundsAll:         {"refunds-uncaptured", "", "refund/unpaid"},
	waitsForRefundHook: {"needs-refund-webhook", "", "refund/webhook-never"},
	ignoresRefundHooks: {"loses-refund", "", "refund/in-time"},
	refundsNothing:     {"no-refund", "", "refund/in-time"},
	claimsRefunds:      {"claims-refund", "claims-refund", "late/captured-after-cancel"},
	refundsPaid:        {"refunds-and-fulfils", "refunds-and-fulfils", "late/captured-after-cancel"},

	deliversHeld:    {"delivers-on-authorized", "", "authorization/captured"},
	trustsCapture:   {"captures-after-void", "", "authorization/voided"},
	trustsLargeTake: {"captures-more", "", "authorization/too-much"},
	trustsLateTake:  {"ignores-void", "", "authorization/too-much"},
	capturesNothing: {"loses-capture", "", "authorization/captured"},

	worksAfterResponse: {story: "payer/before-answer"},
	refusesEarly:       {story: "payer/before-answer"},
}

func TestMerchantWithoutFlaws(t *testing.T) {
	t.Parallel()
	mock := testkit.Start(t)
	testkit.CheckMerchant(t, mock, NewShop(t, mock), testkit.FailOnShould())
}

// TestFlawedMerchants checks a shop for each flaw, and expects exactly its code; and one without Reconcile, if it has another.
func TestFlawedMerchants(t *testing.T) {
	t.Parallel()
	declared := map[testkit.Code]bool{}
	for f, want := range flawed {
		for _, code := range []string{want.with, want.without} {
			declared[testkit.Code(code)] = true
		}
		t.Run(string(f), func(t *testing.T) {
			t.Parallel()
			stories := stories(f, want.story)
			inspectFlawed(t, f, want.with, false, stories)
			if want.without != want.with {
				inspectFlawed(t, f, want.without, true, stories)
			}
		})
	}
	for _, r := range verdict.Reasons() {
		if !declared[r.Code] {
			t.Errorf("no flawed shop has the code %s", r.Code)
		}
	}
}

// stories are those that a flawed shop is played: under the race detector, with which the whole library for each flaw takes minutes, only the
// one that shows the flaw and one without any fault; otherwise all in which it could be seen.
func stories(f flaw, shown string) testkit.CheckOption {
	switch {
	case f == isSlow:
		return testkit.Stories("webhook/twice")
	case underRace:
		return testkit.Stories("outcome/captured", shown)
	case slices.Contains(backFlaws, f): // the other stories see nothing of it
		return testkit.Stories("refund/", "authorization/", "late/", "outcome/captured", "webhook/twice")
	}
	return testkit.Stories()
}

// inspectFlawed compares the codes found in a shop with the expected ones.
func inspectFlawed(t *testing.T, f flaw, want string, without bool, stories testkit.CheckOption) {
	t.Helper()
	mock := testkit.Start(t)
	opts := []testkit.CheckOption{stories, testkit.WorkWithin(20 * time.Millisecond), testkit.ClientTimeoutWithin(2 * time.Second)}
	if f == isSlow {
		opts = append(opts, testkit.AcknowledgeWithin(slowness/2))
	}
	if f == worksAfterResponse {
		opts = append(opts, testkit.WorkWithin(2*time.Second))
	}
	var m testkit.Merchant = NewShop(t, mock, f)
	if without {
		m = limited{m}
	}
	result := testkit.InspectMerchant(t, mock, m, opts...)
	var codes []string
	for _, f := range result.Findings {
		codes = append(codes, string(f.Code))
	}
	if got := strings.Join(codes, " "); got != want || len(result.Flaky) > 0 {
		t.Errorf("Reconcile %t: found %q, want %q; flaky %v\n%s", !without, got, want, result.Flaky, result)
	}
}

var _ testkit.Reconciler = (*Shop)(nil)
