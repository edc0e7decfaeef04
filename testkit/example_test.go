package testkit_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/testkit"
)

// example replaces *testing.T in an Example. It prints failures, so that the output differs and the Example fails.
type example struct {
	testkit.TB
	name     string
	cleanups []func()
	failed   bool
}

func (e *example) Helper()                  {}
func (e *example) Name() string             { return e.name }
func (e *example) Failed() bool             { return e.failed }
func (e *example) Context() context.Context { return context.Background() }
func (e *example) Cleanup(f func())         { e.cleanups = append(e.cleanups, f) }
func (e *example) Logf(string, ...any)      {}

func (e *example) Errorf(format string, args ...any) {
	e.failed = true
	fmt.Printf(format+"\n", args...)
}

func (e *example) Fatalf(format string, args ...any) { panic(fmt.Sprintf(format, args...)) }

// end runs the cleanups, as the end of a test does.
func (e *example) end() {
	for _, f := range slices.Backward(e.cleanups) {
		f()
	}
}

// checkout is the code under test of the Examples: it creates a charge and returns its id and the URL of its page.
func checkout(mock *testkit.Mock, shop *testkit.Receiver, order, amount string) (id, payURL string) {
	body := fmt.Sprintf(`{"amount": %s, "currency": "KWD", "source": {"id": "src_kw.knet"},
		"customer": {"first_name": "Test", "email": "test@example.com"}, "reference": {"order": %q, "idempotent": %q},
		"post": {"url": %q}, "redirect": {"url": %q}}`, amount, order, order, shop.WebhookURL, shop.ReturnURL)
	req, err := http.NewRequest("POST", mock.APIURL()+"/charges", strings.NewReader(body))
	if err != nil {
		panic(err)
	}
	req.Header.Set("Authorization", "Bearer "+mock.Key)
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	res, err := client.Do(req)
	if err != nil {
		return "", ""
	}
	defer res.Body.Close()
	var c tap.Charge
	if err := json.NewDecoder(res.Body).Decode(&c); err != nil {
		panic(err)
	}
	return c.ID, c.Transaction.URL
}
