package mockserver_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tapmock/tapmock/mockserver"
	"github.com/tapmock/tapmock/mockserver/gateway"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// These benchmarks report ratios: each runs the mock and its bare twin in five interleaved rounds and reports the median ratio of
// their rates as x-of-bare. A bare twin is a plain net/http handler for the same exchange. The same small client calls both over
// loopback.

// connections is the number of concurrent clients.
const connections = 32

// line is a keep-alive connection. It does only what HTTP needs, so that most of the time is the server's.
type line struct {
	conn net.Conn
	in   *bufio.Reader
	body []byte
	took []time.Duration
}

func dial(b *testing.B, url string) *line {
	conn, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { conn.Close() })
	return &line{conn: conn, in: bufio.NewReaderSize(conn, 16<<10)}
}

// ask sends a request and returns status and Location; l.body has the body until the next request.
func (l *line) ask(request []byte) (status int, location string, err error) {
	begin := time.Now()
	if _, err := l.conn.Write(request); err != nil {
		return 0, "", err
	}
	length := 0
	for first := true; ; first = false {
		text, err := l.in.ReadSlice('\n')
		if err != nil {
			return 0, "", err
		}
		switch {
		case first:
			status, _ = strconv.Atoi(string(text[9:12]))
		case bytes.HasPrefix(text, []byte("Content-Length: ")):
			length, _ = strconv.Atoi(string(bytes.TrimSpace(text[16:])))
		case bytes.HasPrefix(text, []byte("Location: ")):
			location = string(bytes.TrimSpace(text[10:]))
		}
		if len(text) == 2 {
			break
		}
	}
	l.body = slices.Grow(l.body[:0], length)[:length]
	_, err = io.ReadFull(l.in, l.body)
	l.took = append(l.took, time.Since(begin))
	return status, location, err
}

func raw(method, target, contentType, body string) []byte {
	return fmt.Appendf(nil, "%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer %s\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s",
		method, target, key, contentType, len(body), body)
}

// work is one step of a client; n counts over all clients.
type work func(l *line, n int64) error

