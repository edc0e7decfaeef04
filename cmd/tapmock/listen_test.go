package main

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// listenFor starts tapmock listen at a free port, and returns its address.
func listenFor(t *testing.T, args ...string) (address string, out *lines) {
	t.Helper()
	out = &lines{sent: make(chan string, 1000)}
	errs := &lines{sent: make(chan string, 1000)}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan int, 1)
	go func() {
		done <- run(ctx, streams{strings.NewReader(""), out, errs, false}, append([]string{"listen", "-addr", "127.0.0.1:0"}, args...), func(string) string { return "" })
	}()
	t.Cleanup(func() {
		cancel()
		if code := <-done; code != 0 {
			t.Errorf("exit code %d", code)
		}
	})
	_, rest, _ := strings.Cut(<-errs.sent, "post.url ")
	address, _, _ = strings.Cut(rest, "/webhook")
	return address, out
}

// postWebhook posts a body with the signatures of a key.
func postWebhook(t *testing.T, address, key, body string) int {
	t.Helper()
	x, err := tap.Explain(key, []byte(body))
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequest(http.MethodPost, address+"/webhook", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header["hashstring"], req.Header["hash"] = []string{x.Signatures.HashString}, []string{x.Signatures.Hash}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	return res.StatusCode
}

const listenedBody = `{"id": "chg_1", "object": "charge", "status": "CAPTURED", "amount": 12.345, "currency": "KWD", "reference": {"gateway": "1", "payment": "2", "order": "o-7"}, "transaction": {"created": "1700000000000"}}`

// TestListen prints webhooks with their signatures checked.
func TestListen(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "webhook.json")
	address, out := listenFor(t, "-save", file)
	if status := postWebhook(t, address, tap.PublishedTestKey, listenedBody); status != 200 {
		t.Errorf("HTTP %d", status)
	}
	until := func(part string) string {
		text := ""
		for !strings.Contains(text, part) {
			text += <-out.sent
		}
		return text
	}
	text := until("\nhash: ")
	for _, want := range []string{"POST /webhook: charge chg_1 CAPTURED, 12.345 KWD; answered 200\n", "x_amount               12.345\n", "hashstring: "} {
		if !strings.Contains(text, want) || strings.Count(text, "(right)") != 2 {
			t.Errorf("the output lacks %q:\n%s", want, text)
		}
	}
	if saved, err := os.ReadFile(file); err != nil || string(saved) != listenedBody {
		t.Errorf("%v %s", err, saved)
	}
	postWebhook(t, address, "sk_test_another", listenedBody)
	if text := until("\nhash: "); strings.Count(text, "(WRONG") != 2 {
		t.Errorf("with another key:\n%s", text)
	}
	res, err := http.Get(address + "/return?tap_id=chg_1")
	if err != nil {
		t.Fatal(err)
	}
	page, _ := io.ReadAll(res.Body)
	res.Body.Close()
	if text := until("tap_id chg_1"); !strings.Contains(text, "the payer is back") || string(page) != "Back in the shop, tap_id is chg_1\n" {
		t.Errorf("%s %s", text, page)
	}
}

// TestListenJSON prints what a filter lets through as JSON, and answers with a chosen status.
func TestListenJSON(t *testing.T) {
	t.Parallel()
	address, out := listenFor(t, "-json", "-status", "503", "-filter", "o-7")
	postWebhook(t, address, tap.PublishedTestKey, strings.Replace(listenedBody, "o-7", "o-8", 1))
	if status := postWebhook(t, address, tap.PublishedTestKey, listenedBody); status != 503 {
		t.Errorf("HTTP %d", status)
	}
	var seen receivedWebhook
	if err := json.Unmarshal([]byte(<-out.sent), &seen); err != nil || !seen.HashString.OK || !seen.Hash.OK || seen.Status != 503 || len(seen.Parts) != 7 || !strings.Contains(string(seen.Object), "o-7") {
		t.Errorf("%+v %v", seen, err)
	}
	res, err := http.Post(address+"/x", "text/plain", strings.NewReader("o-7, but no JSON"))
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if err := json.Unmarshal([]byte(<-out.sent), &seen); err != nil || seen.Problem == "" {
		t.Errorf("%+v %v", seen, err)
	}
	for want, args := range map[string][]string{"want an HTTP status": {"-status", "99"}, "takes flags only": {"x"}, "want host:port": {"-addr", "9000"}} {
		if code, _, errs := runFor(t, "", nil, append([]string{"listen"}, args...)...); code != 2 || !strings.Contains(errs, want) {
			t.Errorf("%v: exit code %d, %s", args, code, errs)
		}
	}
}

