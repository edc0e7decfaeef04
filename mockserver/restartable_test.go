package mockserver_test

import (
	"context"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/tapmock/tapmock/mockserver"
)

// restartable is an address at which one server follows another.
type restartable struct {
	t      *testing.T
	url    string
	client *http.Client
	front  *http.Server
	mock   *mockserver.Server
}

func newRestartable(t *testing.T, first *mockserver.Server) *restartable {
	t.Helper()
	r := &restartable{t: t, client: &http.Client{Transport: &http.Transport{}}}
	r.listen(first, "127.0.0.1:0")
	t.Cleanup(func() { r.client.CloseIdleConnections(); r.stop() })
	return r
}

func (r *restartable) listen(m *mockserver.Server, address string) {
	r.t.Helper()
	l, err := net.Listen("tcp", address)
	if err != nil {
		r.t.Fatal(err)
	}
	r.url, r.mock, r.front = "http://"+l.Addr().String(), m, &http.Server{Handler: m}
	go r.front.Serve(l)
}

// start serves another server at the same address.
func (r *restartable) start(m *mockserver.Server) {
	r.t.Helper()
	r.listen(m, r.url[len("http://"):])
}

// stop closes the server and all its connections.
func (r *restartable) stop() {
	r.front.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	r.mock.Close(ctx)
}
