package gateway

import (
	"fmt"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// TestIDsAreUnique ends many charges at one instant of a frozen clock, in an account that keeps few: no id occurs twice, not even one of an
// evicted charge.
func TestIDsAreUnique(t *testing.T) {
	if testing.Short() {
		t.Skip("it creates 27,000 charges")
	}
	instant := time.Unix(1_800_000_000, 0)
	for style, charges := range map[tap.Style]int{tap.StyleNewest: 15_000, tap.Style2022: 12_000} {
		settings := tap.DefaultSettings()
		settings.ChargeStyle = style
		g, a := start(t, Config{Now: func() time.Time { return instant }, Limits: Limits{Charges: 100}, Settings: &settings})
		seen := map[string]bool{}
		for range charges {
			c := create(t, a)
			payer, err := g.Payer(c.Token)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := payer.Cancel(t.Context()); err != nil {
				t.Fatal(err)
			}
			if c, err = a.Charge(c.ID); err != nil || c.Status != tap.Cancelled {
				t.Fatalf("%s, %v", c.Status, err)
			}
			for _, id := range []string{c.ID, c.References().Track, c.References().Customer, c.Version(0).Activity, c.Version(1).Activity} {
				if seen[id] || id == "" {
					t.Fatalf("%s: the id %q occurs twice", style, id)
				}
				seen[id] = true
			}
		}
		if a.state.evicted < charges/2 {
			t.Errorf("%d charges were evicted", a.state.evicted)
		}
	}
}

// TestIDsOfManyAccounts creates 6000 charges in many accounts, at one instant of a frozen clock and on a running clock: hardly any two have
// the same id. Chance allows 0.4 at one instant; it would be 13 without the 33 ms over which ids of charges are dated.
func TestIDsOfManyAccounts(t *testing.T) {
	if testing.Short() {
		t.Skip("it creates 12,000 charges")
	}
	for _, tick := range []time.Duration{0, 30 * time.Microsecond} {
		clock := &handClock{now: time.Unix(1_800_000_000, 0)}
		g, _ := start(t, Config{Seed: 1, Now: func() time.Time { return clock.add(tick) }})
		same, seen := 0, map[string]string{}
		for i := range 6000 {
			key := "sk_test_" + strconv.Itoa(i%600)
			a, err := g.Account(key)
			if err != nil {
				t.Fatal(err)
			}
			c := create(t, a)
			if other := seen[c.ID]; other != "" {
				t.Logf("the accounts %s and %s have the charge %s", other, key, c.ID)
				same++
			}
			seen[c.ID] = key
		}
		if same > 2 {
			t.Errorf("on a clock with steps of %s, %d ids occur twice", tick, same)
		}
	}
}

// TestSameSeedSameIDs expects that ids follow from the seed, the key and the number of the charge alone.
func TestSameSeedSameIDs(t *testing.T) {
	ids := func(seed uint64, keys ...string) []string {
		g, _ := start(t, Config{Seed: seed, Now: func() time.Time { return time.Unix(1_800_000_000, 0) }})
		var all []string
		for _, key := range keys {
			a, _ := g.Account(key)
			for range 3 {
				c := create(t, a)
				all = append(all, fmt.Sprint(key, c.Ordinal, c.ID, c.Version(0).Activity, c.Token))
			}
		}
		slices.Sort(all)
		return all
	}
	one := ids(5, "sk_test_a", "sk_test_b")
	if other := ids(5, "sk_test_b", "sk_test_a"); !slices.Equal(one, other) {
		t.Errorf("the order of the accounts changes ids:\n%q\n%q", one, other)
	}
	if other := ids(6, "sk_test_a", "sk_test_b"); slices.ContainsFunc(one, func(id string) bool { return slices.Contains(other, id) }) {
		t.Error("another seed has the same ids")
	}
}

// handClock is a clock that a test moves. The gateway reads it at any time.
type handClock struct {
	mu  sync.Mutex
	now time.Time
}

// add moves the clock, and returns its time.
func (c *handClock) add(d time.Duration) time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	return c.now
}

// TestReferencesAreDatedSoon ends charges at once and later: track and payment are dated 93 to 152 ms after the creation, but never after
// the end.
func TestReferencesAreDatedSoon(t *testing.T) {
	for _, wait := range []time.Duration{0, 50 * time.Millisecond, 120 * time.Millisecond, time.Minute} {
		clock := &handClock{now: time.Unix(1_800_000_000, 0).UTC()}
		g, a := start(t, Config{Now: func() time.Time { return clock.add(0) }})
		var delays []time.Duration
		for range 101 {
			c := create(t, a)
			made := clock.add(0)
			clock.add(wait)
			payer, _ := g.Payer(c.Token)
			if _, err := payer.Cancel(t.Context()); err != nil {
				t.Fatal(err)
			}
			c, _ = a.Charge(c.ID)
			track := dateOf(t, c.References().Track)
			if end := c.At; track.After(end) || track.Before(made) || dateOf(t, c.References().Customer).After(end) {
				t.Errorf("after %s: track %s and customer %s of a charge that was created at %s and ended at %s", wait, c.References().Track, c.References().Customer, made, end)
			}
			if want := track.Format("05") + track.Format("02061504") + track.Format("01") + c.References().Track[len(c.References().Track)-3:]; c.References().Payment[:15] != want {
				t.Errorf("payment %s does not begin with the date of track %s", c.References().Payment, c.References().Track)
			}
			delays = append(delays, track.Sub(made))
		}
		slices.Sort(delays)
		if median := delays[50].Milliseconds(); wait > time.Second && (delays[0] < 93*time.Millisecond || delays[100] > 152*time.Millisecond || median < 115 || median > 131) {
			t.Errorf("track is dated %v to %v after the creation, median %d ms", delays[0], delays[100], median)
		}
	}
}

// dateOf is the instant in an id of the newest style, such as tck_TS03A3220230103Zi291406883.
func dateOf(t *testing.T, id string) time.Time {
	t.Helper()
	id = id[len(id)-len("3220230103Zi291406883"):]
	at, err := time.Parse("05 2006 1504 0201.000", id[:2]+" "+id[2:6]+" "+id[6:10]+" "+id[14:18]+"."+id[18:])
	if err != nil {
		t.Fatal(err)
	}
	return at
}