// TestListenForward posts the deliveries of a mock to an address here, and gives the account back as it was.
func TestListenForward(t *testing.T) {
	t.Parallel()
	base, _, stop := serving(t, nil, "-addr", "127.0.0.1:0")
	t.Cleanup(func() { stop() })
	posted := make(chan string, 10)
	shop := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			posted <- r.URL.Path
		}
	}))
	t.Cleanup(shop.Close)
	out, errs := &lines{sent: make(chan string, 1000)}, &lines{sent: make(chan string, 1000)}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan int, 1)
	go func() {
		done <- run(ctx, streams{strings.NewReader(""), out, errs, false}, []string{"listen", "-url", base, "-forward", shop.URL}, func(string) string { return "" })
	}()
	if line := <-errs.sent; !strings.HasPrefix(line, "forwarding the deliveries of "+base+" to "+shop.URL) {
		t.Fatal(line)
	}
	code, trace, _ := runFor(t, "", nil, "trigger", "-url", base, "-post", "http://elsewhere.example/own/hook")
	if path := <-posted; code != 0 || path != "/own/hook" {
		t.Errorf("exit code %d, posted to %s\n%s", code, path, trace)
	}
	text := ""
	for !strings.Contains(text, "\nhash: ") {
		text += <-out.sent
	}
	if strings.Count(text, "(right)") != 2 || !strings.Contains(text, "answered 200\n") {
		t.Errorf("the output:\n%s", text)
	}
	if code, _, refused := runFor(t, "", nil, "listen", "-url", base, "-forward", shop.URL); code != 1 || !strings.Contains(refused, "another listener fetches the deliveries") {
		t.Errorf("a second one: %d %s", code, refused)
	}
	cancel()
	if code := <-done; code != 0 {
		t.Errorf("exit code %d", code)
	}
	client := control.New(base, tap.PublishedTestKey)
	defer client.CloseIdle()
	if s, err := client.Settings(t.Context()); err != nil || s["delivery"] != "direct" {
		t.Errorf("delivery is %s, %v", s["delivery"], err)
	}
	if code, _, errs := runFor(t, "", nil, "listen", "-forward", "here"); code != 2 || !strings.Contains(errs, "want an address") {
		t.Errorf("%d %s", code, errs)
	}
}

// TestListenForwardDown forwards to an address at which nothing listens for a day, and later sends what did not arrive.
func TestListenForwardDown(t *testing.T) {
	t.Parallel()
	base, _, stop := serving(t, nil, "-addr", "127.0.0.1:0", "-set", "webhook_retries=1h,23h")
	t.Cleanup(func() { stop() })
	port, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	shop := "http://" + port.Addr().String()
	port.Close()
	forward := func(args ...string) (errs *lines, end func(), done chan int) {
		out, errs := &lines{sent: make(chan string, 1000)}, &lines{sent: make(chan string, 1000)}
		ctx, cancel := context.WithCancel(t.Context())
		done = make(chan int, 1)
		go func() {
			done <- run(ctx, streams{strings.NewReader(""), out, errs, false}, append([]string{"listen", "-url", base, "-forward", shop}, args...), func(string) string { return "" })
		}()
		return errs, func() { cancel(); done <- <-done }, done
	}
	errs, end, _ := forward()
	<-errs.sent // it forwards
	_, trace, _ := runFor(t, "", nil, "trigger", "-url", base, "-now", "-post", "http://elsewhere.example/hook")
	if strings.Count(trace, "  webhook  ") != 3 || !strings.Contains(trace, "  webhook_given_up ") {
		t.Errorf("the payment:\n%s", trace)
	}
	said := ""
	for strings.Count(said, "posted to ") < 3 {
		said += <-errs.sent
	}
	if strings.Count(said, "— no answer from "+shop+" (refused): ") != 1 {
		t.Errorf("the output:\n%s", said)
	}
	end()
	if port, err = net.Listen("tcp", port.Addr().String()); err != nil {
		t.Skip("another program has taken the port:", err)
	}
	posted := make(chan string, 10)
	server := &http.Server{Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { posted <- r.Method + r.URL.Path })}
	go func() { _ = server.Serve(port) }()
	t.Cleanup(func() { server.Close() })
	errs, end, done := forward("-replay", "1")
	select {
	case got := <-posted:
		if got != "POST/hook" {
			t.Errorf("posted %s", got)
		}
	case code := <-done:
		done <- code
		t.Errorf("exit code %d: %s%s", code, <-errs.sent, <-errs.sent)
	}
	end()
}

// TestForwardNotice says once each that nothing answers, and that it answers again.
func TestForwardNotice(t *testing.T) {
	var errs strings.Builder
	f := &forwarding{listening: &listening{std: streams{err: &errs}}, to: "http://shop"}
	for _, status := range []int{200, 0, 0, 500, 200, 0} {
		f.notice(&control.Response{Status: status, Failure: "refused"})
	}
	if text := errs.String(); strings.Count(text, "— no answer from http://shop (refused): ") != 2 || strings.Count(text, "— http://shop answers again; ") != 1 {
		t.Error(text)
	}
}
