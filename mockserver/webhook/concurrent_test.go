package webhook

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func sendConcurrently(ctx context.Context, copies ...Message) <-chan []Result {
	results := make(chan []Result, 1)
	go func() { results <- NewSender(Config{Insecure: true}).SendConcurrently(ctx, copies) }()
	return results
}

func wantResults(t *testing.T, got []Result, want ...string) {
	t.Helper()
	var short []string
	for _, r := range got {
		short = append(short, strings.TrimPrefix(fmt.Sprint(r.Status, r.Failure), "0"))
	}
	if fmt.Sprint(short) != fmt.Sprint(want) {
		t.Errorf("results %q, want %q", short, want)
	}
}

// TestConcurrentLastByte delays one of three copies by a TLS handshake that the merchant does not answer. The merchant then has
// everything but the last byte of the others, and gets these last bytes only after the third copy has reached this point.
func TestConcurrentLastByte(t *testing.T) {
	for _, scheme := range []string{"http", "https"} {
		t.Run(scheme, func(t *testing.T) {
			shop, late := openShop(t, scheme), openShop(t, "https")
			alone := message(shop.URL)
			single := make(chan Result, 1)
			go func() { single <- NewSender(Config{Insecure: true}).Send(t.Context(), alone) }()
			conn := shop.accept()
			whole := untilLast(t, conn) + lastByte(t, conn)
			if r := <-single; r.Status != 204 {
				t.Fatalf("a single copy: %+v", r)
			}

			results := sendConcurrently(t.Context(), message(shop.URL), message(late.URL), message(shop.URL))
			first, second, third := shop.accept(), shop.accept(), late.accept()
			arrived := []string{untilLast(t, first), untilLast(t, second)}
			wantSilence(t, first)
			wantSilence(t, second)
			arrived = append(arrived, untilLast(t, third))
			for i, conn := range []net.Conn{first, second, third} {
				want := strings.ReplaceAll(whole, shop.l.Addr().String(), conn.LocalAddr().String())
				if arrived[i] != want[:len(want)-1] {
					t.Errorf("connection %d got %q, want all but the last byte of %q", i, arrived[i], want)
				}
				if last := lastByte(t, conn); last != want[len(want)-1:] {
					t.Errorf("connection %d: last byte %q", i, last)
				}
			}
			wantResults(t, <-results, "204", "204", "204")
		})
	}
}

// TestConcurrentInOrder does the same without waiting for a while: in a bubble it is known when no goroutine can continue.
func TestConcurrentInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := NewSender(Config{})
		ends := pipes(s)
		copies := []Message{message("http://shop.example/"), message("http://shop.example/"), message("http://shop.example/")}
		results := make(chan []Result, 1)
		go func() { results <- s.SendConcurrently(t.Context(), copies) }()
		first, second, third := <-ends, <-ends, <-ends
		untilLast(t, first)
		untilLast(t, second)
		var last sync.WaitGroup
		received := make(chan string, 2)
		for _, conn := range []net.Conn{first, second} {
			last.Go(func() { received <- lastByte(t, conn) })
		}
		synctest.Wait()
		if len(received) != 0 {
			t.Error("a last byte was sent before the third copy had reached this point")
		}
		untilLast(t, third)
		last.Wait()
		lastByte(t, third)
		wantResults(t, <-results, "204", "204", "204")
	})
}

// TestConcurrentWithARefusedCopy sends one of three copies to a closed port.
func TestConcurrentWithARefusedCopy(t *testing.T) {
	shop, closed := openShop(t, "http"), openShop(t, "http")
	closed.l.Close()
	results := sendConcurrently(t.Context(), message(shop.URL), message(closed.URL), message(shop.URL))
	for _, conn := range []net.Conn{shop.accept(), shop.accept()} {
		untilLast(t, conn)
		if last := lastByte(t, conn); last != "}" {
			t.Errorf("last byte %q", last)
		}
	}
	wantResults(t, <-results, "204", "refused", "204")
}

func TestConcurrentOneFailsBeforeItConnects(t *testing.T) {
	results := <-sendConcurrently(t.Context(), message("ftp://shop.example/"))
	wantResults(t, results, "bad url")
	if none := <-sendConcurrently(t.Context()); len(none) != 0 {
		t.Errorf("without copies: results %v, want none", none)
	}
}

