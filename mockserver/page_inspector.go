package mockserver

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strings"

	"github.com/gorilla/mux"

	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/mockserver/gateway"
	"github.com/tapmock/tapmock/mockserver/inspector"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// inspected is the server as its own pages see it.
type inspected struct{ *Server }

// ui makes the route of a page of the inspector.
func ui(of func(*inspector.Pages) http.Handler) func(*Server) http.Handler {
	return func(s *Server) http.Handler {
		if s.inspector == nil {
			return http.HandlerFunc(noPages)
		}
		page := of(s.inspector)
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			for name, value := range mux.Vars(r) {
				r.SetPathValue(name, value)
			}
			page.ServeHTTP(w, r)
		})
	}
}

// noPages answers where a server without pages would have one.
func noPages(w http.ResponseWriter, r *http.Request) {
	refuse(w, r, http.StatusNotFound, "not_found", "this server has no pages for people: it was started with -ui=false")
}

// Welcome says where the mock is.
func (s inspected) Welcome(r *http.Request) inspector.Welcome {
	home := s.home(r)
	w := inspector.Welcome{Base: strings.TrimSuffix(home.BaseURL, "/v2"), Key: home.Key, Curl: home.Curl, Card: home.Card, Expiry: home.Expiry, Readme: home.Readme,
		Open: s.openKeys && s.adminToken == "" && isLocal(r)}
	if home.Key != "" {
		w.Account = gateway.AccountName(home.Key)
	}
	return w
}

// isLocal reports whether a request came to a loopback address of this machine, and not through a proxy: no other machine can make one.
func isLocal(r *http.Request) bool {
	for _, header := range []string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Prefix", "Via"} {
		if r.Header.Get(header) != "" {
			return false
		}
	}
	at, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
	if !ok {
		return false
	}
	address, err := netip.ParseAddrPort(at.String())
	return err == nil && address.Addr().Unmap().IsLoopback()
}

// Accounts lists the accounts, with their keys shortened.
func (s inspected) Accounts() []inspector.Account {
	var all []inspector.Account
	for _, a := range s.gateway.Accounts() {
		all = append(all, inspector.Account{Name: a.Name(), Key: a.ShortKey()})
	}
	return all
}

// find is the account with a name. It opens the account of the published key, which has a name before it exists.
func (s inspected) find(name string) *gateway.Account {
	if a := s.gateway.Named(name); a != nil {
		return a
	}
	if s.openKeys && name == gateway.AccountName(tap.PublishedTestKey) {
		a, _ := s.gateway.Account(tap.PublishedTestKey)
		return a
	}
	return nil
}

// Overview is the state of an account.
func (s inspected) Overview(account string) (control.Account, bool) {
	a := s.find(account)
	if a == nil {
		return control.Account{}, false
	}
	return overview(a), true
}

// Enter opens the account of a key.
func (s inspected) Enter(secret string) (string, bool, error) {
	if s.adminToken != "" && sameText(secret, s.adminToken) {
		return "", true, nil
	}
	if err := CheckKey(secret); err != nil {
		return "", false, fmt.Errorf("that is neither the admin token nor a secret key: %w", err)
	}
	a, err := s.gateway.Account(secret)
	if err != nil {
		return "", false, err
	}
	return a.Name(), false, nil
}

// Payments lists charges of an account.
func (s inspected) Payments(account string, wanted func(*inspector.Payment) bool, after string, max int) (rows []inspector.Payment, more bool, err error) {
	a := s.find(account)
	if a == nil {
		return nil, false, controlError(gateway.ErrEvicted)
	}
	rows = make([]inspector.Payment, 0, max+1)
	err = a.Newest(after, func(c *gateway.Payment) bool {
		if rows = append(rows, listed(c)); !wanted(&rows[len(rows)-1]) {
			rows = rows[:len(rows)-1]
		}
		return len(rows) <= max
	})
	if more = len(rows) > max; more {
		rows = rows[:max]
	}
	if err != nil {
		return nil, false, controlError(err)
	}
	for i := range rows {
		rows[i].Order = tap.Mask(rows[i].Order)
	}
	return rows, more, nil
}