// run does the work total times over all connections and returns the time.
func run(b *testing.B, lines []*line, total int, do work) time.Duration {
	var left atomic.Int64
	left.Store(int64(total))
	var all sync.WaitGroup
	begin := time.Now()
	for _, l := range lines {
		all.Go(func() {
			for n := left.Add(-1); n >= 0; n = left.Add(-1) {
				if err := do(l, n); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
	return time.Since(begin)
}

// pieceSize is the number of steps between two calls of between.
const pieceSize = 4000

// inPieces does the work total times and adds up the time. It calls between after each piece, without counting its time.
func inPieces(b *testing.B, lines []*line, total int, do work, between func()) (took time.Duration) {
	for left := total; left > 0; left -= pieceSize {
		took += run(b, lines, min(left, pieceSize), do)
		between()
	}
	return took
}

// compare interleaves five rounds of ours and bare and reports the median ratio of their rates, and the p99 of each. between does what
// must be done now and then but is not measured.
func compare(b *testing.B, ourURL, bareURL string, ours, bare work, between func()) {
	b.Helper()
	compareWith(b, ourURL, bareURL, ours, bare, between, func(*line) {})
}

// compareWith is compare with a func that prepares each connection.
func compareWith(b *testing.B, ourURL, bareURL string, ours, bare work, between func(), prepare func(*line)) {
	b.Helper()
	var sets [2][]*line
	for i, url := range []string{ourURL, bareURL} {
		for range connections {
			l := dial(b, url)
			prepare(l)
			sets[i] = append(sets[i], l)
		}
	}
	const rounds = 5
	n := max(1, b.N/rounds)
	var ratios, per []float64
	b.ResetTimer()
	for range rounds {
		a := inPieces(b, sets[0], n, ours, between)
		z := inPieces(b, sets[1], n, bare, between)
		ratios = append(ratios, float64(z)/float64(a))
		per = append(per, float64(a)/float64(n))
	}
	b.StopTimer()
	slices.Sort(ratios)
	slices.Sort(per)
	b.ReportMetric(ratios[rounds/2], "x-of-bare")
	b.ReportMetric(per[rounds/2], "ns/ours")
	for i, name := range []string{"µs-p99-ours", "µs-p99-bare"} {
		var took []time.Duration
		for _, l := range sets[i] {
			took = append(took, l.took...)
		}
		slices.Sort(took)
		b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), name)
	}
}

func benchMock(b *testing.B) (*mockserver.Server, string) {
	server, err := mockserver.New(mockserver.Config{Seed: 1})
	if err != nil {
		b.Fatal(err)
	}
	front := httptest.NewServer(server)
	b.Cleanup(func() { front.Close(); server.Close(context.Background()) })
	return server, front.URL
}

const benchBody = `{"amount":12.345,"currency":"KWD","threeDSecure":true,"save_card":false,"description":"Order 1042","metadata":{"udf1":"one","udf2":"two"},` +
	`"reference":{"transaction":"txn_1","order":"ord_1"},"receipt":{"email":true,"sms":false},"customer":{"first_name":"Test","last_name":"Payer",` +
	`"email":"test@example.com","phone":{"country_code":"965","number":"50000000"}},"merchant":{"id":""},"source":{"id":"src_kw.knet"},` +
	`"post":{"url":"https://shop.example/hook"},"redirect":{"url":"https://shop.example/return"}}`

// plainRequest is the create request as a plain handler declares it.
type plainRequest struct {
	Amount       json.Number       `json:"amount"`
	Currency     string            `json:"currency"`
	ThreeDSecure bool              `json:"threeDSecure"`
	SaveCard     bool              `json:"save_card"`
	Description  string            `json:"description"`
	Metadata     map[string]string `json:"metadata"`
	Reference    struct {
		Transaction string `json:"transaction"`
		Order       string `json:"order"`
		Idempotent  string `json:"idempotent"`
	} `json:"reference"`
	Receipt struct {
		Email bool `json:"email"`
		SMS   bool `json:"sms"`
	} `json:"receipt"`
	Customer struct {
		ID        string     `json:"id"`
		FirstName string     `json:"first_name"`
		LastName  string     `json:"last_name"`
		Email     string     `json:"email"`
		Phone     *tap.Phone `json:"phone"`
	} `json:"customer"`
	Merchant struct {
		ID string `json:"id"`
	} `json:"merchant"`
	Source struct {
		ID string `json:"id"`
	} `json:"source"`
	Post struct {
		URL string `json:"url"`
	} `json:"post"`
	Redirect struct {
		URL string `json:"url"`
	} `json:"redirect"`
}

// bareStore is one mutex and one map with our bound.
type bareStore struct {
	mu      sync.Mutex
	charges map[string]*tap.Charge
	order   []string
}

func (s *bareStore) create(w http.ResponseWriter, r *http.Request) {
	var in plainRequest
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	merchant, now := "599424", time.Now()
	s.mu.Lock()
	id := "chg_" + strconv.Itoa(1_000_000_000+len(s.order)) + "bare" + strconv.FormatInt(now.UnixNano(), 36)
	c := &tap.Charge{
		ID: id, Object: "charge", CustomerInitiated: true, APIVersion: "V2", Method: "CREATE", Status: "INITIATED", Amount: tap.Number(in.Amount),
		Currency: in.Currency, ThreeDSecure: in.ThreeDSecure, MerchantID: &merchant, Product: "GOSELL", Description: in.Description,
		Metadata: `{"udf1":"one","udf2":"two"}`,
		Transaction: tap.Transaction{Timezone: "UTC+03:00", Created: strconv.FormatInt(now.UnixMilli(), 10), URL: "http://127.0.0.1:8080/gosell/v2/payment/tap_process.aspx?chg=0123456789012345678901234567890123456789%3d",
			Expiry: tap.Expiry{Period: 30, Type: "MINUTE"}, Amount: tap.Number(in.Amount), Currency: in.Currency},
		Reference: tap.Reference{Transaction: in.Reference.Transaction, Order: in.Reference.Order}, Response: tap.Result{Code: "100", Message: "Initiated"},
		Receipt:  tap.Receipt{Email: in.Receipt.Email, SMS: in.Receipt.SMS},
		Customer: tap.ChargeCustomer{FirstName: in.Customer.FirstName, LastName: in.Customer.LastName, Email: in.Customer.Email, Phone: in.Customer.Phone},
		Merchant: tap.Merchant{Country: "KW", Currency: "KWD", ID: merchant}, Source: tap.Source{Object: "source", ID: in.Source.ID},
		Redirect: tap.Redirect{Status: "PENDING", URL: in.Redirect.URL}, Post: &tap.Post{Status: "PENDING", URL: in.Post.URL},
		Activities: []tap.Activity{{ID: "activity_TS06A0720260506s2DO0403666", Object: "activity", Created: now.UnixMilli(), Status: "INITIATED",
			Currency: in.Currency, Amount: tap.Number(in.Amount), Remarks: "charge - created", TxnID: id}},
	}
	s.charges[id] = c
	s.order = append(s.order, id)
	if len(s.charges) > 10_000 {
		delete(s.charges, s.order[0])
		s.order = s.order[1:]
	}
	s.mu.Unlock()
	body, _ := json.Marshal(c)
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.Write(body)
}

func (s *bareStore) get(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	c := s.charges[strings.TrimPrefix(r.URL.Path, "/v2/charges/")]
	s.mu.Unlock()
	body, _ := json.Marshal(c)
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.Write(body)
}

// expire advances the mock's clock beyond the expiry of all charges, so that a full account can evict some. On a slow machine a retry can
// fall due meanwhile; it waits until that attempt has ended.
func expire(b *testing.B, server *mockserver.Server) {
	for {
		_, err := server.Advance(context.Background(), key, 31*time.Minute)
		var busy *gateway.BusyError
		if err == nil {
			return
		} else if !errors.As(err, &busy) {
			b.Fatal(err)
		}
		runtime.Gosched()
	}
}

func wantStatus(want int, l *line, request []byte) error {
	status, _, err := l.ask(request)
	if err == nil && status != want {
		err = fmt.Errorf("HTTP %d %s", status, l.body)
	}
	return err
}

// BenchmarkCreate measures creates of one key, with journal, validation and the default limits.
func BenchmarkCreate(b *testing.B) {
	server, url := benchMock(b)
	bare := httptest.NewServer(http.HandlerFunc((&bareStore{charges: map[string]*tap.Charge{}}).create))
	b.Cleanup(bare.Close)
	request := raw("POST", "/v2/charges", "application/json", benchBody)
	create := func(l *line, _ int64) error { return wantStatus(200, l, request) }
	compare(b, url, bare.URL, create, create, func() { expire(b, server) })
}

// BenchmarkRetrieve measures GETs of one charge.
func BenchmarkRetrieve(b *testing.B) {
	_, url := benchMock(b)
	store := &bareStore{charges: map[string]*tap.Charge{}}
	routes := http.NewServeMux()
	routes.HandleFunc("POST /v2/charges", store.create)
	routes.HandleFunc("GET /v2/charges/{id}", store.get)
	bare := httptest.NewServer(routes)
	b.Cleanup(bare.Close)
	ask := func(address string) work {
		l := dial(b, address)
		if err := wantStatus(200, l, raw("POST", "/v2/charges", "application/json", benchBody)); err != nil {
			b.Fatal(err)
		}
		var c tap.Charge
		if err := json.Unmarshal(l.body, &c); err != nil {
			b.Fatal(err)
		}
		request := raw("GET", "/v2/charges/"+c.ID, "application/json", "")
		return func(l *line, _ int64) error { return wantStatus(200, l, request) }
	}
	compare(b, url, bare.URL, ask(url), ask(bare.URL), func() {})
}

// BenchmarkHandlers measures the handlers without a network: compare the allocations.
func BenchmarkHandlers(b *testing.B) {
	server, err := mockserver.New(mockserver.Config{Seed: 1})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { server.Close(context.Background()) })
	bare := http.HandlerFunc((&bareStore{charges: map[string]*tap.Charge{}}).create)
	for name, h := range map[string]http.Handler{"create": server, "create-bare": bare} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			n := 0
			for b.Loop() {
				r := httptest.NewRequest("POST", "/v2/charges", strings.NewReader(benchBody))
				r.Host = "127.0.0.1"
				r.Header.Set("Authorization", "Bearer "+key)
				r.Header.Set("Content-Type", "application/json")
				w := httptest.NewRecorder()
				h.ServeHTTP(w, r)
				if w.Code != 200 {
					b.Fatalf("HTTP %d %s", w.Code, w.Body)
				}
				if n++; n%pieceSize == 0 && name == "create" {
					b.StopTimer()
					expire(b, server)
					b.StartTimer()
				}
			}
		})
	}
}

