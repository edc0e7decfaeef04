package testkit

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// Merchant is the shop that is checked, as its adapter shows it. It must use the mock's address and key, and send its webhooks and its payers to
// addresses that the mock reaches.
type Merchant interface {
	// Checkout takes an order, creates its charge, and returns the address where the payer pays. No address and no error says that
	// nothing is left to pay. After an error it is called again with the same order, as by a payer who presses the button again.
	Checkout(ctx context.Context, o Order) (payURL string, err error)
	// State says how an order stands.
	State(ctx context.Context, orderID string) (State, error)
}

// Reconciler is a [Merchant] with a job that looks after open and ended orders. A check runs it where a story needs it, and once at the
// end of each story, when it must do no harm.
type Reconciler interface {
	Reconcile(ctx context.Context) error
}

// Order is what somebody wants to buy.
type Order struct {
	ID        string // unlike any other; a charge's reference.order, if the merchant passes it on
	Amount    string // in KWD, with three decimals
	FirstName string
	Email     string
}

// State is how an order stands with the merchant.
type State struct {
	Paid      bool
	Fulfilled int  // how often the goods were given out
	Refunded  bool // the money was given back, as after a late capture when the goods are gone
}

// CheckOption changes a check.
type CheckOption func(*check)

// Stories plays only the stories whose scenario contains one of the words, such as webhook/ or forge/replay.
func Stories(words ...string) CheckOption {
	return func(c *check) { c.words = append(c.words, words...) }
}

// ShouldsFail lets findings of level should fail the test too.
func ShouldsFail() CheckOption { return func(c *check) { c.strict = true } }

// AcknowledgeWithin is how long, in real time, a webhook may wait for its answer; without it 2 s.
func AcknowledgeWithin(d time.Duration) CheckOption { return func(c *check) { c.acknowledge = d } }

// WorkWithin is how long, in real time, an order may take to become paid once the merchant has been told, for merchants that answer
// first and work afterwards; without it 2 s.
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
	descriptions map[string]string // of the library's scenarios; filled when it is needed
}

// Runner is a test that can run subtests: *testing.T is one.
type Runner[S any] interface {
	TB
	Run(name string, f func(S)) bool
}

// CheckMerchant plays the library's stories against a merchant, each as a subtest on one account of the mock, whose clock it freezes and
// moves and whose scenarios it chooses; the clock stays frozen. What it finds at level must fails the subtest; what it finds at level should is logged, see
// [ShouldsFail]. A merchant that answers webhooks before it has done its work is given time, see [WorkWithin].
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

// InspectMerchant is [CheckMerchant] without subtests: it returns what it finds, a code once a story, and fails the test only if the mock does.
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

// in is the same mock for another test, such as a subtest.
func (m *Mock) in(tb TB) *Mock {
	n := *m
	n.tb = tb
	return &n
}

// begin freezes the clock, and returns what takes back the check's own choices.
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

// scripts are those that were asked for.
func (c *check) stories(tb TB) []story {
	tb.Helper()
	if len(c.words) == 0 {
		return library
	}
	var some []story
	for _, s := range library {
		for _, word := range c.words {
			if strings.Contains(s.Name, word) {
				some = append(some, s)
				break
			}
		}
	}
	if len(some) == 0 {
		tb.Fatalf("testkit: no story of the check contains %q", c.words)
	}
	return some
}

// amounts are of orders, in turn: with decimals that get lost.
var amounts = []string{"12.345", "0.500", "1.050", "100.005"}

func (c *check) newOrder() Order {
	c.orders++
	return Order{ID: fmt.Sprintf("check-%d", c.orders), Amount: amounts[c.orders%len(amounts)], FirstName: "Test", Email: "test@example.com"}
}
