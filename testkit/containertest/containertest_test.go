package containertest_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/testcontainers/testcontainers-go"

	"github.com/tapmock/tapmock/testkit"
	"github.com/tapmock/tapmock/testkit/containertest"
	"github.com/tapmock/tapmock/testkit/internal/conformance"
)

func TestConformance(t *testing.T) {
	server := containertest.Start(t)
	conformance.Place{Start: func(t *testing.T) *testkit.Mock { return server.NewAccount(t) }}.Run(t)
}

func TestConformanceHostAccess(t *testing.T) {
	server := containertest.Start(t, containertest.HostAccess())
	conformance.Place{Start: func(t *testing.T) *testkit.Mock { return server.NewAccount(t) }, Listen: onAllAddresses}.Run(t)
}

// onAllAddresses serves h on all addresses.
func onAllAddresses(t *testing.T, h http.Handler) (testURL, mockURL string) {
	l, err := net.Listen("tcp", ":0")
	if err != nil {
		t.Fatal(err)
	}
	server := &httptest.Server{Listener: l, Config: &http.Server{Handler: h}}
	server.Start()
	t.Cleanup(server.Close)
	testURL = fmt.Sprintf("http://127.0.0.1:%d", l.Addr().(*net.TCPAddr).Port)
	return testURL, containertest.HostURL(testURL)
}

func TestOptions(t *testing.T) {
	at := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	mock := containertest.Start(t, containertest.Seed(7), containertest.Set("payer", "auto"), containertest.Env(map[string]string{"TAPMOCK_LOG_LEVEL": "debug"}),
		containertest.Keys("sk_test_first", "sk_test_second"), containertest.Flags("-set", "bank_decline_code=61"), containertest.ScenarioFiles("testdata/shop.yaml", "testdata/dir"),
		containertest.Kit(testkit.Frozen(at)), testcontainers.WithLabels(map[string]string{"purpose": "test"}))
	if mock.Key != "sk_test_first" || !mock.Now().Equal(at) {
		t.Errorf("key %s, now %s", mock.Key, mock.Now())
	}
	if second := mock.NewAccount(t); second.Key != "sk_test_second" || len(second.Charges()) != 0 {
		t.Errorf("the second account has the key %s", second.Key)
	}
	if all, err := mock.Control().Settings(t.Context()); err != nil || all["payer"] != "auto" || all["bank_decline_code"] != "61" || all["delivery"] != "relay" {
		t.Errorf("%v %v", err, all)
	}
	all, err := mock.Control().Scenarios(t.Context())
	if err != nil || len(all.Server) != 2 || all.Server[0].Name != "shop/no-funds" || all.Server[1].Name != "shop/cancels" {
		t.Errorf("%v %+v", err, all.Server)
	}
}

// TestKeysAreForTheKit needs no container: a mock in the test process gets the options that Keys has for testkit.
func TestKeysAreForTheKit(t *testing.T) {
	mock := testkit.Start(t, containertest.KitOptions(containertest.Keys("sk_test_first", "sk_test_second"))...)
	if second := mock.NewAccount(t); mock.Key != "sk_test_first" || second.Key != "sk_test_second" {
		t.Errorf("the keys of the accounts are %s and %s", mock.Key, second.Key)
	}
}

// TestImage starts a second container from the image of the first, by its name.
func TestImage(t *testing.T) {
	containertest.Start(t) // skips
	first, err := containertest.Run(t.Context(), "")
	testcontainers.CleanupContainer(t, first)
	if err != nil {
		t.Fatal(err)
	}
	mock := containertest.Start(t, containertest.Image(first.Image), containertest.Set("payer", "auto"))
	if s, err := mock.Control().Settings(t.Context()); err != nil || s["payer"] != "auto" {
		t.Errorf("%v %v", err, s)
	}
	second, err := containertest.Run(t.Context(), first.Image)
	testcontainers.CleanupContainer(t, second)
	if err != nil || second.Image != first.Image {
		t.Errorf("%v, image %s, want %s", err, second.Image, first.Image)
	}
}

// TestErrors tests the errors of containers that do not start.
func TestErrors(t *testing.T) {
	containertest.Start(t) // skips
	for name, c := range map[string]struct {
		image  string
		opts   []testcontainers.ContainerCustomizer
		want   string
		exists bool // the container exists
	}{
		"invalid flag": {"", []testcontainers.ContainerCustomizer{containertest.Set("nonsense", "1")}, `the container printed:` + "\n\t" + `tapmock: invalid value "nonsense=1" for flag -set`, true},
		"no checkout":  {"", []testcontainers.ContainerCustomizer{containertest.FromDockerfile("testdata")}, "testdata is not a checkout of tapmock", false},
		"no image":     {"127.0.0.1:9/none/none", nil, "image 127.0.0.1:9/none/none: ", false},
		"no scenarios": {"", []testcontainers.ContainerCustomizer{containertest.ScenarioFiles("missing.yaml")}, "missing.yaml: no such file", false},
		"no Go image":  {"", []testcontainers.ContainerCustomizer{dockerfile, containertest.GoImage("127.0.0.1:9/none/none")}, "127.0.0.1:9", false},
		"failed build": {"", []testcontainers.ContainerCustomizer{dockerfile, containertest.GoImage("scratch")}, "the build printed:", false},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			got, err := containertest.Run(ctx, c.image, c.opts...)
			if got != nil {
				testcontainers.CleanupContainer(t, got)
			}
			if err == nil || !strings.Contains(err.Error(), c.want) || (got != nil) != c.exists {
				t.Errorf("container %t, error %v", got != nil, err)
			}
		})
	}
}