// BenchmarkMemory creates 1,000,000 charges of one key under the default limits for each b.N, and reports the live heap after 100,000
// and at the end, and all memory obtained from the system: go test -run - -bench Memory -benchtime 1x ./mockserver
func BenchmarkMemory(b *testing.B) {
	server, err := mockserver.New(mockserver.Config{Seed: 1})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { server.Close(context.Background()) })
	total := int64(1_000_000)
	if testing.Short() {
		total = 20_000
	}
	for range b.N {
		for n := range total {
			r := httptest.NewRequest("POST", "/v2/charges", strings.NewReader(benchBody))
			r.Host = "127.0.0.1"
			r.Header.Set("Authorization", "Bearer "+key)
			w := httptest.NewRecorder()
			if server.ServeHTTP(w, r); w.Code != 200 {
				b.Fatalf("HTTP %d %s", w.Code, w.Body)
			}
			if n%pieceSize == 0 {
				expire(b, server)
			}
			if n+1 == total/10 {
				b.ReportMetric(heapMB(), "MB-at-a-tenth")
			}
		}
	}
	b.ReportMetric(heapMB(), "MB-at-the-end")
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	b.ReportMetric(float64(m.Sys-m.HeapReleased)/(1<<20), "MB-of-the-system")
}

// heapMB is the live heap.
func heapMB() float64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc) / (1 << 20)
}
