package testkit_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/tapmock/tapmock/testkit"
)

// failing is a test that may fail without failing the real one; what it says is kept.
type failing struct {
	once
	said   []string
	failed bool
}

func (f *failing) Errorf(format string, args ...any) {
	f.failed = true
	f.said = append(f.said, fmt.Sprintf(format, args...))
}
func (f *failing) Logf(format string, args ...any) {
	f.said = append(f.said, fmt.Sprintf(format, args...))
}
func (f *failing) Fatalf(format string, args ...any) { f.Errorf(format, args...); panic(f) }
func (f *failing) Failed() bool                      { return f.failed }

// chaosRecord runs a test to its end, and returns all that it has said.
func (f *failing) run(body func()) string {
	func() {
		defer func() {
			if p := recover(); p != nil && p != any(f) {
				panic(p)
			}
		}()
		body()
	}()
	f.end()
	return strings.Join(f.said, "\n")
}

func says(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("the failing test does not say %q:\n%s", part, text)
		}
	}
}

// TestFailureTellsTheStory fails a test for reasons of its own.
func TestFailureTellsTheStory(t *testing.T) {
	t.Parallel()
	f := &failing{once: once{TB: t}}
	text := f.run(func() {
		mock := testkit.Start(f)
		_, page := order(f, mock, shop(t), "o-1")
		mock.Pay(page)
		f.Errorf("my own reason")
	})
	says(t, text, "my own reason", "tapmock saw:", "created", "INITIATED → CAPTURED", "webhook", "(by ")
}

// TestUnknownRequestFails asks for what the mock does not have, with the account's key and without.
func TestUnknownRequestFails(t *testing.T) {
	t.Parallel()
	for _, key := range []bool{true, false} {
		f := &failing{once: once{TB: t}}
		text := f.run(func() {
			mock := testkit.Start(f)
			req, _ := http.NewRequest("POST", mock.APIURL()+"/refunds", strings.NewReader("{}"))
			if key {
				req.Header.Set("Authorization", "Bearer "+mock.Key)
			}
			res, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			res.Body.Close()
		})
		says(t, text, "does not know", "POST /v2/refunds")
	}
}

// TestUnusedNextFails queues a story that no charge follows, because the code under test has another key.
func TestUnusedNextFails(t *testing.T) {
	t.Parallel()
	f := &failing{once: once{TB: t}}
	text := f.run(func() { testkit.Start(f).Next("outcome/no-funds") })
	says(t, text, "no charge followed what Next had queued: outcome/no-funds", "mock.Key")
	f = &failing{once: once{TB: t}}
	text = f.run(func() {
		testkit.Start(f).Next("outcome/no-funds")
		f.Errorf("my own reason")
	})
	says(t, text, "my own reason", "no charge of this account", "mock.Key")
	if strings.Contains(text, "no charge followed") {
		t.Errorf("a test that has failed already ends early: %s", text)
	}
}

// TestLeakFails ends a test while its merchant still thinks about a webhook.
func TestLeakFails(t *testing.T) {
	t.Parallel()
	hang, came := make(chan struct{}), make(chan struct{}, 1)
	merchant := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { came <- struct{}{}; <-hang }))
	defer merchant.Close()
	defer close(hang)
	f := &failing{once: once{TB: t}}
	text := f.run(func() {
		mock := testkit.Start(f, testkit.Set("return_wait", "10ms"), testkit.Set("webhook_timeout", "30s"))
		mock.Next("payer/pays + return/never")
		order(f, mock, merchant.URL, "o-1")
		<-came
	})
	says(t, text, "the test ended while deliveries were under way (cut off: true)", "webhook attempt 1 for chg_")
}

// TestAwaitInVain says what happened instead.
func TestAwaitInVain(t *testing.T) {
	t.Parallel()
	f := &failing{once: once{TB: t}}
	text := f.run(func() {
		mock := testkit.Start(f, testkit.Patience(20*time.Millisecond))
		id, _ := order(f, mock, shop(t), "o-1")
		mock.AwaitStatus(id, "CAPTURED")
	})
	says(t, text, "waited 20ms for charge chg_", "to become CAPTURED in vain", "created", "expire for chg_")
}

// TestAssumptionFails rests on a guess.
func TestAssumptionFails(t *testing.T) {
	t.Parallel()
	f := &failing{once: once{TB: t}}
	text := f.run(func() {
		mock := testkit.Start(f, testkit.Set("assumption_findings", "true"))
		_, page := order(f, mock, shop(t), "o-1")
		mock.PayWith(page, testkit.RefusedCard)
	})
	says(t, text, "rests on a guess about Tap: NOT CAPTURED becomes FAILED 401")
}
