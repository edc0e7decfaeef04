package testkit_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/tapmock/tapmock/testkit"
	"github.com/tapmock/tapmock/testkit/verdict"
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
	if len(failed) != 1 || len(logged) != 1 {
		t.Fatalf("failed %q, logged %q", failed, logged)
	}
	for _, part := range []string{
		"fulfilled-twice (must, 1 story): the order was fulfilled more than once: the order is paid, fulfilled 3 times\n",
		"\n  cost:     the merchant loses the goods\n",
		"\n  remedy:   let the database decide",
		"\n  stories:  webhook/twice\n",
		"\n  example:  webhook/twice, order check-2 over 1.050 KWD: The webhook ",
		"  webhook  ", "attempt 1, copy 2 of 2, to http",
		"CAPTURED",
		"alone:    TAPMOCK_STORIES='webhook/twice' go test -run '^TestMustFindingsFail$'",
	} {
		if !strings.Contains(failed[0], part) {
			t.Errorf("%q is not in\n%s", part, failed[0])
		}
	}
	if !strings.HasPrefix(logged[0], "tapmock: 1 story played in ") || !strings.Contains(logged[0], "1 must, 0 shoulds\n  fulfilled-twice          must    1 story") {
		t.Errorf("logged %s", logged[0])
	}
	_, path, _ := strings.Cut(strings.TrimSpace(logged[0]), "report, which go test -artifacts keeps: ")
	if page, err := os.ReadFile(path); err != nil || !strings.HasPrefix(path, t.ArtifactDir()) || !strings.Contains(string(page), "fulfilled-twice") {
		t.Errorf("the report %q: %v\n%.200s", path, err, page)
	}
}

func TestShouldFindingsAreLogged(t *testing.T) {
	t.Parallel()
	failed, logged := checkFlawed(t, trustsWebhook, "forge/says-captured")
	if len(failed) != 0 || len(logged) != 1 || !strings.Contains(logged[0], "0 musts, 1 should (trusts-webhook-alone)") || !strings.Contains(logged[0], "FailOnShould") {
		t.Errorf("failed %q, logged %q", failed, logged)
	}
	if failed, _ := checkFlawed(t, trustsWebhook, "forge/says-captured", testkit.FailOnShould()); len(failed) != 1 {
		t.Errorf("with FailOnShould: failed %q", failed)
	}
}

// TestCheckRestoresAccount compares the account's settings and scenarios before and after a check.
func TestCheckRestoresAccount(t *testing.T) {
	t.Parallel()
	mock := testkit.Start(t, testkit.Set("webhook_timeout", "7s"), testkit.Set("payer", "auto"))
	mock.DefaultScenario("webhook/late")
	mock.PutScenarios("scenarios: [{name: shop/refused, description: Every charge., match: {amount: {min: 0.100}}, bank: {code: \"51\"}}]")
	if r := testkit.InspectMerchant(t, mock, NewShop(t, mock), testkit.Stories("outcome/captured", "api/create-slow", "webhook/while-initiated")); len(r.Findings) != 0 || len(r.Played) != 3 {
		t.Errorf("%s", r)
	}
	account, err := mock.Control().Account(t.Context())
	if err != nil || account.DefaultScenario != "webhook/late" || len(account.Queue) != 0 || account.Frozen {
		t.Errorf("%+v, %v", account, err)
	}
	if s, err := mock.Control().Settings(t.Context()); err != nil || s["webhook_timeout"] != "7s" || s["payer"] != "auto" {
		t.Errorf("webhook_timeout %s, payer %s, %v", s["webhook_timeout"], s["payer"], err)
	}
}

// TestWebhookBeforeForgedReturn checks a shop with a wrong webhook handler by stories with a forged return: the findings must not name the
// return.
func TestWebhookBeforeForgedReturn(t *testing.T) {
	t.Parallel()
	mock := testkit.Start(t)
	r := testkit.InspectMerchant(t, mock, NewShop(t, mock, trustsAnyStatus), testkit.Stories("return/claims-captured", "return/other-charge"))
	if len(r.Findings) != 1 || r.Findings[0].Code != verdict.PaidWithoutCapture || len(r.Findings[0].Stories) != 2 {
		t.Errorf("%s", r)
	}
}
