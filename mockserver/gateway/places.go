package gateway

import "sync"

// places counts the charges of all accounts, so that they stay within a bound also while several are created at the same time: a place
// is taken before its charge is made.
type places struct {
	max int

	mu  sync.Mutex
	all share
}

// share are the places that an account has, or all accounts together. The lock of places guards it.
type share struct {
	taken int
	idle  int // of them, with charges that may be evicted
}

// inUse is the number of places whose charges cannot be evicted.
func (s *share) inUse() int { return s.taken - s.idle }

// take takes a place for an account. It reports false if a charge must be evicted first. An account may use at most half of the
// places that other accounts do not use, so that the charges of one never leave the others without any; if it uses them already, the
// error is a [*FullError].
func (p *places) take(s *share) (bool, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	free := p.max - (p.all.inUse() - s.inUse()) // for this account
	if half := max(1, (free+1)/2); s.inUse() >= half && free > 1 {
		return false, &FullError{Limit: "server-charges", Max: p.max, Share: half}
	}
	if p.all.taken >= p.max {
		return false, nil
	}
	p.all.taken++
	s.taken++
	return true, nil
}

// giveBack frees a place.
func (p *places) giveBack(s *share) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.all.taken--
	s.taken--
}

// addIdle counts that n more charges of an account may be evicted, or with n below zero fewer.
func (p *places) addIdle(s *share, n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.all.idle += n
	s.idle += n
}

// of returns a copy of an account's share.
func (p *places) of(s *share) share {
	p.mu.Lock()
	defer p.mu.Unlock()
	return *s
}

// evictionBatch is how many charges a full server drops at a time, so that it does not search for each.
const evictionBatch = 64

// takePlace takes a place for another charge of the account. If the server is full it evicts from the account with the most idle charges,
// so that an account with few does not lose them to one that creates many. The error is a [*FullError].
func (a *Account) takePlace() error {
	g := a.gw
	for {
		if taken, err := g.places.take(&a.places); taken || err != nil {
			return err
		}
		from := g.mostIdle()
		if from == nil {
			return &FullError{Limit: "server-charges", Max: g.limits.ServerCharges}
		}
		from.update(func(t *tx) { t.evict(min(evictionBatch, max(1, len(t.idle)/2))) })
	}
}

// mostIdle returns the account with the most idle charges, or nil if no account has one.
func (g *Gateway) mostIdle() *Account {
	g.mu.Lock()
	defer g.mu.Unlock()
	var found *Account
	most := 0
	for _, a := range g.accounts {
		if n := g.places.of(&a.places).idle; n > most {
			found, most = a, n
		}
	}
	return found
}
