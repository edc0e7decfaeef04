package gateway

import "fmt"

// AccountName is the name of the account of a secret key, which logs, lists and addresses have instead of the key.
func AccountName(key string) string { return fmt.Sprintf("%016x", hash64(key)) }

// Name is the account's name, see [AccountName].
func (a *Account) Name() string { return a.name }

// ShortKey is the account's key as lists for people show it: its beginning and its end, of a short key only the beginning.
func (a *Account) ShortKey() string { return ShortKey(a.key) }

// ShortKey is a key as pages show it: enough of it to recognise it, too little to use it.
func ShortKey(key string) string {
	const shown = len("sk_test_") + 4
	if n := len(key); n > shown+8 {
		return key[:shown] + "…" + key[n-4:]
	}
	return key[:min(len(key), shown-2)] + "…"
}

// Named returns the account with a name, or nil. It opens no account.
func (g *Gateway) Named(name string) *Account {
	g.mu.Lock()
	defer g.mu.Unlock()
	if a := g.accounts[g.lastNamed]; a != nil && a.name == name {
		return a
	}
	for key, a := range g.accounts {
		if a.name == name {
			g.lastNamed = key
			return a
		}
	}
	return nil
}

// Key is the account's secret key, to compute signatures with. It must not be shown or logged.
func (a *Account) Key() string { return a.key }
