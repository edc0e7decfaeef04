package main

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// inDir is an environment whose data directory is the test's own.
func inDir(t *testing.T) map[string]string {
	t.Helper()
	return map[string]string{"XDG_DATA_HOME": t.TempDir()}
}

// TestExecCode passes output and exit code of the command through.
func TestExecCode(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("needs a shell")
	}
	env := inDir(t)
	for want, script := range map[int]string{0: "echo out; echo err >&2", 7: "exit 7", 143: "kill -TERM $$"} {
		code, out, errs := runFor(t, "", env, "exec", "-quiet", "--", "sh", "-c", script)
		if code != want || want == 0 && (out != "out\n" || errs != "err\n") {
			t.Errorf("%s: exit code %d\n%s%s", script, code, out, errs)
		}
	}
	code, out, _ := runFor(t, "typed\n", env, "exec", "-quiet", "--", "cat")
	if code != 0 || out != "typed\n" {
		t.Errorf("the input does not pass: %d %q", code, out)
	}
	code, _, errs := runFor(t, "", env, "exec", "-quiet", "--", "no-such-command")
	if code != 127 || !strings.HasPrefix(errs, "tapmock: the command no-such-command cannot be started: ") {
		t.Errorf("exit code %d: %s", code, errs)
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if code, _, _ := runFor(t, "", env, "exec", "-quiet", "--", file); code != 126 {
		t.Errorf("a file that cannot be run: exit code %d", code)
	}
}

// TestExecEnvironment gives the command an environment in which Tap's host leads to the mock, with files that are gone afterwards.
func TestExecEnvironment(t *testing.T) {
	t.Parallel()
	env := inDir(t)
	env["NO_PROXY"], env["NODE_OPTIONS"] = "db.internal", "--max-old-space-size=100"
	code, out, errs := runFor(t, "", env, "exec", "-print")
	if code != 0 || errs != "" {
		t.Fatalf("%d %s", code, errs)
	}
	values := map[string]string{}
	for line := range strings.Lines(out) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		values[name] = value
	}
	for name, want := range map[string]string{"NO_PROXY": "db.internal,localhost,127.0.0.1,::1", "TAP_SECRET_KEY": "sk_test_XKokBfNWv6FIYuTMg5sLPjhJ"} {
		if values[name] != want {
			t.Errorf("%s is %s", name, values[name])
		}
	}
	for name, part := range map[string]string{"TAP_BASE_URL": "/v2", "HTTPS_PROXY": "http://127.0.0.1:", "NODE_OPTIONS": "--max-old-space-size=100 --require=", "JAVA_TOOL_OPTIONS": "-Dhttps.proxyPort=", "PHP_INI_SCAN_DIR": string(os.PathListSeparator)} {
		if !strings.Contains(values[name], part) {
			t.Errorf("%s is %s", name, values[name])
		}
	}
	for _, name := range []string{"SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS"} {
		if _, err := os.Stat(values[name]); values[name] == "" || !os.IsNotExist(err) {
			t.Errorf("%s=%s is still there: %v", name, values[name], err)
		}
	}
}

// TestExecReport says what came, and what a merchant should look at.
func TestExecReport(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("needs curl and a shell")
	}
	const script = `call() { curl -s -o /dev/null -H "Authorization: Bearer $TAP_SECRET_KEY" -H 'Content-Type: application/json' "$@"; }
call https://api.tap.company/v2/charges -d '{"amount": "1.500", "currency": "KWD", "source": {"id": "src_kw.knet"}, "customer": {"first_name": "T", "email": "t@example.com"}, "redirect": {"url": "http://127.0.0.1:9/r"}, "post": {"url": "http://127.0.0.1:9/hook"}}'
call "$TAP_BASE_URL/charges/chg_none"
call "$TAP_BASE_URL/nothing"
curl -s -o /dev/null https://example.com/
curl -s --retry 20 --retry-connrefused -o /dev/null -H "Authorization: Bearer $TAP_SECRET_KEY" "$TAPMOCK_URL/_tapmock/v1/journal?event=webhook_given_up&wait=20s"
exit 3`
	code, _, errs := runFor(t, "", inDir(t), "exec", "-set", "payer=auto;webhook_retries=none", "--", "sh", "-c", script)
	for _, want := range []string{"\ntapmock: 3 calls, 2 of them refused; 1 charge; 1 webhook attempt, 1 of them refused\n", "no such call: GET /v2/nothing", "webhook refused: http://127.0.0.1:9/hook: refused", "why: refused; nothing listens there", "tapmock exec -- sh -c 'COMMAND; tapmock explain -try'",
		"note: lenient: amount", "the proxy has refused: example.com:443"} {
		if code != 3 || !strings.Contains(errs, want) {
			t.Errorf("exit code %d, the report lacks %q:\n%s", code, want, errs)
		}
	}
	const unpaid = `curl -s -o /dev/null "$TAP_BASE_URL/charges" -H "Authorization: Bearer $TAP_SECRET_KEY" -H 'Content-Type: application/json' -d '{"amount": 1.5, "currency": "KWD", "source": {"id": "src_kw.knet"}, "customer": {"first_name": "T", "email": "t@example.com"}, "redirect": {"url": "http://127.0.0.1:9/r"}}'`
	if _, _, errs = runFor(t, "", inDir(t), "exec", "--", "sh", "-c", unpaid); !strings.Contains(errs, "  1 charge was never paid, because no payer finished at the page: -set payer=auto") {
		t.Errorf("a charge without a payer:\n%s", errs)
	}
	_, _, errs = runFor(t, "", inDir(t), "exec", "--", "true")
	if !strings.Contains(errs, "nothing has called the mock") {
		t.Errorf("without traffic:\n%s", errs)
	}
}

