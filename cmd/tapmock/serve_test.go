package main

import (
	"net/http"
	"os"
	"strings"
	"testing"
)

// createdAs creates a charge on a running mock and returns the scenario that the charge follows.
func createdAs(t *testing.T, address string) string {
	t.Helper()
	req, _ := http.NewRequest("POST", address+"/v2/charges", strings.NewReader(`{"amount":1.5,"currency":"KWD","source":{"id":"src_kw.knet"},`+
		`"customer":{"id":"cus_1"},"redirect":{"url":"http://shop.example"}}`))
	req.Header.Set("Authorization", "Bearer sk_test_x")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	return res.Header.Get("X-Tapmock-Scenario")
}

func TestServeScenarios(t *testing.T) {
	dir, file := ownFile(t, twoScenarios)
	_, other := ownFile(t, "scenarios: [{name: other, description: Another one., match: {amount: 99}, bank: {delay: 2s}}]")
	const token = "a token of this test is not printed"
	for want, env := range map[string]map[string]string{
		"2 from " + file + ", and ":                    {"TAPMOCK_SCENARIO_FILES": file},
		"3 from " + dir + ", " + other + ", and ":      {"TAPMOCK_SCENARIO_FILES": dir + "; " + other},
		"in the library; default scenario payer/pays ": {"TAPMOCK_DEFAULT_SCENARIO": "payer/pays + webhook/never", "TAPMOCK_ADMIN_TOKEN": strings.ReplaceAll(token, " ", "-")},
	} {
		address, out, stop := serving(t, env, "-addr", "127.0.0.1:0", "-log-level", "error")
		scenario := createdAs(t, address)
		stop()
		if text := out.text.String(); !strings.Contains(text, want) || strings.Contains(text, "not-printed") {
			t.Errorf("%v: the greeting lacks %q:\n%s", env, want, text)
		}
		if wanted := map[bool]string{true: "shop/paid", false: "payer/pays + webhook/never"}[env["TAPMOCK_DEFAULT_SCENARIO"] == ""]; scenario != wanted {
			t.Errorf("%v: the charge follows %q, not %q", env, scenario, wanted)
		}
	}
}

// TestServeBrokenScenarios expects exit code 2 and every mistake in the error, but not the token.
func TestServeBrokenScenarios(t *testing.T) {
	dir, file := ownFile(t, twoScenarios)
	if err := os.WriteFile(dir+"/broken.yaml", []byte("scenarios: [{name: a, description: A., banc: {}}]"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(dir+"/worse.yaml", []byte("scenarios: [{name: b, description: B., callbacks: [{webhook: {at: setled}}]}]"), 0o600); err != nil {
		t.Fatal(err)
	}
	for want, args := range map[string][]string{
		`no key "banc"`:                         {"-scenario-files", dir},
		`"setled" is unknown`:                   {"-scenario-files", file, "-scenario-files", dir + "/broken.yaml;" + dir + "/worse.yaml"},
		"none.yaml: no such file":               {"-scenario-files", dir + "/none.yaml"},
		"did you mean shop/paid":                {"-scenario-files", file, "-default-scenario", "shop/pait"},
		"both set bank.result":                  {"-default-scenario", "outcome/captured + outcome/host-timeout"},
		"want a file or a directory":            {"-scenario-files", ";"},
		"want at least 16 characters":           {"-admin-token", ""},
		"has 15 characters, at least":           {"-admin-token", "fifteen-letters"},
		"ASCII letters, digits and punctuation": {"-admin-token", "fifteen letters and more"},
	} {
		code, out, errs := runFor(t, "", nil, append(args, "-addr", "127.0.0.1:0", "-log-level", "error")...)
		if code != 2 || out != "" || !strings.Contains(errs, want) || strings.Contains(errs, "letters-") || strings.Contains(errs, "fifteen") {
			t.Errorf("%v: exit %d, %q, want 2 with %q", args, code, errs, want)
		}
	}
}
