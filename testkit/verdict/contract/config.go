package contract

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/tapmock/tapmock/scenarios"
)

// Config says how a shop is reached. The tags are the keys of check.yaml.
type Config struct {
	App     string        `yaml:"app"`     // base address of the shop, such as http://127.0.0.1:8000; paths of requests are below it
	Timeout time.Duration `yaml:"timeout"` // how long one call may take, in real time; 0: 20 s

	Checkout  *Call `yaml:"checkout"`  // creates the charge of an order
	Order     *Call `yaml:"order"`     // what the shop believes about an order
	Reconcile *Call `yaml:"reconcile"` // runs the job that asks for open orders; nil: the shop has none
	Refund    *Call `yaml:"refund"`    // gives money back; nil: the shop does not
	Authorize *Call `yaml:"authorize"` // as Checkout, but holds the money; nil: the shop does not. Needs Capture and Void
	Capture   *Call `yaml:"capture"`   // takes money that is held
	Void      *Call `yaml:"void"`      // releases it

	probe bool // whether optional calls are tried out, because the shop may not have them
}

// Call is one call of the contract: a request or a command, and where the values stand in its answer.
//
// In texts, {order}, {amount}, {currency}, {first_name}, {email}, {key} and {base_url} are replaced by the values of the order, the secret
// key and the mock's API address; ${NAME} is an environment variable.
type Call struct {
	Request string            `yaml:"request"` // method and path, such as GET /orders/{order}, or a whole address instead of the path
	Headers map[string]string `yaml:"headers"`
	JSON    map[string]any    `yaml:"json"`    // body of the request, as JSON
	Form    map[string]string `yaml:"form"`    // body of the request, as a form
	Command []string          `yaml:"command"` // instead of a request: a program and its arguments; its output is the answer

	PayURL    Where    `yaml:"pay_url"`   // of checkout and authorize: address of the payment page
	State     Where    `yaml:"state"`     // of order: its state
	Paid      []string `yaml:"paid"`      // of order: the states that mean paid
	Unpaid    []string `yaml:"unpaid"`    // of order: all other states; without them, each one that is not in Paid
	Amount    Where    `yaml:"amount"`    // of order: its amount, in KWD
	Fulfilled Where    `yaml:"fulfilled"` // of order: how often it was handed over or credited; without it: once if it is paid
	Refunded  Where    `yaml:"refunded"`  // of order: the amount that the payer has back, or whether all of it
	ID        Where    `yaml:"id"`        // of order: its own id, to see that the answer is not another order's
}

// Default is the contract of a shop that has the calls under /tapmock/ at a base address.
func Default(app string) *Config {
	order := map[string]any{"order": "{order}", "amount": "{amount}", "currency": "{currency}", "first_name": "{first_name}", "email": "{email}", "key": "{key}", "base_url": "{base_url}"}
	part := map[string]any{"order": "{order}", "amount": "{amount}"}
	return &Config{
		App: app, probe: true,
		Checkout:  &Call{Request: "POST /tapmock/checkout", JSON: order, PayURL: "$.pay_url"},
		Order:     defaultOrder(),
		Reconcile: &Call{Request: "POST /tapmock/reconcile", JSON: map[string]any{}},
		Refund:    &Call{Request: "POST /tapmock/refund", JSON: part},
		Authorize: &Call{Request: "POST /tapmock/authorize", JSON: order, PayURL: "$.pay_url"},
		Capture:   &Call{Request: "POST /tapmock/capture", JSON: part},
		Void:      &Call{Request: "POST /tapmock/void", JSON: map[string]any{"order": "{order}"}},
	}
}

func defaultOrder() *Call {
	return &Call{Request: "GET /tapmock/order?id={order}", State: "$.state", Paid: []string{"paid"}, Unpaid: []string{"unpaid", "refunded"},
		Amount: "$.amount?", Fulfilled: "$.fulfilled", Refunded: "$.refunded?", ID: "$.order?"}
}

// Parse reads a check.yaml. app takes the place of its address if it is not empty. The error names the file, the line and what is possible.
func Parse(name string, text []byte, app string) (*Config, error) {
	c := &Config{}
	if err := scenarios.DecodeValues(name, text, c); err != nil {
		return nil, err
	}
	if app != "" {
		c.App = app
	}
	if c.isPlain() {
		plain := Default(c.App)
		plain.Timeout = c.Timeout
		return plain, nil
	}
	if err := c.check(); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return c, nil
}

