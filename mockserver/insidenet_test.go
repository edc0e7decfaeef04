package mockserver

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/mockserver/webhook"
)

// startInside is a sender that reaches a merchant inside this process at http://in.test.
func startInside(t *testing.T, merchant http.HandlerFunc) (*webhook.Sender, *insideNet) {
	t.Helper()
	n := newInsideNet(merchant, slog.New(slog.DiscardHandler))
	t.Cleanup(n.close)
	return webhook.NewSender(webhook.Config{Inside: map[string]func(context.Context) (net.Conn, error){"in.test:80": n.dial}}), n
}

func insideMessage(address string) webhook.Message {
	return webhook.Message{URL: address, Key: "sk_test_x", Body: []byte(`{"id":"chg_1","text":"` + strings.Repeat("x", 100_000) + `"}`), Format: "2026",
		Parts: tap.HashParts("chg_1", "0.500", "KWD", "", "2", "CAPTURED", "3")}
}

// TestInsideIsAsOverTCP sends webhooks to the same merchant inside the process and over TCP, in each format: request and result are the same.
func TestInsideIsAsOverTCP(t *testing.T) {
	t.Parallel()
	requests := make(chan string, 1)
	merchant := func(w http.ResponseWriter, r *http.Request) {
		dump, err := httputil.DumpRequest(r, true)
		if err != nil {
			dump = []byte(err.Error())
		}
		_, rest, _ := strings.Cut(string(dump), "Host: ")
		_, rest, _ = strings.Cut(rest, "\r\n")
		requests <- r.Method + r.Proto + r.URL.String() + rest
		w.WriteHeader(http.StatusTeapot)
		io.WriteString(w, "no")
	}
	outside := httptest.NewServer(http.HandlerFunc(merchant))
	defer outside.Close()
	sender, _ := startInside(t, merchant)
	for _, format := range []string{"2022", "2023", "2026"} {
		var seen []string
		for _, address := range []string{"http://in.test", outside.URL} {
			m := insideMessage(address + "/hook?a=b")
			m.Format = format
			if res := sender.Send(t.Context(), m); res.Status != 418 || string(res.Body) != "no" || res.Failure != "" {
				t.Fatalf("%s: %+v", address, res)
			}
			seen = append(seen, <-requests)
		}
		if seen[0] != seen[1] || !strings.Contains(seen[0], "Hashstring") || len(seen[0]) < 100_000 {
			t.Errorf("%s: inside:\n%.500s\nover TCP:\n%.500s", format, seen[0], seen[1])
		}
	}
}

// TestInsideFailures has merchants that do not answer properly: the failures have the words of a network.
func TestInsideFailures(t *testing.T) {
	t.Parallel()
	early, _ := startInside(t, func(http.ResponseWriter, *http.Request) { panic("a bug of the merchant") })
	late, _ := startInside(t, func(_ http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		panic(http.ErrAbortHandler)
	})
	for _, sender := range []*webhook.Sender{early, late} {
		if res := sender.Send(t.Context(), insideMessage("http://in.test/")); res.Failure != "cut off" {
			t.Errorf("a panic: %+v", res)
		}
	}
	closed, n := startInside(t, func(http.ResponseWriter, *http.Request) {})
	n.close()
	if res := closed.Send(t.Context(), insideMessage("http://in.test/")); res.Failure != "unreachable" {
		t.Errorf("a closed mock: %+v", res)
	}
	if res := late.Send(t.Context(), insideMessage("http://in.test.invalid/")); res.Failure != "unknown host" {
		t.Errorf("another host: %+v", res)
	}
}

// TestInsideTimeout has a merchant that does not answer: the attempt ends at its limit, and the merchant notices it.
func TestInsideTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gone := make(chan struct{})
		sender, _ := startInside(t, func(_ http.ResponseWriter, r *http.Request) {
			io.Copy(io.Discard, r.Body)
			<-r.Context().Done()
			close(gone)
		})
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		begin := time.Now()
		if res := sender.Send(ctx, insideMessage("http://in.test/")); res.Failure != "timeout" || time.Since(begin) != 10*time.Second {
			t.Errorf("%+v after %s", res, time.Since(begin))
		}
		<-gone
	})
}

// TestInsideConcurrently sends copies at the same moment: no copy has been answered before all have come.
func TestInsideConcurrently(t *testing.T) {
	t.Parallel()
	const copies = 4
	come, all := make(chan struct{}, copies), make(chan struct{})
	sender, _ := startInside(t, func(_ http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		if come <- struct{}{}; len(come) == copies {
			close(all)
		}
		<-all
	})
	messages := make([]webhook.Message, copies)
	for i := range messages {
		messages[i] = insideMessage("http://in.test/")
	}
	for _, res := range sender.SendConcurrently(t.Context(), messages) {
		if res.Status != 200 {
			t.Errorf("%+v", res)
		}
	}
}
