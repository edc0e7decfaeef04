package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// listening is a run of listen: a stand-in for a shop that shows what arrives.
type listening struct {
	std    streams
	key    string
	status int
	json   bool
	filter string
	save   string

	mu sync.Mutex // one webhook is printed at a time
}

// listen prints each webhook that arrives, with its signatures checked, until ctx is done.
func listen(ctx context.Context, std streams, args []string, getenv func(string) string) error {
	l := &listening{std: std}
	fs := newFlags("listen")
	addr := "127.0.0.1:9000"
	fs.Func("addr", "`address` to listen on; port 0 takes a free port (default "+addr+")", setAddress(&addr))
	var at attached
	at.define(fs)
	forward := forwarding{listening: l}
	fs.StringVar(&forward.to, "forward", "", "`address`, such as http://127.0.0.1:3000 or http://127.0.0.1:3000/webhook: pull the deliveries of the account of a mock elsewhere (-url) and post them here, instead of listening")
	fs.IntVar(&forward.replay, "replay", 0, "with -forward: `number` of the latest webhooks that are sent again first")
	fs.IntVar(&l.status, "status", http.StatusOK, "HTTP `status` to answer webhooks with, such as 500 to see them come again")
	fs.BoolVar(&l.json, "json", false, "print each webhook as a line of JSON")
	fs.StringVar(&l.filter, "filter", "", "`text`: show only webhooks whose body has it, such as an order")
	fs.StringVar(&l.save, "save", "", "`file` to write the last webhook's body to")
	if err := parseFlags(fs, args, std.out, "tapmock listen [flags]: stand in for a shop: answer webhooks and the payer's return, and print them with both signatures checked and the hashed string part by part.\n\nExamples:\n  tapmock listen                      # post.url http://127.0.0.1:9000/webhook, redirect.url http://127.0.0.1:9000/return\n  tapmock listen -status 500          # see them come again\n  tapmock listen -json | jq .object.status\n  tapmock listen -url https://mock.internal -forward http://127.0.0.1:3000"); err != nil {
		return helped(err)
	}
	if fs.NArg() > 0 {
		return usageError{fmt.Errorf("listen takes flags only, not %q", fs.Arg(0))}
	}
	if l.status < 200 || l.status > 599 {
		return usageError{errors.New("-status: want an HTTP status from 200 to 599")}
	}
	if forward.to == "" && (forward.replay != 0 || at.url != "") {
		return usageError{errors.New("-url and -replay are of -forward ADDRESS; without it listen waits for webhooks here, and asks no mock")}
	}
	client, err := at.open(getenv)
	if err != nil {
		return err
	}
	defer client.CloseIdle()
	if l.key = at.key; forward.to != "" {
		return forward.run(ctx, client)
	}
	return l.serve(ctx, addr)
}

func (l *listening) serve(ctx context.Context, addr string) error {
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return fmt.Errorf("cannot listen on %s: %w; choose another address with -addr", addr, err)
	}
	fmt.Fprintf(l.std.err, "listening: post.url http://%s/webhook, redirect.url http://%[1]s/return\n", reachable(listener.Addr()))
	server := &http.Server{Handler: l, ReadHeaderTimeout: 10 * time.Second}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	bound, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	return cmp.Or(server.Shutdown(bound), server.Close())
}

// ServeHTTP answers a webhook or the payer.
func (l *listening) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		fmt.Fprintln(w, "Back in the shop, tap_id is", r.FormValue("tap_id"))
		if id := r.FormValue("tap_id"); id != "" && !l.json {
			l.mu.Lock()
			defer l.mu.Unlock()
			fmt.Fprintf(l.std.out, "%s  the payer is back, tap_id %s\n\n", time.Now().Format(time.TimeOnly), id)
		}
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		http.Error(w, "the body cannot be read", http.StatusBadRequest)
		return
	}
	l.took(r, body)
	w.WriteHeader(l.status)
}

// took prints a webhook.
func (l *listening) took(r *http.Request, body []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.save != "" {
		if err := os.WriteFile(l.save, body, 0o600); err != nil {
			fmt.Fprintln(l.std.err, "tapmock:", err)
		}
	}
	if !bytes.Contains(body, []byte(l.filter)) {
		return
	}
	seen := l.check(r, body)
	if l.json {
		_ = printJSON(l.std.out, seen)
		return
	}
	l.print(seen)
}

// receivedWebhook is a webhook as -json prints it.
type receivedWebhook struct {
	At         time.Time         `json:"at"`
	Path       string            `json:"path"`
	Status     int               `json:"status"` // of our response
	HashString receivedSignature `json:"hashstring"`
	Hash       receivedSignature `json:"hash"`
	Parts      []tap.Part        `json:"parts"` // of the hashed string
	Object     json.RawMessage   `json:"object,omitempty"`
	Problem    string            `json:"problem,omitempty"` // why the body is not that of a webhook

	body []byte
}

// receivedSignature is one of the two signatures.
type receivedSignature struct {
	Sent  string `json:"sent"`
	OK    bool   `json:"ok"`
	Cause string `json:"cause,omitempty"` // the one difference that explains a wrong one
}

func (l *listening) check(r *http.Request, body []byte) *receivedWebhook {
	seen := &receivedWebhook{At: time.Now(), Path: r.URL.Path, Status: l.status, body: body,
		HashString: receivedSignature{Sent: r.Header.Get("hashstring")}, Hash: receivedSignature{Sent: r.Header.Get("hash")}}
	x, err := tap.Explain(l.key, body)
	if err != nil {
		seen.Problem = err.Error()
		return seen
	}
	seen.Object, seen.Parts = body, x.Parts
	for _, one := range []struct {
		of   *receivedSignature
		want string
	}{{&seen.HashString, x.Signatures.HashString}, {&seen.Hash, x.Signatures.Hash}} {
		if one.of.OK = one.of.Sent == one.want; !one.of.OK && one.of.Sent != "" {
			_, one.of.Cause = x.Diagnose(one.of.Sent)
		}
	}
	return seen
}

// print prints a webhook for a person.
func (l *listening) print(seen *receivedWebhook) {
	var head struct {
		ID, Object, Status, Currency string
		Amount                       json.Number
	}
	_ = json.Unmarshal(seen.body, &head)
	fmt.Fprintf(l.std.out, "%s  POST %s: %s %s %s, %s %s; %s\n", seen.At.Format(time.TimeOnly), seen.Path, head.Object, head.ID, head.Status, head.Amount, head.Currency, answeredWith(seen.Status))
	if seen.Problem != "" {
		fmt.Fprintf(l.std.out, "the body is not that of a webhook: %s\n\n", seen.Problem)
		return
	}
	for _, p := range seen.Parts {
		fmt.Fprintf(l.std.out, "  %-22s %s\n", p.Label, p.Value)
	}
	fmt.Fprintf(l.std.out, "hashstring: %s %s\nhash: %s %s\n\n", seen.HashString.Sent, l.std.ink.judged(seen.HashString.OK, seen.HashString.verdict()), seen.Hash.Sent, l.std.ink.judged(seen.Hash.OK, seen.Hash.verdict()))
}

// answeredWith says how a webhook was answered.
func answeredWith(status int) string {
	if status == 0 {
		return "no answer"
	}
	return fmt.Sprintf("answered %d", status)
}

// verdict says whether a signature is right.
func (s receivedSignature) verdict() string {
	switch {
	case s.OK:
		return "(right)"
	case s.Sent == "":
		return "(missing)"
	case s.Cause != "":
		return "(WRONG: " + s.Cause + ")"
	}
	return "(WRONG, also for each known mistake: another key, or forged)"
}
