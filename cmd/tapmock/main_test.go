package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// runFor runs the program with the given input, environment and arguments, and returns its exit code and outputs.
func runFor(t *testing.T, stdin string, env map[string]string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = run(t.Context(), streams{strings.NewReader(stdin), &out, &errs, false}, args, func(name string) string { return env[name] })
	return code, out.String(), errs.String()
}

// lines is a writer that sends each written line to a channel.
type lines struct {
	mu   sync.Mutex
	text strings.Builder
	sent chan string
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text.Write(p)
	for line := range strings.Lines(string(p)) {
		l.sent <- line
	}
	return len(p), nil
}

// serving starts the program, waits until it prints the address on which it listens, and returns that. stop ends the program and
// returns its exit code.
func serving(t *testing.T, env map[string]string, args ...string) (address string, out *lines, stop func() int) {
	t.Helper()
	out = &lines{sent: make(chan string, 1000)}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan int, 1)
	go func() {
		done <- run(ctx, streams{strings.NewReader(""), out, io.Discard, false}, args, func(name string) string { return env[name] })
	}()
	stop = sync.OnceValue(func() int { cancel(); return <-done })
	select {
	case line := <-out.sent:
		_, address, _ = strings.Cut(strings.TrimSpace(line), "listening on ")
	case code := <-done:
		t.Fatalf("the program ended with %d", code)
	}
	return address, out, stop
}

func TestServe(t *testing.T) {
	address, out, stop := serving(t, nil, "-addr", "127.0.0.1:0", "-seed", "7")
	for _, path := range []string{"/healthz", "/readyz", "/"} {
		res, err := http.Get(address + path)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != 200 {
			t.Errorf("%s: HTTP %d", path, res.StatusCode)
		}
	}
	if code, out, errs := runFor(t, "", nil, "healthcheck", "-addr", strings.TrimPrefix(address, "http://")); code != 0 || out != "healthy\n" {
		t.Errorf("healthcheck: %d %q %q", code, out, errs)
	}
	if code := stop(); code != 0 {
		t.Errorf("stopped with %d", code)
	}
	for _, want := range []string{address + "/v2\n", "sk_test_XKokBfNWv6FIYuTMg5sLPjhJ", "888888 and any 10 digits, such as 8888880000000001, any 4-digit PIN; captured with expiry 09/30 or 09/25, declined with any other", "curl -s " + address + "/v2/charges"} {
		if !strings.Contains(out.text.String(), want) {
			t.Errorf("the greeting lacks %q:\n%s", want, out.text.String())
		}
	}
	if code, _, _ := runFor(t, "", nil, "healthcheck", "-addr", strings.TrimPrefix(address, "http://")); code != 1 {
		t.Errorf("healthcheck of a stopped mock: %d", code)
	}
}

// TestFlagsFromTheEnvironment sets every flag by the environment, and one of them also on the command line, which has precedence.
func TestFlagsFromTheEnvironment(t *testing.T) {
	env := map[string]string{"TAPMOCK_ADDR": "127.0.0.1:0", "TAPMOCK_KEYS": "sk_test_one, sk_test_two", "TAPMOCK_PUBLIC_URL": "https://wrong.example",
		"TAPMOCK_SET": "charge_style=2022; page_limit=1m", "TAPMOCK_LIMIT": "charges=5;body=2KB", "TAPMOCK_LOG_LEVEL": "error", "TAPMOCK_LOG_FORMAT": "json",
		"TAPMOCK_ALLOW_HOST": "mock.example, other.example", "TAPMOCK_WEBHOOK_TIMEOUT": "1s", "TAPMOCK_WEBHOOK_RETRIES": "none", "TAPMOCK_WEBHOOK_INSECURE": "true", "TAPMOCK_SEED": "3"}
	address, out, stop := serving(t, env, "-public-url", "https://pay.shop.example")
	defer stop()
	req, _ := http.NewRequest("POST", address+"/v2/charges", strings.NewReader(`{"amount":1,"currency":"KWD","source":{"id":"src_kw.knet"},"customer":{"id":"cus_1"},"redirect":{"url":"http://a.example"}}`))
	req.Header.Set("Authorization", "Bearer sk_test_two")
	req.Host = "other.example"
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	body, _ := io.ReadAll(res.Body)
	res.Body.Close()
	if !strings.Contains(string(body), `"url":"https://pay.shop.example/gosell/`) || strings.Contains(string(body), "on_file") {
		t.Errorf("HTTP %d %s", res.StatusCode, body)
	}
	stop()
	if text := out.text.String(); !strings.Contains(text, "page links     https://pay.shop.example") || !strings.Contains(text, "one of the 2 configured keys") || strings.Contains(text, "sk_test_") {
		t.Errorf("the greeting is\n%s", out.text.String())
	}
}

