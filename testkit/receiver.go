package testkit

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// Received is a request that a [Receiver] got: a webhook or a payer's return.
type Received struct {
	Header http.Header
	Body   []byte     // of a webhook, as received
	Charge tap.Charge // of a webhook of a charge: its body, as far as it can be read
	Refund tap.Refund // likewise of a refund

	Authorization tap.Authorization // likewise of an authorization
	Invoice       tap.InvoiceObject // likewise of an invoice
	SignatureErr  error             // of a webhook: the error of [VerifyWebhook]; nil if the signatures are correct
	TapID         string            // of a return: tap_id
	Query         string            // of a return: the raw query
}

// Receiver stands in for a merchant in a test that has none: it receives webhooks and returns, and records them. It responds with 200,
// unless [Receiver.FailNext] or [Receiver.DisconnectNext] changes that.
type Receiver struct {
	WebhookURL string // for post.url
	ReturnURL  string // for redirect.url

	tb      TB
	key     string
	closing chan struct{} // closed when the test ends

	mu        sync.Mutex // guards the fields below
	webhooks  []Received
	returns   []Received
	delivered []Received    // the acknowledged webhooks
	changed   chan struct{} // closed when one of the lists above grows
	next      []reply       // to the next webhooks
	delay     time.Duration // of each response to a webhook
	hanging   chan struct{} // webhooks get no response until it is closed; nil: they do
}

// reply is the HTTP status of a response to a webhook, or disconnect.
type reply int

// disconnect closes the connection without a response.
const disconnect reply = 0

// NewReceiver listens on a free port of 127.0.0.1 until the test ends. It verifies webhooks with the secret key, such as mock.Key.
func NewReceiver(tb TB, key string) *Receiver {
	tb.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatalf("testkit: %v", err)
	}
	base := "http://" + listener.Addr().String()
	r := &Receiver{WebhookURL: base + "/webhook", ReturnURL: base + "/return", tb: tb, key: key, closing: make(chan struct{}), changed: make(chan struct{})}
	mux := http.NewServeMux()
	mux.HandleFunc("/webhook", r.webhook)
	mux.HandleFunc("/return", r.payerReturn)
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	served := make(chan struct{})
	go func() {
		defer close(served)
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			tb.Errorf("testkit: the receiver: %v", err)
		}
	}()
	tb.Cleanup(func() { r.close(server); <-served })
	return r
}

// close ends all waiting responses, waits for the handlers, and stops listening.
func (r *Receiver) close(server *http.Server) {
	close(r.closing)
	ctx, cancel := context.WithTimeout(context.Background(), stopBound)
	defer cancel()
	if err := server.Shutdown(ctx); err != nil {
		server.Close()
		r.tb.Errorf("testkit: the receiver still had requests when the test ended: %v", err)
	}
}

func (r *Receiver) webhook(w http.ResponseWriter, req *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, req.Body, 1<<20))
	got := Received{Header: req.Header.Clone(), Body: body, SignatureErr: VerifyWebhook(r.key, req.Header, body)}
	if err == nil {
		got.read()
	}
	do := r.record(got)
	if !r.wait(req.Context(), do) || do.reply == disconnect {
		panic(http.ErrAbortHandler) // closes the connection
	}
	if do.reply/100 == 2 {
		r.acknowledge(got)
	}
	w.WriteHeader(int(do.reply))
}

// read reads the body into the object that it is. A field that cannot be read stays empty; SignatureErr reports a bad body.
func (r *Received) read() {
	var of struct{ Object string }
	_ = json.Unmarshal(r.Body, &of)
	switch of.Object {
	case "refund":
		_ = json.Unmarshal(r.Body, &r.Refund)
	case "invoice":
		_ = json.Unmarshal(r.Body, &r.Invoice)
	case "authorize":
		_ = json.Unmarshal(r.Body, &r.Authorization)
	default:
		_ = json.Unmarshal(r.Body, &r.Charge)
	}
}

// acknowledge records a webhook as delivered before the response is sent: what the mock reports as delivered is then recorded here.
func (r *Receiver) acknowledge(got Received) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.delivered = append(r.delivered, got)
	r.changedLocked()
}

// treatment is what happens to one webhook.
type treatment struct {
	reply   reply
	delay   time.Duration
	hanging chan struct{}
}

// record adds a webhook to the list and returns its treatment.
func (r *Receiver) record(got Received) treatment {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.webhooks = append(r.webhooks, got)
	r.changedLocked()
	do := treatment{http.StatusOK, r.delay, r.hanging}
	if len(r.next) > 0 {
		do.reply, r.next = r.next[0], r.next[1:]
	}
	return do
}

