package testkit_test

import (
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/tapmock/tapmock/testkit"
)

// TestNoKitGoroutineLeaks looks for goroutines of the module after a test ended. It is not parallel, so that there are no others.
func TestNoKitGoroutineLeaks(t *testing.T) {
	t.Run("a test", func(t *testing.T) {
		mock := testkit.Start(t)
		r := testkit.NewReceiver(t, mock.Key)
		create(t, mock, r)
		if r := testkit.InspectMerchant(t, mock, NewShop(t, mock), testkit.Stories("webhook/concurrent", "api/create-slow")); len(r.Findings) != 0 {
			t.Errorf("%s", r)
		}
	})
	deadline := time.Now().Add(2 * time.Second)
	for {
		left := goroutines()
		if len(left) == 0 {
			return
		}
		if time.Now().After(deadline) { // goroutines of closed connections need some time to end
			t.Fatalf("%d goroutines are left:\n%s", len(left), strings.Join(left, "\n\n"))
		}
		runtime.Gosched()
	}
}

// goroutines are the stacks of all goroutines that run code of the module, without the tests themselves.
func goroutines() []string {
	text := make([]byte, 1<<20)
	var found []string
	for one := range strings.SplitSeq(string(text[:runtime.Stack(text, true)]), "\n\n") {
		if strings.Contains(one, "tapmock/") && !strings.Contains(one, "testing.tRunner") {
			found = append(found, one)
		}
	}
	return found
}
