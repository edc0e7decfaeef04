package mockserver

import (
	"context"
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/tapmock/tapmock/fakepage"
	"github.com/tapmock/tapmock/mockserver/gateway"
	"github.com/tapmock/tapmock/mockserver/shop"
	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/mockserver/webhook"
)

// exampleShop serves the pages of the example shop.
func exampleShop(s *Server) http.Handler {
	if s.inspector == nil {
		return http.HandlerFunc(noPages)
	}
	return s.shop
}

// apiHost is the name of the mock in the calls that the shop makes of it.
const apiHost = "api.tapmock.test"

// makeShop makes the example shop, and the sender of webhooks that reaches it.
func (s *Server) makeShop(trust WebhookTrust) {
	s.inside = newInsideNet(http.HandlerFunc(s.serveInside), s.log)
	s.sender = webhook.NewSender(webhook.Config{Roots: trust.Roots, Insecure: trust.Insecure,
		Inside: map[string]func(context.Context) (net.Conn, error){shop.Host + ":80": s.inside.dial}})
	s.shop = shop.New(shop.Config{API: insideAPI{s.inside.transport()}, Key: s.shopKey, Short: gateway.ShortKey, Due: s.dueWebhook, Style: fakepage.StyleSheet(),
		Base: func(r *http.Request) string { return baseURL(r, s.gateway.Settings()) }})
}

// shopKey is the key of the account in which a visitor of the shop pays: the one that the address names, with which the home page
// leads there, or their own. Where every key opens an account, others pay with the published key, with which they could call the API too.
func (s *Server) shopKey(r *http.Request) (key string, known bool) {
	named := r.URL.Query().Get("account")
	if account, ok := s.inspector.Visitor(r, named); ok {
		key = inspected{s}.Key(account)
		return key, key != ""
	}
	return tap.PublishedTestKey, s.openKeys && named == ""
}

// dueWebhook is the next webhook of a charge that is scheduled in the account of a key.
func (s *Server) dueWebhook(key, charge string) (shop.Due, bool) {
	a := s.gateway.Named(gateway.AccountName(key))
	if a == nil {
		return shop.Due{}, false
	}
	now, frozen := a.Clock()
	queued, waiting := a.Scheduled()
	for _, e := range append(queued, waiting...) {
		if e.Kind == gateway.SendWebhook && e.Object.ID == charge {
			return shop.Due{In: e.Due.Sub(now), Frozen: frozen, Gate: e.Gate, Held: e.Held}, true
		}
	}
	return shop.Due{}, false
}

// serveInside serves a request that the mock makes of itself: a webhook to the shop, or a call of the shop.
func (s *Server) serveInside(w http.ResponseWriter, r *http.Request) {
	if hostName(r.Host) == shop.Host {
		s.shop.Webhook(w, r)
		return
	}
	s.ServeHTTP(w, r)
}

// insideAPI makes calls of the API inside the mock.
type insideAPI struct{ transport *http.Transport }

// RoundTrip makes a call.
func (a insideAPI) RoundTrip(r *http.Request) (*http.Response, error) {
	return a.transport.RoundTrip(asProxy(r))
}

// asProxy is a call of the API as a proxy in front of the mock sends it, so that the answer has links for the browser of the visitor.
func asProxy(r *http.Request) *http.Request {
	prefix, path := "", r.URL.Path
	if i := strings.LastIndex(path, "/v2/"); i > 0 {
		prefix, path = path[:i], path[i:]
	}
	inner := r.Clone(r.Context())
	inner.URL, inner.Host = &url.URL{Scheme: "http", Host: apiHost, Path: path}, apiHost
	inner.Header.Set("X-Forwarded-Proto", r.URL.Scheme)
	inner.Header.Set("X-Forwarded-Host", r.URL.Host)
	inner.Header.Set("X-Forwarded-Prefix", prefix)
	return inner
}
