package webhook

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tapmock/tapmock/mockserver/tap"
)

func message(url string) Message {
	return Message{URL: url, Key: "sk_test_x", Body: []byte(`{"id":"chg_1"}`), Format: "2023",
		Parts: tap.HashParts("chg_1", "0.500", "KWD", "", "2", "CAPTURED", "3")}
}

// since2023 is what follows the user agent in the webhooks of 2023 and 2026.
const since2023 = "Connection: close|Content-Length: 14|" +
	"accept: text/plain, application/json, application/cbor, application/*+json, */*|accept-encoding: gzip,deflate|content-type: application/json|" +
	"hash: HASH|hashstring: STRING||{\"id\":\"chg_1\"}"

// TestOnTheWire checks the bytes of a webhook on the connection, with the spelling of its headers.
func TestOnTheWire(t *testing.T) {
	for format, want := range map[string]string{
		"2022": "POST /hook?a=b HTTP/1.1|Host: ADDR|Content-Length: 14|content-type: application/json|hash: HASH|hashstring: STRING||{\"id\":\"chg_1\"}",
		"2023": "POST /hook?a=b HTTP/1.1|Host: ADDR|User-Agent: Apache-HttpClient/4.5.13 (Java/18.0.2.1)|" + since2023,
		"2026": "POST /hook?a=b HTTP/1.1|Host: ADDR|User-Agent: Tap-Webhooks/1.0|" + since2023,
	} {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		got := make(chan string, 1)
		go func() {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			defer conn.Close()
			var lines []string
			r := bufio.NewReader(conn)
			for line := "x"; line != "\r\n"; {
				line, _ = r.ReadString('\n')
				lines = append(lines, strings.TrimSuffix(line, "\r\n"))
			}
			body := make([]byte, 14)
			io.ReadFull(r, body)
			fmt.Fprint(conn, "HTTP/1.1 204 No Content\r\n\r\n")
			got <- strings.Join(append(lines, string(body)), "|")
		}()
		m := message("http://" + listener.Addr().String() + "/hook?a=b")
		m.Format = format
		if res := NewSender(Config{}).Send(t.Context(), m); res.Status != 204 || res.Failure != "" {
			t.Errorf("%s: %+v", format, res)
		}
		sig := tap.SignWebhook(m.Key, m.Parts, m.Body)
		want = strings.NewReplacer("ADDR", listener.Addr().String(), "HASH", sig.Hash, "STRING", sig.HashString).Replace(want)
		if text := <-got; text != want {
			t.Errorf("%s:\ngot  %s\nwant %s", format, text, want)
		}
		listener.Close()
	}
}

// TestForgedWebhooks sends bytes other than the signed ones. The signatures remain those of Body.
func TestForgedWebhooks(t *testing.T) {
	m := message("")
	sig := tap.SignWebhook(m.Key, m.Parts, m.Body)
	for name, want := range map[string]string{
		"true":     `{"id":"chg_1"} ` + sig.HashString + " " + sig.Hash,
		"changed":  `{"id":"chg_2","more":1} ` + sig.HashString + " " + sig.Hash,
		"emptied":  " " + sig.HashString + " " + sig.Hash,
		"unsigned": `{"id":"chg_1"} none none`,
		"upper":    `{"id":"chg_1"} ` + strings.ToUpper(sig.HashString+" "+sig.Hash),
		"chosen":   `{"id":"chg_1"} sha256=Ab/+ sha256=Ab/+`,
	} {
		got := ""
		shop := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			got = string(body)
			for _, h := range []string{"Hashstring", "Hash"} {
				if len(r.Header[h]) == 0 {
					r.Header.Set(h, "none")
				}
				got += " " + r.Header.Get(h)
			}
		}))
		m := message(shop.URL)
		m.Unsigned, m.UpperCase = name == "unsigned", name == "upper"
		switch name {
		case "chosen": // also for a message that was unsigned
			m.Signature, m.Unsigned, m.UpperCase = "sha256=Ab/+", true, true
		case "changed":
			m.Sent = []byte(`{"id":"chg_2","more":1}`)
		case "emptied":
			m.Sent = []byte{}
		}
		if res := NewSender(Config{}).Send(t.Context(), m); res.Status != 200 || got != want {
			t.Errorf("%s: %+v\ngot  %s\nwant %s", name, res, got, want)
		}
		shop.Close()
	}
}

