package testkit

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// Merchant is the adapter of the merchant's system that is checked. The system must use the mock's API URL and secret key, and its
// post.url and redirect.url must be addresses that the mock reaches.
type Merchant interface {
	// Checkout places an order, creates its charge, and returns the payment link. An empty link without an error means that nothing
	// is left to pay. After an error it is called again with the same order, as if the payer pressed the button again.
	Checkout(ctx context.Context, o Order) (payURL string, err error)
	// State returns the state of an order.
	State(ctx context.Context, orderID string) (State, error)
}

// Reconciler is a [Merchant] with a job that checks the charges of open and ended orders. A check runs it once at the end of each
// story; it must then not fulfil an order again.
type Reconciler interface {
	Reconcile(ctx context.Context) error
}

// Order is an order that the check places.
type Order struct {
	ID        string // unique; it should become reference.order of the charge
	Amount    string // in KWD, with three decimals
	FirstName string
	Email     string
}

// State is the state of an order in the merchant's system.
type State struct {
	Paid      bool
	Fulfilled int  // how often the goods were delivered
	Refunded  bool // the money was refunded, such as after a late capture when the goods are sold out
}

// CheckOption configures a check.
type CheckOption func(*check)

// Stories plays only the stories whose scenario names contain one of the words, such as webhook/ or forge/replay.
func Stories(words ...string) CheckOption {
	return func(c *check) { c.words = append(c.words, words...) }
}

// FailOnShould makes findings of level should fail the test too.
func FailOnShould() CheckOption { return func(c *check) { c.strict = true } }

// AcknowledgeWithin sets how long the response to a webhook may take, in real time; the default is 2 s.
func AcknowledgeWithin(d time.Duration) CheckOption { return func(c *check) { c.acknowledge = d } }

// WorkWithin sets how long an order may take to become paid after the webhook, in real time, for merchants that respond first and work
// afterwards; the default is 2 s.
func WorkWithin(d time.Duration) CheckOption { return func(c *check) { c.work = d } }

// check is one check of a merchant.
type check struct {
	mock         *Mock
	merchant     Merchant
	words        []string
	strict       bool
	acknowledge  time.Duration
	work         time.Duration
	orders       int
	descriptions map[string]string // of the library's scenarios; nil until the first use
}

// Runner is a test that can run subtests: *testing.T is one.
type Runner[S any] interface {
	TB
	Run(name string, f func(S)) bool
}

// CheckMerchant plays stories against a merchant's system, one for each scenario of the library, and reports each mistake as a
// [Finding]. Each story is a subtest. A finding of level must fails the subtest; one of level should is logged, see [FailOnShould].
//
// All stories use the account of mock. The check freezes and moves its clock, which stays frozen, and chooses its scenarios. A merchant
// may respond to webhooks before its work is done, see [WorkWithin].
func CheckMerchant[S Runner[S]](t S, mock *Mock, m Merchant, opts ...CheckOption) {
	t.Helper()
	c := newCheck(t, mock, m, opts)
	defer c.begin(t)()
	for _, s := range c.stories(t) {
		t.Run(s.Name, func(t S) {
			for _, f := range c.play(t, s) {
				if f.Level == Must || c.strict {
					t.Errorf("%s", f)
				} else {
					t.Logf("%s", f)
				}
			}
		})
	}
}

// InspectMerchant is [CheckMerchant] without subtests: it returns the findings, each code once for a story. It fails the test only if
// the mock fails.
func InspectMerchant(tb TB, mock *Mock, m Merchant, opts ...CheckOption) []Finding {
	tb.Helper()
	c := newCheck(tb, mock, m, opts)
	defer c.begin(tb)()
	var all []Finding
	for _, s := range c.stories(tb) {
		all = append(all, c.play(tb, s)...)
	}
	return all
}

func newCheck(tb TB, mock *Mock, m Merchant, opts []CheckOption) *check {
	c := &check{mock: mock.in(tb), merchant: m, acknowledge: 2 * time.Second, work: 2 * time.Second}
	for _, opt := range opts {
		opt(c)
	}
	return c
}

// in returns the same mock for another test, such as a subtest.
func (m *Mock) in(tb TB) *Mock {
	n := *m
	n.tb = tb
	return &n
}

// begin freezes the clock and sets the check's settings; end restores the settings and the default scenario.
func (c *check) begin(tb TB) (end func()) {
	tb.Helper()
	ctx := tb.Context()
	account, err := c.mock.control.Account(ctx)
	c.mock.check(err)
	before, err := c.mock.control.Settings(ctx)
	c.mock.check(err)
	c.mock.Freeze(time.Time{})
	c.mock.check(c.mock.control.Set(ctx, map[string]string{"webhook_timeout": "5s", "payer": "person"}))
	return func() {
		c.mock.check(c.mock.control.ClearQueue(ctx))
		c.mock.DefaultScenario(account.DefaultScenario)
		c.mock.check(c.mock.control.Set(ctx, map[string]string{"webhook_timeout": before["webhook_timeout"], "payer": before["payer"]}))
	}
}

// stories are the stories that were selected.
func (c *check) stories(tb TB) []story {
	tb.Helper()
	if len(c.words) == 0 {
		return library
	}
	var selected []story
	for _, s := range library {
		for _, word := range c.words {
			if strings.Contains(s.Name, word) {
				selected = append(selected, s)
				break
			}
		}
	}
	if len(selected) == 0 {
		tb.Fatalf("testkit: no story of the check has a scenario name that contains one of %q", c.words)
	}
	return selected
}

// amounts are the amounts of the orders, in turn. Rounding to two decimals, or dropping zeros, changes them.
var amounts = []string{"12.345", "0.500", "1.050", "100.005"}

func (c *check) newOrder() Order {
	c.orders++
	return Order{ID: fmt.Sprintf("check-%d", c.orders), Amount: amounts[c.orders%len(amounts)], FirstName: "Test", Email: "test@example.com"}
}
