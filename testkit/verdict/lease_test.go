package verdict_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/testkit"
	"github.com/tapmock/tapmock/testkit/verdict"
)

// transports are the two ways to a mock: in the same process, and over TCP.
var transports = map[string]func(*testing.T) *testkit.Mock{
	"inside":   func(t *testing.T) *testkit.Mock { return testkit.Start(t) },
	"attached": func(t *testing.T) *testkit.Mock { return testkit.Attach(t, testkit.Start(t).URL, "sk_test_attached") },
}

// TestSecondCheck begins a check while another plays: it is refused, and the other is not disturbed.
func TestSecondCheck(t *testing.T) {
	for name, start := range transports {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			mock := start(t)
			refused := 0
			c := config(mock, newTill(t, mock), "outcome/captured", "outcome/no-funds")
			c.Begin = func(string, int, int) {
				_, err := verdict.Check(t.Context(), config(mock, newTill(t, mock), "outcome/captured"))
				if e, ok := errors.AsType[*control.Error](err); !ok || e.Status != 409 || !strings.HasPrefix(err.Error(), "the account is not free for a check: a check has had the account since ") {
					t.Errorf("the second check: %v", err)
				}
				refused++
			}
			r, err := verdict.Check(t.Context(), c)
			if err != nil || len(r.Played) != refused || refused < 2 {
				t.Errorf("%v: %v, %d refused", r, err, refused)
			}
			if a, err := mock.Control().Account(t.Context()); err != nil || a.Checking || a.Frozen {
				t.Errorf("after the check: %+v, %v", a, err)
			}
		})
	}
}

// resetting is a merchant whose account another call resets during a checkout.
type resetting struct{ *till }

func (m resetting) Checkout(ctx context.Context, _ verdict.Order) (string, error) {
	if _, err := m.mock.Control().Reset(ctx); err != nil {
		return "", err
	}
	<-ctx.Done()
	return "", context.Cause(ctx)
}

// TestCheckLosesAccount resets the account in the middle of a check: the check says so, and judges no more stories.
func TestCheckLosesAccount(t *testing.T) {
	for name, start := range transports {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			mock := start(t)
			r, err := verdict.Check(t.Context(), config(mock, resetting{newTill(t, mock)}, "outcome/captured", "outcome/no-funds"))
			if !errors.Is(err, control.ErrCheckOver) || len(r.Played) > 0 {
				t.Errorf("%v, %v", r, err)
			}
		})
	}
}

// TestCancelledCheckRestores cancels a check in the middle of a story.
func TestCancelledCheckRestores(t *testing.T) {
	for name, start := range transports {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			mock := start(t)
			mock.DefaultScenario("webhook/late")
			mock.DefaultScenario("refund/failed")
			mock.Set("payer", "auto")
			ctx, cancel := context.WithCancel(t.Context())
			m := newTill(t, mock)
			m.paid = func(string, bool) bool { cancel(); return true }
			if _, err := verdict.Check(ctx, config(mock, m, "outcome/no-funds")); !errors.Is(err, context.Canceled) {
				t.Errorf("the check ends with %v", err)
			}
			a, err := mock.Control().Account(t.Context())
			if err != nil || a.Checking || a.Frozen || a.DefaultScenario != "webhook/late" || len(a.Queue) != 0 {
				t.Errorf("%+v, %v", a, err)
			}
			if s, err := mock.Control().Settings(t.Context()); err != nil || s["payer"] != "auto" {
				t.Errorf("payer %s, %v", s["payer"], err)
			}
		})
	}
}
