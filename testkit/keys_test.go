package testkit_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/tapmock/tapmock/testkit"
)

// TestKeys opens accounts on a mock with three keys: the next unused one each, free again when its test has ended.
func TestKeys(t *testing.T) {
	t.Parallel()
	mock := testkit.Start(t, testkit.Keys("sk_test_a", "sk_test_b", "sk_test_b"), testkit.Keys("sk_test_c"))
	if mock.Key != "sk_test_a" {
		t.Errorf("Start has %s", mock.Key)
	}
	at := shop(t)
	for range 2 {
		t.Run("tests", func(t *testing.T) {
			for _, want := range []string{"sk_test_b", "sk_test_c"} {
				account := mock.NewAccount(t)
				id, page := order(t, account, at, "o-1")
				if account.Pay(page); account.Key != want || account.Charge(id).Status != "CAPTURED" {
					t.Errorf("key %s, want %s\n%s", account.Key, want, account.Trace(id))
				}
			}
			f := &failingTB{onceTB: onceTB{TB: t}}
			wantParts(t, f.run(func() { mock.NewAccount(f) }), "testkit: each of the 3 keys of Keys is used by a test that has not ended: TestKeys, "+t.Name()+", "+t.Name(), "Name more keys")
		})
	}
	if b := mock.NewAccount(t); len(b.Charges()) != 0 || b.Key != "sk_test_b" {
		t.Errorf("the account of an ended test has %d charges, key %s", len(b.Charges()), b.Key)
	}
	f := &failingTB{onceTB: onceTB{TB: t}}
	wantParts(t, f.run(func() { mock.NewAccount(f, testkit.Keys("sk_test_x")) }), "Keys is only for Start and Attach")
}

// TestKeysInParallel has more parallel subtests than keys can be used at a time: each key has one test at a time.
func TestKeysInParallel(t *testing.T) {
	t.Parallel()
	var keys []string
	for i := range 8 {
		keys = append(keys, fmt.Sprintf("sk_test_%d", i))
	}
	server := testkit.Start(t, testkit.Keys(append([]string{"sk_test_server"}, keys...)...))
	var mu sync.Mutex
	used := map[string]bool{}
	slots := make(chan struct{}, len(keys))
	t.Run("tests", func(t *testing.T) {
		for i := range 40 {
			t.Run(fmt.Sprint(i), func(t *testing.T) {
				t.Parallel()
				slots <- struct{}{}
				t.Cleanup(func() { <-slots })
				t.Run("one", func(t *testing.T) {
					account := server.NewAccount(t)
					mu.Lock()
					if used[account.Key] || !slices.Contains(keys, account.Key) {
						t.Errorf("key %s is used by another test or is unknown", account.Key)
					}
					used[account.Key] = true
					mu.Unlock()
					account.Next("outcome/no-funds")
					if err := account.Control().ClearQueue(t.Context()); err != nil {
						t.Error(err)
					}
					mu.Lock()
					defer mu.Unlock()
					delete(used, account.Key)
				})
			})
		}
	})
}

// TestAttachKeys attaches to a mock with keys: with one of them, with the next unused one, and with another.
func TestAttachKeys(t *testing.T) {
	t.Parallel()
	mock := testkit.Start(t, testkit.Keys("sk_test_a", "sk_test_b", "sk_test_c"))
	keys := testkit.Keys("sk_test_b", "sk_test_c")
	second := testkit.Attach(t, mock.URL, "sk_test_c", keys)
	if third := second.NewAccount(t); third.Key != "sk_test_b" {
		t.Errorf("the second account has %s", third.Key)
	}
	t.Run("next", func(t *testing.T) {
		if m := testkit.Attach(t, mock.URL, "", keys); m.Key != "sk_test_b" {
			t.Errorf("without a key it has %s", m.Key)
		}
	})
	text := attachTo(t, mock.URL, "sk_test_a", keys)
	wantParts(t, text, "testkit: the key of Attach is not one of the 2 keys of Keys")
	if strings.Contains(text, "sk_test_a") {
		t.Errorf("the error has the key: %s", text)
	}
	f := &failingTB{onceTB: onceTB{TB: t}}
	wantParts(t, f.run(func() { testkit.Start(f, testkit.Keys("sk_live_x")) }), "a secret key is sk_test_")
}
