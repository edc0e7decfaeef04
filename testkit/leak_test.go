package testkit_test

import (
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/tapmock/tapmock/testkit"
)

// TestNothingStays looks for goroutines of the kit after a test has ended. It is not parallel, so that there are no others.
func TestNothingStays(t *testing.T) {
	t.Run("a test", func(t *testing.T) {
		mock := testkit.Start(t)
		r := testkit.NewReceiver(t, mock.Key)
		create(t, mock, r)
		if found := testkit.InspectMerchant(t, mock, NewShop(t, mock), testkit.Stories("webhook/concurrent", "api/create-slow")); len(found) != 0 {
			t.Errorf("found %v", found)
		}
	})
	deadline := time.Now().Add(2 * time.Second)
	for {
		stays := goroutines()
		if len(stays) == 0 {
			return
		}
		if time.Now().After(deadline) { // connections that were closed may still be on their way out
			t.Fatalf("%d goroutines stay:\n%s", len(stays), strings.Join(stays, "\n\n"))
		}
		runtime.Gosched()
	}
}

// goroutines are those that run code of the module, but for tests themselves.
func goroutines() []string {
	text := make([]byte, 1<<20)
	var some []string
	for one := range strings.SplitSeq(string(text[:runtime.Stack(text, true)]), "\n\n") {
		if strings.Contains(one, "tapmock/") && !strings.Contains(one, "testing.tRunner") {
			some = append(some, one)
		}
	}
	return some
}
