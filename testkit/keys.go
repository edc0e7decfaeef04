package testkit

import (
	"fmt"
	"hash/fnv"
	"slices"
	"strings"
	"sync"
)

// keyring gives each key of [Keys] to one test at a time.
type keyring struct {
	keys []string

	mu   sync.Mutex        // guards user
	user map[string]string // name of the test that uses a key
}

// newKeyring returns nil if there are no keys.
func newKeyring(keys []string) *keyring {
	if len(keys) == 0 {
		return nil
	}
	return &keyring{keys: keys, user: map[string]string{}}
}

// take returns the next unused key, which the test has until it ends. Without Keys it is a fresh key.
func (k *keyring) take(tb TB) string {
	tb.Helper()
	if k == nil {
		return freshKey(tb)
	}
	k.mu.Lock()
	for _, key := range k.keys {
		if _, used := k.user[key]; !used {
			k.useLocked(tb, key)
			k.mu.Unlock()
			return key
		}
	}
	var users []string
	for _, key := range k.keys {
		users = append(users, k.user[key])
	}
	k.mu.Unlock()
	tb.Fatalf("testkit: each of the %d keys of Keys is used by a test that has not ended: %s. Name more keys, or run fewer tests in parallel", len(users), strings.Join(users, ", "))
	return ""
}

// claim marks a key as used until the test ends.
func (k *keyring) claim(tb TB, key string) {
	tb.Helper()
	if !slices.Contains(k.keys, key) {
		tb.Fatalf("testkit: the key of Attach is not one of the %d keys of Keys", len(k.keys))
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.useLocked(tb, key)
}

func (k *keyring) useLocked(tb TB, key string) {
	k.user[key] = tb.Name()
	tb.Cleanup(func() {
		k.mu.Lock()
		defer k.mu.Unlock()
		delete(k.user, key)
	})
}

var (
	keysMu sync.Mutex
	keys   = map[string]int{}
)

// freshKey is a secret key that no other test of the process has. Each run gives the same keys, and so the same ids.
func freshKey(tb TB) string {
	keysMu.Lock()
	defer keysMu.Unlock()
	keys[tb.Name()]++
	h := fnv.New128a()
	fmt.Fprintf(h, "%s %d", tb.Name(), keys[tb.Name()])
	return fmt.Sprintf("sk_test_%x", h.Sum(nil)[:12])
}
