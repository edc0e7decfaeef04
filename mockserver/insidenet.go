package mockserver

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"sync"
)

// insideNet is a network inside this process. Its connections are pipes, and a server of net/http answers at their other end: headers, time
// limits, closed connections and panics are those of a connection over TCP, but no port is needed, and no address that is reachable. It starts
// with the first connection.
type insideNet struct {
	server http.Server
	pipes  chan net.Conn // the server's ends
	start  sync.Once
	serves sync.WaitGroup // the server
	end    func()         // closes ended
	ended  chan struct{}
}

func newInsideNet(h http.Handler, log *slog.Logger) *insideNet {
	n := &insideNet{pipes: make(chan net.Conn), ended: make(chan struct{}),
		server: http.Server{Handler: h, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelError)}}
	n.end = sync.OnceFunc(func() { close(n.ended) })
	return n
}

// transport makes requests over the network, whatever their host.
func (n *insideNet) transport() *http.Transport {
	return &http.Transport{DisableKeepAlives: true, DisableCompression: true,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) { return n.dial(ctx) }}
}

// errInsideEnded says that the server has been closed.
var errInsideEnded = errors.New("the mock has been closed")

// dial makes a connection.
func (n *insideNet) dial(ctx context.Context) (net.Conn, error) {
	n.start.Do(func() { n.serves.Go(func() { n.server.Serve(n) }) })
	far, near := net.Pipe()
	select {
	case n.pipes <- far:
		return near, nil
	case <-n.ended:
		return nil, errInsideEnded
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// close ends the network and its connections. Nothing connects any more when it is called, and the network ends with the server.
func (n *insideNet) close() {
	n.end()
	n.server.Close()
	n.serves.Wait()
}

// Accept returns the server's end of the next connection.
func (n *insideNet) Accept() (net.Conn, error) {
	select {
	case far := <-n.pipes:
		return far, nil
	case <-n.ended:
		return nil, net.ErrClosed
	}
}

// Close ends the network, for http.Server.
func (n *insideNet) Close() error {
	n.end()
	return nil
}

// Addr is the address of the network.
func (n *insideNet) Addr() net.Addr { return insideAddr{} }

// insideAddr is the address of an [insideNet].
type insideAddr struct{}

// Network is the kind of the address.
func (insideAddr) Network() string { return "inside" }

// String is the address.
func (insideAddr) String() string { return "inside" }
