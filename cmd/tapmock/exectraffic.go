package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// traffic is what a report says of the calls that came to a mock.
type traffic struct {
	token string // of the control API

	mu      sync.Mutex
	calls   int
	failed  int
	notes   map[string]int // of the answers, such as a leniency that was used
	targets map[string]int // that the proxy has refused
}

// maxTraffic bounds the different notes and targets that are counted, and maxListed those that are printed.
const (
	maxTraffic = 1000
	maxListed  = 10
)

func newTraffic(token string) *traffic {
	return &traffic{token: token, notes: map[string]int{}, targets: map[string]int{}}
}

// adminTokenOfExec is a token that only this process knows.
func adminTokenOfExec() string { return rand.Text() }

// watch counts the calls of the API that a handler answers.
func (t *traffic) watch(handler http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(strings.TrimLeft(r.URL.Path, "/"), "v2") {
			handler.ServeHTTP(w, r)
			return
		}
		seen := &watchedAnswer{ResponseWriter: w, status: http.StatusOK}
		handler.ServeHTTP(seen, r)
		t.count(seen.status, w.Header().Values("X-Tapmock-Note"))
	})
}

// watchedAnswer remembers the status of an answer.
type watchedAnswer struct {
	http.ResponseWriter
	status int
}

// Unwrap lets http.ResponseController reach the connection.
func (w *watchedAnswer) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *watchedAnswer) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

func (t *traffic) count(status int, notes []string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.calls++
	if status >= 400 {
		t.failed++
	}
	for _, note := range notes {
		if t.notes[note] > 0 || len(t.notes) < maxTraffic {
			t.notes[note]++
		}
	}
}

// refuse counts a target that the proxy has refused.
func (t *traffic) refuse(target string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.targets[target] > 0 || len(t.targets) < maxTraffic {
		t.targets[target]++
	}
}

// report prints what came, and what a merchant should look at.
func (s *execStage) report(ctx context.Context, out io.Writer) {
	t := s.traffic
	t.mu.Lock()
	calls, failed, notes, targets := t.calls, t.failed, maps.Clone(t.notes), maps.Clone(t.targets)
	t.mu.Unlock()
	a := askAccounts(context.WithoutCancel(ctx), "http://"+s.base, t.token)
	fmt.Fprintf(out, "\ntapmock: %s, %d of them refused; %s; %s, %d of them refused\n", plural(calls, "call", "calls"), failed,
		plural(a.charges, "charge", "charges"), plural(a.webhooks, "webhook attempt", "webhook attempts"), sum(a.refused))
	printCounts(out, "no such call", a.unknown)
	printCounts(out, "webhook refused", a.refused)
	printCounts(out, "why", a.why)
	printCounts(out, "note", notes)
	printCounts(out, "the proxy has refused", targets)
	switch {
	case calls == 0:
		fmt.Fprintf(out, "  nothing has called the mock: does the command use https://api.tap.company, or TAP_BASE_URL? tapmock exec -print shows its environment\n")
	case len(a.why) > 0:
		fmt.Fprintf(out, "  to find a mistake in the signature, explain it while shop and mock run: tapmock exec -- sh -c 'COMMAND; tapmock explain -try'\n")
	}
	if a.unpaid > 0 {
		fmt.Fprintf(out, "  %s never paid, because no payer finished at the page: -set payer=auto pays each by itself\n", plural(a.unpaid, "charge was", "charges were"))
	}
}

// accountsSeen is what the accounts of a mock have seen.
type accountsSeen struct {
	charges, unpaid       int
	webhooks              int // attempts
	unknown, refused, why map[string]int
}

// askAccounts asks the control API for what all accounts have. What cannot be asked is left out.
func askAccounts(ctx context.Context, base, token string) accountsSeen {
	seen := accountsSeen{unknown: map[string]int{}, refused: map[string]int{}, why: map[string]int{}}
	server := control.NewAdmin(base, token, "")
	defer server.CloseIdle()
	all, _ := server.Accounts(ctx)
	for _, a := range all {
		client := control.NewAdmin(base, token, a.Name)
		seen.charges += a.Charges + a.EvictedCharges
		seen.ask(ctx, client)
		client.CloseIdle()
	}
	return seen
}

// ask asks for what one account has.
func (a *accountsSeen) ask(ctx context.Context, client *control.Client) {
	j, _ := client.Journal(ctx, control.JournalQuery{Event: tap.EventUnknown, Limit: 10_000})
	for i := range j.Entries {
		a.unknown[j.Entries[i].Detail]++
	}
	charges, _ := client.Charges(ctx, "")
	for i := range charges {
		if charges[i].Status == tap.Initiated {
			a.unpaid++
		}
	}
	hooks, _ := client.Webhooks(ctx, "")
	for i := range hooks {
		a.took(&hooks[i])
	}
}

// took counts the attempts of a webhook. Forged ones may be refused.
func (a *accountsSeen) took(w *control.Webhook) {
	a.webhooks += len(w.Attempts)
	if !genuine(*w) {
		return
	}
	for i := range w.Attempts {
		if r := &w.Attempts[i].Response; !r.OK() {
			a.refused[w.URL+": "+responseText(r)]++
			a.why[why(r)]++
		}
	}
}

// printCounts prints texts with how often they came, the most frequent first.
func printCounts(out io.Writer, what string, counts map[string]int) {
	texts := slices.SortedFunc(maps.Keys(counts), func(a, b string) int { return 2*(counts[b]-counts[a]) + strings.Compare(a, b) })
	for i, text := range texts {
		if i == maxListed {
			fmt.Fprintf(out, "  %s: and %d more\n", what, len(texts)-i)
			return
		}
		times := ""
		if counts[text] > 1 {
			times = fmt.Sprintf(" (%d times)", counts[text])
		}
		fmt.Fprintf(out, "  %s: %s%s\n", what, text, times)
	}
}

func sum(counts map[string]int) (n int) {
	for _, c := range counts {
		n += c
	}
	return n
}