// TestExecUsage refuses a wrong command line.
func TestExecUsage(t *testing.T) {
	t.Parallel()
	for want, args := range map[string][]string{
		"which command? Write it after --":     {},
		"there is no flag -prnt, did you mean": {"-prnt"},
		"a secret key is sk_test_":             {"-key", "sk_live_1", "--", "true"},
		"is not name=value":                    {"-set", "payer", "--", "true"},
		"no-such-dir":                          {"-scenario-files", "no-such-dir/x.yaml", "--", "true"},
	} {
		code, _, errs := runFor(t, "", inDir(t), append([]string{"exec"}, args...)...)
		if code == 0 || !strings.Contains(errs, want) {
			t.Errorf("%v: exit code %d, %s", args, code, errs)
		}
	}
	if code, out, _ := runFor(t, "", nil, "exec", "-h"); code != 0 || !strings.Contains(out, "tapmock exec -- npm test") {
		t.Errorf("%d %s", code, out)
	}
}

// TestCA prints the CA of this machine, keeps it, and exports it for clients.
func TestCA(t *testing.T) {
	t.Parallel()
	env := inDir(t)
	code, first, errs := runFor(t, "", env, "ca")
	_, second, _ := runFor(t, "", env, "ca")
	if block, _ := pem.Decode([]byte(first)); code != 0 || errs != "" || block == nil || first != second {
		t.Fatalf("%d %s\n%s\n%s", code, errs, first, second)
	}
	dir := t.TempDir()
	if code, out, errs := runFor(t, "", env, "ca", "-export", dir); code != 0 || strings.Count(out, dir) != 3 {
		t.Errorf("%d %s %s", code, out, errs)
	}
	if alone, err := os.ReadFile(filepath.Join(dir, "ca.pem")); err != nil || string(alone) != first {
		t.Errorf("the exported CA is another one: %v", err)
	}
	if code, out, _ := runFor(t, "", nil, "ca", "-install-help"); code != 0 || !strings.Contains(out, "NODE_EXTRA_CA_CERTS") {
		t.Errorf("%d %s", code, out)
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if code, _, errs := runFor(t, "", nil, "ca", "-ca-dir", filepath.Join(file, "x")); code != 1 || !strings.Contains(errs, "in memory only") {
		t.Errorf("a directory that cannot be made: %d %s", code, errs)
	}
	key := filepath.Join(env["XDG_DATA_HOME"], "tapmock", "ca-key.pem")
	if err := os.Chmod(key, 0o644); err != nil {
		t.Fatal(err)
	}
	if code, _, errs := runFor(t, "", env, "ca"); runtime.GOOS != "windows" && (code != 1 || !strings.Contains(errs, "chmod 600")) {
		t.Errorf("a key that others can read: %d %s", code, errs)
	}
}

// TestServeDoors serves the same mock over HTTP, HTTPS and the proxy.
func TestServeDoors(t *testing.T) {
	t.Parallel()
	env := inDir(t)
	base, out, stop := serving(t, env, "-addr", "127.0.0.1:0", "-tls-addr", "127.0.0.1:0", "-proxy-addr", "127.0.0.1:0")
	defer stop()
	text := ""
	for !strings.Contains(text, "  CA  ") {
		text += <-out.sent
	}
	at := func(word string) string {
		_, rest, _ := strings.Cut(text, "  "+word)
		return strings.TrimSuffix(strings.Fields(rest)[0], ",")
	}
	_, ca, _ := runFor(t, "", env, "ca")
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM([]byte(ca))
	proxy, err := url.Parse(at("proxy"))
	if err != nil {
		t.Fatal(err)
	}
	direct := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}
	through := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}, Proxy: http.ProxyURL(proxy)}
	t.Cleanup(func() { direct.CloseIdleConnections(); through.CloseIdleConnections() })
	for address, transport := range map[string]*http.Transport{base + "/v2": direct, at("HTTPS"): direct, "https://api.tap.company/v2": through} {
		if link := linkOfCharge(t, &http.Client{Transport: transport}, address); !strings.HasPrefix(link, strings.TrimSuffix(address, "/v2")) && !strings.HasPrefix(link, base) {
			t.Errorf("%s: the link is %s", address, link)
		}
	}
	if code, _, errs := runFor(t, "", env, "-addr", "127.0.0.1:0", "-proxy-addr", strings.TrimPrefix(proxy.String(), "http://")); code != 2 || !strings.Contains(errs, "choose another address with -proxy-addr") {
		t.Errorf("a port in use: %d %s", code, errs)
	}
}

// linkOfCharge creates a charge and returns the address of its page.
func linkOfCharge(t *testing.T, client *http.Client, api string) string {
	t.Helper()
	const body = `{"amount": 1.5, "currency": "KWD", "source": {"id": "src_kw.knet"}, "customer": {"first_name": "T", "email": "t@example.com"}, "redirect": {"url": "http://127.0.0.1:9/r"}}`
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, api+"/charges", bytes.NewReader([]byte(body)))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer sk_test_doors")
	res, err := client.Do(req)
	if err != nil {
		t.Fatalf("%s: %v", api, err)
	}
	defer res.Body.Close()
	text, _ := io.ReadAll(res.Body)
	_, link, ok := strings.Cut(string(text), `"transaction":{`)
	_, link, _ = strings.Cut(link, `"url":"`)
	link, _, _ = strings.Cut(link, `"`)
	if res.StatusCode != http.StatusOK || !ok {
		t.Fatalf("%s: %s %s", api, res.Status, text)
	}
	return link
}
