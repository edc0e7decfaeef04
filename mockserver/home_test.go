package mockserver_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/tapmock/tapmock/mockserver"
	"github.com/tapmock/tapmock/mockserver/control"
)

// TestStartPage opens / as a browser and as curl: both get base URL, key, command and the addresses to read on.
func TestStartPage(t *testing.T) {
	m := startMock(t, mockserver.Config{})
	address := strings.TrimPrefix(m.url, "http://")
	for accept, form := range map[string]string{"text/html,application/xhtml+xml": "text/html; charset=utf-8", "*/*": "text/plain; charset=utf-8"} {
		a := m.asks(address, "GET", "/", "Accept", accept)
		if a.status != 200 || a.header.Get("Content-Type") != form || a.header.Get("Vary") != "Accept" {
			t.Errorf("%s: HTTP %d %v", accept, a.status, a.header)
		}
		for _, want := range []string{"SIMULATION", m.url + "/v2", key, "curl -s " + m.url + "/v2/charges", "8888880000000001", "09/30 or 09/25",
			m.url + control.Prefix, "_tapmock/v1/openapi.json", "https://github.com/tapmock/tapmock#readme"} {
			if !strings.Contains(a.body, want) {
				t.Errorf("%s: no %q in\n%s", accept, want, a.body)
			}
		}
	}
	if a := m.asks(address, "GET", "/", "Accept", "application/json, */*"); a.header.Get("Content-Type") != "application/json" || !strings.Contains(a.body, `"base_url": "`+m.url+`/v2"`) || !strings.Contains(a.body, `"key": "`+key+`"`) {
		t.Errorf("JSON: %v %s", a.header, a.body)
	}
	if a := m.asks(address, "GET", "/?tap_id=chg_1", "Accept", "text/html"); !strings.Contains(a.body, m.url+"/v2/charges/chg_1") {
		t.Errorf("the payer is back:\n%s", a.body)
	}
	closed := startMock(t, mockserver.Config{Keys: []string{"sk_test_mine"}})
	for _, accept := range []string{"text/html", "*/*"} {
		if a := closed.asks("localhost", "GET", "/", "Accept", accept); strings.Contains(a.body, "sk_test_mine") || !strings.Contains(a.body, map[string]string{"text/html": "Type the secret key of an account", "*/*": "one of the configured keys"}[accept]) {
			t.Errorf("%s: the start page shows a configured key, or none is mentioned:\n%s", accept, a.body)
		}
	}
}

// TestListOfControlCalls gets the address of the control API without a key: the answer lists every call and leads to openapi.json.
func TestListOfControlCalls(t *testing.T) {
	m := startMock(t, mockserver.Config{})
	for _, path := range []string{control.Prefix, control.Prefix + "/"} {
		res, err := http.Get(m.url + path)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		var list struct {
			OpenAPI, Readme string
			Calls           []struct{ Call, Description string }
		}
		if err := json.NewDecoder(res.Body).Decode(&list); err != nil || res.StatusCode != 200 || len(list.Calls) != len(control.Operations()) || list.Readme == "" {
			t.Fatalf("%s: HTTP %d %v %+v", path, res.StatusCode, err, list)
		}
		for i, op := range control.Operations() {
			if list.Calls[i].Call != op.Method+" "+control.Prefix+op.Path || list.Calls[i].Description != op.Description {
				t.Errorf("%s: call %d is %+v, not %s", path, i, list.Calls[i], op.Name)
			}
		}
		if list.OpenAPI != m.url+control.Prefix+"/openapi.json" {
			t.Errorf("%s: openapi is %s", path, list.OpenAPI)
		}
	}
	if a := m.api("POST", control.Prefix, ""); a.status != 405 || a.header.Get("Allow") != "GET, HEAD" || !strings.Contains(a.body, "openapi.json lists all calls") {
		t.Errorf("POST: HTTP %d, Allow %q, %s", a.status, a.header.Get("Allow"), a.body)
	}
}
