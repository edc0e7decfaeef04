package mockserver_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/tapmock/tapmock/mockserver"
)

// TestLenientLists sends requests that are accepted with a note, and under the setting strict are an error that names the field.
func TestLenientLists(t *testing.T) {
	lenient := startMock(t, mockserver.Config{})
	strict := startMock(t, mockserver.Config{}, "strict=true")
	for _, c := range []struct{ field, body, kind string }{
		{"statuses", `{"statuses":"CAPTURED"}`, ""},
		{"period.form", `{"period":{"form":1}}`, ""},
		{"period.date.until", `{"period":{"date":{"until":1}}}`, ""},
		{"period.date", `{"period.date":{"from":true}}`, ""},
		{"period", `{"period":[]}`, ""},
		{"reference.ordre: Tap has no such field, it is ignored; did you mean reference.order?", `{"reference":{"ordre":1}}`, ""},
		{"reference.order: a key with a dot is not a path, it is ignored; write order inside the object reference", `{"reference.order":1}`, ""},
		{"reference.shop: Tap has no such field, it is ignored", `{"reference":{"shop":1}}`, ""},
		{"reference.order", `{"reference":{"order":7}}`, ""},
		{"reference.transaction", `{"reference":{"transaction":"txn_1"}}`, ""},
		{"status", `{"status":" null "}`, ""},
		{"status", `{"status":"NULL"}`, ""},
		{"status", `{"status":" CAPTURED\t"}`, ""},
		{"status", `{"status":"  "}`, ""},
		{"period.date.from", `{"period":{"date":{"from":1772600767}}}`, ""},
		{"period.date.to", `{"period":{"date":{"to":"1772600767"}}}`, ""},
		{"period.date", `{"period":{"date":{"from":1772600767000,"to":1775192767001}}}`, ""},
		{"metadata", `{"metadata":[]}`, ""},
		{"charges", `{"charges":{"0":"chg_1"}}`, ""},
		{"body", `[]`, ""},
		{"body", `limit=3&charges[0]=chg_1`, "application/x-www-form-urlencoded"},
		{"content type", `{}`, "text/plain"},
	} {
		_, a := lenient.list(c.body, "Content-Type", c.kind)
		if note := a.header.Get("X-Tapmock-Note"); !strings.HasPrefix(note+":", "lenient: "+c.field+":") {
			t.Errorf("%s: the note is %q", c.body, note)
		}
		a = strict.api("POST", "/v2/charges/list", c.body, "Content-Type", c.kind)
		if a.status != 400 || !strings.Contains(a.body, `"1103"`) || !strings.Contains(a.body, "strict: "+strings.Split(c.field, ":")[0]+":") {
			t.Errorf("strict, %s: HTTP %d %s", c.body, a.status, a.body)
		}
	}
	for _, path := range []string{"/v2/charges/list/", "//v2//charges//list"} {
		if a := lenient.api("POST", path, ""); a.status != 200 {
			t.Errorf("POST %s: HTTP %d %s", path, a.status, a.body)
		}
		if a := strict.api("POST", path, ""); a.status != 400 {
			t.Errorf("strict, POST %s: HTTP %d %s", path, a.status, a.body)
		}
	}
}

// TestListsOfRealClients sends the status and the periods that published clients send: they select what the client means.
func TestListsOfRealClients(t *testing.T) {
	m := startMock(t, mockserver.Config{})
	f := listed(m)
	names := map[string]string{f.old.ID: "old", f.paid.ID: "paid", f.refused.ID: "refused", f.dollars.ID: "dollars"}
	second := f.paid.Transaction.Created[:10]
	for body, want := range map[string]string{
		`{"status":" null "}`:                                             "dollars refused paid old",
		`{"status":"null","limit":2}`:                                     "dollars refused",
		`{"status":" CAPTURED "}`:                                         "paid",
		`{"status":"\r\nINITIATED"}`:                                      "dollars old",
		`{"status":" "}`:                                                  "dollars refused paid old",
		`{"reference":{"order":"ord 1"}}`:                                 "old",
		`{"reference":{"transaction":"no"}}`:                              "",
		`{"period":{"date":{"from":` + second + `,"to":` + second + `}}}`: "paid",
		`{"period":{"date":{"from":"` + second + `"}}}`:                   "dollars refused paid",
		`{"period":{"date":{"to":` + second + `}}}`:                       "paid old",
		`{"period":{"date":{"from":` + f.paid.Transaction.Created + `,"to":` + second + `}}}`: "paid",
	} {
		l, a := m.list(body)
		got := []string{}
		for _, id := range idsOf(l) {
			got = append(got, names[id])
		}
		if !slices.Equal(got, strings.Fields(want)) || !strings.HasPrefix(a.header.Get("X-Tapmock-Note"), "lenient: ") {
			t.Errorf("%s: %v, want %s; note %q", body, got, want, a.header.Get("X-Tapmock-Note"))
		}
	}
	if a := m.api("POST", "/v2/charges/list", `{"status":" PAID "}`); a.status != 400 || !strings.Contains(a.body, `"1103"`) {
		t.Errorf("an unknown status with blanks: HTTP %d %s", a.status, a.body)
	}
	if _, a := m.list(`{"period":{"date":{"from":1772600767000,"to":1775192767000}}}`); a.header.Get("X-Tapmock-Note") != "" {
		t.Errorf("30 days: note %q", a.header.Get("X-Tapmock-Note"))
	}
	if l, a := m.list(`{"period":{"date":{"from":0}}}`); len(l.Charges) != 4 || a.header.Get("X-Tapmock-Note") != "" {
		t.Errorf("since 0: %d charges, note %q", len(l.Charges), a.header.Get("X-Tapmock-Note"))
	}
}
