package webhook

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"
)

// Step is one step on the way to a merchant's address.
type Step struct {
	Name   string `json:"name"`             // address, container, name, connection, TLS or HTTP
	OK     bool   `json:"ok"`               // false: webhooks do not arrive, or may not
	Detail string `json:"detail"`           // what was seen
	Remedy string `json:"remedy,omitempty"` // what to do about it
}

// The times after which a doctor calls a step slow, and gives up.
const (
	slowStep    = time.Second
	doctorBound = 10 * time.Second
)

// Examine finds out whether webhooks from this process can reach an address, and at which step they fail. It resolves the name, connects,
// shakes hands, and sends one HEAD request, which no merchant can take for a webhook. It stops at the first step that fails.
func (s *Sender) Examine(ctx context.Context, address string) []Step {
	ctx, cancel := context.WithTimeout(ctx, doctorBound)
	defer cancel()
	e := &examination{sender: s, inContainer: InContainer()}
	at, ok := e.address(address)
	if ok && e.name(ctx, at) && e.connect(ctx, at) && (at.Scheme == "http" || e.handshake(ctx, at)) {
		e.ask(ctx, at)
	}
	return e.steps
}

// examination is a run of [Sender.Examine].
type examination struct {
	sender      *Sender
	inContainer bool
	steps       []Step
}

// add records a step, and reports whether it went well.
func (e *examination) add(name string, ok bool, remedy, format string, values ...any) bool {
	e.steps = append(e.steps, Step{name, ok, fmt.Sprintf(format, values...), remedy})
	return ok
}

// address reads the address, and looks at what can be said of it without any traffic.
func (e *examination) address(text string) (*url.URL, bool) {
	at, err := url.Parse(text)
	if err != nil || at.Host == "" || at.Scheme != "http" && at.Scheme != "https" {
		return nil, e.add("address", false, "write it with http:// or https:// and a host, such as http://127.0.0.1:3000/webhook", "%.200q is not an address of a webhook", text)
	}
	e.add("address", true, "", "%s", at.Redacted())
	if e.inContainer && isLoopback(at.Hostname()) {
		e.add("container", true, elsewhere, "this process runs in a container, and %s is the container itself", at.Hostname())
	}
	return at, true
}

func (e *examination) name(ctx context.Context, at *url.URL) bool {
	if _, err := netip.ParseAddr(at.Hostname()); err == nil {
		return true
	}
	began := time.Now()
	all, err := net.DefaultResolver.LookupHost(ctx, at.Hostname())
	if err != nil {
		return e.add("name", false, "check the spelling, or use an address; a container knows the names of its own networks only"+gatewayHint(at.Hostname()), "there is no host named %s", at.Hostname())
	}
	return e.add("name", true, slow(began), "%s is %s%s", at.Hostname(), strings.Join(all, ", "), took(began))
}

func (e *examination) connect(ctx context.Context, at *url.URL) bool {
	began := time.Now()
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", hostAndPort(at))
	if err != nil {
		failure, remedy := classify(ctx, err)
		if failure == "timeout" {
			remedy = "a firewall drops the connection, or the address is that of another network"
		}
		return e.add("connection", false, remedy, "%s: %s", hostAndPort(at), failure)
	}
	conn.Close()
	return e.add("connection", true, slow(began), "%s accepts connections%s", hostAndPort(at), took(began))
}

// hostAndPort is where the address leads to.
func hostAndPort(at *url.URL) string {
	port := at.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[at.Scheme]
	}
	return net.JoinHostPort(at.Hostname(), port)
}

