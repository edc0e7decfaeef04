package control

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Client calls the control API for one account. If the mock answers with an error, the method returns an [*Error].
type Client struct {
	base    string
	key     string
	account string // for the header X-Tapmock-Account
	http    *http.Client
}

// New returns a client for the account of a secret key. base is the base URL of the mock, without /v2.
func New(base, key string) *Client {
	return &Client{base: strings.TrimSuffix(strings.TrimRight(base, "/"), "/v2"), key: key, http: &http.Client{Transport: &http.Transport{}}}
}

// NewAdmin returns a client that uses the admin token. account is the secret key or the name of an account; "" is the whole server.
func NewAdmin(base, token, account string) *Client {
	c := New(base, token)
	c.account = account
	return c
}

// Via makes the client send its calls through another transport than TCP, such as directly into a handler. It returns the client.
func (c *Client) Via(transport http.RoundTripper) *Client {
	c.http.Transport = transport
	return c
}

// CloseIdle closes idle connections.
func (c *Client) CloseIdle() { c.http.CloseIdleConnections() }

// call makes one call. in is sent and out is filled as JSON; a string in and a *string out are plain text.
func (c *Client) call(ctx context.Context, method, path string, in, out any) error {
	res, err := c.send(ctx, method, path, in)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		return fmt.Errorf("control: %w", err)
	}
	return decode(res, text, out)
}

// send sends a request, and returns its answer, whose body the caller must close.
func (c *Client) send(ctx context.Context, method, path string, in any) (*http.Response, error) {
	body, contentType, err := encode(in)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, method, c.base+Prefix+path, body)
	if err != nil {
		return nil, fmt.Errorf("control: %w", err)
	}
	req.Header.Set("Authorization", "Bearer "+c.key)
	if c.account != "" {
		req.Header.Set(AccountHeader, c.account)
	}
	if in != nil {
		req.Header.Set("Content-Type", contentType)
	}
	res, err := c.http.Do(req)
	if err != nil {
		return nil, fmt.Errorf("control: %w", err)
	}
	return res, nil
}

func encode(in any) (io.Reader, string, error) {
	switch v := in.(type) {
	case nil:
		return nil, "", nil
	case string:
		return strings.NewReader(v), "application/yaml", nil
	}
	text, err := json.Marshal(in)
	return bytes.NewReader(text), "application/json", err
}

func decode(res *http.Response, text []byte, out any) error {
	if res.StatusCode >= 300 {
		var body errorBody
		if json.Unmarshal(text, &body) != nil || body.Error.Code == "" {
			body.Error = Error{Code: "internal", Message: fmt.Sprintf("HTTP %d from %s, which does not answer as tapmock does; check the base URL: %.200s", res.StatusCode, res.Request.URL.Host, text)}
		}
		body.Error.Status = res.StatusCode
		return &body.Error
	}
	switch v := out.(type) {
	case nil:
		return nil
	case *string:
		*v = string(text)
		return nil
	}
	if err := json.Unmarshal(text, out); err != nil {
		return fmt.Errorf("control: the answer of %s cannot be read: %w", res.Request.URL.Path, err)
	}
	return nil
}

// get makes a call and returns its answer as a T.
func get[T any](ctx context.Context, c *Client, method, path string, in any) (T, error) {
	var out T
	err := c.call(ctx, method, path, in, &out)
	return out, err
}

// Account returns the state of the account.
func (c *Client) Account(ctx context.Context) (Account, error) {
	return get[Account](ctx, c, "GET", "/account", nil)
}

// Accounts returns all accounts, the last used first. It needs the admin token.
func (c *Client) Accounts(ctx context.Context) ([]Account, error) {
	all, err := get[accounts](ctx, c, "GET", "/accounts", nil)
	return all.Accounts, err
}

// Reset returns the account to its initial state and reports what was dropped.
func (c *Client) Reset(ctx context.Context) (Dropped, error) {
	return get[Dropped](ctx, c, "POST", "/reset", nil)
}