// TestUnreachable tests the fault and the remedy of webhooks that a container cannot deliver.
func TestUnreachable(t *testing.T) {
	for name, c := range map[string]struct {
		opts          []testcontainers.ContainerCustomizer
		shop          func(loopback string) string
		fault, remedy string
	}{
		"the container's own loopback":     {nil, func(at string) string { return at }, "refused", "127.0.0.1 is the container itself"},
		"the host by name, without access": {nil, containertest.HostURL, "unknown host", "host.docker.internal"},
		"a listener on loopback alone":     {[]testcontainers.ContainerCustomizer{containertest.HostAccess()}, containertest.HostURL, "refused", "nothing listens there"},
	} {
		t.Run(name, func(t *testing.T) {
			shop := httptest.NewServer(http.NotFoundHandler())
			defer shop.Close()
			opts := append([]testcontainers.ContainerCustomizer{containertest.Set("webhook_retries", "none"), containertest.Kit(testkit.Set("delivery", "direct"))}, c.opts...)
			mock := containertest.Start(t, opts...)
			mock.Pay(checkout(t, mock, c.shop(shop.URL)))
			mock.AwaitIdle()
			if w := mock.Webhooks(""); len(w) != 1 || w[0].Response.Failure != c.fault || !strings.Contains(w[0].Response.Remedy, c.remedy) {
				t.Errorf("%+v", w)
			}
		})
	}
}

// checkout creates a charge whose webhooks go to a shop.
func checkout(t *testing.T, mock *testkit.Mock, shop string) (payURL string) {
	t.Helper()
	req, err := http.NewRequest("POST", mock.APIURL()+"/charges", strings.NewReader(`{"amount": 1, "currency": "KWD", "source": {"id": "src_kw.knet"},
		"customer": {"first_name": "T", "email": "t@example.com"}, "post": {"url": "`+shop+`/hook"}, "redirect": {"url": "`+mock.URL+`/"}}`))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+mock.Key)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var charge struct{ Transaction struct{ URL string } }
	if err := json.NewDecoder(res.Body).Decode(&charge); err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("create: HTTP %d, %v", res.StatusCode, err)
	}
	return charge.Transaction.URL
}

func TestHostURL(t *testing.T) {
	for from, want := range map[string]string{
		"http://127.0.0.1:9000/webhook?a=b": "http://host.docker.internal:9000/webhook?a=b",
		"https://localhost/x":               "https://host.docker.internal/x",
		"http://[::]:80":                    "http://host.docker.internal:80",
		"http://[::1]/":                     "http://host.docker.internal/",
		"http://0.0.0.0:1":                  "http://host.docker.internal:1",
		"http://shop.example:9000/":         "http://shop.example:9000/",
		"http://10.0.0.7/":                  "http://10.0.0.7/",
		"not\x00an address":                 "not\x00an address",
	} {
		if got := containertest.HostURL(from); got != want {
			t.Errorf("HostURL(%s) is %s", from, got)
		}
	}
}

// silent is a test that records how it ended.
type silent struct {
	containertest.TB
	skipped, failed string
}

func (s *silent) Skipf(format string, args ...any) {
	s.skipped = fmt.Sprintf(format, args...)
	panic(s)
}
func (s *silent) Fatalf(format string, args ...any) {
	s.failed = fmt.Sprintf(format, args...)
	panic(s)
}

func TestWithoutEngine(t *testing.T) {
	defer containertest.WithoutEngine(errors.New("connection\nrefused"))()
	start := func() (s *silent) {
		s = &silent{TB: t}
		defer func() { recover() }()
		containertest.Start(s)
		return s
	}
	t.Setenv("TAPMOCK_REQUIRE_DOCKER", "")
	if s := start(); !strings.Contains(s.skipped, "no Docker engine responds") || !strings.HasSuffix(s.skipped, "connection refused") || s.failed != "" {
		t.Errorf("%+v", s)
	}
	t.Setenv("TAPMOCK_REQUIRE_DOCKER", "1")
	if s := start(); !strings.Contains(s.failed, "no Docker engine responds") || s.skipped != "" {
		t.Errorf("%+v", s)
	}
}