func (e *examination) handshake(ctx context.Context, at *url.URL) bool {
	config := e.sender.transport.TLSClientConfig.Clone()
	config.ServerName = at.Hostname()
	began := time.Now()
	conn, err := (&tls.Dialer{Config: config}).DialContext(ctx, "tcp", hostAndPort(at))
	if err != nil {
		detail, remedy := describeTLS(ctx, err)
		return e.add("TLS", false, remedy, "%s", detail)
	}
	defer conn.Close()
	state := conn.(*tls.Conn).ConnectionState()
	left := time.Until(state.PeerCertificates[0].NotAfter)
	return e.add("TLS", true, slow(began), "%s, certificate of %s, valid for %d more days%s", tls.VersionName(state.Version), state.PeerCertificates[0].Issuer.CommonName, int(left.Hours()/24), took(began))
}

// describeTLS says why a handshake fails.
func describeTLS(ctx context.Context, err error) (detail, remedy string) {
	if authority, ok := errors.AsType[x509.UnknownAuthorityError](err); ok {
		return "the certificate is signed by " + authority.Cert.Issuer.String() + ", which is not trusted here", "trust its CA with -webhook-ca FILE, or any certificate with -webhook-insecure; Tap takes no self-signed certificates"
	}
	if name, ok := errors.AsType[x509.HostnameError](err); ok {
		return "the certificate is for " + strings.Join(name.Certificate.DNSNames, ", ") + ", not for " + name.Host, "use a name that the certificate has, or -webhook-insecure"
	}
	if invalid, ok := errors.AsType[x509.CertificateInvalidError](err); ok && invalid.Reason == x509.Expired {
		return "the certificate has expired on " + invalid.Cert.NotAfter.Format(time.DateOnly), "renew it, or set -webhook-insecure"
	}
	failure, remedy := classify(ctx, err)
	return failure, remedy
}

// ask sends a HEAD request.
func (e *examination) ask(ctx context.Context, at *url.URL) bool {
	req, err := http.NewRequestWithContext(ctx, http.MethodHead, at.String(), nil)
	if err != nil {
		return e.add("HTTP", false, "", "%v", err)
	}
	req.Header.Set("User-Agent", "tapmock-doctor")
	began := time.Now()
	result, header, err := e.sender.exchange(req)
	if err != nil {
		failure, remedy := classify(ctx, err)
		if at.Scheme == "http" && strings.Contains(err.Error(), "malformed HTTP") {
			failure, remedy = "what answers is not HTTP", "is this the port of another program, or does the shop use https?"
		}
		return e.add("HTTP", false, remedy, "%s", failure)
	}
	return e.judge(result.Status, header, began)
}

// judge says what the status of a HEAD request means for a webhook. 404 and 405 are usual for pages that take only POST.
func (e *examination) judge(status int, header http.Header, began time.Time) bool {
	by := ""
	if via := header.Get("Via"); via != "" {
		by = ", through the proxy " + via
	} else if server := header.Get("Server"); server != "" {
		by = ", by " + server
	}
	switch {
	case status/100 == 3:
		return e.add("HTTP", false, "a webhook follows no redirect: use the final address", "HTTP %d to %s%s", status, header.Get("Location"), by)
	case status == http.StatusBadGateway || status == http.StatusServiceUnavailable || status == http.StatusGatewayTimeout:
		return e.add("HTTP", false, "a proxy answers, but the shop behind it does not: start the shop, or use its own address", "HTTP %d%s", status, by)
	case status == http.StatusBadRequest && strings.Contains(header.Get("Server"), "nginx"):
		return e.add("HTTP", false, "nginx answers so to http on a port of https: try https", "HTTP %d%s", status, by)
	}
	return e.add("HTTP", true, slow(began), "HTTP %d to HEAD%s%s; a webhook is a POST, whose status may be another one", status, by, took(began))
}

func took(began time.Time) string {
	return fmt.Sprintf(" (%d ms)", time.Since(began).Milliseconds())
}

// slow is the remedy for a step that was slow.
func slow(began time.Time) string {
	if time.Since(began) < slowStep {
		return ""
	}
	return "this step is slow: Tap waits a few seconds for the whole webhook, the mock as long as webhook_timeout says"
}
