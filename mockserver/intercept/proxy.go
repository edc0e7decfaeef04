package intercept

import (
	"bufio"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Proxy is an HTTP proxy for one host: it ends TLS connections to [Host] and passes their requests to a handler. Every other target is refused.
type Proxy struct {
	config  *tls.Config
	server  *http.Server
	secured *handoff
	refused func(target string)
}

// NewProxy returns a proxy that passes requests to a handler. base is the address, such as 127.0.0.1:8080, by which the handler sees itself
// called: links in its answers begin with http:// and this. refused is called for each refused target; nil: it is not.
func NewProxy(ca *CA, base string, handler http.Handler, refused func(target string)) *Proxy {
	p := &Proxy{config: ca.TLS(), secured: newHandoff(), refused: refused}
	p.server = &http.Server{Handler: Rewritten(base, handler), ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 256 << 10}
	go func() { _ = p.server.Serve(p.secured) }()
	return p
}

// Rewritten passes requests for Tap's host to a handler as if they had come for base, over HTTP: so the links of its answers lead to an
// address that a browser without the CA can open.
func Rewritten(base string, handler http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if host, _, _ := strings.Cut(r.Host, ":"); strings.EqualFold(host, Host) {
			seen := *r // not a deep copy, which would cost each request
			seen.Host, seen.TLS = base, nil
			r = &seen
		}
		handler.ServeHTTP(w, r)
	})
}

// ServeHTTP answers a request to the proxy.
func (p *Proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	host, port, err := net.SplitHostPort(r.Host)
	if r.Method != http.MethodConnect || err != nil || !strings.EqualFold(strings.TrimSuffix(host, "."), Host) || port != "443" {
		p.refuse(w, r)
		return
	}
	conn, rest, err := http.NewResponseController(w).Hijack()
	if err != nil {
		http.Error(w, "tapmock: the proxy needs HTTP/1.1", http.StatusHTTPVersionNotSupported)
		return
	}
	_ = conn.SetDeadline(time.Time{})
	if _, err := io.WriteString(conn, "HTTP/1.1 200 Connection Established\r\n\r\n"); err != nil {
		conn.Close()
		return
	}
	if rest.Reader.Buffered() > 0 { // a client that did not wait for the answer
		conn = &buffered{conn, rest.Reader}
	}
	p.secured.pass(tls.Server(conn, p.config))
}

// refuse answers a request for another target.
func (p *Proxy) refuse(w http.ResponseWriter, r *http.Request) {
	target := r.Host
	if r.Method != http.MethodConnect && r.URL.IsAbs() {
		target = r.URL.Scheme + "://" + r.URL.Host
	}
	if p.refused != nil {
		p.refused(target)
	}
	text := fmt.Sprintf("tapmock's proxy passes only https://%s on, to the mock, and nothing else; not %.200q. Let other calls go directly: add their hosts to NO_PROXY", Host, target)
	if r.Method != http.MethodConnect && !r.URL.IsAbs() {
		text = fmt.Sprintf("this is tapmock's proxy for https://%s; use it as a proxy (HTTPS_PROXY=http://%s), not as a server", Host, r.Host)
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(http.StatusForbidden)
	_, _ = io.WriteString(w, text+"\n")
}

// Close ends the proxy: open connections may end their requests until ctx is done.
func (p *Proxy) Close(ctx context.Context) error {
	if err := p.server.Shutdown(ctx); err != nil {
		return p.server.Close()
	}
	return nil
}

// handoff is a listener whose connections another server has accepted.
type handoff struct {
	conns chan net.Conn
	done  chan struct{}
	once  sync.Once
}

func newHandoff() *handoff { return &handoff{conns: make(chan net.Conn), done: make(chan struct{})} }

// pass hands a connection to the listener's server, or closes it if that has ended.
func (h *handoff) pass(c net.Conn) {
	select {
	case h.conns <- c:
	case <-h.done:
		c.Close()
	}
}

func (h *handoff) Accept() (net.Conn, error) {
	select {
	case c := <-h.conns:
		return c, nil
	case <-h.done:
		return nil, net.ErrClosed
	}
}

func (h *handoff) Close() error {
	h.once.Do(func() { close(h.done) })
	return nil
}

func (h *handoff) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 443} }

// buffered is a connection of which a part was read already.
type buffered struct {
	net.Conn
	rest *bufio.Reader
}

func (b *buffered) Read(p []byte) (int, error) { return b.rest.Read(p) }
