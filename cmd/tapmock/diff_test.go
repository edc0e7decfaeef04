package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/tapmock/tapmock/mockserver/compare"
	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// differing is a mock with a charge for each scenario, whose webhooks a shop answers: the first one at /flaky with 500, all others with 200. The
// webhooks are whd_1, whd_2, …
func differing(t *testing.T, scenarios ...string) (base, shop string, charges []string) {
	t.Helper()
	base, _, stop := serving(t, nil, "-addr", "127.0.0.1:0", "-seed", "7", "-set", "webhook_retries=1s")
	t.Cleanup(func() { stop() })
	var flaky atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/flaky" && flaky.Add(1) == 1 {
			http.Error(w, "no database", http.StatusInternalServerError)
		}
	}))
	t.Cleanup(server.Close)
	for i, scenario := range scenarios {
		name, path, _ := strings.Cut(scenario, " to ")
		_, out, errs := runFor(t, "", nil, "trigger", "-url", base, "-now", "-order", fmt.Sprintf("order-%d", i+1), "-post", server.URL+"/"+path, name)
		id, _, ok := strings.Cut(out, ",")
		if !ok || !strings.HasPrefix(id, "chg_") {
			t.Fatalf("%s: %s%s", scenario, out, errs)
		}
		charges = append(charges, id)
	}
	return base, server.URL, charges
}

// changing are generated values in the output of diff.
var changing = regexp.MustCompile(`"activity_\w+","object":"activity","created":\d+|"(B\d+|cus_\w+|\d{6,})"|[0-9a-f]{12}…`)

// TestDiff compares all kinds of things on a running mock with the golden file.
func TestDiff(t *testing.T) {
	t.Parallel()
	base, shop, charges := differing(t, "payer/pays", "payer/pays", "outcome/no-funds", "webhook/after-return", "forge/two-decimals", "payer/pays to flaky", "late/captured-after-failure")
	var all strings.Builder
	for _, args := range [][]string{
		{"chg 1", "chg 2"}, {"chg 1", "chg 3"}, {"chg 1", "chg 4"}, {"chg 5", "chg 1"}, {"chg 1", "chg 6"}, {"whd_1", "whd_2"}, {"whd_1", "whd_3"},
		{"whd_5", "whd_6"}, {"whd_7"}, {"whd_1", "chg 1"}, {"whd_8", "chg 7"}, {"chg 7", "whd_8"},
	} {
		ids := slices.Clone(args)
		for i, id := range ids {
			if n, ok := strings.CutPrefix(id, "chg "); ok {
				ids[i] = charges[n[0]-'1']
			}
		}
		code, out, errs := runFor(t, "", nil, append([]string{"diff", "-url", base}, ids...)...)
		for i, id := range charges {
			out = strings.ReplaceAll(out, id, fmt.Sprintf("chg %d", i+1))
		}
		out = changing.ReplaceAllString(strings.ReplaceAll(out, shop, "SHOP"), "…")
		fmt.Fprintf(&all, "$ tapmock diff %s\n%s%sexit code %d\n\n", strings.Join(args, " "), out, errs, code)
	}
	want, err := os.ReadFile("testdata/diff.golden")
	if err != nil || all.String() != string(want) {
		t.Errorf("%v\n%s", err, all.String())
	}
}

// TestDiffJSON has the same data as lines of JSON, one for each comparison.
func TestDiffJSON(t *testing.T) {
	t.Parallel()
	base, _, charges := differing(t, "payer/pays to flaky", "payer/pays")
	var seen struct {
		A, B        string
		Equal       bool
		Differences []compare.Difference
	}
	code, out, errs := runFor(t, "", nil, "diff", "-url", base, "-json", "whd_1")
	if err := json.Unmarshal([]byte(out), &seen); err != nil || code != 1 || errs != "" || seen.A != "whd_1 attempt 1" || seen.B != "whd_1 attempt 2" || seen.Equal || len(seen.Differences) != 2 ||
		!seen.Differences[0].First || seen.Differences[0].Kind != compare.KindResponse || seen.Differences[0].A != "HTTP 500" {
		t.Errorf("exit %d, %v, %s%s", code, err, out, errs)
	}
	code, out, errs = runFor(t, "", nil, "diff", "-url", base, charges[1], charges[1], "--json")
	if want := fmt.Sprintf(`{"a":"%s","b":"%[1]s","equal":true,"differences":[]}`, charges[1]); code != 0 || errs != "" || strings.TrimSpace(out) != want {
		t.Errorf("exit %d, %s%s", code, out, errs)
	}
}

