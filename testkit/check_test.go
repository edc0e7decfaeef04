package testkit_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/tapmock/tapmock/testkit"
)

// trial is a test that records its failures and logs, and those of its subtests, without failing.
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

// checkFlawed checks a flawed shop with one story, and returns the failures and the logs.
func checkFlawed(t *testing.T, f flaw, story string, opts ...testkit.CheckOption) (failed, logged []string) {
	t.Helper()
	mock := testkit.Start(t)
	r := trial{t, &failed, &logged}
	testkit.CheckMerchant(r, mock, NewShop(t, mock, f), append(opts, testkit.Stories(story))...)
	return failed, logged
}

func TestMustFindingsFail(t *testing.T) {
	t.Parallel()
	failed, logged := checkFlawed(t, fulfilsAlways, "webhook/twice")
	if len(failed) != 1 || len(logged) != 0 {
		t.Fatalf("failed %q, logged %q", failed, logged)
	}
	for _, part := range []string{
		"fulfilled-twice (must) in webhook/twice: the order was fulfilled more than once\n",
		"\n  scenario: The webhook ",
		"\n  observed: order check-1, 0.500 KWD: paid, fulfilled 3 times\n",
		"\n  remedy:   let the database decide",
		"  webhook  ", "attempt 1, copy 2 of 2, to http",
		"CAPTURED",
	} {
		if !strings.Contains(failed[0], part) {
			t.Errorf("%q is not in\n%s", part, failed[0])
		}
	}
}

func TestShouldFindingsAreLogged(t *testing.T) {
	t.Parallel()
	if failed, logged := checkFlawed(t, trustsWebhook, "forge/says-captured"); len(failed) != 0 || len(logged) != 1 {
		t.Errorf("failed %q, logged %q", failed, logged)
	}
	if failed, logged := checkFlawed(t, trustsWebhook, "forge/says-captured", testkit.FailOnShould()); len(failed) != 1 || len(logged) != 0 {
		t.Errorf("with FailOnShould: failed %q, logged %q", failed, logged)
	}
}

// TestCheckRestoresAccount compares the account's settings and scenarios before and after a check.
func TestCheckRestoresAccount(t *testing.T) {
	t.Parallel()
	mock := testkit.Start(t, testkit.Set("webhook_timeout", "7s"), testkit.Set("payer", "auto"))
	mock.DefaultScenario("webhook/late")
	mock.PutScenarios("scenarios: [{name: shop/refused, description: Every charge., match: {amount: {min: 0.100}}, bank: {code: \"51\"}}]")
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

// TestWorkAfterResponse checks a shop that responds to webhooks first and works afterwards.
func TestWorkAfterResponse(t *testing.T) {
	t.Parallel()
	mock := testkit.Start(t)
	if found := testkit.InspectMerchant(t, mock, NewShop(t, mock, worksAfterResponse), testkit.Stories("outcome/captured", "return/never", "webhook/concurrent")); len(found) != 0 {
		t.Errorf("found %v", found)
	}
}

// TestWebhookBeforeForgedReturn checks a shop with a wrong webhook handler by stories with a forged return: the findings must not name the
// return.
func TestWebhookBeforeForgedReturn(t *testing.T) {
	t.Parallel()
	mock := testkit.Start(t)
	found := testkit.InspectMerchant(t, mock, NewShop(t, mock, trustsAnyStatus), testkit.Stories("return/claims-captured", "return/other-charge"))
	for _, f := range found {
		if f.Code != testkit.PaidWithoutCapture {
			t.Errorf("found %v", f)
		}
	}
	if len(found) != 2 {
		t.Errorf("%d findings, want one for each story", len(found))
	}
}

func TestReasonsAreComplete(t *testing.T) {
	t.Parallel()
	seen := map[testkit.Code]bool{}
	for _, r := range testkit.Reasons() {
		if seen[r.Code] || r.Problem == "" || r.Remedy == "" || r.Level != testkit.Must && r.Level != testkit.Should {
			t.Errorf("%+v", r)
		}
		seen[r.Code] = true
	}
}