// wait delays the response, and reports whether the sender still waits for it.
func (r *Receiver) wait(ctx context.Context, do treatment) bool {
	if do.hanging != nil {
		select {
		case <-do.hanging:
		case <-r.closing:
		case <-ctx.Done():
			return false
		}
	}
	if do.delay > 0 {
		timer := time.NewTimer(do.delay)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-r.closing:
		case <-ctx.Done():
			return false
		}
	}
	return true
}

func (r *Receiver) payerReturn(w http.ResponseWriter, req *http.Request) {
	r.mu.Lock()
	r.returns = append(r.returns, Received{Header: req.Header.Clone(), TapID: req.FormValue("tap_id"), Query: req.URL.RawQuery})
	r.changedLocked()
	r.mu.Unlock()
	_, _ = io.WriteString(w, "Back at the shop.\n")
}

func (r *Receiver) changedLocked() { close(r.changed); r.changed = make(chan struct{}) }

// FailNext responds to the next n webhooks with an HTTP status, such as 500. Each attempt of a delivery is a webhook: FailNext(1, 500)
// fails the first attempt, and the retry succeeds.
func (r *Receiver) FailNext(n, status int) {
	r.tb.Helper()
	if status < 200 || status > 599 {
		r.tb.Fatalf("testkit: FailNext(%d, %d): the second argument is an HTTP status from 200 to 599", n, status)
	}
	r.replyNext(n, reply(status))
}

// DisconnectNext closes the connections of the next n webhooks without a response.
func (r *Receiver) DisconnectNext(n int) { r.tb.Helper(); r.replyNext(n, disconnect) }

func (r *Receiver) replyNext(n int, how reply) {
	r.tb.Helper()
	if n < 1 {
		r.tb.Fatalf("testkit: the next %d webhooks: the number must be at least 1", n)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.next = append(r.next, slices.Repeat([]reply{how}, n)...)
}

// Delay delays the response to each later webhook, in real time; 0 ends the delay. The payer's return waits for the response at most for
// the setting return_wait, and an attempt ends at webhook_timeout.
func (r *Receiver) Delay(d time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.delay = d
}

// Hang sends no response to later webhooks until release is called or the test ends; then they get their responses.
func (r *Receiver) Hang() (release func()) {
	gate := make(chan struct{})
	r.mu.Lock()
	defer r.mu.Unlock()
	r.hanging = gate
	return sync.OnceFunc(func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		close(gate)
		if r.hanging == gate {
			r.hanging = nil
		}
	})
}

// Webhooks are the received webhooks, in the order of their arrival.
func (r *Receiver) Webhooks() []Received { return r.all(&r.webhooks) }

// Returns are the payers' returns, in the order of their arrival.
func (r *Receiver) Returns() []Received { return r.all(&r.returns) }

func (r *Receiver) all(list *[]Received) []Received {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(*list)
}

// AwaitWebhook waits for the n-th received webhook, from 1, and returns it, maybe before it got its response; see
// [Receiver.AwaitDelivered]. The test fails after 10 s.
func (r *Receiver) AwaitWebhook(n int) Received {
	r.tb.Helper()
	return r.await(&r.webhooks, n, "webhook")
}

// AwaitDelivered waits for the n-th acknowledged webhook, from 1, and returns it. Webhooks without a 2xx response do not count. The test
// fails after 10 s.
func (r *Receiver) AwaitDelivered(n int) Received {
	r.tb.Helper()
	return r.await(&r.delivered, n, "acknowledged webhook")
}

// AwaitReturn waits for the n-th return, from 1, and returns it. The test fails after 10 s.
func (r *Receiver) AwaitReturn(n int) Received {
	r.tb.Helper()
	return r.await(&r.returns, n, "return")
}

func (r *Receiver) await(list *[]Received, n int, what string) Received {
	r.tb.Helper()
	if n < 1 {
		r.tb.Fatalf("testkit: %s %d: they are counted from 1", what, n)
	}
	ctx, cancel := context.WithTimeout(r.tb.Context(), defaultTimeout)
	defer cancel()
	for {
		r.mu.Lock()
		got, changed := slices.Clone(*list), r.changed
		r.mu.Unlock()
		if len(got) >= n {
			return got[n-1]
		}
		select {
		case <-changed:
		case <-ctx.Done():
			r.tb.Fatalf("testkit: timeout after %s waiting for %s %d; %d arrived", defaultTimeout, what, n, len(got))
			return Received{}
		}
	}
}
