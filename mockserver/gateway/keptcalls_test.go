package gateway_test

import (
	"context"
	"testing"
	"time"

	"github.com/tapmock/tapmock/mockserver/gateway"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// keepCall keeps a GET of the account.
func keepCall(a *gateway.Account) {
	d := a.Calls().Draft(time.Time{})
	d.Request("GET", "/v2/charges/chg_1", "", nil)
	d.Answer(404, tap.Object{}, nil)
	a.Keep(&d, 0)
}

// TestWatchCalls expects that a viewer who asks for calls is woken by one that the journal does not have, and that another viewer is not.
func TestWatchCalls(t *testing.T) {
	g := startGateway(t, gateway.Config{})
	a, err := g.Account("sk_test_a")
	if err != nil {
		t.Fatal(err)
	}
	here := a.Here()
	seen := make(chan gateway.Watched)
	go func() { seen <- a.Watch(t.Context(), here, gateway.Question{Calls: true}) }()
	keepCall(a)
	if w := <-seen; !w.Called || len(w.Entries) > 0 || w.Place.Call != 1 || w.Place.Seq != here.Seq {
		t.Errorf("the viewer saw %+v", w)
	}
	ended, end := context.WithCancel(t.Context())
	end()
	if w := a.Watch(ended, here, gateway.Question{}); w.Called {
		t.Errorf("a viewer of entries saw %+v", w)
	}
	if w := a.Watch(ended, a.Here(), gateway.Question{Calls: true}); w.Called {
		t.Errorf("a viewer saw a call twice: %+v", w)
	}
}
