package verdict

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/tapmock/tapmock/mockserver/control"
)

// Config says what a check plays. Mock, Key and Merchant are required.
type Config struct {
	Mock     *control.Client // of the account, which the check has to itself
	Key      string          // secret key of the account
	Merchant Merchant

	Stories []string // only the stories whose names are or contain one of these words, such as webhook/ or forge/replay; none means all
	Skip    []string // without the stories whose names are or contain one of these words

	AcknowledgeWithin   time.Duration // how long a webhook may wait for its response, in real time; 0: 2 s
	WorkWithin          time.Duration // how long an order may take to become paid after the merchant got the news, in real time; 0: 2 s
	ClientTimeoutWithin time.Duration // how long the merchant may wait for a slow answer of the API, in real time; 0: 10 s
	Patience            time.Duration // how long one Checkout or one delivery may take, in real time; 0: 20 s, and always more than ClientTimeoutWithin

	OrderPrefix string // of the orders' ids, which a shop must not know from an earlier check; "": check
	Preflight   bool   // whether an ordinary order is paid first, to see that the stories can be judged; the error of Check names the step that failed

	Begin    func(story string, n, all int) // called before each story, the n-th from 1; nil: not
	Progress func(Played)                   // called after each story; nil: not
}

// check is one check of a merchant.
type check struct {
	Config
	http   *http.Client
	orders int
	lost   int           // stories so far in which the whole WorkWithin was waited for nothing
	worked time.Duration // longest wait so far after which an order was paid
}

// Check plays the stories against a merchant. The error says why it could not: a word that fits no story, a mock that cannot be reached, or
// another check that has the account; that one is a [*control.Error] with Status 409. Afterwards, also if the process is killed, the account's
// settings, default scenarios and gates are as before, its queue is empty, and its clock runs again, days ahead, if it ran before.
func Check(ctx context.Context, config Config) (*Result, error) {
	stories, err := chosen(config.Stories, config.Skip)
	if err != nil {
		return nil, err
	}
	if config.Mock == nil || config.Merchant == nil {
		return nil, errors.New("a check needs a mock and a merchant")
	}
	c := newCheck(config)
	defer c.http.CloseIdleConnections()
	lease, err := c.begin(ctx)
	if err != nil {
		return nil, err
	}
	playing, stop := lease.Context(ctx)
	defer stop()
	began, r := time.Now(), &Result{}
	if config.Preflight {
		err = c.preflight(playing)
	}
	if err == nil {
		err = c.playAll(playing, stories, r)
	}
	r.conclude()
	if err == nil {
		err = c.diagnose(playing, r)
	}
	r.Took = time.Since(began)
	return r, c.end(ctx, lease, err)
}

