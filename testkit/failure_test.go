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

// failingTB is a test that can fail without failing the real one; it records its output.
type failingTB struct {
	onceTB
	output []string
	failed bool
}

func (f *failingTB) Errorf(format string, args ...any) {
	f.failed = true
	f.output = append(f.output, fmt.Sprintf(format, args...))
}
func (f *failingTB) Logf(format string, args ...any) {
	f.output = append(f.output, fmt.Sprintf(format, args...))
}
func (f *failingTB) Fatalf(format string, args ...any) { f.Errorf(format, args...); panic(f) }
func (f *failingTB) Failed() bool                      { return f.failed }

// run runs a test to its end and returns its output.
func (f *failingTB) run(body func()) string {
	func() {
		defer func() {
			if p := recover(); p != nil && p != any(f) {
				panic(p)
			}
		}()
		body()
	}()
	f.end()
	return strings.Join(f.output, "\n")
}

// wantParts checks that the output has all parts.
func wantParts(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("the output lacks %q:\n%s", part, text)
		}
	}
}

// TestFailureHasTrace fails a test for a reason of its own.
func TestFailureHasTrace(t *testing.T) {
	t.Parallel()
	f := &failingTB{onceTB: onceTB{TB: t}}
	text := f.run(func() {
		mock := testkit.Start(f)
		_, page := order(f, mock, shop(t), "o-1")
		mock.Pay(page)
		f.Errorf("the test's own reason")
	})
	wantParts(t, text, "the test's own reason", "tapmock journal:", "created", "INITIATED → CAPTURED", "webhook", "(by ")
}

// TestReportedFailureHasNoTrace fails a test whose report replaces the traces. Those of another account are logged.
func TestReportedFailureHasNoTrace(t *testing.T) {
	t.Parallel()
	f := &failingTB{onceTB: onceTB{TB: t}}
	text := f.run(func() {
		mock := testkit.Start(f)
		order(f, mock, shop(t), "o-1")
		testkit.MarkReported(mock)
		f.Errorf("the report")
	})
	if text != "the report" {
		t.Errorf("the output is %q", text)
	}
	f = &failingTB{onceTB: onceTB{TB: t}}
	text = f.run(func() {
		mock := testkit.Start(f)
		testkit.MarkReported(mock)
		mock.NewAccount(f)
		f.Errorf("the report")
	})
	if n := strings.Count(text, "tapmock journal:"); n != 1 {
		t.Errorf("%d journals, want the other account's:\n%s", n, text)
	}
}

// TestUnknownRequestFails sends a request that the mock has no route for, with the account's key and without.
func TestUnknownRequestFails(t *testing.T) {
	t.Parallel()
	for _, key := range []bool{true, false} {
		f := &failingTB{onceTB: onceTB{TB: t}}
		text := f.run(func() {
			mock := testkit.Start(f)
			req, _ := http.NewRequest("POST", mock.APIURL()+"/files", strings.NewReader("{}"))
			if key {
				req.Header.Set("Authorization", "Bearer "+mock.Key)
			}
			res, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			res.Body.Close()
		})
		wantParts(t, text, "the mock has no route for", "POST /v2/files")
	}
}

// TestUnusedNextFails queues a scenario that no charge uses, as if the code under test had another key.
func TestUnusedNextFails(t *testing.T) {
	t.Parallel()
	f := &failingTB{onceTB: onceTB{TB: t}}
	text := f.run(func() { testkit.Start(f).Next("outcome/no-funds") })
	wantParts(t, text, "no charge used the scenarios that Next queued: outcome/no-funds", "mock.Key")
	f = &failingTB{onceTB: onceTB{TB: t}}
	text = f.run(func() {
		testkit.Start(f).Next("outcome/no-funds")
		f.Errorf("the test's own reason")
	})
	wantParts(t, text, "the test's own reason", "the account has no charges", "mock.Key")
	if strings.Contains(text, "no charge used") {
		t.Errorf("a failed test is also blamed for its queue: %s", text)
	}
}

// TestDeliveryUnderWayFails ends a test before its merchant responds to a webhook.
func TestDeliveryUnderWayFails(t *testing.T) {
	t.Parallel()
	release, received := make(chan struct{}), make(chan struct{}, 1)
	merchant := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { received <- struct{}{}; <-release }))
	defer merchant.Close()
	defer close(release)
	f := &failingTB{onceTB: onceTB{TB: t}}
	text := f.run(func() {
		mock := testkit.Start(f, testkit.Set("return_wait", "10ms"), testkit.Set("webhook_timeout", "30s"))
		mock.Next("payer/pays + return/never")
		order(f, mock, merchant.URL, "o-1")
		<-received
	})
	wantParts(t, text, "the test ended while deliveries were under way (aborted: true)", "webhook attempt 1 for chg_")
}

// TestHoldMisspelt holds a gate that no scenario of the account has.
func TestHoldMisspelt(t *testing.T) {
	t.Parallel()
	f := &failingTB{onceTB: onceTB{TB: t}}
	text := f.run(func() {
		mock := testkit.Start(f)
		mock.PutScenarios("scenarios:\n  - {name: x, description: x, callbacks: [webhook: {at: settled, gate: inspected}]}\n")
		mock.Hold("inspected")()
		mock.Hold("inspekted")
		t.Error("the test goes on")
	})
	wantParts(t, text, "testkit: ", "inspekted", "did you mean inspected?")
	if strings.Count(text, "testkit:") != 1 {
		t.Errorf("more than one error:\n%s", text)
	}
}

// TestAwaitTimeout waits for a status that the charge does not get.
func TestAwaitTimeout(t *testing.T) {
	t.Parallel()
	f := &failingTB{onceTB: onceTB{TB: t}}
	text := f.run(func() {
		mock := testkit.Start(f, testkit.AwaitTimeout(20*time.Millisecond))
		id, _ := order(f, mock, shop(t), "o-1")
		mock.AwaitStatus(id, "CAPTURED")
	})
	wantParts(t, text, "timeout after 20ms waiting for charge chg_", "to become CAPTURED", "created", "the charge is INITIATED; pending until ", "(expired for chg_")
}

// TestAssumptionFails depends on an assumption.
func TestAssumptionFails(t *testing.T) {
	t.Parallel()
	f := &failingTB{onceTB: onceTB{TB: t}}
	text := f.run(func() {
		mock := testkit.Start(f, testkit.Set("assumption_findings", "true"))
		_, page := order(f, mock, shop(t), "o-1")
		mock.PayWith(page, testkit.DeclinedCard)
	})
	wantParts(t, text, "depends on an assumption about Tap: NOT CAPTURED becomes FAILED 401")
}
