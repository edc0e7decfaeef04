package conformance

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
)

// shop is a merchant who writes down what he gets.
type shop struct {
	here, there string // its base address as this process and as the mock reach it

	mu      sync.Mutex
	hooks   []hook
	returns []string
	refuse  int // so many webhooks are answered with 500
}

// hook is a webhook as it came.
type hook struct {
	header http.Header
	body   string
}

func (s *shop) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.Method == http.MethodPost {
		s.hooks = append(s.hooks, hook{r.Header.Clone(), string(body)})
		if s.refuse--; s.refuse >= 0 {
			w.WriteHeader(http.StatusInternalServerError)
		}
	} else {
		s.returns = append(s.returns, r.URL.Query().Get("tap_id"))
	}
	io.WriteString(w, "thank you")
}

func (s *shop) got() (hooks []hook, returns []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append(hooks, s.hooks...), append(returns, s.returns...)
}

// charge is what a create or retrieve answer says of one.
type charge struct {
	ID          string
	Status      string
	Transaction struct{ URL string }
	Response    struct{ Code string }
}

// order creates a charge for an order, whose payer is a person in this process.
func (v *visit) order(t *testing.T, name string) charge {
	t.Helper()
	return v.create(t, name, v.shop.there+"/hook", v.shop.here+"/return")
}

// orderPaid creates a charge that the mock itself pays, by its scenario.
func (v *visit) orderPaid(t *testing.T, name string) charge {
	t.Helper()
	return v.create(t, name, v.shop.there+"/hook", v.shop.there+"/return")
}

func (v *visit) create(t *testing.T, name, post, back string) charge {
	t.Helper()
	body := fmt.Sprintf(`{"amount": 12.345, "currency": "KWD", "source": {"id": "src_kw.knet"}, "customer": {"first_name": "T", "email": "t@example.com"},
		"reference": {"order": %q}, "post": {"url": %q}, "redirect": {"url": %q}}`, name, post, back)
	c, status := v.call(t, http.MethodPost, "/charges", body)
	if status != http.StatusOK || c.Status != "INITIATED" {
		t.Fatalf("create: HTTP %d %+v", status, c)
	}
	return c
}

// call calls Tap's API as a shop's code does.
func (v *visit) call(t *testing.T, method, path, body string) (c charge, status int) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, v.APIURL()+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+v.Key)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if err := json.NewDecoder(res.Body).Decode(&c); err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	return c, res.StatusCode
}

// ended checks how a charge has ended, as the API says it.
func (v *visit) ended(t *testing.T, id, status string) {
	t.Helper()
	if c, code := v.call(t, http.MethodGet, "/charges/"+id, ""); code != http.StatusOK || c.Status != status {
		t.Errorf("HTTP %d, status %s, want %s\n%s", code, c.Status, status, v.Trace(id))
	}
}
