// Package conformance is one set of tests for every place a mock can run in: in the test's process, in a process of its own, in a
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
	// Start returns a mock with an account of its own.
	Start func(t *testing.T) *testkit.Mock

	// Listen serves a shop and returns its base address as this process and as the mock reach it. Nil is an httptest.NewServer that
	// both reach.
	Listen func(t *testing.T, shop http.Handler) (here, there string)
}

// ChaosRecord plays the suite.
func (p Place) Run(t *testing.T) {
	for _, c := range []struct {
		name string
		test func(*testing.T, *visit)
	}{
		{"pay", pay}, {"cancel", cancel}, {"refuse", refuse}, {"abandon", abandon}, {"one-time password", otp},
		{"next", next}, {"always", always}, {"gates", gates}, {"frozen clock", frozen}, {"running clock", running},
		{"journal", journal}, {"story", story}, {"scenarios in YAML", yaml}, {"settings", settings}, {"reset", reset}, {"accounts", accounts(p)},
		{"webhook bytes", webhookBytes}, {"webhook retried", retried}, {"webhook sent again", resent}, {"copies at once", concurrent},
		{"payer of a scenario", automatic}, {"unreachable shop", unreachable},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.test(t, p.visit(t))
		})
	}
}

// visit is what one test has.
type visit struct {
	*testkit.Mock
	shop *shop
}

func (p Place) visit(t *testing.T) *visit {
	s := new(shop)
	if p.Listen == nil {
		server := httptest.NewServer(s)
		t.Cleanup(server.Close)
		s.here, s.there = server.URL, server.URL
	} else {
		s.here, s.there = p.Listen(t, s)
	}
	return &visit{p.Start(t), s} // a shop that outlives the mock
}
