package mockserver_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/tapmock/tapmock/mockserver"
	"github.com/tapmock/tapmock/mockserver/gateway"
)

// TestHomeIsNew looks at the list, changes one thing, and looks again: what is kept of the page is not what has changed.
func TestHomeIsNew(t *testing.T) {
	t.Parallel()
	m := startMock(t, mockserver.Config{})
	changes := []struct {
		part string // that the page has only after the change
		make func()
	}{
		{`<button title="POST /_tapmock/v1/clock/advance {&#34;by&#34;:&#34;next&#34;}"`, func() { m.create(request(nil)) }},
		{`findings</span></a>`, func() { m.api("GET", "/v2/unknown", "") }},
		{`sk_test_o`, func() { m.create(request(nil), "Authorization", "Bearer sk_test_other_shop_of_the_mock") }},
		{`rel="next"`, func() {
			for range 50 {
				m.create(request(nil))
			}
		}},
		{` disabled title="POST /_tapmock/v1/clock/advance {&#34;by&#34;:&#34;next&#34;}"`, func() { m.api("POST", "/_tapmock/v1/clock/advance", `{"by": "1h"}`) }},
	}
	for _, c := range changes {
		if strings.Contains(m.page("/").body, c.part) {
			t.Errorf("the page has %q before the change", c.part)
		}
		c.make()
		m.page("/").shows(t, c.part)
	}
}

// TestHomeCountsEvicted says how many payments are not in the list any more.
func TestHomeCountsEvicted(t *testing.T) {
	t.Parallel()
	s := startStage(t, mockserver.Config{Limits: mockserver.Limits{Charges: 1}}, "payer=auto")
	for _, want := range []string{"", "1 payments were evicted", "2 payments were evicted"} {
		s.create(s.order(nil))
		s.awaitIdle()
		if a := s.mock.page("/"); strings.Contains(a.body, "evicted") != (want != "") || !strings.Contains(a.body, want) {
			t.Errorf("the page lacks %q:\n%s", want, mainOf(a.body))
		}
	}
}

// TestHomeOfEach looks at the list under one address as different visitors: each sees the own one.
func TestHomeOfEach(t *testing.T) {
	t.Parallel()
	m := startMock(t, mockserver.Config{})
	signed := m.press("/ui/signin", url.Values{"key": {key}}, "X-Forwarded-For", "192.0.2.1") // only who comes through a proxy must sign in
	cookies := (&http.Response{Header: signed.header}).Cookies()
	if strings.Contains(m.page("/").body, "Sign out") || len(cookies) != 1 {
		t.Fatalf("%d cookies", len(cookies))
	}
	if !strings.Contains(m.page("/", cookies...).body, "Sign out") {
		t.Error("who has signed in cannot sign out")
	}
	_, port, _ := strings.Cut(strings.TrimPrefix(m.url, "http://"), ":")
	req, err := http.NewRequest("GET", m.url+"/", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Host = "localhost:" + port
	req.Header.Set("Accept", "text/html")
	m.send(req).shows(t, "http://localhost:"+port+"/v2<")
	m.page("/").shows(t, m.url+"/v2<")
}

// TestHomeOfLastAccount looks at the list where no key is published: it is that of the account that was used last.
func TestHomeOfLastAccount(t *testing.T) {
	t.Parallel()
	const token = "an-admin-token-of-24-chars"
	keys := []string{"sk_test_first_shop", "sk_test_second_shop"}
	m := startMock(t, mockserver.Config{AdminToken: token, Keys: keys})
	signed := m.press("/ui/signin", url.Values{"key": {token}})
	cookies := (&http.Response{Header: signed.header}).Cookies()
	for range 2 {
		for _, one := range keys {
			c := m.create(request(nil), "Authorization", "Bearer "+one)
			a := m.page("/", cookies...)
			events := a.body[strings.Index(a.body, "data-events="):][:80]
			if a.shows(t, c.ID); !strings.Contains(events, "account="+gateway.AccountName(one)) {
				t.Errorf("the page of %s follows %s", one, events)
			}
		}
	}
}

// TestHomeQueue names the first scenarios of the queue, and counts the others.
func TestHomeQueue(t *testing.T) {
	t.Parallel()
	s := startStage(t, mockserver.Config{})
	for n := 1; n <= 7; n++ {
		s.next("webhook/twice")
		a := s.mock.page("/")
		if named := strings.Count(a.body, `<b dir="auto">webhook/twice</b>`); named != min(n, 5) {
			t.Errorf("%d scenarios are named of %d", named, n)
		}
		if n > 5 {
			a.shows(t, fmt.Sprintf("and %d more</span>", n-5))
		}
	}
}

// TestHomeResult shows the result of a button once it is there.
func TestHomeResult(t *testing.T) {
	t.Parallel()
	m := startMock(t, mockserver.Config{})
	if strings.Contains(m.page("/?done=1").body, `id="result"`) {
		t.Error("there is a result before a button was pressed")
	}
	if a := m.press("/ui/call", url.Values{"call": {"POST /clock/advance"}, "p.by": {"1m"}}); a.status != 303 {
		t.Fatalf("HTTP %d", a.status)
	}
	m.page("/?done=1").shows(t, `id="result"`)
}
