// Package conformance is one set of tests for every place where a mock can run: in the test process, in another process, and in a
// container.
package conformance

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/tapmock/tapmock/testkit"
)

// Place is where a mock runs.
type Place struct {
	// Start returns a mock with a new account.
	Start func(t *testing.T) *testkit.Mock

	// Listen serves a shop and returns its base URL for the test process and for the mock. Nil is an httptest.Server, for both.
	Listen func(t *testing.T, shop http.Handler) (testURL, mockURL string)
}

// Run runs the tests.
func (p Place) Run(t *testing.T) {
	for _, c := range []struct {
		name string
		test func(*testing.T, *env)
	}{
		{"pay", pay}, {"cancel", cancel}, {"refuse", refuse}, {"abandon", abandon}, {"one-time password", otp},
		{"next", next}, {"default scenario", defaultScenario}, {"gates", gates}, {"frozen clock", frozen}, {"running clock", running},
		{"journal", journal}, {"trace", trace}, {"own scenarios", ownScenarios}, {"settings", settings}, {"reset", reset}, {"accounts", accounts(p)},
		{"webhook bytes", webhookBytes}, {"webhook retried", retried}, {"webhook sent again", resent}, {"concurrent copies", concurrent},
		{"automatic payer", automatic}, {"unreachable shop", unreachable},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.test(t, p.env(t))
		})
	}
}

// env is the mock and the shop of one test.
type env struct {
	*testkit.Mock
	shop *shop
}

func (p Place) env(t *testing.T) *env {
	s := new(shop)
	if p.Listen == nil {
		server := httptest.NewServer(s)
		t.Cleanup(server.Close)
		s.testURL, s.mockURL = server.URL, server.URL
	} else {
		s.testURL, s.mockURL = p.Listen(t, s)
	}
	return &env{p.Start(t), s} // the shop is started first, so that it is stopped after the mock
}