// Settings returns all settings, each value as -set takes it.
func (c *Client) Settings(ctx context.Context) (map[string]string, error) {
	all, err := get[struct{ Settings map[string]string }](ctx, c, "GET", "/settings", nil)
	return all.Settings, err
}

// Set changes settings for new charges. If a value is invalid it changes none.
func (c *Client) Set(ctx context.Context, values map[string]string) error {
	change := map[string]any{}
	for key, value := range values {
		change[key] = value
	}
	return c.call(ctx, "PATCH", "/settings", settings{change}, nil)
}

// Unset resets settings to the values that the account inherits from the server.
func (c *Client) Unset(ctx context.Context, keys ...string) error {
	change := map[string]any{}
	for _, key := range keys {
		change[key] = nil
	}
	return c.call(ctx, "PATCH", "/settings", settings{change}, nil)
}

// Scenarios returns the scenarios that charges of the account can follow.
func (c *Client) Scenarios(ctx context.Context) (Scenarios, error) {
	return get[Scenarios](ctx, c, "GET", "/scenarios", nil)
}

// PutScenarios replaces the account's own scenarios by those of a scenario file. yaml is its text.
func (c *Client) PutScenarios(ctx context.Context, yaml string) error {
	return c.call(ctx, "PUT", "/scenarios", yaml, nil)
}

// DeleteScenarios removes the account's own scenarios.
func (c *Client) DeleteScenarios(ctx context.Context) error {
	return c.call(ctx, "DELETE", "/scenarios", nil, nil)
}

// Scenario returns one scenario, or several joined by +, in YAML.
func (c *Client) Scenario(ctx context.Context, name string) (string, error) {
	return get[string](ctx, c, "GET", "/scenarios/"+url.PathEscape(name), nil)
}

// DefaultScenario returns the scenario of charges for which none is chosen; "" is none.
func (c *Client) DefaultScenario(ctx context.Context) (string, error) {
	d, err := get[defaultScenario](ctx, c, "GET", "/default-scenario", nil)
	return d.Scenario, err
}

// SetDefaultScenario sets the scenario of charges, or of refunds if it is one for refunds, for which none is chosen; "" removes both.
func (c *Client) SetDefaultScenario(ctx context.Context, name string) error {
	if name == "" {
		return c.call(ctx, "DELETE", "/default-scenario", nil, nil)
	}
	return c.call(ctx, "PUT", "/default-scenario", defaultScenario{Scenario: name}, nil)
}

// Next queues a scenario for the next charge: a name, or several joined by +.
func (c *Client) Next(ctx context.Context, name string) error {
	return c.call(ctx, "POST", "/next", next{Scenario: name}, nil)
}

// NextYAML queues the first scenario of a scenario file. yaml is its text.
func (c *Client) NextYAML(ctx context.Context, yaml string) error {
	return c.call(ctx, "POST", "/next", next{YAML: yaml}, nil)
}

// Queue returns the scenarios of the next charges.
func (c *Client) Queue(ctx context.Context) ([]string, error) {
	q, err := get[queue](ctx, c, "GET", "/next", nil)
	return q.Queue, err
}

// ClearQueue empties the queue.
func (c *Client) ClearQueue(ctx context.Context) error {
	return c.call(ctx, "DELETE", "/next", nil, nil)
}

// Chaos returns what chaos scenarios have injected, as a scenario file that injects the same without randomness.
func (c *Client) Chaos(ctx context.Context) (string, error) {
	return get[string](ctx, c, "GET", "/chaos", nil)
}

// EndFaults ends the faults of the scenarios of all objects that exist now. Objects that are created afterwards have those of their scenarios.
func (c *Client) EndFaults(ctx context.Context) error {
	return c.call(ctx, "DELETE", "/faults", nil, nil)
}

// Clock returns the account's clock.
func (c *Client) Clock(ctx context.Context) (Clock, error) {
	return get[Clock](ctx, c, "GET", "/clock", nil)
}

