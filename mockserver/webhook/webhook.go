// Package webhook sends one webhook: it signs the bytes, posts them once with the headers that Tap sends, and classifies the result.
// It does not retry and does not follow redirects; the gateway decides when and how often to send. The package also sends copies that
// must arrive at the same moment, and makes the payer's return to the merchant.
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

// Config configures a [Sender]. The zero value trusts the root certificates of the system.
type Config struct {
	Roots    *x509.CertPool // nil means those of the system
	Insecure bool           // accept any certificate

	Inside map[string]func(context.Context) (net.Conn, error) // connects to merchants in this process, by host and port; the others are reached over the network
}

// Sender sends webhooks. It is safe for concurrent use.
type Sender struct{ transport *http.Transport }

// NewSender returns a Sender. It uses HTTP/1.1, a new connection for each request, and no proxy from the environment.
func NewSender(cfg Config) *Sender {
	return &Sender{transport: &http.Transport{
		DialContext:            boundToAttempt(cfg.dial),
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
	Parts  []tap.Part // of the hashed string, see [tap.HashParts]
	Format string     // "2026", "2023" or "2022": the headers that are sent

	Sent      []byte // sent instead of Body, with the signatures of Body; nil means Body
	OneHash   bool   // send hashstring without hash, as for an authorization
	Unsigned  bool   // send neither hashstring nor hash
	UpperCase bool   // send both signatures in upper-case hex

	Signature string // sent in both headers instead of the signatures; "": none
}

func (m Message) sent() []byte {
	if m.Sent != nil {
		return m.Sent
	}
	return m.Body
}

// Result is the merchant's response, or the failure that prevented it.
type Result struct {
	Status      int    // HTTP status of the response; 0 if there was none
	ContentType string // of the response
	Body        []byte // beginning of the response body, at most 1 KB; empty if the response has no Content-Length
	Failure     string // if there was no response: timeout, refused, unknown host, certificate, not tls, cut off, bad url, cancelled, unreachable
	Remedy      string // what to do about the failure, or ""
}

func failed(ctx context.Context, err error) Result {
	failure, remedy := classify(ctx, err)
	return Result{Failure: failure, Remedy: remedy}
}

// Send makes one attempt, bounded by ctx. It signs the bytes of m.Body and sends them, or m.Sent if it is not nil.
func (s *Sender) Send(ctx context.Context, m Message) Result {
	return s.send(ctx, m, bytes.NewReader(m.sent()))
}

// send makes one attempt with the bytes of body, which are those of m.sent.
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

// exchange sends req and reads its response. When it returns, no work on the request continues.
func (s *Sender) exchange(req *http.Request) (Result, http.Header, error) {
	ctx, end := context.WithCancelCause(req.Context())
	defer end(errCompleted)
	res, err := s.transport.RoundTrip(req.WithContext(withAttempt(ctx)))
	if err != nil {
		return Result{}, nil, err
	}
	defer res.Body.Close()
	body := readBody(res, func() { end(context.DeadlineExceeded) })
	return Result{Status: res.StatusCode, ContentType: res.Header.Get("Content-Type"), Body: body}, res.Header, nil
}

// User agents of Tap (Rest of v2 16, Tap API 5.1, documented).
const (
	userAgent2026 = "Tap-Webhooks/1.0"
	userAgent2023 = "Apache-HttpClient/4.5.13 (Java/18.0.2.1)"
)

// Headers returns the headers that are sent with a message, spelt as Tap does (Tap API 5.1: 2022 proven, 2023 and 2026 documented).
func Headers(m Message) http.Header {
	h := http.Header{
		"content-type": {"application/json"},
		"User-Agent":   nil, // no User-Agent of net/http
	}
	if m.Format != "2022" {
		h["User-Agent"] = []string{userAgent2026}
		if m.Format == "2023" {
			h["User-Agent"] = []string{userAgent2023}
		}
		h["accept"] = []string{"text/plain, application/json, application/cbor, application/*+json, */*"}
		h["accept-encoding"] = []string{"gzip,deflate"}
	}
	if !m.Unsigned || m.Signature != "" {
		sig := m.sign()
		h["hashstring"] = []string{sig.HashString}
		if !m.OneHash {
			h["hash"] = []string{sig.Hash}
		}
	}
	return h
}

func (m Message) sign() tap.Signatures {
	if m.Signature != "" {
		return tap.Signatures{HashString: m.Signature, Hash: m.Signature}
	}
	sig := tap.SignWebhook(m.Key, m.Parts, m.Body)
	if m.UpperCase {
		sig.HashString, sig.Hash = strings.ToUpper(sig.HashString), strings.ToUpper(sig.Hash)
	}
	return sig
}

var errBadURL = errors.New("bad url")

// classify returns the failure of an error, which is the same from run to run, and a remedy if there is one.
func classify(ctx context.Context, err error) (failure, remedy string) {
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
		return "unknown host", "the name " + d.Name + " has no address" + gatewayHint(d.Name)
	}
	if errors.Is(err, errRefused) {
		return "refused", "nothing listens there; inside a container 127.0.0.1 is the container itself: set delivery=relay, or use the host name " +
			gatewayHost + " and make the shop listen on all addresses"
	}
	if isCertificate(err) {
		return "certificate", "trust your CA with -webhook-ca FILE, or any certificate with -webhook-insecure"
	}
	if _, ok := errors.AsType[tls.RecordHeaderError](err); ok {
		return "not tls", "the URL has https, but the server there does not use TLS"
	}
	if isCutOff(err) {
		return "cut off", "the merchant closed the connection without a response"
	}
	return "unreachable", ""
}

// gatewayHost is the name of a container's host inside the container.
const gatewayHost = "host.docker.internal"

func gatewayHint(name string) string {
	if name != gatewayHost {
		return ""
	}
	return "; start the container with --add-host " + gatewayHost + ":host-gateway, or set delivery=relay"
}

func isCertificate(err error) bool {
	_, ok := errors.AsType[*tls.CertificateVerificationError](err)
	return ok
}

// isCutOff reports whether the merchant closed the connection. If a write finds this out, the transport has already closed its side.
func isCutOff(err error) bool {
	for _, end := range []error{io.EOF, io.ErrUnexpectedEOF, errReset, errAborted, syscall.EPIPE, net.ErrClosed, io.ErrClosedPipe} {
		if errors.Is(err, end) {
			return true
		}
	}
	return false
}
