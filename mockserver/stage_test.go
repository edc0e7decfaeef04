package mockserver_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tapmock/tapmock/mockserver"
	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// opening is the instant at which the clocks of stages are frozen first.
var opening = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)

// stage is a mock with an account whose clock is frozen, and a shop that logs its requests with their times.
type stage struct {
	*mock
	key     string
	control *control.Client
	shop    *shop
}

// shop is a merchant that receives webhooks and returning payers, and logs them with the time on the account's clock.
type shop struct {
	url string

	mu      sync.Mutex
	clock   func() time.Time
	log     []visit
	respond func(visit) int // status of the response; nil: 200
}

// visit is one request to the shop.
type visit struct {
	at     time.Duration // since the opening
	path   string
	query  string
	header http.Header
	body   string
}

func (s *shop) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	v := visit{path: r.URL.Path, query: r.URL.RawQuery, header: r.Header, body: string(body)}
	if s.clock != nil {
		v.at = s.clock().Sub(opening)
	}
	s.mu.Lock()
	s.log = append(s.log, v)
	respond := s.respond
	s.mu.Unlock()
	if respond != nil {
		w.WriteHeader(respond(v))
	}
}

func (s *shop) visits(path string) []visit {
	s.mu.Lock()
	defer s.mu.Unlock()
	var some []visit
	for _, v := range s.log {
		if path == "" || v.path == path {
			some = append(some, v)
		}
	}
	return some
}

// startStage starts a mock and a stage for key, with the clock frozen at the opening.
func startStage(t *testing.T, cfg mockserver.Config, settings ...string) *stage {
	t.Helper()
	cfg.Now = time.Now
	return newStage(t, startMock(t, cfg, settings...), key)
}

// newStage makes a stage for another key of a running mock.
func newStage(t *testing.T, m *mock, key string) *stage {
	t.Helper()
	s := &stage{mock: m, key: key, control: control.New(m.url, key), shop: &shop{}}
	t.Cleanup(s.control.CloseIdle)
	front := httptest.NewServer(s.shop)
	t.Cleanup(front.Close)
	s.shop.url = front.URL
	s.shop.clock = s.now
	if _, err := s.control.Freeze(t.Context(), opening); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *stage) now() time.Time {
	c, err := s.control.Clock(context.Background())
	if err != nil {
		return time.Time{}
	}
	return c.Now
}

// order is a create request whose webhook and return go to the shop.
func (s *stage) order(fields map[string]any) string {
	all := map[string]any{"post": at("url", s.shop.url+"/hook"), "redirect": at("url", s.shop.url+"/return")}
	maps.Copy(all, fields)
	return request(all)
}

// call sends a request with the stage's key. If the connection breaks, the answer has status 0.
func (s *stage) call(method, path, body string) answer {
	s.t.Helper()
	req, err := http.NewRequest(method, s.url+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+s.key)
	req.Header.Set("Content-Type", "application/json")
	req.Close = true // on a reused connection Go's client would retry automatically
	res, err := s.http.Do(req)
	if err != nil {
		return answer{body: "the connection broke"}
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		return answer{res.StatusCode, res.Header, string(text) + "\nthe body broke off"}
	}
	return answer{res.StatusCode, res.Header, string(text)}
}

// next queues a scenario for the next charge.
func (s *stage) next(name string) {
	s.t.Helper()
	if err := s.control.Next(s.t.Context(), name); err != nil {
		s.t.Fatal(err)
	}
}

// awaitIdle waits until nothing runs or is due.
func (s *stage) awaitIdle() {
	s.t.Helper()
	if _, err := s.control.AwaitIdle(s.t.Context(), 10*time.Second); err != nil {
		s.t.Fatal(err)
	}
}

// advance waits until nothing runs, and advances the clock.
func (s *stage) advance(d time.Duration) control.Moved {
	s.t.Helper()
	s.awaitIdle()
	moved, err := s.control.Advance(s.t.Context(), d)
	if err != nil {
		s.t.Fatal(err)
	}
	return moved
}

// pays creates a charge that an automatic payer pays, waits until the account is idle, and returns the charge of the create answer.
func (s *stage) pays(scenario string, fields map[string]any) tap.Charge {
	s.t.Helper()
	if err := s.control.Set(s.t.Context(), map[string]string{"payer": "auto"}); err != nil {
		s.t.Fatal(err)
	}
	if scenario != "" {
		s.next(scenario)
	}
	a := s.call("POST", "/v2/charges", s.order(fields))
	if a.status != 200 {
		s.t.Fatalf("create: HTTP %d %s", a.status, a.body)
	}
	s.awaitIdle()
	return decode(s.t, a.body)
}

