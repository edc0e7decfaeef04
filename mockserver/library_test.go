package mockserver_test

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tapmock/tapmock/mockserver"
	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/scenarios"
)

// TestLibrary runs every scenario of the library with an automatic payer, and compares what the merchant received with golden files, one
// for each group.
func TestLibrary(t *testing.T) {
	groups := map[string][]string{}
	for _, name := range scenarios.Builtin().Names() {
		group, _, _ := strings.Cut(name, "/")
		groups[group] = append(groups[group], name)
	}
	if len(groups) < 7 {
		t.Fatalf("the library has only %d groups", len(groups))
	}
	for _, group := range slices.Sorted(maps.Keys(groups)) {
		t.Run(group, func(t *testing.T) {
			t.Parallel()
			m := startMock(t, mockserver.Config{Now: time.Now})
			var all strings.Builder
			for i, name := range groups[group] {
				s := newStage(t, m, fmt.Sprintf("sk_test_library_%d", i))
				record := s.recordScenario
				switch script, err := scenarios.Builtin().Resolve(name); {
				case err != nil:
					t.Fatal(err)
				case script.Object == tap.KindRefund:
					record = s.recordRefund
				case script.Object == tap.KindAuthorization:
					record = s.recordAuthorization
				case script.Object == tap.KindInvoice:
					record = (&calls{stage: s}).recordInvoice
				}
				fmt.Fprintf(&all, "== %s\n%s\n", name, record(name))
			}
			m.golden("library/"+group, all.String())
		})
	}
}

// recordScenario runs a scenario from the create to the end of the third day, and returns what the merchant received.
func (s *stage) recordScenario(name string) string {
	s.t.Helper()
	if err := s.control.Set(s.t.Context(), map[string]string{"payer": "auto"}); err != nil {
		s.t.Fatal(err)
	}
	if err := s.control.SetDefaultScenario(s.t.Context(), name); err != nil {
		s.t.Fatal(err)
	}
	var b strings.Builder
	id := s.createUntilAnswered(&b)
	names := strings.NewReplacer(id, "own")
	for i := range 2 {
		fmt.Fprintf(&b, "GET %d at once: %s\n", i+1, summary(s.patientCall("GET", "/v2/charges/"+id, "")))
	}
	s.advance(75 * time.Hour)
	if names.Replace(s.visitLog(names)) != s.visitLog(names) {
		s.t.Error("an id was not replaced")
	}
	b.WriteString(blank(s.visitLog(names)))
	last := ""
	for i := range 3 {
		line := summary(s.call("GET", "/v2/charges/"+id, ""))
		if line != last {
			fmt.Fprintf(&b, "GET %d: %s\n", i+3, line)
		}
		last = line
	}
	list := s.call("POST", "/v2/charges/list", "{}")
	if list.status != 200 {
		fmt.Fprintf(&b, "list: HTTP %d\n", list.status)
	}
	return b.String()
}

// blank replaces ids that the test does not know.
func blank(text string) string { return anyCharge.ReplaceAllString(text, "other") }

// createUntilAnswered creates a charge as a correct merchant does: with the same reference.idempotent until there is an answer.
func (s *stage) createUntilAnswered(b *strings.Builder) string {
	s.t.Helper()
	body := s.order(map[string]any{"reference": map[string]any{"order": "1001", "idempotent": "1001"}})
	for try := 1; try <= 5; try++ {
		a := s.patientCall("POST", "/v2/charges", body)
		fmt.Fprintf(b, "create %d: %s\n", try, summary(a))
		if a.status == http.StatusOK && strings.HasSuffix(a.body, "}") {
			s.awaitIdle()
			return decode(s.t, a.body).ID
		}
	}
	s.t.Fatalf("no charge after five tries:\n%s", b)
	return ""
}

// patientCall makes a call and waits for the answer; if the mock delays it, it advances the clock.
func (s *stage) patientCall(method, path, body string) answer {
	s.t.Helper()
	ctx, stop := contextOf(s.t)
	defer stop()
	account, err := s.control.Account(ctx)
	if err != nil {
		s.t.Fatal(err)
	}
	done, delayed := make(chan answer, 1), make(chan struct{})
	go func() { done <- s.call(method, path, body) }()
	go func() {
		q := control.JournalQuery{After: account.LastEntry, Event: "answer_delayed", Wait: 10 * time.Second}
		if j, err := s.control.Journal(ctx, q); err == nil && len(j.Entries) > 0 {
			close(delayed)
		}
	}()
	select {
	case a := <-done:
		return a
	case <-delayed:
		if _, err := s.control.Advance(s.t.Context(), time.Minute); err != nil {
			s.t.Fatal(err)
		}
		return <-done
	}
}

// summary is an answer in one line.
func summary(a answer) string {
	text := fmt.Sprintf("HTTP %d", a.status)
	switch {
	case a.status == 0:
		return a.body
	case strings.HasSuffix(a.body, "broke off"):
		return text + ", the body broke off"
	case a.header.Get("Retry-After") != "":
		text += ", Retry-After " + a.header.Get("Retry-After")
	case !strings.HasPrefix(a.header.Get("Content-Type"), "application/json"):
		text += ", " + a.header.Get("Content-Type")
	}
	if strings.HasPrefix(a.body, "<") {
		return text + ", HTML"
	}
	if code := errorCode.FindStringSubmatch(a.body); code != nil && a.status != 200 {
		return text + ", error " + code[1]
	}
	var c = parsed(a.body)
	post := "none"
	if c.Post != nil {
		post = string(c.Post.Status)
	}
	bank := "none"
	if c.Gateway != nil {
		bank = c.Gateway.Response.Code + " " + c.Gateway.Response.Message
	}
	return fmt.Sprintf("%s, %s %s, bank %s, post %s, redirect %s", text, c.Status, c.Response.Code, bank, post, c.Redirect.Status) + unusual(&c)
}

// unusual lists the values of a charge that differ from those of the test's order.
func unusual(c *tap.Charge) string {
	text := ""
	if c.Amount != "12.345" {
		text += ", amount " + string(c.Amount)
	}
	if c.Currency != "KWD" {
		text += ", currency " + c.Currency
	}
	if c.Reference.Order != "1001" {
		text += ", another order"
	}
	return text
}
