package mockserver

import (
	"cmp"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/gorilla/mux"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// router finds the route of a request. It is built once per process: building it costs more than the rest of a server.
var router = sync.OnceValue(func() *mux.Router {
	r := mux.NewRouter().SkipClean(true).UseEncodedPath()
	unused := http.NotFoundHandler() // route calls the server's own handler
	for _, one := range slices.Concat(routes, controlRoutes()) {
		r.Handle(one.path, unused).Methods(strings.Fields(one.methods)...).Name(one.name)
	}
	return r
})

// makeHandlers makes the server's handlers, by the names of the routes.
func (s *Server) makeHandlers() {
	s.handlers = map[string]http.Handler{}
	for _, one := range slices.Concat(routes, controlRoutes()) {
		s.handlers[one.name] = one.handler(s)
	}
}

// route passes a request to the handler of its route.
func (s *Server) route(w http.ResponseWriter, r *http.Request) {
	var match mux.RouteMatch
	found := router().Match(r, &match)
	switch {
	case found && match.MatchErr == nil:
		if len(match.Vars) > 0 {
			r = mux.SetURLVars(r, match.Vars)
		}
		s.handlers[match.Route.GetName()].ServeHTTP(w, r)
	case errors.Is(match.MatchErr, mux.ErrMethodMismatch):
		s.answerUnknown(w, r, wrongMethod)
	default:
		s.answerUnknown(w, r, noRoute)
	}
}

// answerUnknown records and answers a request for which the mock has no route.
func (s *Server) answerUnknown(w http.ResponseWriter, r *http.Request, answer http.HandlerFunc) {
	c := &call{server: s, w: w, r: r}
	defer c.kept.end()
	s.noteUnknown(c)
	answer(c.w, r)
}

// noteUnknown records a request for which the mock has no route: in the journal of its account, or, if it has no key of an account, by
// a call of [Config].Unknown.
func (s *Server) noteUnknown(c *call) {
	r := c.r
	if isControl(r) {
		return
	}
	start := s.gateway.RealNow()
	if account, err := s.authenticate(r); err == nil {
		c.account, c.named = account, objectOfPath(r.URL.Path)
		c.keep(start, c.arrive(start))
		account.NoteUnknown(r.Method, r.URL.Path, hintOf(r.URL.Path, templates()))
	} else if s.unknown != nil {
		s.unknown(r.Method, loggedPath(r))
	}
}

// objectOfPath is the last payment object that a path without a route names, or zero.
func objectOfPath(path string) (named tap.Object) {
	for part := range strings.SplitSeq(path, "/") {
		named = cmp.Or(objectIn(part), named)
	}
	return named
}

// noRoute answers a request for a path that the mock does not have, and names the nearest path.
func noRoute(w http.ResponseWriter, r *http.Request) {
	if isControl(r) {
		noControl(w, r, http.StatusNotFound)
		return
	}
	note := "tapmock has no " + clippedRequest(r)
	if hint := hintOf(r.URL.Path, templates()); hint != "" {
		note += "; " + hint
	}
	writeError(w, tap.NewError("2102", note))
}

func templates() []string {
	var all []string
	router().Walk(func(route *mux.Route, _ *mux.Router, _ []*mux.Route) error {
		if template, err := route.GetPathTemplate(); err == nil && !strings.HasPrefix(template, "/{") {
			all = append(all, template)
		}
		return nil
	})
	return all
}

// wrongMethod answers a request with a method that the path does not have: 405 with Tap's error body (unknown).
func wrongMethod(w http.ResponseWriter, r *http.Request) {
	var allowed []string
	for _, method := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"} {
		try := r.Clone(r.Context())
		try.Method = method
		if match := new(mux.RouteMatch); router().Match(try, match) && match.MatchErr == nil {
			allowed = append(allowed, method)
		}
	}
	w.Header().Set("Allow", strings.Join(allowed, ", "))
	if isControl(r) {
		noControl(w, r, http.StatusMethodNotAllowed)
		return
	}
	e := tap.NewError("2102", wrongMethodNote(r, allowed))
	e.HTTPStatus = http.StatusMethodNotAllowed
	writeError(w, e)
}

func wrongMethodNote(r *http.Request, allowed []string) string {
	switch {
	case r.Method == http.MethodPut && r.URL.Path == "/v2/charges":
		return "the id is missing: PUT /v2/charges/chg_... updates a charge"
	case r.Method == http.MethodPut && r.URL.Path == "/v2/authorize":
		return "the id is missing: PUT /v2/authorize/auth_... updates an authorization"
	}
	return clippedPath(r) + " supports " + strings.Join(allowed, " and ")
}
