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

// Received is a request that a [Receiver] has got: a webhook, or a payer who is back.
type Received struct {
	Header http.Header
	Body   []byte     // as it came
	Charge tap.Charge // of a webhook, as far as its body could be read
	Bad    error      // why a webhook's signatures do not verify, see VerifyWebhook; nil if they do
	TapID  string     // of a return
	Query  string     // of a return, as it came
}

// Receiver is the merchant's side for a test that has none: it takes webhooks and payers who return, and writes them down. Its answer is 200
// unless it is told otherwise.
type Receiver struct {
	WebhookURL string // for post.url
	ReturnURL  string // for redirect.url

	tb      TB
	key     string
	closing chan struct{} // closed when the test ends

	mu        sync.Mutex // guards what follows
	webhooks  []Received
	returns   []Received
	delivered []Received    // the webhooks that were acknowledged
	changed   chan struct{} // closed at the next request
	next      []reply       // to the next webhooks
	delay     time.Duration
	hanging   chan struct{} // webhooks wait until it is closed; nil: they do not
}

// reply is what a webhook is answered with: a status, or 0 for cutting the line.
type reply int

// NewReceiver begins to listen on a free port of 127.0.0.1, and ends with the test. Webhooks are verified with the secret key.
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
	mux.HandleFunc("/return", r.back)
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

// close lets go what hangs, waits for handlers, and stops listening.
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
	got := Received{Header: req.Header.Clone(), Body: body, Bad: VerifyWebhook(r.key, req.Header, body)}
	if err == nil {
		_ = json.Unmarshal(body, &got.Charge) // what cannot be read stays empty, and Bad says so
	}
	answer := r.take(got)
	if !r.pause(req.Context(), answer) || answer.how == 0 {
		panic(http.ErrAbortHandler) // cuts the line
	}
	w.WriteHeader(int(answer.how))
	if answer.how/100 == 2 {
		r.acknowledged(w, got)
	}
}

// result is how one webhook is treated.
// acknowledged records a webhook as soon as its response is on its way.
func (r *Receiver) acknowledged(w http.ResponseWriter, got Received) {
	_ = http.NewResponseController(w).Flush()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.delivered = append(r.delivered, got)
	r.changedLocked()
}

type treatment struct {
	how     reply
	delay   time.Duration
	hanging chan struct{}
}

// take writes a webhook down and says how it is treated.
func (r *Receiver) take(got Received) treatment {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.webhooks = append(r.webhooks, got)
	r.changedLocked()
	a := treatment{http.StatusOK, r.delay, r.hanging}
	if len(r.next) > 0 {
		a.how, r.next = r.next[0], r.next[1:]
	}
	return a
}

// pause keeps an answer back for as long as it is to be, and reports whether somebody still waits for it.
func (r *Receiver) pause(ctx context.Context, a treatment) bool {
	if a.hanging != nil {
		select {
		case <-a.hanging:
		case <-r.closing:
		case <-ctx.Done():
			return false
		}
	}
	if a.delay > 0 {
		timer := time.NewTimer(a.delay)
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

func (r *Receiver) back(w http.ResponseWriter, req *http.Request) {
	r.mu.Lock()
	r.returns = append(r.returns, Received{Header: req.Header.Clone(), TapID: req.FormValue("tap_id"), Query: req.URL.RawQuery})
	r.changedLocked()
	r.mu.Unlock()
	_, _ = io.WriteString(w, "Back at the shop.\n")
}

func (r *Receiver) changedLocked() { close(r.changed); r.changed = make(chan struct{}) }

// FailNext answers the next n webhooks with a status, such as 500.
func (r *Receiver) FailNext(n, status int) { r.reply(n, reply(status)) }

// CutNext cuts the line of the next n webhooks, without an answer.
func (r *Receiver) CutNext(n int) { r.reply(n, 0) }

func (r *Receiver) reply(n int, how reply) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.next = append(r.next, slices.Repeat([]reply{how}, n)...)
}

// Slow lets each webhook from now on wait for its answer so long, in real time; 0 ends that.
func (r *Receiver) Slow(d time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.delay = d
}

// Hang lets webhooks from now on wait for their answers until release is called, or the test ends.
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

// Webhooks are those that have come, in their order.
func (r *Receiver) Webhooks() []Received { return r.all(&r.webhooks) }

// Returns are the payers who are back, in their order.
func (r *Receiver) Returns() []Received { return r.all(&r.returns) }

func (r *Receiver) all(some *[]Received) []Received {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(*some)
}

// AwaitWebhook waits for the nth webhook, from 1; it has come, and may not be answered yet. The test fails after 10 s.
func (r *Receiver) AwaitWebhook(n int) Received {
	r.tb.Helper()
	return r.await(&r.webhooks, n, "webhook")
}

// AwaitDelivered waits until the nth webhook, from 1, has been acknowledged: answered with a 2xx. The test fails after 10 s.
func (r *Receiver) AwaitDelivered(n int) Received {
	r.tb.Helper()
	return r.await(&r.delivered, n, "acknowledged webhook")
}

// AwaitReturn waits for the nth return, from 1. The test fails after 10 s.
func (r *Receiver) AwaitReturn(n int) Received {
	r.tb.Helper()
	return r.await(&r.returns, n, "return")
}

func (r *Receiver) await(some *[]Received, n int, what string) Received {
	r.tb.Helper()
	ctx, cancel := context.WithTimeout(r.tb.Context(), defaultPatience)
	defer cancel()
	for {
		r.mu.Lock()
		came, changed := slices.Clone(*some), r.changed
		r.mu.Unlock()
		if n >= 1 && len(came) >= n {
			return came[n-1]
		}
		select {
		case <-changed:
		case <-ctx.Done():
			r.tb.Fatalf("testkit: waited for %s %d in vain; %d have come", what, n, len(came))
			return Received{}
		}
	}
}
