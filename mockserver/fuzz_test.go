package mockserver_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/tapmock/tapmock/mockserver"
	"github.com/tapmock/tapmock/mockserver/tap"
)

func fuzzServer(f *testing.F, strict string) *mockserver.Server {
	f.Helper()
	s := tap.DefaultSettings()
	if err := s.Set("strict", strict); err != nil {
		f.Fatal(err)
	}
	server, err := mockserver.New(mockserver.Config{Now: atRest, Seed: 1, Settings: &s, Limits: mockserver.Limits{Charges: 1 << 30, ServerCharges: 1 << 30}})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { server.Close(f.Context()) })
	return server
}

// wellAnswered fails unless the answer is a charge or one of Tap's errors, and never a 5xx.
func wellAnswered(t *testing.T, server *mockserver.Server, body, contentType string) {
	r := httptest.NewRequest("POST", "/v2/charges", strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+key)
	r.Header.Set("Content-Type", contentType)
	w := httptest.NewRecorder()
	server.ServeHTTP(w, r)
	var answer struct {
		ID     string
		Errors []struct{ Code, Description string }
	}
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil {
		t.Fatalf("HTTP %d, not JSON: %v\n%s", w.Code, err, w.Body)
	}
	charge := w.Code == http.StatusOK && strings.HasPrefix(answer.ID, "chg_")
	refused := w.Code == http.StatusBadRequest && len(answer.Errors) == 1 && len(answer.Errors[0].Code) == 4
	if !charge && !refused {
		t.Fatalf("HTTP %d\n%s", w.Code, w.Body)
	}
	for _, note := range w.Header()["X-Tapmock-Note"] {
		if strings.ContainsFunc(note, func(r rune) bool { return r < ' ' || r > '~' }) {
			t.Fatalf("the note %q does not fit a header", note)
		}
	}
}

func FuzzCreateJSON(f *testing.F) {
	lenient, strict := fuzzServer(f, "false"), fuzzServer(f, "true")
	f.Add(request(nil))
	for _, c := range badRequests {
		f.Add(c.body)
	}
	f.Fuzz(func(t *testing.T, body string) {
		wellAnswered(t, lenient, body, "application/json")
		wellAnswered(t, strict, body, "application/json")
	})
}

func FuzzCreateForm(f *testing.F) {
	server := fuzzServer(f, "false")
	f.Add("amount=1&currency=KWD&source[id]=src_kw.knet&customer[first_name]=a&customer[email]=a@b.c&redirect[url]=http://a.b")
	f.Add("a[b][c][d][e][f][g][h][i][j]=1&a=2&&=&[=]&]=[")
	f.Fuzz(func(t *testing.T, body string) {
		wellAnswered(t, server, body, "application/x-www-form-urlencoded")
	})
}
