package inspector

import (
	"crypto/rand"
	"net/http"
	"sync"
)

// session is a browser that has signed in. It lasts as long as the browser and the server.
type session struct {
	account string // the only one that it may see; "" if it may see all
}

// sessions are the browsers that have signed in, by the value of their cookie, which is drawn by the system and not from the seed: it must not be
// guessed. Beyond the bound the oldest is signed out.
type sessions struct {
	mu    sync.Mutex
	all   map[string]session
	order []string
}

const maxSessions = 1000

// cookieName is the name of the cookie of a browser that has signed in.
const cookieName = "tapmock_page"

func (s *sessions) find(r *http.Request) (session, bool) {
	cookie, err := r.Cookie(cookieName)
	if err != nil {
		return session{}, false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	one, ok := s.all[cookie.Value]
	return one, ok
}

// begin signs a browser in: the cookie is read by no script, sent by no other site, and forgotten when the browser ends.
func (s *sessions) begin(w http.ResponseWriter, r *http.Request, one session) {
	token := rand.Text()
	s.mu.Lock()
	if s.all == nil {
		s.all = map[string]session{}
	}
	s.all[token], s.order = one, append(s.order, token)
	if len(s.order) > maxSessions {
		delete(s.all, s.order[0])
		s.order = s.order[1:]
	}
	s.mu.Unlock()
	http.SetCookie(w, &http.Cookie{Name: cookieName, Value: token, Path: "/", HttpOnly: true, Secure: r.TLS != nil, SameSite: http.SameSiteStrictMode})
}

// end signs a browser out.
func (s *sessions) end(w http.ResponseWriter, r *http.Request) {
	if cookie, err := r.Cookie(cookieName); err == nil {
		s.mu.Lock()
		delete(s.all, cookie.Value)
		s.mu.Unlock()
	}
	http.SetCookie(w, &http.Cookie{Name: cookieName, Path: "/", MaxAge: -1, HttpOnly: true, SameSite: http.SameSiteStrictMode})
}