// TestFlagsPrecedeEnvironment sets one setting by two flags and their two variables: every flag precedes every variable.
func TestFlagsPrecedeEnvironment(t *testing.T) {
	for want, c := range map[string]struct {
		env  map[string]string
		args []string
	}{
		"none": {map[string]string{"TAPMOCK_WEBHOOK_RETRIES": "1s,2s"}, []string{"-set", "webhook_retries=none"}},
		"3s":   {map[string]string{"TAPMOCK_SET": "webhook_retries=none"}, []string{"-webhook-retries", "3s"}},
		"4s":   {map[string]string{"TAPMOCK_WEBHOOK_RETRIES": "4s", "TAPMOCK_SET": "webhook_retries=none"}, nil},
		"5s":   {nil, []string{"-set", "webhook_retries=none", "-webhook-retries", "5s"}},
	} {
		address, _, stop := serving(t, c.env, append(c.args, "-addr", "127.0.0.1:0", "-log-level", "error")...)
		req, _ := http.NewRequest("GET", address+"/_tapmock/v1/settings", nil)
		req.Header.Set("Authorization", "Bearer sk_test_x")
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(res.Body)
		res.Body.Close()
		stop()
		if got := regexp.MustCompile(`"webhook_retries": "([^"]*)"`).FindSubmatch(body); got == nil || string(got[1]) != want {
			t.Errorf("%v %v: webhook_retries is %s, want %s", c.env, c.args, got, want)
		}
	}
}

// TestBadCommandLines expects exit code 2 and one line that names the mistake.
func TestBadCommandLines(t *testing.T) {
	for want, args := range map[string][]string{
		"there is no flag -nonsense; tapmock -h lists all flags": {"-nonsense"},
		"there is no flag -sed, did you mean -seed?":             {"-sed", "1"},
		"there is no flag -keey, did you mean -key?":             {"hash", "-keey", "x"},
		"there is no flag -port; tapmock healthcheck -h":         {"healthcheck", "-port", "1"},
		"the flag -scenario is now -default-scenario\n":          {"-scenario", "payer/pays"},
		"the flag -scenarios is now -scenario-files\n":           {"serve", "--scenarios=shop.yaml"},
		`did you mean "serve"`:                                   {"sevre"},
		"the commands are":                                       {"whatever"},
		`there is no command "whatever"`:                         {"help", "whatever"},
		`serve takes flags only`:                                 {"serve", "extra"},
		"want a whole number":                                    {"-seed", "abc"},
		"want host:port":                                         {"-addr", "8081"},
		"such as 127.0.0.1:8081":                                 {"-addr", ""},
		"for all addresses":                                      {"-addr", "127.0.0.1:99999"},
		"want true or false":                                     {"-webhook-insecure=perhaps"},
		"healthcheck takes flags only":                           {"healthcheck", "http://127.0.0.1:9"},
		"must not be empty":                                      {"hash", "-expect", ""},
		"2 digits":                                               {"-set", "bank_decline_code=AB"},
		"less than 1ms":                                          {"-set", "webhook_timeout=0s"},
		`did you mean "page_limit"`:                              {"-set", "page_limt=1m"},
		`"x" is not name=value`:                                  {"-set", "x"},
		`setting charge_style: "1999" is not one`:                {"-set", "charge_style=1999"},
		"there is no limit":                                      {"-limit", "nothing=1"},
		"limit charges: want a number":                           {"-limit", "charges=0"},
		"a secret key is sk_test_":                               {"-keys", "sk_live_x"},
		"want a base like":                                       {"-public-url", "shop"},
		"neither text nor json":                                  {"-log-format", "xml"},
		"want debug, info, warn or error":                        {"-log-level", "loud"},
		`"x.example:80" is not the name of a host`:               {"-allow-host", "a.example,x.example:80"},
		"no such file":                                           {"-webhook-ca", "does-not-exist.pem"},
		"contains no PEM certificate":                            {"-webhook-ca", "main_test.go"},
		"setting webhook_retries":                                {"-webhook-retries", "soon"},
		"setting webhook_timeout":                                {"-webhook-timeout", "-1s"},
		"version takes no arguments":                             {"version", "x"},
		"fidelity takes no arguments":                            {"fidelity", "x"},
		"hash takes one file":                                    {"hash", "a", "b"},
		"-addr nowhere":                                          {"healthcheck", "-addr", "nowhere"},
	} {
		code, _, errs := runFor(t, "", nil, args...)
		if code != 2 || !strings.Contains(errs, want) || strings.Count(errs, "\n") != 1 || strings.Contains(errs, "sk_live_x") {
			t.Errorf("%v: exit %d, %q, want 2 with %q", args, code, errs, want)
		}
	}
}

