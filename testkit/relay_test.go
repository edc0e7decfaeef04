package testkit_test

import (
	"strings"
	"testing"
	"time"

	"github.com/tapmock/tapmock/testkit"
)

// TestRelayed has this process make the mock's calls: webhooks, copies at once, lies, the payer's return, and a merchant who is not there.
func TestRelayed(t *testing.T) {
	t.Parallel()
	mock := testkit.Start(t, testkit.Relay(), testkit.Frozen(time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)))
	at := shop(t)
	for _, scenario := range []string{"payer/pays + webhook/concurrent", "payer/pays + forge/body-changed", "payer/pays + return/twice"} {
		mock.Next(scenario)
		id, _ := order(t, mock, at, scenario)
		mock.Advance(time.Hour)
		c := mock.Charge(id)
		for _, w := range mock.Webhooks(id) {
			if w.Response.Status != 200 || w.Response.TookMS <= 0 || w.Response.Body != "thank you" {
				t.Errorf("%s: %+v", scenario, w.Response)
			}
		}
		if c.Post != "SUCCESS" || c.Redirect != "SUCCESS" || !strings.Contains(mock.Trace(id), "return?") && !strings.Contains(mock.Trace(id), "/return: HTTP 200") {
			t.Errorf("%s", mock.Trace(id))
		}
	}
	id, page := order(t, mock, "http://127.0.0.1:9", "nobody")
	mock.Pay(page)
	mock.Advance(time.Minute)
	if story := mock.Trace(id); !strings.Contains(story, "refused") || mock.Charge(id).Post != "ERROR" {
		t.Errorf("%s", story)
	}
}
