package testkit_test

import (
	"strings"
	"testing"
	"time"

	"github.com/tapmock/tapmock/testkit"
)

// maxLines bounds what a check prints about one mistake.
const maxLines = 60

// TestPlantedBugs checks shops with one common bug each. Each must fail exactly one subtest, whose first line names the cause, and print
// little.
func TestPlantedBugs(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		flaw      flaw
		reconcile bool
		first     []string
	}{
		"two decimals in the hash":     {hashesTwoDecimals, true, []string{"refuses-genuine-webhook", "two decimals", `HTTP 401 "not signed"`}},
		"webhook credited twice":       {fulfilsAlways, true, []string{"fulfilled-twice", "more than once"}},
		"return trusted":               {trustsReturn, true, []string{"trusts-return", "return alone", "without a GET"}},
		"FAILED taken as paid":         {trustsFailed, true, []string{"paid-without-capture", "while the charge is FAILED"}},
		"amount never compared":        {skipsAmount, true, []string{"ignores-amount", "another amount or currency"}},
		"late capture ignored":         {closesFailed, true, []string{"ignores-late-capture", "captured after it had ended"}},
		"early webhook dropped":        {needsCreateAnswer, false, []string{"loses-early-webhook", "before the answer to the create request"}},
		"retry without idempotency":    {newIdempotent, true, []string{"charges-twice", "charges were captured"}},
		"signature not checked":        {trustsAnyWebhook, true, []string{"trusts-forged-webhook", "missing, wrong or foreign signature"}},
		"another account's key":        {hashesOtherKey, true, []string{"refuses-genuine-webhook", "another key or algorithm", "tapmock hash"}},
		"another order's tap_id taken": {skipsOrder, true, []string{"takes-another-charge", "another order's"}},
		"two decimals at create":       {rounds, true, []string{"wrong-decimals", "the order over 100.005 KWD"}},
		"webhook handler fails":        {failsOnWebhooks, true, []string{"refuses-genuine-webhook", "webhook handler failed", "HTTP 500"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			checkPlanted(t, c.flaw, c.reconcile, c.first)
		})
	}
}

func checkPlanted(t *testing.T, f flaw, reconcile bool, first []string) {
	t.Helper()
	mock := testkit.Start(t)
	var m testkit.Merchant = NewShop(t, mock, f)
	if !reconcile {
		m = limited{m}
	}
	var failed, logged []string
	testkit.CheckMerchant(trial{t, &failed, &logged}, mock, m, testkit.WorkWithin(20*time.Millisecond))
	if len(failed) != 1 {
		t.Fatalf("%d failures:\n%s", len(failed), strings.Join(failed, "\n"))
	}
	headline, _, _ := strings.Cut(failed[0], "\n")
	for _, part := range first {
		if !strings.Contains(headline, part) {
			t.Errorf("the first line lacks %q: %s", part, headline)
		}
	}
	if n := strings.Count(failed[0]+strings.Join(logged, ""), "\n"); n > maxLines {
		t.Errorf("%d lines are printed:\n%s%s", n, failed[0], logged)
	}
}