// TestBadEnvironment expects exit code 2 and one line that names the variable.
func TestBadEnvironment(t *testing.T) {
	for variable, want := range map[string]string{
		"TAPMOCK_SEED":      `invalid value "abc" for TAPMOCK_SEED: want a whole number`,
		"TAPMOCK_SCENARIO":  "the environment variable TAPMOCK_SCENARIO is now TAPMOCK_DEFAULT_SCENARIO\n",
		"TAPMOCK_SCENARIOS": "the environment variable TAPMOCK_SCENARIOS is now TAPMOCK_SCENARIO_FILES\n",
	} {
		code, _, errs := runFor(t, "", map[string]string{variable: "abc"})
		if code != 2 || !strings.Contains(errs, want) || strings.Count(errs, "\n") != 1 {
			t.Errorf("%s: exit %d, %q, want 2 with %q", variable, code, errs, want)
		}
	}
}

func TestBusyPort(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	code, out, errs := runFor(t, "", nil, "-addr", listener.Addr().String())
	if code != 1 || out != "" || !strings.Contains(errs, "in use") || strings.Count(errs, "\n") != 1 {
		t.Errorf("exit %d, %q, %q", code, out, errs)
	}
}

func TestHelpAndLists(t *testing.T) {
	code, help, _ := runFor(t, "", nil, "-h")
	for _, want := range []string{"  hash          explain", "-addr address   TAPMOCK_ADDR\n", "TAPMOCK_WEBHOOK_CA", "journal=16MB", "PINs that are refused, or that are not 4 digits, until the payment fails",
		"\n\nGeneral settings:\n  strict=false   true | false\n", "\n\nBank settings:\n  bank_captured_expiries=09/30,09/25   "} {
		if code != 0 || !strings.Contains(help, want) {
			t.Errorf("help: exit %d, lacks %q:\n%s", code, want, help)
		}
	}
	code, ledger, _ := runFor(t, "", nil, "fidelity")
	for _, want := range []string{"proven (", "documented (", "unknown (", "[Tap API 5.2]", "-set page_limit=…"} {
		if code != 0 || !strings.Contains(ledger, want) {
			t.Errorf("fidelity: exit %d, lacks %q", code, want)
		}
	}
	for _, args := range [][]string{{"help"}, {"version", "-h"}, {"fidelity", "--help"}, {"healthcheck", "-h"}, {"hash", "-h"}} {
		if code, out, errs := runFor(t, "", nil, args...); code != 0 || !strings.HasPrefix(out, "tapmock ") || errs != "" {
			t.Errorf("%v: exit %d, %q, %q", args, code, out, errs)
		}
	}
	if code, out, _ := runFor(t, "", nil, "help", "hash"); code != 0 || !strings.HasPrefix(out, "tapmock hash [flags] [FILE]") {
		t.Errorf("help hash: exit %d, %q", code, out)
	}
	if _, out, _ := runFor(t, "", map[string]string{"TAPMOCK_KEY": "sk_test_not_printed"}, "hash", "-h"); strings.Contains(out, "sk_test_") {
		t.Errorf("the help prints a key: %s", out)
	}
}

