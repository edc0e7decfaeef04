package mockserver

import (
	"errors"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/gorilla/mux"

	"github.com/tapmock/tapmock/fakepage"
	"github.com/tapmock/tapmock/mockserver/gateway"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// route is one address of the mock: its handler is made for each server.
type route struct {
	methods, path, name string
	handler             func(*Server) http.Handler
}

// routes are all addresses of the mock besides those of the control API.
var routes = []route{
	{"POST", "/v2/charges", "CreateCharge", api((*Server).createCharge)},
	{"GET HEAD", "/v2/charges", "GetChargeWithoutID", api((*Server).noChargeID)},
	{"POST", "/v2/charges/list", "ListCharges", api((*Server).listCharges)},
	{"GET HEAD", "/v2/charges/{id}", "GetCharge", api((*Server).getCharge)},

	{"GET", "/{generation:gosell|test_gosell}/v2/payment/tap_process.aspx", "PageLink", page((*fakepage.Pages).Link)},
	{"POST", "/{generation:gosell|test_gosell}/v2/payment/tap_process.aspx", "PageChoice", page((*fakepage.Pages).Choose)},
	{"GET", "/kpay/kpg/paymentpage.htm", "KNETPage", page((*fakepage.Pages).KNET)},
	{"POST", "/kpay/kpg/paymentrouter.htm", "KNETForm", page((*fakepage.Pages).Router)},
	{"GET", "/kpay/kpg/paymentrouter.htm", "KNETFormWithoutFields", page((*fakepage.Pages).KNET)},
	{"POST", "/kpay/kpg/outcome.htm", "KNETOutcome", page((*fakepage.Pages).Outcome)},
	{"GET HEAD", "/kpay/kpg/assets/{name}", "PageAsset", func(s *Server) http.Handler { return s.pages.Asset() }},
	{"GET HEAD", "/", "StartPage", func(s *Server) http.Handler { return s.pages.Start(s.home) }},

	{"GET HEAD", "/healthz", "Healthz", func(*Server) http.Handler { return http.HandlerFunc(healthy) }},
	{"GET HEAD", "/readyz", "Readyz", func(*Server) http.Handler { return http.HandlerFunc(healthy) }},
}

func api(handle func(*Server, *call) error) func(*Server) http.Handler {
	return func(s *Server) http.Handler { return s.api(func(c *call) error { return handle(s, c) }) }
}

func page(of func(*fakepage.Pages) http.Handler) func(*Server) http.Handler {
	return func(s *Server) http.Handler { return s.faulty(of(s.pages)) }
}

// router finds a route by its address. It is built once a process: building it costs more than all the rest of a server.
var router = sync.OnceValue(func() *mux.Router {
	r := mux.NewRouter().SkipClean(true).UseEncodedPath()
	nothing := http.NotFoundHandler() // the server's own handler is called, see route
	for _, one := range slices.Concat(routes, controlRoutes()) {
		r.Handle(one.path, nothing).Methods(strings.Fields(one.methods)...).Name(one.name)
	}
	return r
})

// makeHandlers makes the server's handlers, by the names of their routes.
func (s *Server) makeHandlers() {
	s.handlers = map[string]http.Handler{}
	for _, one := range slices.Concat(routes, controlRoutes()) {
		s.handlers[one.name] = one.handler(s)
	}
}

// route hands a request to the handler of its address.
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
		s.noteUnknown(r)
		wrongMethod(w, r)
	default:
		s.noteUnknown(r)
		noRoute(w, r)
	}
}

// noteUnknown journals a request that the mock has no route for, in the account of its key; without one it is told to whom the
// configuration names.
func (s *Server) noteUnknown(r *http.Request) {
	if isControl(r) {
		return
	}
	if account, err := s.authenticate(r); err == nil {
		account.NoteUnknown(r.Method, r.URL.Path)
	} else if s.unknown != nil {
		s.unknown(r.Method, gateway.Mask(r.URL.Path))
	}
}

func healthy(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	w.Write([]byte(`{"status":"ok"}`))
}

// notYet are the addresses of Tap's API that are no part of a KNET charge's way.
var notYet = regexp.MustCompile(`^/v2/(charges/download|charges/[^/]+/download|authorize|refunds|customers?|card|tokens?|invoices?)(/|$)`)

// noRoute answers a path that the mock does not have, and names the nearest one.
func noRoute(w http.ResponseWriter, r *http.Request) {
	if isControl(r) {
		noControl(w, r, http.StatusNotFound)
		return
	}
	note := "tapmock has no " + r.Method + " " + headerSafe(r.URL.Path)
	if notYet.MatchString(r.URL.Path) {
		note = "Tap has " + headerSafe(r.URL.Path) + ", tapmock does not fake it yet"
	} else if near := tap.Nearest(r.URL.Path, templates()); near != "" {
		note += "; did you mean " + near + "?"
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

// wrongMethod answers a method that the path does not have: 405 with Tap's error body (unknown).
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
	note := r.URL.Path + " takes " + strings.Join(allowed, " and ")
	if r.Method == http.MethodPut || notYet.MatchString(r.URL.Path) {
		note = "Tap has " + r.Method + " " + r.URL.Path + ", tapmock does not fake it yet"
	}
	e := tap.NewError("2102", note)
	e.HTTPStatus = http.StatusMethodNotAllowed
	writeError(w, e)
}
