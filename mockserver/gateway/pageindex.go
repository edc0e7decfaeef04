package gateway

import "sync"

// pageIndex finds the payer of a page link by its token. No other lock is taken while its lock is held.
type pageIndex struct {
	mu     sync.Mutex
	payers map[string]Payer
}

func (p *pageIndex) add(token string, payer Payer) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.payers[token] = payer
}

func (p *pageIndex) remove(token string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.payers, token)
}

func (p *pageIndex) find(token string) (Payer, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	payer, ok := p.payers[token]
	return payer, ok
}
