package testkit_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/tapmock/tapmock/testkit"
)

// trial is a test that only notes what happens to it, and its subtests.
type trial struct {
	*testing.T
	failed, logged *[]string
}

func (r trial) Errorf(format string, args ...any) {
	*r.failed = append(*r.failed, fmt.Sprintf(format, args...))
}

func (r trial) Logf(format string, args ...any) {
	*r.logged = append(*r.logged, fmt.Sprintf(format, args...))
}

func (r trial) Run(name string, f func(trial)) bool {
	return r.T.Run(name, func(t *testing.T) { f(trial{t, r.failed, r.logged}) })
}

// try checks a flawed shop with one story, and returns what failed the test and what was logged.
func try(t *testing.T, f flaw, story string, opts ...testkit.CheckOption) (failed, logged []string) {
	t.Helper()
	mock := testkit.Start(t)
	r := trial{t, &failed, &logged}
	testkit.CheckMerchant(r, mock, NewShop(t, mock, f), append(opts, testkit.Stories(story))...)
	return failed, logged
}

func TestMustsFailTheTest(t *testing.T) {
	t.Parallel()
	failed, logged := try(t, fulfilsAlways, "webhook/twice")
	if len(failed) != 1 || len(logged) != 0 {
		t.Fatalf("failed %q, logged %q", failed, logged)
	}
	for _, part := range []string{
		"fulfilled-twice (must) in webhook/twice: the order was fulfilled more than once\n",
		"the story: The webhook comes a second time",
		"the merchant: order check-1 over 0.500 KWD: paid, fulfilled 3 times\n",
		"a sound one: lets its database decide",
		"webhook   attempt 1, copy 2 of 2, to http",
		"CAPTURED",
	} {
		if !strings.Contains(failed[0], part) {
			t.Errorf("%q is not in\n%s", part, failed[0])
		}
	}
}

func TestShouldsAreLogged(t *testing.T) {
	t.Parallel()
	if failed, logged := try(t, believesWebhook, "forge/says-captured"); len(failed) != 0 || len(logged) != 1 {
		t.Errorf("failed %q, logged %q", failed, logged)
	}
	if failed, logged := try(t, believesWebhook, "forge/says-captured", testkit.ShouldsFail()); len(failed) != 1 || len(logged) != 0 {
		t.Errorf("strictly: failed %q, logged %q", failed, logged)
	}
}

// TestCheckLeavesTheAccount holds the account's own choices against those after a check.
func TestCheckLeavesTheAccount(t *testing.T) {
	t.Parallel()
	mock := testkit.Start(t, testkit.Set("webhook_timeout", "7s"), testkit.Set("payer", "auto"))
	mock.DefaultScenario("webhook/late")
	mock.Scenarios("scenarios: [{name: shop/refused, description: Every charge., match: {amount: {min: 0.100}}, bank: {code: \"51\"}}]")
	if found := testkit.InspectMerchant(t, mock, NewShop(t, mock), testkit.Stories("outcome/captured", "api/create-slow", "webhook/while-initiated")); len(found) != 0 {
		t.Errorf("found %v", found)
	}
	account, err := mock.Control().Account(t.Context())
	if err != nil || account.DefaultScenario != "webhook/late" || len(account.Queue) != 0 || !account.Frozen {
		t.Errorf("%+v, %v", account, err)
	}
	if s, err := mock.Control().Settings(t.Context()); err != nil || s["webhook_timeout"] != "7s" || s["payer"] != "auto" {
		t.Errorf("webhook_timeout %s, payer %s, %v", s["webhook_timeout"], s["payer"], err)
	}
}

// TestWorkAfterTheAnswer checks a shop that answers first and works afterwards.
func TestWorkAfterTheAnswer(t *testing.T) {
	t.Parallel()
	mock := testkit.Start(t)
	if found := testkit.InspectMerchant(t, mock, NewShop(t, mock, worksAfterwards), testkit.Stories("outcome/captured", "return/never", "webhook/concurrent")); len(found) != 0 {
		t.Errorf("found %v", found)
	}
}

// TestWebhookBeforeFalseReturn checks a shop whose webhook handler is at fault with stories of false returns, which must not be blamed.
func TestWebhookBeforeFalseReturn(t *testing.T) {
	t.Parallel()
	mock := testkit.Start(t)
	found := testkit.InspectMerchant(t, mock, NewShop(t, mock, believesAnyStatus), testkit.Stories("return/claims-captured", "return/other-charge"))
	for _, f := range found {
		if f.Code != testkit.PaidWithoutCapture {
			t.Errorf("found %v", f)
		}
	}
	if len(found) != 2 {
		t.Errorf("%d findings, want one a story", len(found))
	}
}

func TestReasonsAreWhole(t *testing.T) {
	t.Parallel()
	seen := map[testkit.Code]bool{}
	for _, r := range testkit.Reasons() {
		if seen[r.Code] || r.Means == "" || r.Sound == "" || r.Level != testkit.Must && r.Level != testkit.Should {
			t.Errorf("%+v", r)
		}
		seen[r.Code] = true
	}
}
