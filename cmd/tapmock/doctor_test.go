package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/tapmock/tapmock/mockserver/control"
)

// TestDoctor says whether webhooks can reach an address, from this process and from a running mock.
func TestDoctor(t *testing.T) {
	t.Parallel()
	shop := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(shop.Close)
	base, _, stop := serving(t, nil, "-addr", "127.0.0.1:0")
	t.Cleanup(func() { stop() })
	for _, from := range [][]string{{"doctor"}, {"doctor", "-url", base}} {
		code, out, errs := runFor(t, "", nil, append(from, shop.URL)...)
		if code != 0 || errs != "" || !strings.HasSuffix(out, "webhooks can reach the address\n") || !strings.Contains(out, "ok    HTTP        HTTP 404 to HEAD") {
			t.Errorf("%v: exit code %d\n%s%s", from, code, out, errs)
		}
		code, out, _ = runFor(t, "", nil, append(from, "http://127.0.0.1:1")...)
		if code != 1 || !strings.Contains(out, "FAIL  connection  127.0.0.1:1: refused\n") || !strings.Contains(out, "nothing listens there") {
			t.Errorf("%v: exit code %d\n%s", from, code, out)
		}
	}
	_, out, _ := runFor(t, "", nil, "doctor", "-json", "http://127.0.0.1:1")
	var found control.Examination
	if err := json.Unmarshal([]byte(out), &found); err != nil || found.OK || len(found.Steps) < 2 {
		t.Errorf("%v %s", err, out)
	}
	if code, _, errs := runFor(t, "", nil, "doctor"); code != 2 || !strings.Contains(errs, "doctor takes one address, not 0") {
		t.Errorf("%d %s", code, errs)
	}
	if code, _, errs := runFor(t, "", nil, "doctor", "-url", "http://127.0.0.1:1", shop.URL); code != 1 || !strings.Contains(errs, "no mock answers at") {
		t.Errorf("%d %s", code, errs)
	}
}