func (s *stage) get(id string) tap.Charge {
	s.t.Helper()
	return decode(s.t, s.call("GET", "/v2/charges/"+id, "").body)
}

// signatures says whether the signatures of a webhook are right for the stage's key.
func (s *stage) signatures(v visit) string {
	if v.header.Get("hash") == "" && v.header.Get("hashstring") == "" {
		return "unsigned"
	}
	c := decode(s.t, v.body)
	amount, err := tap.ParseNumber(string(c.Amount))
	if err != nil {
		return err.Error()
	}
	parts := tap.HashParts(c.ID, amount.Text(3), c.Currency, c.Reference.Gateway, c.Reference.Payment, string(c.Status), c.Transaction.Created)
	want := tap.SignWebhook(s.key, parts, []byte(v.body))
	text := []string{}
	for name, right := range map[string]string{"hashstring": want.HashString, "hash": want.Hash} {
		switch got := v.header.Get(name); {
		case got == right:
		case strings.EqualFold(got, right):
			text = append(text, name+" in upper case")
		default:
			text = append(text, name+" wrong")
		}
	}
	if len(text) == 0 {
		return "signed"
	}
	if len(text) == 2 && text[0] > text[1] {
		text[0], text[1] = text[1], text[0]
	}
	return strings.Join(text, ", ")
}

// visitLog lists the requests to the shop: time, content, signatures. names replaces ids by fixed names.
func (s *stage) visitLog(names *strings.Replacer) string {
	var b strings.Builder
	for _, v := range s.shop.visits("") {
		if v.path == "/return" {
			fmt.Fprintf(&b, "%10s  return   ?%s\n", v.at, names.Replace(v.query))
			continue
		}
		c := decode(s.t, v.body)
		amount := string(c.Amount)
		c.Amount = "12.345" // so that it is not listed twice
		fmt.Fprintf(&b, "%10s  webhook  %s %s %s, amount %s, attempt %d, %s%s\n", v.at, names.Replace(c.ID), c.Status, c.Response.Code, amount,
			c.Post.Attempt, s.signatures(v), unusual(&c))
	}
	return b.String()
}

var (
	anyCharge = regexp.MustCompile(`chg_[A-Za-z0-9]+`)
	errorCode = regexp.MustCompile(`"code": "(\d{4})"`)
)

// contextOf is the test's context, with a bound.
func contextOf(t *testing.T) (context.Context, context.CancelFunc) {
	t.Helper()
	return context.WithTimeout(t.Context(), time.Minute)
}

// parsed is a charge from a body that may be incomplete.
func parsed(body string) (c tap.Charge) {
	_ = json.Unmarshal([]byte(body), &c)
	return c
}

// entries are the journal's entries of one event, oldest first.
func (s *stage) entries(event tap.Event) []control.Entry {
	s.t.Helper()
	j, err := s.control.Journal(s.t.Context(), control.JournalQuery{Event: event, Oldest: true})
	if err != nil {
		s.t.Fatal(err)
	}
	return j.Entries
}

// await waits until the journal has that many entries of an event.
func (s *stage) await(event tap.Event, times int) {
	s.t.Helper()
	after := uint64(0)
	for range times {
		j, err := s.control.Journal(s.t.Context(), control.JournalQuery{Event: event, After: after, Limit: 1, Wait: 10 * time.Second})
		if err != nil || len(j.Entries) == 0 {
			s.t.Fatalf("%s was not journalled %d times: %v", event, times, err)
		}
		after = j.Entries[0].Seq
	}
}

// awaitCharge waits for an event of a charge.
func (s *stage) awaitCharge(event tap.Event, charge string) {
	s.t.Helper()
	j, err := s.control.Journal(s.t.Context(), control.JournalQuery{Event: event, Object: charge, Wait: 10 * time.Second})
	if err != nil || len(j.Entries) == 0 {
		s.t.Fatalf("%s of %s was not journalled: %v", event, charge, err)
	}
}

// post sends a form; status 0 is a broken connection.
func (s *stage) post(address, form string) answer {
	s.t.Helper()
	req, err := http.NewRequest("POST", address, strings.NewReader(form))
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, err := s.http.Do(req)
	if err != nil {
		return answer{}
	}
	res.Body.Close()
	return answer{status: res.StatusCode}
}

// tokenOf is the token in a page's form.
func tokenOf(p *payer) string {
	for _, m := range hidden.FindAllStringSubmatch(p.page.body, -1) {
		if m[1] == "token" {
			return url.QueryEscape(strings.ReplaceAll(m[2], "&#43;", "+"))
		}
	}
	return ""
}
