package mockserver

import (
	"net/http"
	"regexp"
	"strings"

	"github.com/gorilla/mux"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// routes are all addresses of the mock.
func (s *Server) routes() *mux.Router {
	r := mux.NewRouter().SkipClean(true).UseEncodedPath()
	r.NotFoundHandler = http.HandlerFunc(s.noRoute)
	r.MethodNotAllowedHandler = http.HandlerFunc(s.wrongMethod)

	r.Handle("/v2/charges", s.api(s.createCharge)).Methods("POST").Name("CreateCharge")
	r.Handle("/v2/charges", s.api(s.noChargeID)).Methods("GET", "HEAD").Name("GetChargeWithoutID")
	r.Handle("/v2/charges/list", s.api(s.listCharges)).Methods("POST").Name("ListCharges")
	r.Handle("/v2/charges/{id}", s.api(s.getCharge)).Methods("GET", "HEAD").Name("GetCharge")

	r.Handle("/{generation:gosell|test_gosell}/v2/payment/tap_process.aspx", s.faulty(s.pages.Link())).Methods("GET").Name("PageLink")
	r.Handle("/{generation:gosell|test_gosell}/v2/payment/tap_process.aspx", s.faulty(s.pages.Choose())).Methods("POST").Name("PageChoice")
	r.Handle("/kpay/kpg/paymentpage.htm", s.faulty(s.pages.KNET())).Methods("GET").Name("KNETPage")
	r.Handle("/kpay/kpg/paymentrouter.htm", s.faulty(s.pages.Router())).Methods("POST").Name("KNETForm")
	r.Handle("/kpay/kpg/paymentrouter.htm", s.faulty(s.pages.KNET())).Methods("GET").Name("KNETFormWithoutFields")
	r.Handle("/kpay/kpg/outcome.htm", s.faulty(s.pages.Outcome())).Methods("POST").Name("KNETOutcome")
	r.Handle("/kpay/kpg/assets/{name}", s.pages.Asset()).Methods("GET", "HEAD").Name("PageAsset")
	r.Handle("/", s.pages.Start(s.home)).Methods("GET", "HEAD").Name("StartPage")

	s.controlRoutes(r)

	r.HandleFunc("/healthz", healthy).Methods("GET", "HEAD").Name("Healthz")
	r.HandleFunc("/readyz", healthy).Methods("GET", "HEAD").Name("Readyz")
	return r
}

func healthy(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	w.Write([]byte(`{"status":"ok"}`))
}

// notYet are the addresses of Tap's API that are no part of a KNET charge's way.
var notYet = regexp.MustCompile(`^/v2/(charges/download|charges/[^/]+/download|authorize|refunds|customers?|card|tokens?|invoices?)(/|$)`)

// noRoute answers a path that the mock does not have, and names the nearest one.
func (s *Server) noRoute(w http.ResponseWriter, r *http.Request) {
	if isControl(r) {
		noControl(w, r, http.StatusNotFound)
		return
	}
	note := "tapmock has no " + r.Method + " " + headerSafe(r.URL.Path)
	if notYet.MatchString(r.URL.Path) {
		note = "Tap has " + headerSafe(r.URL.Path) + ", tapmock does not fake it yet"
	} else if near := tap.Nearest(r.URL.Path, s.templates()); near != "" {
		note += "; did you mean " + near + "?"
	}
	writeError(w, tap.NewError("2102", note))
}

func (s *Server) templates() []string {
	var all []string
	s.router.Walk(func(route *mux.Route, _ *mux.Router, _ []*mux.Route) error {
		if template, err := route.GetPathTemplate(); err == nil && !strings.HasPrefix(template, "/{") {
			all = append(all, template)
		}
		return nil
	})
	return all
}

// wrongMethod answers a method that the path does not have: 405 with Tap's error body (unknown).
func (s *Server) wrongMethod(w http.ResponseWriter, r *http.Request) {
	var allowed []string
	for _, method := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"} {
		try := r.Clone(r.Context())
		try.Method = method
		if match := new(mux.RouteMatch); s.router.Match(try, match) && match.MatchErr == nil {
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
