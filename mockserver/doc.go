// Package mockserver is tapmock's HTTP side: Tap's API under /v2, the payer's pages, and health checks, in one handler.
//
// [New] makes a [Server], which is an [http.Handler]; its zero [Config] works. The caller listens:
//
//	mock, err := mockserver.New(mockserver.Config{})
//	…
//	defer mock.Close(ctx)
//	http.Serve(listener, mock)
//
// A merchant's code then uses the listener's address with /v2 as Tap's base URL, and any sk_test_ key as its secret key.
// Handlers decode the request, call the gateway and encode the answer; package gateway runs the payments. The files of the merchants' API
// begin with api, those of the control API with control, those of the payer's pages with page; routes.go and control_routes.go have the routes.
// config.go and new.go make a server; serve.go serves a request that admit.go admits, and router.go finds its handler. sender.go calls merchants for
// the gateway, and reload.go reads scenario files again when they change.
package mockserver