// TestDiffSettings names a setting that only one scenario sets, and the decimals of another amount.
func TestDiffSettings(t *testing.T) {
	t.Parallel()
	base, shop, charges := differing(t, "payer/pays")
	client := control.New(base, tap.PublishedTestKey)
	defer client.CloseIdle()
	if err := client.PutScenarios(t.Context(), "scenarios: [{name: shop/old, description: An older style., extends: payer/pays, settings: {charge_style: '2022'}}]"); err != nil {
		t.Fatal(err)
	}
	_, made, errs := runFor(t, "", nil, "trigger", "-url", base, "-now", "-order", "order-2", "-post", shop, "shop/old")
	id, _, ok := strings.Cut(made, ",")
	if !ok {
		t.Fatalf("%s%s", made, errs)
	}
	code, out, errs := runFor(t, "", nil, "diff", "-url", base, id, charges[0])
	if want := "  only A has the setting charge_style: 2022\n"; code != 1 || errs != "" || !strings.Contains(out, want) {
		t.Errorf("exit %d, the text lacks %q:\n%s%s", code, want, out, errs)
	}
}

// TestDiffRefuses has an error for ids that cannot be compared, and one for what the mock does not have.
func TestDiffRefuses(t *testing.T) {
	t.Parallel()
	for args, want := range map[string]string{
		"":                 "diff takes two ids, or that of one webhook, not 0",
		"whd_1 whd_2 x":    "not 3",
		"whd_1 order-1":    `"order-1" is not the id of a webhook`,
		"chg_1":            "to what is chg_1 compared?",
		"chg_1 auth_1":     "are of different kinds",
		"re_1 re_2":        "two objects of the kind refund are compared by their webhooks: tapmock webhooks re_1",
		"cus_1 whd_1":      `"cus_1" is not the id`,
		"-jsn whd_1 whd_2": "did you mean -json?",
	} {
		if code, out, errs := runFor(t, "", nil, append([]string{"diff"}, strings.Fields(args)...)...); code != 2 || out != "" || !strings.Contains(errs, want) || strings.Count(errs, "\n") != 1 {
			t.Errorf("%s: exit %d, %s%s, want %q", args, code, out, errs, want)
		}
	}
	base, _, charges := differing(t, "payer/pays", "api/get-down + payer/pays")
	for args, want := range map[string]string{
		"whd_1":               "whd_1 has only 1 attempt; name another webhook",
		"whd_1 whd_99":        `no webhook delivery "whd_99"`,
		"chg_none chg_none":   "chg_none",
		"whd_1 chg_none":      "GET /v2/charges/chg_none is answered with HTTP 4",
		"whd_2 " + charges[1]: "is answered with HTTP 503",
	} {
		if code, out, errs := runFor(t, "", map[string]string{"TAPMOCK_URL": base}, append([]string{"diff"}, strings.Fields(args)...)...); code != 1 || out != "" || !strings.Contains(errs, want) {
			t.Errorf("%s: exit %d, %s%s, want %q", args, code, out, errs, want)
		}
	}
	for _, args := range []string{"whd_1", "whd_1 whd_2", "chg_1 chg_2", "whd_1 chg_1"} {
		if code, _, errs := runFor(t, "", nil, append([]string{"diff", "-url", "http://127.0.0.1:1"}, strings.Fields(args)...)...); code != 1 || !strings.Contains(errs, "no mock answers at http://127.0.0.1:1: ") {
			t.Errorf("%s without a mock: %d %s", args, code, errs)
		}
	}
}
