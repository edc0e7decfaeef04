package testkit

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/tapmock/tapmock/testkit/verdict"
	"github.com/tapmock/tapmock/testkit/verdict/report"
)

// The types of a check are those of package verdict.
type (
	// Merchant is the system under test, as its adapter shows it: Checkout creates the charge of an order and returns the address of
	// the payment page, State returns the state of an order. A Reconciler has a Reconcile job too.
	Merchant   = verdict.Merchant
	Reconciler = verdict.Reconciler
	Refunder   = verdict.Refunder
	Authorizer = verdict.Authorizer
	Order      = verdict.Order   // an order of the check
	State      = verdict.State   // the state of an order at the merchant
	Result     = verdict.Result  // the verdict
	Finding    = verdict.Finding // one mistake, in all stories in which it showed
	Code       = verdict.Code    // names a mistake, such as trusts-return; see verdict.Reasons
)

// checkOptions are the options of a check.
type checkOptions struct {
	verdict.Config
	failOnShould bool
}

// CheckOption changes a check.
type CheckOption func(*checkOptions)

// Stories plays only the stories whose scenario contains one of the words, such as webhook/ or forge/replay. The environment variable
// TAPMOCK_STORIES does the same, with commas between the words.
func Stories(words ...string) CheckOption {
	return func(o *checkOptions) { o.Config.Stories = append(o.Config.Stories, words...) }
}

// FailOnShould makes findings of level should fail the test too.
func FailOnShould() CheckOption { return func(o *checkOptions) { o.failOnShould = true } }

// AcknowledgeWithin is how long a webhook may wait for its response, in real time. The default is 2 s.
func AcknowledgeWithin(d time.Duration) CheckOption {
	return func(o *checkOptions) { o.Config.AcknowledgeWithin = d }
}

// WorkWithin is how long an order may take to become paid after the merchant got the news, in real time, for merchants that respond first and
// work afterwards. The default is 2 s.
func WorkWithin(d time.Duration) CheckOption {
	return func(o *checkOptions) { o.Config.WorkWithin = d }
}

// ClientTimeoutWithin is how long the merchant may wait for an answer of the API that does not come, in real time. The default is 10 s.
func ClientTimeoutWithin(d time.Duration) CheckOption {
	return func(o *checkOptions) { o.Config.ClientTimeoutWithin = d }
}

// Runner is a test that can run subtests: *testing.T is one.
type Runner[S any] interface {
	TB
	Run(name string, f func(S)) bool
}

// CheckMerchant plays the stories of the library against a merchant and says what is wrong with its integration. Each mistake of level
// must is one failed subtest, named by its code, with its cause, what it costs, the remedy, and the shortest story that shows it.
//
// The merchant is shown to the check by an adapter with two methods:
//
//	type adapter struct{ shop *Shop }
//
//	func (a adapter) Checkout(ctx context.Context, o testkit.Order) (payURL string, err error) {
//		return a.shop.StartPayment(ctx, o.ID, o.Amount, o.FirstName, o.Email) // creates the charge; returns transaction.url
//	}
//	func (a adapter) State(ctx context.Context, orderID string) (testkit.State, error) {
//		o, err := a.shop.Order(ctx, orderID)
//		return testkit.State{Paid: o.Paid, Fulfilled: o.Deliveries, Refunded: o.Refunded}, err
//	}
//
//	func TestIntegration(t *testing.T) {
//		mock := testkit.Start(t)
//		shop := NewShop(mock.APIURL(), mock.Key) // its webhook and return addresses must be reachable from the mock
//		testkit.CheckMerchant(t, mock, adapter{shop})
//	}
//
// With a third method, Reconcile(ctx) error, the stories in which only a reconciliation job can help are played too; with Refund those of
// refunds (see [Refunder]), and with Authorize, Capture and Void those of authorizations (see [Authorizer]). What is missing is skipped, and the
// summary lists it:
//
//	func (a adapter) Refund(ctx context.Context, orderID, amount string) error { return a.shop.GiveBack(ctx, orderID, amount) }
//
// The check has the mock's account to itself: it freezes and moves the clock, and chooses the scenarios; afterwards all is as before, but the
// clock is days ahead. A second check of the same account meanwhile is refused. See [InspectMerchant] for the result as a value.
func CheckMerchant[S Runner[S]](t S, mock *Mock, m Merchant, opts ...CheckOption) {
	t.Helper()
	o := newCheckOptions(mock, m, opts)
	result := o.run(t, mock)
	if result == nil {
		return
	}
	failed := 0
	for _, f := range result.Findings {
		if f.Level != verdict.Must && !o.failOnShould {
			continue
		}
		failed++
		t.Run(string(f.Code), func(t S) {
			t.Helper()
			t.Errorf("%s  alone:    %s", f, replayOf(t)(f.Code, f.Story))
		})
	}
	said := ""
	if failed > 0 {
		said = o.writeReport(t, result)
	}
	t.Logf("tapmock: %s\n%s%s%s", result.Summary(), result.Table(), o.hint(result, failed), said)
}

