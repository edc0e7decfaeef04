package inspector

import (
	"bytes"
	"crypto/rand"
	"strings"
	"sync"
)

// hole is a place in the home page whose text changes with each payment or second.
type hole int

const (
	placeHole hole = iota
	stampHole
	secondHole
	pendingHole
	findingsHole
	evictedHole
	rowsHole
	olderHole
	holes
)

// holeMark stands in a template's page for a hole, before the hole's letter. It is drawn by the system: no text of a merchant can contain it.
var holeMark = rand.Text()

// String is what a template writes for the hole. It has letters and digits only, so no context of HTML changes it.
func (g hole) String() string { return holeMark + string(rune('a'+g)) }

// shell is a home page with holes. The home page is made again after each event, for each viewer, while merchants' calls wait for the processor: its
// template takes ten times as long as all the rest.
type shell []shellPart

// shellPart is the text before a hole, or the last text.
type shellPart struct {
	text []byte
	hole hole
}

// newShell cuts a page at its holes.
func newShell(page []byte) (s shell) {
	for {
		text, rest, more := bytes.Cut(page, []byte(holeMark))
		if !more {
			return append(s, shellPart{text, holes})
		}
		s, page = append(s, shellPart{text, hole(rest[0] - 'a')}), rest[1:]
	}
}

// fill appends the page.
func (s shell) fill(page []byte, texts *texts) []byte {
	for _, p := range s {
		page = append(append(page, p.text...), texts[p.hole]...)
	}
	return page
}

// texts are what stands in the holes; after the last part there is nothing.
type texts [holes + 1][]byte

// shellKey is everything on which a shell depends.
type shellKey struct {
	address                                 string // with the query
	welcome                                 Welcome
	accounts                                string // to choose from
	signedIn                                bool
	frozen                                  bool
	next                                    string // the default scenario and what is shown of the queue
	queued                                  int
	rows, older, pending, findings, evicted bool // whether there are any
}

// The bounds of what is kept of pages.
const (
	maxShells  = 64
	maxAddress = 500 // bytes of the address of a page that is kept
)

// shells keeps the latest shells.
type shells struct {
	mu  sync.Mutex
	all map[shellKey]shell
}

// find returns the shell with a key, or nil.
func (c *shells) find(key *shellKey) shell {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.all[*key]
}

// put keeps a shell.
func (c *shells) put(key *shellKey, s shell) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.all == nil || len(c.all) >= maxShells {
		c.all = map[shellKey]shell{}
	}
	c.all[*key] = s
}

// shell is the home page with holes. One with the result of a button is made for itself, because results are forgotten, and one with a long address
// too, because it could be of any size.
func (v *visit) shell(some *payments) (shell, error) {
	key := v.shellKey(some)
	once := v.query.Has("done") || len(v.r.RequestURI) > maxAddress
	if s := v.pages.shells.find(key); s != nil && !once {
		return s, nil
	}
	page, err := v.listPage(some)
	if err != nil {
		return nil, err
	}
	s := newShell(page)
	if !once {
		v.pages.shells.put(key, s)
	}
	return s, nil
}

// shellKey is the key of the page that is asked for now.
func (v *visit) shellKey(some *payments) *shellKey {
	names := make([]string, 0, 8)
	for _, a := range v.choices() {
		names = append(names, a.Name)
	}
	return &shellKey{address: v.r.RequestURI, welcome: v.welcome, accounts: strings.Join(names, " "), signedIn: v.signedIn, frozen: v.state.Frozen,
		next: v.state.DefaultScenario + "\x00" + strings.Join(v.state.Queue[:min(len(v.state.Queue), maxQueue)], "\x00"), queued: len(v.state.Queue), rows: len(some.rows) > 0, older: some.last != "",
		pending: v.state.NextDue != nil, findings: v.state.Findings > 0, evicted: v.state.EvictedCharges > 0}
}