// Advance advances the clock. It returns when everything that became due has run and every delivery has ended.
func (c *Client) Advance(ctx context.Context, by time.Duration) (Moved, error) {
	return get[Moved](ctx, c, "POST", "/clock/advance", advance{by.String()})
}

// Freeze freezes the clock at an instant, or at its current time if at is zero.
func (c *Client) Freeze(ctx context.Context, at time.Time) (Moved, error) {
	f := freeze{}
	if !at.IsZero() {
		f.At = &at
	}
	return get[Moved](ctx, c, "POST", "/clock/freeze", f)
}

// Resume makes a frozen clock run again.
func (c *Client) Resume(ctx context.Context) (Clock, error) {
	return get[Clock](ctx, c, "POST", "/clock/resume", nil)
}

// Timeline returns what is scheduled.
func (c *Client) Timeline(ctx context.Context) (Timeline, error) {
	return get[Timeline](ctx, c, "GET", "/timeline", nil)
}

// AwaitIdle waits until nothing of the account runs or is due, at most for the time longest, and returns what is scheduled. A test
// calls it before it checks results.
func (c *Client) AwaitIdle(ctx context.Context, longest time.Duration) (Timeline, error) {
	return get[Timeline](ctx, c, "GET", "/timeline?idle="+longest.String(), nil)
}

// AdvanceToNext advances the clock until the next scheduled effect is due, and runs it. The error is an [*Error] with Status 409 if nothing is
// scheduled, or all of it waits at gates.
func (c *Client) AdvanceToNext(ctx context.Context) (Moved, error) {
	return get[Moved](ctx, c, "POST", "/clock/advance", advance{By: "next"})
}

// Gates returns the gates of the account.
func (c *Client) Gates(ctx context.Context) ([]Gate, error) {
	g, err := get[gates](ctx, c, "GET", "/gates", nil)
	return g.Gates, err
}

// Hold closes a gate. The account must have it: in a scenario that its charges can follow, or in one that a charge follows.
func (c *Client) Hold(ctx context.Context, gate string) error {
	return c.call(ctx, "POST", "/gates/"+url.PathEscape(gate)+"/hold", nil, nil)
}

// Release opens a gate for one charge, or for all if charge is "". It returns the number of effects that waited there.
func (c *Client) Release(ctx context.Context, gate, charge string) (int, error) {
	r, err := get[released](ctx, c, "POST", "/gates/"+url.PathEscape(gate)+"/release", release{charge})
	return r.Released, err
}

// Charges returns the account's charges, the latest first. If order is not "", it returns only those with this reference.order.
func (c *Client) Charges(ctx context.Context, order string) ([]Charge, error) {
	var all []Charge
	for query := "/charges?limit=1000&order=" + url.QueryEscape(order); ; {
		list, err := get[Charges](ctx, c, "GET", query, nil)
		all = append(all, list.Charges...)
		if err != nil || !list.HasMore {
			return all, err
		}
		query = "/charges?limit=1000&order=" + url.QueryEscape(order) + "&starting_after=" + all[len(all)-1].ID
	}
}

// Charge returns one charge.
func (c *Client) Charge(ctx context.Context, id string) (Charge, error) {
	return get[Charge](ctx, c, "GET", "/charges/"+url.PathEscape(id), nil)
}

// Trace returns a charge with all its journal entries and scheduled effects.
func (c *Client) Trace(ctx context.Context, id string) (Trace, error) {
	return get[Trace](ctx, c, "GET", "/charges/"+url.PathEscape(id)+"/trace", nil)
}

// Authorizations returns the account's latest authorizations, the latest first, at most 10,000.
func (c *Client) Authorizations(ctx context.Context) ([]Authorization, error) {
	list, err := get[Authorizations](ctx, c, "GET", "/authorizations?limit=10000", nil)
	return list.Authorizations, err
}

