package mockserver_test

import (
	"context"
	"encoding/json"
	"flag"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tapmock/tapmock/mockserver"
	"github.com/tapmock/tapmock/mockserver/tap"
)

const (
	key      = tap.PublishedTestKey
	testCard = "0000000001" // after the prefix
)

var update = flag.Bool("update", false, "rewrite the golden files")

// atRest is a real clock that does not move, so that bodies are the same in every run.
func atRest() time.Time { return time.Date(2026, 3, 4, 5, 6, 7, 89e6, time.UTC) }

// mock is a server under test, reached over TCP as a merchant reaches it.
type mock struct {
	t *testing.T
	*mockserver.Server
	url  string
	http *http.Client
}

func startMock(t *testing.T, cfg mockserver.Config, settings ...string) *mock {
	t.Helper()
	if cfg.Now == nil {
		cfg.Now = atRest
	}
	if cfg.Seed == 0 {
		cfg.Seed = 1
	}
	s := tap.DefaultSettings()
	for _, assignment := range settings {
		name, value, _ := strings.Cut(assignment, "=")
		if err := s.Set(name, value); err != nil {
			t.Fatal(err)
		}
	}
	cfg.Settings = &s
	server, err := mockserver.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	front := httptest.NewServer(server)
	t.Cleanup(func() {
		front.Close()
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if err := server.Close(ctx); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	client := &http.Client{Transport: &http.Transport{}, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	t.Cleanup(client.CloseIdleConnections)
	return &mock{t: t, Server: server, url: front.URL, http: client}
}

// answer is a complete answer of the mock.
type answer struct {
	status int
	header http.Header
	body   string
}

func (m *mock) send(req *http.Request) answer {
	m.t.Helper()
	res, err := m.http.Do(req)
	if err != nil {
		m.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		m.t.Fatal(err)
	}
	return answer{res.StatusCode, res.Header, string(body)}
}

// api sends a request with the test key and a JSON body.
func (m *mock) api(method, path, body string, headers ...string) answer {
	m.t.Helper()
	req, err := http.NewRequest(method, m.url+path, strings.NewReader(body))
	if err != nil {
		m.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+key)
	req.Header.Set("Content-Type", "application/json")
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	return m.send(req)
}

// create creates a charge and fails the test if the answer is an error.
func (m *mock) create(body string, headers ...string) tap.Charge {
	m.t.Helper()
	a := m.api("POST", "/v2/charges", body, headers...)
	if a.status != 200 {
		m.t.Fatalf("create: HTTP %d %s", a.status, a.body)
	}
	return decode(m.t, a.body)
}

func (m *mock) retrieve(id string) tap.Charge {
	m.t.Helper()
	a := m.api("GET", "/v2/charges/"+id, "")
	if a.status != 200 {
		m.t.Fatalf("retrieve %s: HTTP %d %s", id, a.status, a.body)
	}
	return decode(m.t, a.body)
}

func (m *mock) advance(d time.Duration) {
	m.t.Helper()
	if _, err := m.Advance(m.t.Context(), key, d); err != nil {
		m.t.Fatal(err)
	}
}

func decode(t *testing.T, body string) tap.Charge {
	t.Helper()
	var c tap.Charge
	if err := json.Unmarshal([]byte(body), &c); err != nil {
		t.Fatalf("not a charge: %v\n%s", err, body)
	}
	return c
}

// request is a create request with some fields changed; a field with a nil value is removed.
func request(fields map[string]any) string {
	body := map[string]any{
		"amount": 12.345, "currency": "KWD", "source": map[string]any{"id": "src_kw.knet"},
		"customer": map[string]any{"first_name": "Test", "email": "test@example.com"},
		"redirect": map[string]any{"url": "https://shop.example/return"},
	}
	for name, v := range fields {
		if body[name] = v; v == nil {
			delete(body, name)
		}
	}
	text, err := json.Marshal(body)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// at is an object with one field, such as the id of source or the url of post.
func at(name string, value any) map[string]any { return map[string]any{name: value} }

// payer is a browser without a screen: it opens pages and submits their forms.
type payer struct {
	*mock
	address *url.URL
	page    answer
}

// open opens a page link and follows redirects as long as they stay on the mock.
func (m *mock) open(link string) *payer {
	m.t.Helper()
	p := &payer{mock: m}
	p.address, _ = url.Parse(link)
	p.get()
	return p
}

func (p *payer) get() {
	p.t.Helper()
	req, _ := http.NewRequest("GET", p.address.String(), nil)
	p.arrive(p.send(req))
}

func (p *payer) arrive(a answer) {
	p.t.Helper()
	p.page = a
	if a.status != 303 && a.status != 302 {
		return
	}
	next, err := p.address.Parse(a.header.Get("Location"))
	if err != nil {
		p.t.Fatal(err)
	}
	onMock := strings.HasPrefix(next.String(), p.url)
	p.address = next
	if onMock {
		p.get()
	}
}

var hidden = regexp.MustCompile(`<input type="hidden" name="(\w+)" value="([^"]*)">`)

// post submits the page's form with its hidden fields, as the button with that name does.
func (p *payer) post(button string, fields ...string) *payer {
	p.t.Helper()
	form := url.Values{button: {"x"}}
	for _, m := range hidden.FindAllStringSubmatch(p.page.body, -1) {
		form.Set(m[1], strings.ReplaceAll(m[2], "&#43;", "+"))
	}
	for i := 0; i < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	action := p.address.String()
	if strings.Contains(p.page.body, `action="paymentrouter.htm"`) {
		next, _ := p.address.Parse("paymentrouter.htm")
		action = next.String()
	}
	req, _ := http.NewRequest("POST", action, strings.NewReader(form.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	p.address = req.URL
	p.arrive(p.send(req))
	return p
}

const testBank = "201825717889145|Knet Test Card [KNET1]|0.000|0.00|0.000"

// submit fills in the entry screen and sends it.
func (p *payer) submit(month, year string) *payer {
	p.t.Helper()
	return p.post("proceed", "bank", testBank, "dcprefix", "888888", "debitNumber", testCard, "debitMonth", month, "debitYear", year, "cardPin", "1234")
}

// pay pays with a card of that expiry and returns the address to which the browser was sent.
func (m *mock) pay(link, month, year string) string {
	m.t.Helper()
	return m.open(link).submit(month, year).post("confirm").address.String()
}

// golden compares text with a file. Addresses of the test's own servers are replaced by fixed names.
func (m *mock) golden(name, text string, merchants ...string) {
	m.t.Helper()
	text = strings.ReplaceAll(text, m.url, "http://mock.example")
	for _, address := range merchants {
		text = strings.ReplaceAll(text, address, "http://shop.example")
	}
	file := filepath.Join("testdata", "golden", name+".golden")
	if *update {
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			m.t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		m.t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), text); diff != "" {
		m.t.Errorf("%s (-want +got), -update rewrites it:\n%s", file, diff)
	}
}

// wire is an answer as golden files have it: status, content type, body.
func (a answer) wire() string {
	return http.StatusText(a.status) + "\n" + a.header.Get("Content-Type") + "\n\n" + a.body
}
