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

// Client calls the control API for one account. Every error of an answer is an [*Error].
type Client struct {
	base    string
	key     string
	account string // named by a call that the admin token authorises
	http    *http.Client
}

// New makes a client for the account of a secret key, on the mock at that base URL (without /v2).
func New(base, key string) *Client {
	return &Client{base: strings.TrimSuffix(strings.TrimRight(base, "/"), "/v2"), key: key, http: &http.Client{Transport: &http.Transport{}}}
}

// NewAdmin makes a client that is authorised by the admin token. account is a secret key or an account's name; "" is the whole
// server.
func NewAdmin(base, token, account string) *Client {
	c := New(base, token)
	c.account = account
	return c
}

// Via makes the client's calls by another way than TCP, such as straight into a handler.
func (c *Client) Via(way http.RoundTripper) *Client {
	c.http.Transport = way
	return c
}

// CloseIdle closes the connections that are not in use.
func (c *Client) CloseIdle() { c.http.CloseIdleConnections() }

// call makes one call. in and out are values to be written and read as JSON; a string is sent, and a *string filled, as it is.
func (c *Client) call(ctx context.Context, method, path string, in, out any) error {
	body, contentType, err := encode(in)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, method, c.base+Prefix+path, body)
	if err != nil {
		return fmt.Errorf("control: %w", err)
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
		return fmt.Errorf("control: %w", err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		return fmt.Errorf("control: %w", err)
	}
	return decode(res, text, out)
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
		var answer ErrorAnswer
		if json.Unmarshal(text, &answer) != nil || answer.Error.Code == "" {
			answer.Error = Error{Code: "internal", Message: fmt.Sprintf("HTTP %d from %s, which may be no tapmock: %.200s", res.StatusCode, res.Request.URL.Host, text)}
		}
		answer.Error.Status = res.StatusCode
		return &answer.Error
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

// get makes a call whose answer is a T.
func get[T any](ctx context.Context, c *Client, method, path string, in any) (T, error) {
	var out T
	err := c.call(ctx, method, path, in, &out)
	return out, err
}

// Account is what the account holds.
func (c *Client) Account(ctx context.Context) (Account, error) {
	return get[Account](ctx, c, "GET", "/account", nil)
}

// Accounts are all accounts; by the admin token only.
func (c *Client) Accounts(ctx context.Context) ([]Account, error) {
	all, err := get[Accounts](ctx, c, "GET", "/accounts", nil)
	return all.Accounts, err
}

// Reset takes the account back to its beginning and says what that has thrown away.
func (c *Client) Reset(ctx context.Context) (Dropped, error) {
	return get[Dropped](ctx, c, "POST", "/reset", nil)
}

// Settings are all settings.
func (c *Client) Settings(ctx context.Context) (map[string]string, error) {
	s, err := get[Settings](ctx, c, "GET", "/settings", nil)
	return s.Settings, err
}

// Set changes settings for charges to come: all or none.
func (c *Client) Set(ctx context.Context, settings map[string]string) error {
	_, err := get[Settings](ctx, c, "PATCH", "/settings", Settings{settings})
	return err
}

// Scenarios are those that the account's charges may follow.
func (c *Client) Scenarios(ctx context.Context) (Scenarios, error) {
	return get[Scenarios](ctx, c, "GET", "/scenarios", nil)
}

// PutScenarios gives the account scenarios of its own: the text of a scenario file.
func (c *Client) PutScenarios(ctx context.Context, yaml string) error {
	return c.call(ctx, "PUT", "/scenarios", yaml, nil)
}

// DeleteScenarios takes the account's own scenarios away.
func (c *Client) DeleteScenarios(ctx context.Context) error {
	return c.call(ctx, "DELETE", "/scenarios", nil, nil)
}

// Scenario is one scenario, or several joined by +, in YAML.
func (c *Client) Scenario(ctx context.Context, name string) (string, error) {
	return get[string](ctx, c, "GET", "/scenarios/"+url.PathEscape(name), nil)
}

// SetDefault names the scenario of charges that no other is chosen for; "" is none.
func (c *Client) SetDefault(ctx context.Context, name string) error {
	return c.call(ctx, "PUT", "/default", Default{name}, nil)
}

// Next puts a scenario into the queue, by its name or several joined by +.
func (c *Client) Next(ctx context.Context, name string) error {
	return c.call(ctx, "POST", "/next", Next{Scenario: name}, nil)
}

// NextYAML puts the first scenario of a file's text into the queue.
func (c *Client) NextYAML(ctx context.Context, yaml string) error {
	return c.call(ctx, "POST", "/next", Next{YAML: yaml}, nil)
}

// Queue are the scenarios of the next charges.
func (c *Client) Queue(ctx context.Context) ([]string, error) {
	q, err := get[Queue](ctx, c, "GET", "/next", nil)
	return q.Queue, err
}

// ClearQueue empties the queue.
func (c *Client) ClearQueue(ctx context.Context) error {
	return c.call(ctx, "DELETE", "/next", nil, nil)
}

// Run is what adversaries have played, as a scenario file that repeats it without chance.
func (c *Client) Run(ctx context.Context) (string, error) {
	return get[string](ctx, c, "GET", "/run", nil)
}

// Clock is the account's clock.
func (c *Client) Clock(ctx context.Context) (Clock, error) {
	return get[Clock](ctx, c, "GET", "/clock", nil)
}

// Advance moves the clock on, and returns when everything that fell due has happened and every delivery has been answered.
func (c *Client) Advance(ctx context.Context, by time.Duration) (Moved, error) {
	return get[Moved](ctx, c, "POST", "/clock/advance", Advance{by.String()})
}

// Freeze stops the clock at an instant, or where it is if that is zero.
func (c *Client) Freeze(ctx context.Context, at time.Time) (Moved, error) {
	f := Freeze{}
	if !at.IsZero() {
		f.At = &at
	}
	return get[Moved](ctx, c, "POST", "/clock/freeze", f)
}

// Resume lets the clock run on.
func (c *Client) Resume(ctx context.Context) (Clock, error) {
	return get[Clock](ctx, c, "POST", "/clock/resume", nil)
}

// Timeline is what is still to happen.
func (c *Client) Timeline(ctx context.Context) (Timeline, error) {
	return get[Timeline](ctx, c, "GET", "/timeline", nil)
}

// Settle waits until nothing of the account runs or is due, at most so long, and returns what is still to happen. It is what a
// test waits for before it looks at what has happened.
func (c *Client) Settle(ctx context.Context, longest time.Duration) (Timeline, error) {
	return get[Timeline](ctx, c, "GET", "/timeline?idle="+longest.String(), nil)
}

// Gates are the gates that the account knows.
func (c *Client) Gates(ctx context.Context) ([]Gate, error) {
	g, err := get[Gates](ctx, c, "GET", "/gates", nil)
	return g.Gates, err
}

// Hold shuts a gate again.
func (c *Client) Hold(ctx context.Context, gate string) error {
	return c.call(ctx, "POST", "/gates/"+url.PathEscape(gate)+"/hold", nil, nil)
}

// Release opens a gate, for one charge or, if that is "", for all, and says how many effects waited there.
func (c *Client) Release(ctx context.Context, gate, charge string) (int, error) {
	r, err := get[Released](ctx, c, "POST", "/gates/"+url.PathEscape(gate)+"/release", Release{charge})
	return r.Released, err
}

// Charges are the account's charges, oldest first; with an order only those with this reference.order.
func (c *Client) Charges(ctx context.Context, order string) ([]Charge, error) {
	list, err := get[Charges](ctx, c, "GET", "/charges?limit=10000&order="+url.QueryEscape(order), nil)
	return list.Charges, err
}

// Story is a charge with all that has happened to it and is still to happen.
func (c *Client) Story(ctx context.Context, charge string) (Story, error) {
	return get[Story](ctx, c, "GET", "/charges/"+url.PathEscape(charge), nil)
}

// Journal answers a question about what happened. Without an answer within the question's Wait there are no entries.
func (c *Client) Journal(ctx context.Context, q Question) (Journal, error) {
	v := url.Values{"after": {strconv.FormatUint(q.After, 10)}, "limit": {strconv.Itoa(cmp.Or(q.Limit, 1000))}}
	if q.Event != "" {
		v.Set("event", q.Event)
	}
	if q.Charge != "" {
		v.Set("charge", q.Charge)
	}
	if q.Wait > 0 {
		v.Set("wait", q.Wait.String())
	}
	return get[Journal](ctx, c, "GET", "/journal?"+v.Encode(), nil)
}

// Webhooks are the attempts to tell the merchant of a charge, or of all if that is "".
func (c *Client) Webhooks(ctx context.Context, charge string) ([]Webhook, error) {
	w, err := get[Webhooks](ctx, c, "GET", "/webhooks?limit=1000&charge="+url.QueryEscape(charge), nil)
	return w.Webhooks, err
}

// Webhook is one attempt, by the seq of its entry in the journal.
func (c *Client) Webhook(ctx context.Context, seq uint64) (Webhook, error) {
	return get[Webhook](ctx, c, "GET", "/webhooks/"+strconv.FormatUint(seq, 10), nil)
}

// Resend sends an attempt's bytes again and returns when the merchant has answered.
func (c *Client) Resend(ctx context.Context, seq uint64) (Webhook, error) {
	return get[Webhook](ctx, c, "POST", "/webhooks/"+strconv.FormatUint(seq, 10)+"/resend", nil)
}

// BaseURL is the mock's base address, without /v2.
func (c *Client) BaseURL() string { return c.base }

// Fetch takes the next delivery that this process is to make, and waits for one; ID 0 is none.
func (c *Client) Fetch(ctx context.Context, wait time.Duration) (Parcel, error) {
	return get[Parcel](ctx, c, "POST", "/deliveries/fetch?wait="+wait.String(), nil)
}

// AnswerParcel says how a delivery went that was fetched, one answer for each copy.
func (c *Client) AnswerParcel(ctx context.Context, id uint64, answers []Answer) error {
	return c.call(ctx, "POST", "/deliveries/"+strconv.FormatUint(id, 10)+"/answer", ParcelAnswers{answers}, nil)
}