// TestConcurrentCancelled cancels while copies wait for one in its handshake. Their last bytes are never sent.
func TestConcurrentCancelled(t *testing.T) {
	shop, late := openShop(t, "http"), openShop(t, "https")
	ctx, cancel := context.WithCancel(t.Context())
	empty := message(shop.URL)
	empty.Sent = []byte{}
	results := sendConcurrently(ctx, message(shop.URL), message(shop.URL), message(late.URL), empty)
	waiting := []net.Conn{shop.accept(), shop.accept()}
	for _, conn := range waiting {
		untilLast(t, conn)
	}
	cancel()
	wantResults(t, <-results, "cancelled", "cancelled", "cancelled", "cancelled")
	for _, conn := range waiting {
		if rest, _ := io.ReadAll(conn); len(rest) != 0 {
			t.Errorf("%q was sent after the cancellation", rest)
		}
	}
}

// TestBarrierAfterTheEnd waits at an open barrier after the end of its context.
func TestBarrierAfterTheEnd(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	b := newBarrier(1)
	cancel()
	b.arrive()
	for range 20 { // both channels are ready, and select chooses one at random
		if err := b.wait(ctx); !errors.Is(err, context.Canceled) {
			t.Fatalf("wait returned %v, want context.Canceled", err)
		}
	}
}

// TestConcurrentTimeout has one copy at the barrier and one in its handshake when the time is over. The bubble reports every goroutine
// that is left.
func TestConcurrentTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := NewSender(Config{})
		ends := pipes(s)
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		go func() {
			for range 2 {
				go io.Copy(io.Discard, <-ends)
			}
		}()
		results := s.SendConcurrently(ctx, []Message{message("http://shop.example/"), message("https://shop.example/")})
		wantResults(t, results, "timeout", "timeout")
	})
}

// TestConcurrentLostAtTheBarrier has a merchant that closes the connection of a waiting copy, and one that responds to it too early.
func TestConcurrentLostAtTheBarrier(t *testing.T) {
	shop, late := openShop(t, "http"), openShop(t, "https")
	results := sendConcurrently(t.Context(), message(shop.URL), message(late.URL))
	conn, other := shop.accept(), late.accept()
	untilLast(t, conn)
	conn.Close()
	untilLast(t, other)
	lastByte(t, other)
	wantResults(t, <-results, "cut off", "204")

	results = sendConcurrently(t.Context(), message(shop.URL), message(late.URL))
	conn, other = shop.accept(), late.accept()
	untilLast(t, conn)
	fmt.Fprint(conn, "HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\n\r\nno")
	if rest, _ := io.ReadAll(conn); len(rest) != 0 {
		t.Errorf("%q was sent after the response", rest)
	}
	untilLast(t, other)
	lastByte(t, other)
	wantResults(t, <-results, "401", "204")
}

// TestConcurrentShortBodies sends a body of one byte and an empty body.
func TestConcurrentShortBodies(t *testing.T) {
	var mu sync.Mutex
	seen := map[string]bool{}
	shop := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		mu.Lock()
		defer mu.Unlock()
		seen[fmt.Sprint(r.ContentLength, string(body))] = true
	}))
	defer shop.Close()
	one, none := message(shop.URL), message(shop.URL)
	one.Sent, none.Sent = []byte("1"), []byte{}
	wantResults(t, <-sendConcurrently(t.Context(), one, none), "200", "200")
	if !seen["11"] || !seen["0"] || len(seen) != 2 {
		t.Errorf("seen %v", seen)
	}
}

// TestConcurrentLargeBody sends a body that is larger than all buffers.
func TestConcurrentLargeBody(t *testing.T) {
	shop := openShop(t, "http")
	large := message(shop.URL)
	large.Sent = bytes.Repeat([]byte("x"), 4<<20)
	results := sendConcurrently(t.Context(), large, message(shop.URL))
	waiting := []net.Conn{shop.accept(), shop.accept()}
	for _, conn := range waiting {
		untilLast(t, conn)
	}
	for _, conn := range waiting {
		lastByte(t, conn)
	}
	wantResults(t, <-results, "204", "204")
}

func ExampleSender_SendConcurrently() {
	shop := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.Copy(w, r.Body) }))
	defer shop.Close()
	m := Message{URL: shop.URL, Key: "sk_test_x", Body: []byte(`{"id":"chg_1"}`), Format: "2023"}
	for _, r := range NewSender(Config{}).SendConcurrently(context.Background(), []Message{m, m}) {
		fmt.Printf("%d %s\n", r.Status, r.Body)
	}
	// Output:
	// 200 {"id":"chg_1"}
	// 200 {"id":"chg_1"}
}