// TestFailures checks the text of every kind of failure.
func TestFailures(t *testing.T) {
	cut := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
	defer cut.Close()
	half := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "10")
		w.Write([]byte("half"))
	}))
	defer half.Close()
	if res := NewSender(Config{}).Send(t.Context(), message(half.URL)); res.Status != 200 || res.Failure != "" || string(res.Body) != "half" {
		t.Errorf("a response with half a body: %+v", res)
	}
	secret := httptest.NewUnstartedServer(http.NotFoundHandler())
	secret.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, 0)
	secret.StartTLS()
	defer secret.Close()
	closed := httptest.NewServer(nil)
	closed.Close()
	for url, want := range map[string]string{
		cut.URL: "cut off", secret.URL: "certificate", closed.URL: "refused", "https" + cut.URL[4:]: "not tls",
		"http://no-such-host.invalid/": "unknown host", "ftp://a.b/": "bad url", "shop": "bad url", "http://": "bad url", "http://a b/": "bad url",
	} {
		if res := NewSender(Config{}).Send(t.Context(), message(url)); res.Failure != want || res.Status != 0 {
			t.Errorf("%s: %+v, want %s", url, res, want)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if res := NewSender(Config{}).Send(ctx, message(cut.URL)); res.Failure != "cancelled" {
		t.Errorf("with a cancelled context: %+v", res)
	}
}

// TestTimeout waits for a merchant that never responds, in a bubble without sockets.
func TestTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := NewSender(Config{})
		s.transport.DialContext = func(context.Context, string, string) (net.Conn, error) {
			shop, conn := net.Pipe()
			go io.Copy(io.Discard, shop) // reads everything and sends nothing
			return conn, nil
		}
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		begin := time.Now()
		if res := s.Send(ctx, message("http://shop.example/")); res.Failure != "timeout" || time.Since(begin) != 10*time.Second {
			t.Errorf("%+v after %s", res, time.Since(begin))
		}
	})
}

// TestRedirectsAreNotFollowed has a merchant that responds with a redirect.
func TestRedirectsAreNotFollowed(t *testing.T) {
	calls := 0
	shop := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		calls++
		http.Redirect(w, r, "/elsewhere", http.StatusPermanentRedirect)
	}))
	defer shop.Close()
	if res := NewSender(Config{}).Send(t.Context(), message(shop.URL)); res.Status != 308 || calls != 1 {
		t.Errorf("%+v after %d calls", res, calls)
	}
}

// TestNoProxyFromTheEnvironment sets a proxy that does not exist.
func TestNoProxyFromTheEnvironment(t *testing.T) {
	t.Setenv("HTTP_PROXY", "http://127.0.0.1:1")
	if NewSender(Config{}).transport.Proxy != nil {
		t.Error("the sender uses the proxy of the environment")
	}
}

func TestClassifyUnexpected(t *testing.T) {
	if failure, _ := classify(t.Context(), errors.New("odd")); failure != "unreachable" {
		t.Errorf("failure %s", failure)
	}
}

func ExampleSender_Send() {
	shop := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		fmt.Println("hash is right:", r.Header.Get("hash") == tap.HMAC("sk_test_x", body))
	}))
	defer shop.Close()
	body := []byte(`{"id":"chg_1","status":"CAPTURED"}`)
	result := NewSender(Config{}).Send(context.Background(), Message{URL: shop.URL, Key: "sk_test_x", Body: body, Format: "2023",
		Parts: tap.HashParts("chg_1", "0.500", "KWD", "1", "2", "CAPTURED", "3")})
	fmt.Println(result.Status, result.Failure)
	// Output:
	// hash is right: true
	// 200
}
