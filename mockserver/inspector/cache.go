package inspector

import (
	"strings"
	"sync"
)

// cache keeps the latest home pages, because several browsers ask for the same one each time something happens. What is on such a page follows from
// its key; ages are those of the second.
type cache struct {
	mu  sync.Mutex
	all map[cacheKey][]byte
}

// cacheKey is everything on which a home page depends.
type cacheKey struct {
	address  string // with the query
	base     string
	account  string
	signedIn bool
	session  session
	place    Place
	second   int64
	frozen   bool
	names    string // of the default scenario and of the queue
	counts   [3]int // scheduled, findings, evicted
}

// maxCached bounds the pages that are kept.
const maxCached = 64

// cacheKey is the key of the page that is asked for now.
func (v *visit) cacheKey() cacheKey {
	s := &v.state
	return cacheKey{v.r.RequestURI, v.welcome.Base, v.account, v.signedIn, v.session, v.place, s.Now.Unix(), s.Frozen, s.DefaultScenario + "\x00" + strings.Join(s.Queue, "\x00"),
		[3]int{s.ScheduledCount, s.Findings, s.EvictedCharges}}
}

func (c *cache) find(key cacheKey) []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.all[key]
}

func (c *cache) put(key cacheKey, page []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.all == nil || len(c.all) >= maxCached {
		c.all = map[cacheKey][]byte{}
	}
	c.all[key] = page
}