// listed is a charge in the list of the home page. Only its order is shown of what the merchant wrote, and masked later.
func listed(c *gateway.Payment) inspector.Payment {
	r := c.Request
	return inspector.Payment{ID: c.ID, Status: c.Status, Amount: c.Amount, Currency: r.Currency, Order: r.Order, Method: c.Source, Scenario: c.Script.Name, Customer: &r.Customer,
		Created: c.Created, PostStatus: c.Post.Status(), Posts: r.PostURL != "", Attention: c.Attention}
}

// AccountOf looks for a charge in all accounts.
func (s inspected) AccountOf(charge string) string {
	for _, a := range s.gateway.Accounts() {
		if _, err := a.Charge(charge); err == nil {
			return a.Name()
		}
	}
	return ""
}

// Key is the secret key of an account.
func (s inspected) Key(account string) string {
	if a := s.find(account); a != nil {
		return a.Key()
	}
	return ""
}

// Get is the answer to a GET of a charge or an authorization, with its cards masked as in everything that is shown.
func (s inspected) Get(account, id string) ([]byte, error) {
	a := s.find(account)
	if a == nil {
		return nil, controlError(gateway.ErrEvicted)
	}
	var shown gateway.Payment
	var err error
	if tap.KindOf(id) == tap.KindAuthorization {
		var of gateway.Authorization
		of, err = a.Authorization(id)
		shown = of.Payment
	} else {
		shown, err = a.Charge(id)
	}
	if err != nil {
		return nil, controlError(err)
	}
	shown.Request = shown.Request.Masked()
	return shown.AppendJSON(nil, tap.MethodGet), nil
}

// Moved waits until something happens in an account.
func (s inspected) Moved(ctx context.Context, account string, from inspector.Place) (inspector.Place, bool) {
	a := s.find(account)
	if a == nil {
		return from, false
	}
	now, gone := a.Moved(ctx, gateway.Place(from))
	return inspector.Place(now), !gone
}

// Lifetime is done when the server stops.
func (s inspected) Lifetime() context.Context { return s.lifetime }

// insideKey is the key of the account of a call from inside the process, in its context, which no request from outside can have.
type insideKey struct{}

// inside calls the server without a connection.
type inside struct {
	server  *Server
	account *gateway.Account
}

// RoundTrip serves a request of the pages' client.
func (i inside) RoundTrip(r *http.Request) (*http.Response, error) {
	answer := &bufferedAnswer{header: http.Header{}, status: http.StatusOK}
	own := r.WithContext(context.WithValue(r.Context(), insideKey{}, i.account))
	if own.Body == nil {
		own.Body = http.NoBody // as a server has it
	}
	i.server.route(answer, own)
	return &http.Response{StatusCode: answer.status, Header: answer.header, Body: body{bytes.NewReader(answer.body)}, Request: r}, nil
}

type body struct{ *bytes.Reader }

func (body) Close() error { return nil }

// Client calls the control API for an account.
func (s inspected) Client(account string) *control.Client {
	a := s.find(account)
	if a == nil {
		return nil
	}
	return control.New("http://localhost", "").Via(inside{s.Server, a})
}

// heldCalls are the calls whose answer does not end, or that can wait for minutes, which no page makes.
var heldCalls = map[string]bool{"/check": true, "/events": true, "/relay/next": true}

// Do makes a call of the control API.
func (s inspected) Do(ctx context.Context, account, method, path string, text []byte) (int, []byte) {
	a := s.find(account)
	plain, _, _ := strings.Cut(path, "?")
	r, err := http.NewRequestWithContext(ctx, method, "http://localhost"+control.Prefix+path, bytes.NewReader(text))
	if a == nil || err != nil || heldCalls[plain] {
		return http.StatusBadRequest, []byte(`{"error":{"code":"bad_request","message":"a page cannot make this call"}}`)
	}
	answer := &bufferedAnswer{header: http.Header{}, status: http.StatusOK}
	s.route(answer, r.WithContext(context.WithValue(ctx, insideKey{}, a)))
	return answer.status, answer.body
}