// isPlain reports whether the file says nothing about calls, so that those of the contract apply.
func (c *Config) isPlain() bool {
	for _, one := range c.calls() {
		if one.call != nil {
			return false
		}
	}
	return true
}

// named is a call with its name.
type named struct {
	name string
	call *Call
}

func (c *Config) calls() []named {
	return []named{{"checkout", c.Checkout}, {"order", c.Order}, {"reconcile", c.Reconcile}, {"refund", c.Refund},
		{"authorize", c.Authorize}, {"capture", c.Capture}, {"void", c.Void}}
}

// check refuses what cannot be called, or cannot be read.
func (c *Config) check() error {
	if c.Checkout == nil || c.Order == nil {
		return fmt.Errorf("checkout and order are needed: how an order is started, and how its state is read")
	}
	if (c.Authorize == nil) != (c.Capture == nil) || (c.Authorize == nil) != (c.Void == nil) {
		return fmt.Errorf("authorize, capture and void belong together: write all three or none")
	}
	for _, one := range c.calls() {
		if one.call == nil {
			continue
		}
		if err := one.call.check(c, one.name); err != nil {
			return fmt.Errorf("%s: %w", one.name, err)
		}
	}
	return nil
}

var method = regexp.MustCompile(`^(GET|POST|PUT|PATCH|DELETE) \S+$`)

func (call *Call) check(c *Config, name string) error {
	switch {
	case (call.Request == "") == (len(call.Command) == 0):
		return fmt.Errorf("write either a request, such as POST /orders, or a command")
	case call.Request != "" && !method.MatchString(call.Request):
		return fmt.Errorf("request %q: write a method and a path, such as POST /orders", call.Request)
	case call.JSON != nil && call.Form != nil:
		return fmt.Errorf("the body is either json or form, not both")
	case strings.Contains(call.Request, " /") && c.App == "":
		return fmt.Errorf("request %q has a path only: write app: http://127.0.0.1:8000, or give -app", call.Request)
	case (name == "checkout" || name == "authorize") && call.PayURL == "":
		return fmt.Errorf("pay_url is missing: where the address of the payment page stands in the answer, such as $.pay_url")
	case name == "order" && (call.State == "" || len(call.Paid) == 0):
		return fmt.Errorf("state and paid are needed: where the order's state stands, such as $.status, and the states that mean paid")
	}
	return call.checkPlaces(name)
}

// checkPlaces refuses values that the call's answer does not have, and places that cannot be read.
func (call *Call) checkPlaces(name string) error {
	of := map[string]Where{"state": call.State, "amount": call.Amount, "fulfilled": call.Fulfilled, "refunded": call.Refunded, "id": call.ID}
	for key, where := range of {
		if where != "" && name != "order" {
			return fmt.Errorf("%s is read from the answer of order only", key)
		}
		if err := where.check(); err != nil {
			return fmt.Errorf("%s: %w", key, err)
		}
	}
	if call.PayURL != "" && name != "checkout" && name != "authorize" {
		return fmt.Errorf("pay_url is read from the answers of checkout and authorize only")
	}
	return call.PayURL.check()
}

// addresses are all addresses that the configuration has.
func (c *Config) addresses() (all []*url.URL, err error) {
	texts := []string{c.App}
	for _, one := range c.calls() {
		if one.call != nil {
			if _, target, ok := strings.Cut(one.call.Request, " "); ok && !strings.HasPrefix(target, "/") {
				texts = append(texts, target)
			}
		}
	}
	for _, text := range texts {
		if text == "" {
			continue
		}
		u, err := url.Parse(strings.NewReplacer("{", "", "}", "").Replace(text))
		if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			return nil, fmt.Errorf("%s: want an address such as http://127.0.0.1:8000", text)
		}
		all = append(all, u)
	}
	return all, nil
}

// Name is the shop as messages name it: its address, or the request or command that starts a checkout.
func (c *Config) Name() string {
	switch {
	case c.App != "":
		return c.App
	case c.Checkout.Request != "":
		return c.Checkout.Request
	}
	return strings.Join(c.Checkout.Command, " ")
}