func newCheck(config Config) *check {
	c := &check{Config: config}
	c.AcknowledgeWithin = cmp.Or(c.AcknowledgeWithin, 2*time.Second)
	c.OrderPrefix = cmp.Or(c.OrderPrefix, "check")
	c.WorkWithin = cmp.Or(c.WorkWithin, 2*time.Second)
	c.ClientTimeoutWithin = cmp.Or(c.ClientTimeoutWithin, 10*time.Second)
	c.Patience = max(cmp.Or(c.Patience, 20*time.Second), 2*c.ClientTimeoutWithin)
	c.http = &http.Client{Transport: &http.Transport{}, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return c
}

// begin gets the account for the check, makes the check's settings and freezes the clock.
func (c *check) begin(ctx context.Context) (*control.Check, error) {
	lease, err := c.Mock.BeginCheck(ctx)
	if refused, ok := errors.AsType[*control.Error](err); ok && refused.Status == http.StatusConflict {
		return nil, fmt.Errorf("the account is not free for a check: %w", err)
	}
	if err != nil {
		return nil, err
	}
	err = c.Mock.Set(ctx, map[string]string{"webhook_timeout": "5s", "payer": "person", "journal_requests": "true"})
	if err == nil {
		_, err = c.Mock.Freeze(ctx, time.Time{})
	}
	if err != nil {
		return nil, c.end(ctx, lease, err)
	}
	return lease, nil
}

// endWithin is how long the mock may take to restore the account, in real time. It is more than the mock's own bounds.
const endWithin = 30 * time.Second

// end gives the account back, and returns the error of the check. If the account was taken from the check, every other error follows from that.
func (c *check) end(ctx context.Context, lease *control.Check, err error) error {
	bound, stop := context.WithTimeout(context.WithoutCancel(ctx), endWithin)
	defer stop()
	_, ended := lease.End(bound)
	if lost := lease.Err(); lost != nil {
		_ = c.Mock.ClearQueue(bound) // of what the check queued before it knew
		return lost
	}
	return errors.Join(err, ended)
}

// playAll plays the stories one after another.
func (c *check) playAll(ctx context.Context, stories []story, r *Result) error {
	for i := range stories {
		s := &stories[i]
		if missing := c.lacks(s); missing != "" {
			r.NotPlayed = append(r.NotPlayed, NotPlayed{s.Name, "the merchant has no " + missing})
			continue
		}
		if c.Begin != nil {
			c.Begin(s.Name, i+1, len(stories))
		}
		began := time.Now()
		found, flaky, err := c.playTwice(ctx, s)
		if err != nil {
			return fmt.Errorf("story %s: %w", s.Name, err)
		}
		r.add(found, flaky)
		r.Played = append(r.Played, played(s, found, flaky, time.Since(began)))
		if c.Progress != nil {
			c.Progress(r.Played[len(r.Played)-1])
		}
	}
	return nil
}

// lacks names the method that a story needs and the merchant does not have, "" if it has all.
func (c *check) lacks(s *story) string {
	if _, refunds := ability[Refunder](c.Merchant, "Refund"); s.Giving != nil && !refunds {
		return "Refund"
	}
	if _, holds := ability[Authorizer](c.Merchant, "Authorize"); s.Holding != nil && !holds {
		return "Authorize"
	}
	if _, reconciles := ability[Reconciler](c.Merchant, "Reconcile"); s.Reconcile && !reconciles {
		return "Reconcile"
	}
	return ""
}

// playTwice plays a story, and again if anything was found: what does not show twice is flaky.
func (c *check) playTwice(ctx context.Context, s *story) (found, flaky []Finding, err error) {
	first, err := c.play(ctx, s, false)
	if err != nil || len(first) == 0 {
		return nil, nil, err
	}
	second, err := c.play(ctx, s, slices.ContainsFunc(first, isUnpaid))
	if err != nil {
		return nil, nil, err
	}
	for _, f := range second {
		if slices.ContainsFunc(first, f.confirms) {
			found = append(found, f)
		} else {
			flaky = append(flaky, f)
		}
	}
	for _, f := range first {
		if !slices.ContainsFunc(found, func(g Finding) bool { return g.confirms(f) }) {
			flaky = append(flaky, f)
		}
	}
	return found, flaky, nil
}

// isUnpaid reports whether the finding is an order that was taken for paid. When such a story is played again, the return waits, so that
// the check sees whether the webhook or the return made the order paid.
func isUnpaid(f Finding) bool {
	return slices.Contains([]Code{PaidWithoutCapture, TrustsReturn, TakesAnotherCharge, IgnoresAmount, TrustsWebhookAlone}, f.Code)
}

// confirms reports whether the finding shows again what another run of the story has shown.
func (f Finding) confirms(first Finding) bool {
	return f.Code == first.Code || f.Code == TrustsReturn && isUnpaid(first)
}

// amounts are those of the stories' orders: with decimals that are easily lost.
var amounts = []string{"12.345", "0.500", "1.050", "100.005"}

// amount is that of the story's order: the same whenever it is played, also alone.
func (s *story) amount() string {
	i := slices.IndexFunc(library, func(one story) bool { return one.Name == s.Name })
	return amounts[max(i, 0)%len(amounts)]
}

// newOrder is the next order.
func (c *check) newOrder(amount string) Order {
	c.orders++
	return Order{ID: fmt.Sprintf("%s-%d", c.OrderPrefix, c.orders), Amount: amount, FirstName: "Test", Email: "test@example.com"}
}