// replayOf is the command that plays a story alone.
func replayOf(t TB) func(verdict.Code, string) string {
	name := rootName(t.Name())
	return func(_ verdict.Code, story string) string {
		return fmt.Sprintf("TAPMOCK_STORIES='%s' go test -run '^%s$'", story, name)
	}
}

// writeReport writes the page that tapmock check writes, into the directory of the test's artifacts. Without go test -artifacts the
// directory is a temporary one, which the test removes. It returns a line that names the file.
func (o *checkOptions) writeReport(tb TB, result *verdict.Result) string {
	tb.Helper()
	dir, ok := tb.(interface{ ArtifactDir() string })
	if !ok {
		return ""
	}
	meta := report.Meta{Version: "testkit", When: time.Now().Add(-result.Took), App: tb.Name(), Partial: len(o.Config.Stories) > 0, Replay: replayOf(tb)}
	if o.failOnShould {
		meta.FailOn = verdict.Should
	}
	name := filepath.Join(dir.ArtifactDir(), "tapmock-report.html")
	f, err := os.Create(name)
	if err == nil {
		err = errors.Join(report.New(result, meta).WriteHTML(f), f.Close())
	}
	if err != nil {
		tb.Errorf("testkit: the report of the check cannot be written: %v", err)
		return ""
	}
	return "report, which go test -artifacts keeps: " + name + "\n"
}

// hint says how to see what did not fail.
func (o *checkOptions) hint(r *Result, failed int) string {
	if len(r.Findings) == failed {
		return ""
	}
	return "testkit.FailOnShould shows the shoulds in full\n"
}

// InspectMerchant is [CheckMerchant] without subtests: it returns the result, and fails the test only if the check was not possible.
func InspectMerchant(tb TB, mock *Mock, m Merchant, opts ...CheckOption) *Result {
	tb.Helper()
	return newCheckOptions(mock, m, opts).run(tb, mock)
}

func newCheckOptions(mock *Mock, m Merchant, opts []CheckOption) *checkOptions {
	o := &checkOptions{Config: verdict.Config{Mock: mock.control, Key: mock.Key, Merchant: m}}
	for _, opt := range opts {
		opt(o)
	}
	if words := os.Getenv("TAPMOCK_STORIES"); words != "" {
		o.Config.Stories = strings.Split(words, ",")
	}
	return o
}

// run plays the check. A check that was not possible, or that has played nothing, ends the test.
func (o *checkOptions) run(tb TB, mock *Mock) *Result {
	tb.Helper()
	mock.reported.Store(true)
	result, err := verdict.Check(tb.Context(), o.Config)
	switch {
	case err != nil:
		tb.Fatalf("testkit: the check was not possible: %v", err)
	case len(result.Played) == 0:
		tb.Fatalf("testkit: the check played no story: %s", result.Summary())
	default:
		return result
	}
	return nil
}

// rootName is the name of the test of a subtest.
func rootName(name string) string {
	root, _, _ := strings.Cut(name, "/")
	return root
}
