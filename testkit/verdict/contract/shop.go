package contract

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/testkit/verdict"
)

// Shop is a merchant's shop that keeps the contract. It is a [verdict.Merchant], and has the optional calls that [Config] has and [Shop.Probe]
// has found.
type Shop struct {
	config  *Config
	timeout time.Duration
	http    *http.Client
	values  values // key and base_url

	mu      sync.Mutex
	missing map[string]string // optional calls that the shop does not have, and what it answered
	amounts map[string]string // of the orders, by their ids
}

// Options say where the mock is, and what may be checked.
type Options struct {
	Key        string   // secret key of the account, for shops that take it with each order
	BaseURL    string   // address of the mock's API, such as http://127.0.0.1:8080/v2
	AllowHosts []string // names of hosts that are not in production, besides those of [CheckHost]
}

// New returns a shop. The error says what is wrong in the configuration, or that an address may be one of a shop in production.
func New(c *Config, o Options) (*Shop, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	addresses, err := c.addresses()
	if err != nil {
		return nil, err
	}
	for _, u := range addresses {
		if err := CheckHost(u.Hostname(), o.AllowHosts); err != nil {
			return nil, err
		}
	}
	transport := &http.Transport{DisableKeepAlives: true} // a shop may close a connection that another call is about to use
	follow := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &Shop{config: c, timeout: cmp.Or(c.Timeout, 20*time.Second), http: &http.Client{Transport: transport, CheckRedirect: follow},
		values: values{"key": o.Key, "base_url": o.BaseURL}, missing: map[string]string{}, amounts: map[string]string{}}, nil
}

// With is the same shop for another account, if it takes the key with each checkout.
func (s *Shop) With(key string) *Shop {
	other := &Shop{config: s.config, timeout: s.timeout, http: s.http, values: values{"key": key, "base_url": s.values["base_url"]}, amounts: map[string]string{}}
	s.mu.Lock()
	other.missing = maps.Clone(s.missing)
	s.mu.Unlock()
	return other
}

// Has reports whether the shop has a method of the optional interfaces of package verdict.
func (s *Shop) Has(method string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, one := range s.config.calls() {
		if strings.EqualFold(one.name, method) {
			return one.call != nil && s.missing[one.name] == ""
		}
	}
	return false
}

// Probe tries out which optional calls of the default contract the shop has. Reconcile is run; the others are called without an order, which
// a shop that has them may refuse in any way, or even break the connection.
func (s *Shop) Probe(ctx context.Context) error {
	_, err := s.do(ctx, "the shop at "+s.config.Name(), s.config.Order, s.of("check-none", "0.100"))
	if broken, ok := errors.AsType[*verdict.BrokenError](err); err != nil && !(ok && broken.Came == closed) || !s.config.probe {
		return err
	}
	for _, one := range s.config.calls() {
		if one.name == "checkout" || one.name == "order" {
			continue
		}
		call := *one.call
		call.JSON = map[string]any{}
		a, err := s.do(ctx, "the call "+one.call.Request+" of the contract", &call, s.values)
		if broken, ok := errors.AsType[*verdict.BrokenError](err); ok && broken.Came == closed {
			continue
		}
		if err != nil {
			return err
		}
		if isMissing(a) {
			s.mu.Lock()
			s.missing[one.name] = a.String()
			s.mu.Unlock()
		}
	}
	return nil
}

// isMissing reports whether an answer is that of a shop without the call. A page that answers every address is one too.
func isMissing(a *answer) bool {
	_, err := a.parsed()
	page := a.status == http.StatusOK && err != nil && strings.Contains(a.header.Get("Content-Type"), "html")
	return page || a.status == http.StatusNotFound || a.status == http.StatusMethodNotAllowed || a.status == http.StatusNotImplemented
}

