package gateway

import (
	"context"
	"crypto/sha256"
	"runtime"
	"sync"

	"github.com/tapmock/tapmock/scenarios"
)

// memory bounds how much memory the scenarios need that accounts have brought themselves: their files, which accounts with equal files
// share, and the scripts of their queues and charges. The library and the files of the server do not count.
type memory struct {
	max     int           // bytes
	reading chan struct{} // one for each file that is being read, which needs far more memory than the result

	mu    sync.Mutex
	used  int // bytes
	files map[*scenarios.Set]*file
	texts map[fileText]*scenarios.Set
}

// file is the own scenario file of one or more accounts.
type file struct {
	text  fileText
	users int
}

// fileText identifies a file's text and the scenarios that it was put on top of. The zero value is a set that was made in Go.
type fileText struct {
	under *scenarios.Set
	sum   [sha256.Size]byte
}

func newMemory(max int) *memory {
	return &memory{max: max, reading: make(chan struct{}, runtime.GOMAXPROCS(0)), files: map[*scenarios.Set]*file{}, texts: map[fileText]*scenarios.Set{}}
}

// parse is [scenarios.Parse], of which only a few run at the same time. It can also return ctx's error.
func (m *memory) parse(ctx context.Context, under *scenarios.Set, name string, text []byte) (*scenarios.Set, error) {
	select {
	case m.reading <- struct{}{}:
		defer func() { <-m.reading }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	set, err := scenarios.Parse(under, name, text)
	if err == nil {
		set.Cost() // estimated now, when no lock is held
	}
	return set, err
}

// find returns the set of a text that an account uses, or nil.
func (m *memory) find(text fileText) *scenarios.Set {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.texts[text]
}

// take reserves n bytes. It reports false if the limit does not allow it.
func (m *memory) take(n int) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.takeLocked(n)
}

func (m *memory) takeLocked(n int) bool {
	if m.used+n > m.max {
		return false
	}
	m.used += n
	return true
}

// giveBack frees n bytes.
func (m *memory) giveBack(n int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.used -= n
}

// replace makes an account use one set instead of another; nil is none. It returns the set to use, which is an older one if that has the
// same text. It reports false, and changes nothing, if the limit does not allow it.
func (m *memory) replace(old, set *scenarios.Set, text fileText) (*scenarios.Set, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if same := m.texts[text]; same != nil && set != nil {
		set = same
	}
	before := m.leaveLocked(old)
	ok := m.useLocked(set, text)
	if !ok {
		m.useLocked(old, before)
	}
	return set, ok
}

// leaveLocked ends one use of a set and returns its text.
func (m *memory) leaveLocked(set *scenarios.Set) fileText {
	f := m.files[set]
	if f == nil {
		return fileText{}
	}
	if f.users--; f.users == 0 {
		delete(m.files, set)
		delete(m.texts, f.text)
		m.used -= set.Cost()
	}
	return f.text
}

func (m *memory) useLocked(set *scenarios.Set, text fileText) bool {
	f := m.files[set]
	switch {
	case set == nil:
		return true
	case f == nil && !m.takeLocked(set.Cost()):
		return false
	case f == nil:
		f = &file{text: text}
		m.files[set] = f
		if text.under != nil {
			m.texts[text] = set
		}
	}
	f.users++
	return true
}