func TestHash(t *testing.T) {
	const body = `{"id":"chg_1","object":"charge","status":"CAPTURED","amount":0.5,"currency":"KWD","transaction":{"created":"17"},"reference":{"gateway":"8","payment":"9"}}`
	file := filepath.Join(t.TempDir(), "body.json")
	if err := os.WriteFile(file, []byte(body), 0o600); err != nil {
		t.Fatal(err)
	}
	code, fromFile, _ := runFor(t, "", nil, "hash", file)
	_, fromInput, _ := runFor(t, body, map[string]string{"TAPMOCK_KEY": "sk_test_XKokBfNWv6FIYuTMg5sLPjhJ"}, "hash")
	if code != 0 || fromFile != fromInput || !strings.Contains(fromFile, "x_amount               0.500") ||
		!strings.Contains(fromFile, "\nx_idchg_1x_amount0.500x_currencyKWDx_gateway_reference8x_payment_reference9x_statusCAPTUREDx_created17\n") {
		t.Errorf("exit %d:\n%s", code, fromFile)
	}
	_, right, _ := strings.Cut(fromFile, "hashstring  ")
	right = right[:64]
	if code, out, _ := runFor(t, body, nil, "hash", "-expect", right); code != 0 || !strings.Contains(out, "this body's hashstring") {
		t.Errorf("the right signature: exit %d:\n%s", code, out)
	}
	if code, out, errs := runFor(t, body, nil, "hash", "--expect", strings.ToUpper(right), "-"); code != 1 || errs != "" || !strings.Contains(out, "upper-case hex") {
		t.Errorf("upper case: exit %d:\n%s%s", code, out, errs)
	}
	empty := strings.NewReplacer(`"gateway":"8",`, "", `"payment":"9"`, "").Replace(body)
	left := tap.HMAC(tap.PublishedTestKey, []byte("x_idchg_1x_amount0.500x_currencyKWDx_statusCAPTUREDx_created17"))
	if code, out, _ := runFor(t, empty, nil, "hash", "-expect", left); code != 1 || !strings.Contains(out, "x_gateway_reference and x_payment_reference: left out") {
		t.Errorf("empty parts left out: exit %d:\n%s", code, out)
	}
	if code, out, _ := runFor(t, body, nil, "hash", "-expect", "nonsense"); code != 1 || !strings.Contains(out, "64 hex digits") {
		t.Errorf("no signature: exit %d:\n%s", code, out)
	}
	if code, _, errs := runFor(t, "no JSON", nil, "hash"); code != 1 || !strings.Contains(errs, "not a JSON object") {
		t.Errorf("no JSON: exit %d, %q", code, errs)
	}
	if code, out, _ := runFor(t, body, nil, "hash", "-expect", strings.Repeat("0", 64)); code != 1 || !strings.Contains(out, "no single difference explains it") {
		t.Errorf("another signature: exit %d:\n%s", code, out)
	}
	if code, _, errs := runFor(t, "", nil, "hash"); code != 1 || !strings.Contains(errs, "there is no body") {
		t.Errorf("no body: exit %d, %q", code, errs)
	}
	if code, _, errs := runFor(t, "", nil, "hash", "does-not-exist"); code != 1 || !strings.Contains(errs, "does-not-exist") {
		t.Errorf("no file: exit %d, %q", code, errs)
	}
}

// builtBinary builds the program and returns its path, for tests that end it with SIGTERM.
func builtBinary(t *testing.T) string {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no SIGTERM")
	}
	binary := filepath.Join(t.TempDir(), "tapmock")
	if out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return binary
}

// TestSIGTERM stops the binary while a merchant does not answer: the delivery is aborted after stopBound, and the exit code is 0.
func TestSIGTERM(t *testing.T) {
	begun, end := make(chan bool), make(chan bool)
	shop := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { begun <- true; <-end }))
	defer shop.Close()
	defer close(end)
	cmd := exec.Command(builtBinary(t), "-addr", "127.0.0.1:0", "-set", "return_wait=0s", "-webhook-timeout", "1h")
	out, log := &lines{sent: make(chan string, 1000)}, &lines{sent: make(chan string, 1000)}
	cmd.Stdout, cmd.Stderr = out, log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	_, address, _ := strings.Cut(strings.TrimSpace(<-out.sent), "listening on ")
	cancelCharge(t, address, shop.URL)
	<-begun
	cmd.Process.Signal(syscall.SIGTERM)
	if err := cmd.Wait(); err != nil {
		t.Errorf("after SIGTERM: %v\n%s", err, log.text.String())
	}
	if text := log.text.String(); !strings.Contains(text, "deliveries under way were aborted") || strings.Contains(text, "sk_test_") {
		t.Errorf("the log is\n%s", text)
	}
}

// cancelCharge creates a charge and cancels it on its page, so that a webhook is sent.
func cancelCharge(t *testing.T, address, shop string) {
	t.Helper()
	req, _ := http.NewRequest("POST", address+"/v2/charges", strings.NewReader(`{"amount":1,"currency":"KWD","source":{"id":"src_kw.knet"},`+
		`"customer":{"id":"cus_1"},"redirect":{"url":"`+shop+`"},"post":{"url":"`+shop+`"}}`))
	req.Header.Set("Authorization", "Bearer sk_test_x")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var c tap.Charge
	if err := json.NewDecoder(res.Body).Decode(&c); err != nil {
		t.Fatal(err)
	}
	link, _ := url.Parse(c.Transaction.URL)
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	back, err := client.PostForm(address+"/kpay/kpg/paymentrouter.htm", url.Values{"cancel": {"x"}, "token": {link.Query().Get("chg")}})
	if err != nil || back.StatusCode != http.StatusSeeOther {
		t.Fatalf("cancel: %v, %v", back, err)
	}
	back.Body.Close()
}

func Example() {
	var out bytes.Buffer
	code := run(context.Background(), streams{nil, &out, io.Discard, false}, []string{"hash", "-h"}, func(string) string { return "" })
	fmt.Println(code, strings.HasPrefix(out.String(), "tapmock hash [flags] [FILE]"))
	// Output: 0 true
}