// Authorization returns one authorization.
func (c *Client) Authorization(ctx context.Context, id string) (Authorization, error) {
	return get[Authorization](ctx, c, "GET", "/authorizations/"+url.PathEscape(id), nil)
}

// AuthorizationTrace returns an authorization with all its journal entries and scheduled effects.
func (c *Client) AuthorizationTrace(ctx context.Context, id string) (AuthorizationTrace, error) {
	return get[AuthorizationTrace](ctx, c, "GET", "/authorizations/"+url.PathEscape(id)+"/trace", nil)
}

// Refunds returns the account's latest refunds, the latest first, at most 10,000. If charge is not "", it returns only those of this charge.
func (c *Client) Refunds(ctx context.Context, charge string) ([]Refund, error) {
	list, err := get[Refunds](ctx, c, "GET", "/refunds?limit=10000&charge="+url.QueryEscape(charge), nil)
	return list.Refunds, err
}

// Refund returns one refund.
func (c *Client) Refund(ctx context.Context, id string) (Refund, error) {
	return get[Refund](ctx, c, "GET", "/refunds/"+url.PathEscape(id), nil)
}

// RefundTrace returns a refund with all its journal entries and scheduled effects.
func (c *Client) RefundTrace(ctx context.Context, id string) (RefundTrace, error) {
	return get[RefundTrace](ctx, c, "GET", "/refunds/"+url.PathEscape(id)+"/trace", nil)
}

// Journal returns entries of the journal. The list is empty if there are none within the query's Wait.
func (c *Client) Journal(ctx context.Context, q JournalQuery) (Journal, error) {
	v := url.Values{"limit": {strconv.Itoa(cmp.Or(q.Limit, 1000))}}
	if q.After > 0 || q.Oldest {
		v.Set("after", strconv.FormatUint(q.After, 10))
	}
	if q.Before > 0 {
		v.Set("before", strconv.FormatUint(q.Before, 10))
	}
	if q.Event != "" {
		v.Set("event", string(q.Event))
	}
	if q.Object != "" {
		v.Set("object", q.Object)
	}
	if q.Wait > 0 {
		v.Set("wait", q.Wait.String())
	}
	return get[Journal](ctx, c, "GET", "/journal?"+v.Encode(), nil)
}

// BaseURL is the mock's base address, without /v2.
func (c *Client) BaseURL() string { return c.base }

// NextRelayTask takes the next call that a relay must make to the merchant. It waits for one at most for the time wait; a task with
// ID 0 is none.
func (c *Client) NextRelayTask(ctx context.Context, wait time.Duration) (RelayTask, error) {
	return get[RelayTask](ctx, c, "POST", "/relay/next?wait="+wait.String(), nil)
}

// ReadRelayTask is [Client.NextRelayTask] for a named reader, which alone gets the tasks from then on, in their order. after is the ID of the
// last task that it has received: a later one whose answer was lost comes again. If there is another reader, the error is an [*Error] with
// Status 409.
func (c *Client) ReadRelayTask(ctx context.Context, reader string, after uint64, wait time.Duration) (RelayTask, error) {
	query := url.Values{"reader": {reader}, "after": {strconv.FormatUint(after, 10)}, "wait": {wait.String()}}
	return get[RelayTask](ctx, c, "POST", "/relay/next?"+query.Encode(), nil)
}

// LeaveRelay ends a reader of relay tasks, so that another can begin at once.
func (c *Client) LeaveRelay(ctx context.Context, reader string) error {
	return c.call(ctx, "DELETE", "/relay/reader?"+url.Values{"reader": {reader}}.Encode(), nil, nil)
}

// FinishRelayTask reports the result of a relay task, one response for each copy.
func (c *Client) FinishRelayTask(ctx context.Context, id uint64, responses []Response) error {
	return c.call(ctx, "POST", "/relay/"+strconv.FormatUint(id, 10)+"/result", relayResult{responses}, nil)
}
