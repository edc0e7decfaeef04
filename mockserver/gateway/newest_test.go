package gateway

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// newestIDs walks over an account's charges until it has max of those that are wanted.
func newestIDs(t *testing.T, a *Account, after string, max int, wanted func(*Payment) bool) (ids []string) {
	t.Helper()
	if err := a.Newest(after, func(c *Payment) bool {
		if wanted(c) {
			ids = append(ids, c.ID)
		}
		return len(ids) < max
	}); err != nil {
		t.Fatal(err)
	}
	return ids
}

// TestNewest compares the walk with the list of all charges, after each of them and with few and many journal entries, also when the journal has
// lost most, when other objects and evictions are between, and with a history that has no entries.
func TestNewest(t *testing.T) {
	t.Parallel()
	for name, limits := range map[string]Limits{"whole journal": {}, "short journal": {Journal: 2000}, "evictions": {Charges: 30}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := New(Config{Now: func() time.Time { return time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC) }, Limits: limits})
			t.Cleanup(func() { g.Close(t.Context()) })
			a, err := g.Account("sk_test_newest")
			if err != nil {
				t.Fatal(err)
			}
			for i := range 60 {
				if _, err := a.CreateCharge(&tap.PaymentRequest{Amount: tap.Amount(1000 + i), Currency: "KWD", Source: tap.SourceKNET, ExpiryMinutes: 30}, nil, "http://mock"); err != nil {
					t.Fatal(err)
				}
				if i%10 == 9 {
					if _, err := a.Advance(t.Context(), 31*time.Minute); err != nil { // so that some can be evicted
						t.Fatal(err)
					}
				}
			}
			compareNewest(t, a)
		})
	}
}

// compareNewest compares walks from each charge on with the list of all charges.
func compareNewest(t *testing.T, a *Account) {
	t.Helper()
	for wantedName, wanted := range map[string]func(*Payment) bool{"all": func(*Payment) bool { return true }, "each third": func(c *Payment) bool { return c.Ordinal%3 == 0 }, "none": func(*Payment) bool { return false }} {
		all, _, err := a.Charges(wanted, "", 1000)
		if err != nil {
			t.Fatal(err)
		}
		if got := newestIDs(t, a, "", 1000, wanted); fmt.Sprint(got) != fmt.Sprint(ids(all)) {
			t.Errorf("%s: %v, want %v", wantedName, got, ids(all))
		}
		for _, max := range []int{1, 7} {
			if got, want := newestIDs(t, a, "", max, wanted), ids(all[:min(max, len(all))]); fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("%s, at most %d: %v, want %v", wantedName, max, got, want)
			}
		}
		for _, c := range all {
			rest, _, err := a.Charges(wanted, c.ID, 1000)
			if got := newestIDs(t, a, c.ID, 1000, wanted); err != nil || fmt.Sprint(got) != fmt.Sprint(ids(rest)) {
				t.Errorf("%s after %s: %v, want %v", wantedName, c.ID, got, ids(rest))
			}
		}
	}
	var unknown *NoChargeError
	if err := a.Newest("chg_unknown", func(*Payment) bool { return true }); !errors.As(err, &unknown) {
		t.Errorf("after an unknown charge: %v", err)
	}
}

func ids(all []Payment) (some []string) {
	for i := range all {
		some = append(some, all[i].ID)
	}
	return some
}

// TestNewestSeeded walks over a history, of whose charges the journal has no entries.
func TestNewestSeeded(t *testing.T) {
	t.Parallel()
	g := New(Config{Now: func() time.Time { return time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC) }})
	t.Cleanup(func() { g.Close(t.Context()) })
	a, err := g.Account("sk_test_seeded")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Seed(History{Charges: 100, Days: 3, Seed: 7}); err != nil {
		t.Fatal(err)
	}
	compareNewest(t, a)
}
