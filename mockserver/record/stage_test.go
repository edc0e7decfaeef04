package record_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tapmock/tapmock/mockserver"
	"github.com/tapmock/tapmock/mockserver/control"
)

var opening = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)

const key = "sk_test_recorded"

// stage is a mock with one account, whose clock is frozen, and a shop.
type stage struct {
	t       *testing.T
	url     string
	client  *http.Client
	control *control.Client
	shop    string

	mu      sync.Mutex
	replies []int // HTTP statuses of the responses to the next webhooks; 200 after them
}

func newStage(t *testing.T) *stage {
	t.Helper()
	mock, err := mockserver.New(mockserver.Config{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	front := httptest.NewServer(mock)
	s := &stage{t: t, url: front.URL, client: &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}, control: control.New(front.URL, key)}
	shop := httptest.NewServer(s)
	s.shop = shop.URL
	t.Cleanup(func() {
		s.control.CloseIdle()
		mock.Close(context.Background())
		front.Close()
		shop.Close()
	})
	s.must(s.control.Freeze(t.Context(), opening))
	return s
}

func (s *stage) must(_ any, err error) {
	s.t.Helper()
	s.check(err)
}

func (s *stage) check(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s *stage) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body) // a response before the last byte can make one of several concurrent copies fail
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.URL.Path == "/hook" && len(s.replies) > 0 {
		w.WriteHeader(s.replies[0])
		s.replies = s.replies[1:]
	}
}

type answer struct {
	status int
	body   string
}

func (s *stage) call(method, path, body string) answer {
	req, err := http.NewRequest(method, s.url+path, strings.NewReader(body))
	if err != nil {
		return answer{}
	}
	req.Header.Set("Authorization", "Bearer "+key)
	req.Header.Set("Content-Type", "application/json")
	req.Close = true
	res, err := s.client.Do(req)
	if err != nil {
		return answer{}
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		return answer{}
	}
	return answer{res.StatusCode, string(text)}
}

// patient makes a call, and moves the clock by a minute if the mock delays the answer.
func (s *stage) patient(method, path, body string) answer {
	account, err := s.control.Account(s.t.Context())
	s.check(err)
	ctx, stop := context.WithCancel(s.t.Context())
	done, delayed := make(chan answer, 1), make(chan bool, 1)
	var both sync.WaitGroup
	defer both.Wait()
	defer stop()
	both.Go(func() { done <- s.call(method, path, body) })
	both.Go(func() {
		j, err := s.control.Journal(ctx, control.JournalQuery{After: account.LastEntry, Event: "answer_delayed", Wait: 10 * time.Second})
		if err == nil && len(j.Entries) > 0 {
			delayed <- true
		}
	})
	select {
	case a := <-done:
		return a
	case <-delayed:
		s.must(s.control.Advance(s.t.Context(), time.Minute))
		return <-done
	}
}

func (s *stage) body() string {
	return fmt.Sprintf(`{"amount": 12.345, "currency": "KWD", "source": {"id": "src_kw.knet"}, "reference": {"order": "1001", "idempotent": "1001"},
		"customer": {"first_name": "Test", "email": "test@example.com"}, "post": {"url": %q}, "redirect": {"url": %q}}`, s.shop+"/hook", s.shop+"/return")
}

// create creates the charge as a correct merchant does: until there is an answer.
func (s *stage) create() (id, page string) {
	s.t.Helper()
	for range 5 {
		var c struct {
			ID          string
			Transaction struct{ URL string }
		}
		a := s.patient("POST", "/v2/charges", s.body())
		if a.status == 200 && json.Unmarshal([]byte(a.body), &c) == nil && c.ID != "" {
			return c.ID, c.Transaction.URL
		}
	}
	s.t.Fatal("no charge after five tries")
	return "", ""
}

func (s *stage) idle() {
	s.t.Helper()
	s.must(s.control.AwaitIdle(s.t.Context(), 10*time.Second))
}

func (s *stage) advance(d time.Duration) {
	s.t.Helper()
	s.idle()
	s.must(s.control.Advance(s.t.Context(), d))
}

// recording is the trace and the webhooks of a charge. The trace begins with the faults of create calls that created no charge.
func (s *stage) recording(id string) (*control.Trace, []control.Webhook) {
	s.t.Helper()
	trace, err := s.control.Trace(s.t.Context(), id)
	s.check(err)
	hooks, err := s.control.Webhooks(s.t.Context(), id)
	s.check(err)
	faults, err := s.control.Journal(s.t.Context(), control.JournalQuery{Event: "fault_injected", Before: trace.Entries[0].Seq})
	s.check(err)
	slices.Reverse(faults.Entries)
	trace.Entries = append(faults.Entries, trace.Entries...)
	return &trace, hooks
}

// play plays the next scenario with an automatic payer, from the create call to the end of the third day.
func (s *stage) play() (*control.Trace, []control.Webhook) {
	s.t.Helper()
	s.check(s.control.Set(s.t.Context(), map[string]string{"payer": "auto"}))
	charge, _ := s.create()
	s.idle()
	for range 2 {
		s.patient("GET", "/v2/charges/"+charge, "")
	}
	s.advance(75 * time.Hour)
	return s.recording(charge)
}
