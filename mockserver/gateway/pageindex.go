package gateway

import "sync"

// pageIndex leads from the token of a page link to its charge. Its lock is the innermost of all.
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
