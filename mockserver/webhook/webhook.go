// Package webhook sends one webhook: it signs the bytes, posts them once with the headers that Tap sends, and says in one
// word how that went. It never repeats one or follows its redirects; when and how often to send is the gateway's business.
// Copies that shall arrive at the same moment, and the payer's way back to the merchant, are here too.
package webhook

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// Config says how a [Sender] reaches merchants. The zero value trusts the system's roots.
type Config struct {
	Roots    *x509.CertPool // nil means the system's
	Insecure bool           // take any certificate
}

// Sender sends webhooks. It is safe for concurrent use.
type Sender struct{ transport *http.Transport }

// NewSender makes a Sender. No proxy is taken from the environment, and connections are HTTP/1.1 and not kept.
func NewSender(cfg Config) *Sender {
	return &Sender{transport: &http.Transport{
		DialContext:            tied((&net.Dialer{Timeout: dialBound}).DialContext),
		TLSClientConfig:        &tls.Config{RootCAs: cfg.Roots, InsecureSkipVerify: cfg.Insecure},
		MaxIdleConnsPerHost:    -1, // no connection is kept; DisableKeepAlives would add a header
		DisableCompression:     true,
		MaxResponseHeaderBytes: 64 << 10,
	}}
}

// Message is one webhook to send. What is signed and what is sent are the same unless a field says otherwise.
type Message struct {
	URL    string // the charge's post.url
	Key    string // the secret key, which signs
	Body   []byte
	Parts  []tap.Part // of the hashstring, see [tap.HashParts]
	Format string     // "2023" or "2022": which headers go with it

	Sent     []byte // sent instead of Body, whose signature it goes with; nil means Body
	Unsigned bool   // send neither hashstring nor hash
	UpperHex bool   // write both signatures in upper-case hex
}

func (m Message) sent() []byte {
	if m.Sent != nil {
		return m.Sent
	}
	return m.Body
}

// Result is how it went.
type Result struct {
	Status      int    // HTTP status of the answer; 0 if there was none
	ContentType string // of the answer
	Body        []byte // the first bytes of the answer's body as they came, at most 1 KB; none if it does not tell its length
	Fault       string // if there was no answer: timeout, refused, unknown host, certificate, not tls, cut off, bad url, cancelled, unreachable
	Remedy      string // what would help, or ""
}

func failed(ctx context.Context, err error) Result {
	fault, remedy := classify(ctx, err)
	return Result{Fault: fault, Remedy: remedy}
}

// Send makes one attempt, bounded by ctx. The bytes of m.Body are the bytes signed and, unless there is m.Sent, sent.
func (s *Sender) Send(ctx context.Context, m Message) Result {
	return s.send(ctx, m, bytes.NewReader(m.sent()))
}

// send takes what is sent from body.
func (s *Sender) send(ctx context.Context, m Message, body io.Reader) Result {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, m.URL, body)
	if err != nil || req.URL.Host == "" || req.URL.Scheme != "http" && req.URL.Scheme != "https" {
		return failed(ctx, errBadURL)
	}
	req.Header = Headers(m)
	req.ContentLength = int64(len(m.sent()))
	req.Close = m.Format != "2022"
	result, _, err := s.exchange(req)
	if err != nil {
		return failed(ctx, err)
	}
	return result
}

// exchange sends req and takes its answer. No connection is kept, and no work on it goes on behind the caller's back.
func (s *Sender) exchange(req *http.Request) (Result, http.Header, error) {
	ctx, end := context.WithCancelCause(req.Context())
	defer end(errOver)
	res, err := s.transport.RoundTrip(req.WithContext(withAttempt(ctx)))
	if err != nil {
		return Result{}, nil, err
	}
	defer res.Body.Close()
	answer := readBody(res, func() { end(context.DeadlineExceeded) })
	return Result{Status: res.StatusCode, ContentType: res.Header.Get("Content-Type"), Body: answer}, res.Header, nil
}

// Headers are those that a message is sent with: Tap's, in its spelling (Tap API 5.1: 2022 proven, 2023 documented).
func Headers(m Message) http.Header {
	h := http.Header{
		"content-type": {"application/json"},
		"User-Agent":   nil, // none of our own
	}
	if m.Format != "2022" {
		h["User-Agent"] = []string{"Apache-HttpClient/4.5.13 (Java/18.0.2.1)"}
		h["accept"] = []string{"text/plain, application/json, application/cbor, application/*+json, */*"}
		h["accept-encoding"] = []string{"gzip,deflate"}
	}
	if !m.Unsigned {
		sig := m.sign()
		h["hashstring"], h["hash"] = []string{sig.HashString}, []string{sig.Hash}
	}
	return h
}

func (m Message) sign() tap.Signatures {
	sig := tap.SignWebhook(m.Key, m.Parts, m.Body)
	if m.UpperHex {
		sig.HashString, sig.Hash = strings.ToUpper(sig.HashString), strings.ToUpper(sig.Hash)
	}
	return sig
}

var errBadURL = errors.New("bad url")

// classify puts an error into a word that is the same from run to run, and names a remedy where there is one.
func classify(ctx context.Context, err error) (fault, remedy string) {
	if errors.Is(err, errBadURL) {
		return "bad url", "post.url must be an http or https URL with a host"
	}
	if errors.Is(ctx.Err(), context.Canceled) {
		return "cancelled", ""
	}
	if n, ok := errors.AsType[net.Error](err); ok && n.Timeout() || ctx.Err() != nil {
		return "timeout", ""
	}
	if d, ok := errors.AsType[*net.DNSError](err); ok {
		return "unknown host", "no address is known for " + d.Name + gatewayHint(d.Name)
	}
	if errors.Is(err, syscall.ECONNREFUSED) {
		return "refused", "nothing listens there; from inside a container 127.0.0.1 is the container itself: set delivery=pull, or reach the host as " +
			gatewayHost + " and let the shop listen on all addresses"
	}
	if isCertificate(err) {
		return "certificate", "-webhook-ca FILE trusts a CA of your own, -webhook-insecure any certificate"
	}
	if _, ok := errors.AsType[tls.RecordHeaderError](err); ok {
		return "not tls", "https was asked for, but no TLS is spoken there"
	}
	if isCutOff(err) {
		return "cut off", "the merchant closed the connection without an answer"
	}
	return "unreachable", ""
}

// gatewayHost is the name by which a container reaches its host.
const gatewayHost = "host.docker.internal"

func gatewayHint(name string) string {
	if name != gatewayHost {
		return ""
	}
	return "; start the container with --add-host " + gatewayHost + ":host-gateway, or set delivery=pull"
}

func isCertificate(err error) bool {
	_, ok := errors.AsType[*tls.CertificateVerificationError](err)
	return ok
}

// isCutOff knows an end that reading found, and one that writing found: the transport has closed its own side by then.
func isCutOff(err error) bool {
	for _, end := range []error{io.EOF, io.ErrUnexpectedEOF, syscall.ECONNRESET, syscall.EPIPE, net.ErrClosed} {
		if errors.Is(err, end) {
			return true
		}
	}
	return false
}
