package testkit

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"

	"github.com/tapmock/tapmock/mockserver/control"
)

// Attach uses a mock that runs elsewhere, at a base address such as http://127.0.0.1:8080, with the account of a secret key. It resets
// the account, and again when the test ends. With [Keys], key may be "": the next key that no test uses.
func Attach(tb TB, baseURL, key string, opts ...Option) *Mock {
	tb.Helper()
	o := options{timeout: defaultTimeout}
	for _, opt := range opts {
		opt(&o)
	}
	ring := newKeyring(o.keys)
	switch {
	case ring != nil && key == "":
		key = ring.take(tb)
	case ring != nil:
		ring.claim(tb, key)
	}
	m := o.open(tb, baseURL, key, ring)
	if err := m.probe(); err != nil {
		m.http.CloseIdleConnections()
		m.check(err)
	}
	return o.begin(m)
}

// NewAccount opens another account on the same server, for another test or subtest. It relays (see [Relay]) if this one does. With
// [Keys] the account has the next key that no test uses; its test has it until it ends.
func (m *Mock) NewAccount(tb TB, opts ...Option) *Mock {
	tb.Helper()
	o := options{timeout: defaultTimeout, relay: m.stop != nil}
	for _, opt := range opts {
		opt(&o)
	}
	if o.keys != nil {
		tb.Fatalf("testkit: Keys is only for Start and Attach; NewAccount takes one of their keys")
	}
	return o.begin(o.open(tb, m.URL, m.keys.take(tb), m.keys))
}

// begin resets the account, and again when the test ends, and applies the options.
func (o *options) begin(m *Mock) *Mock {
	m.tb.Helper()
	if o.seed != 0 || o.files != nil {
		m.tb.Fatalf("testkit: Seed and ScenarioFiles are only for Start; a mock elsewhere has the flags -seed and -scenario-files, an account PutScenarios")
	}
	m.must(m.control.Reset(m.tb.Context()))
	m.tb.Cleanup(m.finish)
	Set("journal_requests", "true")(o)
	o.apply(m)
	return m
}

// open makes a Mock. It makes no call.
func (o *options) open(tb TB, baseURL, key string, ring *keyring) *Mock {
	m := &Mock{Key: key, tb: tb, control: control.New(baseURL, key), timeout: o.timeout, keys: ring, reported: new(atomic.Bool),
		http: &http.Client{Transport: &http.Transport{}, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	m.URL = m.control.BaseURL()
	return m
}

// exampleURL is the address of a mock in error messages.
const exampleURL = "http://127.0.0.1:8080"

// probe returns an error unless the base address is that of a mock, and the mock has an account for the key.
func (m *Mock) probe() error {
	at, err := url.Parse(m.URL)
	if err != nil || at.Host == "" || at.Scheme != "http" && at.Scheme != "https" {
		return fmt.Errorf("%q is not the base address of a mock, such as %s", m.URL, exampleURL)
	}
	answer, err := m.ask(m.URL)
	switch {
	case nothingListens(err):
		return fmt.Errorf("nothing listens at %s; start tapmock there, or use its address, such as %s", at.Host, exampleURL)
	case err != nil:
		return fmt.Errorf("no answer from %s: %w", at.Host, err)
	case answer.isMock:
		return answer.refusal
	}
	text := fmt.Sprintf("%s is not tapmock: GET %s was answered with %s; expected HTTP 200 and an account as JSON. ", m.URL, accountPath, answer.text)
	if root := at.Scheme + "://" + at.Host; root != m.URL {
		if answer, err := m.ask(root); err == nil && answer.isMock {
			return errors.New(text + "tapmock answers at " + root)
		}
	}
	return errors.New(text + "Use the base address of tapmock, such as " + exampleURL)
}

// nothingListens reports whether no connection was made, although the host has an address. Each system has its own error for that.
func nothingListens(err error) bool {
	op, ok := errors.AsType[*net.OpError](err)
	_, unknown := errors.AsType[*net.DNSError](err)
	return ok && op.Op == "dial" && !op.Timeout() && !unknown
}

// probed is the answer of a server that may be a mock.
type probed struct {
	isMock  bool
	refusal error  // of a mock without an account for the key
	text    string // status, content type and first bytes
}

const (
	accountPath = control.Prefix + "/account"
	firstBytes  = 100     // of a body in an error message
	maxProbe    = 1 << 16 // bytes of an answer that are read
)

// ask requests the account at a base address.
func (m *Mock) ask(base string) (probed, error) {
	ctx, cancel := context.WithTimeout(m.tb.Context(), m.timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, base+accountPath, nil)
	if err != nil {
		return probed{}, err
	}
	req.Header.Set("Authorization", "Bearer "+m.Key)
	res, err := m.http.Do(req)
	if err != nil {
		return probed{}, err
	}
	defer res.Body.Close()
	body, _ := io.ReadAll(io.LimitReader(res.Body, maxProbe))
	var answer struct {
		Name  string
		Error control.Error
	}
	kind := res.Header.Get("Content-Type")
	isJSON := json.Unmarshal(body, &answer) == nil && strings.HasPrefix(kind, "application/json")
	switch {
	case isJSON && res.StatusCode == http.StatusOK && answer.Name != "":
		return probed{isMock: true}, nil
	case isJSON && res.StatusCode != http.StatusOK && answer.Error.Code != "" && answer.Error.Message != "":
		return probed{isMock: true, refusal: &answer.Error}, nil
	}
	if kind == "" {
		kind = "no content type"
	}
	return probed{text: fmt.Sprintf("HTTP %d, %s, %s", res.StatusCode, kind, beginning(string(body)))}, nil
}

// beginning is the beginning of a body in quotes.
func beginning(body string) string {
	if body == "" {
		return "no body"
	}
	more := ""
	if len(body) > firstBytes {
		body, more = strings.ToValidUTF8(body[:firstBytes], ""), "…"
	}
	return fmt.Sprintf("%q%s", strings.TrimSpace(body), more)
}
