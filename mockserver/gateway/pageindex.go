package gateway

import "sync"

// pageIndex finds the charge of a page link by its token. No other lock is taken while its lock is held.
type pageIndex struct {
	mu      sync.Mutex
	entries map[string]pageEntry
}

type pageEntry struct {
	account *Account
	charge  string
}

func (p *pageIndex) add(token string, a *Account, charge string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.entries[token] = pageEntry{a, charge}
}

func (p *pageIndex) remove(token string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.entries, token)
}

func (p *pageIndex) find(token string) (pageEntry, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	e, ok := p.entries[token]
	return e, ok
}