// of are the values of an order.
func (s *Shop) of(id, amount string) values {
	v := values{"order": id, "amount": amount, "currency": "KWD"}
	if a, err := tap.ParseAmount(amount); err == nil {
		v["amount_fils"] = strings.TrimLeft(strings.ReplaceAll(a.Text(3), ".", ""), "0")
	}
	maps.Copy(v, s.values)
	return v
}

// Checkout starts a checkout: see [verdict.Merchant].
func (s *Shop) Checkout(ctx context.Context, o verdict.Order) (payURL string, err error) {
	return s.start(ctx, "checkout", s.config.Checkout, o)
}

// Authorize is a checkout that holds the money: see [verdict.Authorizer].
func (s *Shop) Authorize(ctx context.Context, o verdict.Order) (payURL string, err error) {
	return s.start(ctx, "authorize", s.config.Authorize, o)
}

func (s *Shop) start(ctx context.Context, name string, call *Call, o verdict.Order) (string, error) {
	s.mu.Lock()
	s.amounts[o.ID] = o.Amount
	s.mu.Unlock()
	v := s.of(o.ID, o.Amount)
	v["first_name"], v["email"] = o.FirstName, o.Email
	r, err := s.call(ctx, name, call, v)
	if err != nil {
		return "", err
	}
	if err := r.accept(call.PayURL.isHeader()); err != nil {
		return "", err
	}
	return r.payURL(call.PayURL)
}

// call makes a call for an order.
func (s *Shop) call(ctx context.Context, name string, call *Call, v values) (*reading, error) {
	if call == nil {
		return nil, fmt.Errorf("the shop has no %s", name)
	}
	what := call.Request
	if len(call.Command) > 0 {
		what = strings.Join(call.Command, " ")
	}
	step := fmt.Sprintf("%s of order %s (%s)", map[bool]string{true: "the state", false: name}[name == "order"], v["order"], what)
	if v["order"] == "" {
		step = fmt.Sprintf("%s (%s)", name, what)
	}
	a, err := s.do(ctx, step, call, v)
	if broken, ok := errors.AsType[*verdict.BrokenError](err); ok && broken.Came == closed && name != "order" {
		return nil, errors.New(closed) // as a shop does whose code fails in the middle, which is an error of the shop
	}
	if err != nil {
		return nil, err
	}
	return &reading{step: step, answer: a}, nil
}

// order makes a call that only has to succeed.
func (s *Shop) order(ctx context.Context, name string, call *Call, v values) error {
	r, err := s.call(ctx, name, call, v)
	if err != nil {
		return err
	}
	return r.accept(false)
}

// Reconcile runs the shop's job: see [verdict.Reconciler].
func (s *Shop) Reconcile(ctx context.Context) error {
	return s.order(ctx, "reconcile", s.config.Reconcile, s.values)
}

// Refund gives money back: see [verdict.Refunder].
func (s *Shop) Refund(ctx context.Context, id, amount string) error {
	return s.order(ctx, "refund", s.config.Refund, s.of(id, amount))
}

// Capture takes money that is held: see [verdict.Authorizer].
func (s *Shop) Capture(ctx context.Context, id, amount string) error {
	return s.order(ctx, "capture", s.config.Capture, s.of(id, amount))
}

// Void releases money that is held: see [verdict.Authorizer].
func (s *Shop) Void(ctx context.Context, id string) error {
	return s.order(ctx, "void", s.config.Void, s.of(id, ""))
}

// State is what the shop believes about an order: see [verdict.Merchant].
func (s *Shop) State(ctx context.Context, id string) (verdict.State, error) {
	s.mu.Lock()
	amount := s.amounts[id]
	s.mu.Unlock()
	r, err := s.call(ctx, "order", s.config.Order, s.of(id, amount))
	if err != nil {
		return verdict.State{}, err
	}
	if r.answer.status == http.StatusNotFound {
		return verdict.State{}, errors.New(r.answer.String())
	}
	if r.answer.status != http.StatusOK {
		return verdict.State{}, r.broken(r.answer.String(), "HTTP 200 with the state of the order")
	}
	return r.state(s.config.Order, id, amount)
}
