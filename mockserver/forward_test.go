package mockserver_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tapmock/tapmock/mockserver"
	"github.com/tapmock/tapmock/mockserver/control"
)

// cutter passes connections on, and breaks one each time that a number of answers has passed: before the client has that answer.
type cutter struct {
	to    string
	each  int64
	n     atomic.Int64
	broke atomic.Int64
}

func (c *cutter) listen(t *testing.T) (address string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			go c.pass(client)
		}
	}()
	return "http://" + l.Addr().String()
}

func (c *cutter) pass(client net.Conn) {
	server, err := net.Dial("tcp", c.to)
	if err != nil {
		client.Close()
		return
	}
	go func() {
		_, _ = io.Copy(server, client)
		server.Close()
	}()
	defer client.Close()
	defer server.Close()
	buffer := make([]byte, 64<<10)
	for {
		n, err := server.Read(buffer)
		if err != nil {
			return
		}
		if c.n.Add(1)%c.each == 0 {
			c.broke.Add(1)
			return
		}
		if _, err := client.Write(buffer[:n]); err != nil {
			return
		}
	}
}

// countingShop is a shop that counts how often each charge was posted to it.
func countingShop(t *testing.T) (shop *httptest.Server, posted func() map[string]int) {
	t.Helper()
	var mu sync.Mutex
	counts := map[string]int{}
	shop = httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		var c struct{ ID string }
		if r.URL.Path != "/own/path" || json.NewDecoder(r.Body).Decode(&c) != nil {
			t.Errorf("%s %s", r.Method, r.URL)
		}
		mu.Lock()
		defer mu.Unlock()
		counts[c.ID]++
	}))
	t.Cleanup(shop.Close)
	return shop, func() map[string]int {
		mu.Lock()
		defer mu.Unlock()
		return maps.Clone(counts)
	}
}

// TestForward posts every delivery once and in order, although connections to the mock break.
func TestForward(t *testing.T) {
	t.Parallel()
	deliveries, cuts := 1000, 50 // TAPMOCK_DELIVERIES=10000 plays more
	if testing.Short() {
		deliveries, cuts = 200, 10
	}
	if n, err := strconv.Atoi(os.Getenv("TAPMOCK_DELIVERIES")); err == nil {
		deliveries = n
	}
	m := startMock(t, mockserver.Config{Now: time.Now, Limits: mockserver.Limits{Charges: deliveries + 1}}, "delivery=relay", "payer=auto", "webhook_timeout=5m", "webhook_retries=none")
	cut := &cutter{to: strings.TrimPrefix(m.url, "http://"), each: int64(4 * deliveries / cuts)} // a webhook and a return are two answers each
	client := control.New(cut.listen(t), key)
	t.Cleanup(client.CloseIdle)
	shop, posted := countingShop(t)
	to, _ := url.Parse(shop.URL)
	ctx, stop := context.WithCancel(t.Context())
	var last, made, broken atomic.Int64
	ended := make(chan error, 1)
	all := make(chan struct{})
	go func() {
		ended <- mockserver.Forward(ctx, client, to, func(f mockserver.Forwarded) {
			if f.Task.URL == "" { // the payer's return
				return
			}
			if int64(f.Task.ID) <= last.Swap(int64(f.Task.ID)) || f.URL != shop.URL+"/own/path" || len(f.Responses) != 1 || f.Responses[0].Status != 200 {
				t.Errorf("%+v after task %d", f, last.Load())
			}
			if made.Add(1) == int64(deliveries) {
				close(all)
			}
		}, func(error) { broken.Add(1) })
	}()
	create := request(map[string]any{"post": at("url", "http://elsewhere.example/own/path"), "redirect": at("url", "app://return")})
	for range deliveries {
		m.create(create)
	}
	<-all
	direct := control.New(m.url, key)
	defer direct.CloseIdle()
	if _, err := direct.AwaitIdle(ctx, time.Minute); err != nil { // until the last result has arrived
		t.Error(err)
	}
	stop()
	if err := <-ended; err != nil {
		t.Errorf("it ended with %v", err)
	}
	for id, n := range posted() {
		if n != 1 {
			t.Errorf("%s was posted %d times", id, n)
		}
	}
	if len(posted()) != deliveries || cut.broke.Load() < int64(cuts)/2 || broken.Load() == 0 {
		t.Errorf("%d charges were posted, %d connections were cut, %d breaks were reported", len(posted()), cut.broke.Load(), broken.Load())
	}
}

// TestForwardTwice refuses a second one for an account, until the first has ended.
func TestForwardTwice(t *testing.T) {
	t.Parallel()
	m := startMock(t, mockserver.Config{Now: time.Now}, "delivery=relay")
	client := control.New(m.url, key)
	t.Cleanup(client.CloseIdle)
	if _, err := client.ReadRelayTask(t.Context(), "first", 0, 0); err != nil {
		t.Fatal(err)
	}
	to, _ := url.Parse("http://127.0.0.1:1")
	err := mockserver.Forward(t.Context(), client, to, func(mockserver.Forwarded) {}, nil)
	if e, ok := errors.AsType[*control.Error](err); !ok || e.Status != 409 || !strings.Contains(e.Message, "another listener fetches the deliveries of this account") {
		t.Errorf("the second one: %v", err)
	}
	if err := client.LeaveRelay(t.Context(), "first"); err != nil {
		t.Fatal(err)
	}
	if task, err := client.ReadRelayTask(t.Context(), "second", 0, 0); err != nil || task.ID != 0 {
		t.Errorf("after the first has ended: %v %v", task, err)
	}
}
