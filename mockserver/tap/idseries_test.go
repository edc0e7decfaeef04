package tap

import (
	"fmt"
	"hash/fnv"
	"math"
	"slices"
	"strings"
	"testing"
	"time"
)

var midnight = time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)

// TestIDsOfAnAccount makes as many ids for one millisecond as the documentation of IDs promises: no two are the same.
func TestIDsOfAnAccount(t *testing.T) {
	different := func(n int, id func(uint64) string) {
		seen := map[string]bool{}
		for i := range uint64(n) {
			seen[id(i+77)] = true
		}
		if len(seen) != n {
			t.Errorf("%d of %d ids are different, such as %s", len(seen), n, id(77))
		}
	}
	for seed := range uint64(20) {
		ids := NewIDs(seed)
		different(10_472, func(n uint64) string { return ids.ID("tck", Style2022, midnight, n) })
		different(3*10_472, func(n uint64) string { return ids.Payment(KindCharge, Style2022, midnight, n) })
	}
	different(261_800, func(n uint64) string { return NewIDs(4).ID("tck", StyleNewest, midnight, n) })
}

// TestIDsBetweenAccounts makes the ids of charges that many accounts create at one instant, with keys that differ in one character: as
// many are the same as the documentation says, and as chance would have it.
func TestIDsBetweenAccounts(t *testing.T) {
	const accounts, charges, runs = 100, 30, 300
	for style, layout := range map[Style]float64{StyleNewest: 91e6, Style2022: 22e6} {
		same, expected := 0, float64(runs*accounts*charges*accounts*charges)/layout
		for run := range uint64(runs) {
			seen := map[string]bool{}
			for account := range accounts {
				h := fnv.New64a()
				fmt.Fprintf(h, "sk_test_%d", account)
				ids := NewIDs(run ^ h.Sum64())
				for n := range uint64(charges) {
					id := ids.Payment(KindCharge, style, midnight, n+1)
					if seen[id] {
						same++
					}
					seen[id] = true
				}
			}
		}
		if math.Abs(float64(same)-expected) > 5*math.Sqrt(expected)+1 {
			t.Errorf("%s: %d ids occur twice, want about %.0f", style, same, expected)
		}
	}
}

// TestIDCharacters counts the free characters of many ids: patterns are equally likely, and in 2022 the digits 3 and 6 are twice as
// frequent as 1, 2 and 4.
func TestIDCharacters(t *testing.T) {
	const n = 40_000
	for _, style := range []Style{StyleNewest, Style2022} {
		count, begin := map[string]int{}, len("chg_TS0")
		for i := range uint64(n) {
			id := strings.Replace(NewIDs(7).ID("chg", style, midnight, i), "A", "", 1)
			count["node "+id[begin:begin+1]]++
			group := id[begin+11 : begin+15]
			pattern := strings.Map(func(r rune) rune {
				if r := letterKind(r); r == 'U' || r == 'l' {
					return r
				}
				return 'd'
			}, group)
			count[pattern]++
			if pattern == "Uldl" {
				count["digit "+group[2:3]]++
			}
		}
		near := func(name string, want float64) {
			if got := float64(count[name]); math.Abs(got-want) > want/10 {
				t.Errorf("%s: %s occurs %.0f times, want about %.0f", style, name, got, want)
			}
		}
		for _, pattern := range idPatterns {
			near(pattern, n/4)
		}
		near("node 1", n/7)
		near("node 7", n/7)
		frequent, rare := n/4.0/10, n/4.0/10
		if style == Style2022 {
			frequent, rare = n/4.0*2/7, n/4.0/7
		}
		near("digit 3", frequent)
		near("digit 4", rare)
	}
}

// TestIDsOfChargesAreEarly expects that the id of a charge is dated 0 to 32 ms before its creation, as recorded ones.
func TestIDsOfChargesAreEarly(t *testing.T) {
	var early []int
	for seed := range uint64(1000) {
		id := NewIDs(seed).Payment(KindCharge, StyleNewest, midnight.Add(100*time.Millisecond), 1)
		var ms int
		fmt.Sscan(strings.TrimLeft(id[len(id)-3:], "0"), &ms)
		early = append(early, 100-ms)
	}
	slices.Sort(early)
	if all := slices.Compact(slices.Clone(early)); early[0] != 0 || early[999] != 32 || len(all) != 33 {
		t.Errorf("ids are dated %v ms before the creation", all)
	}
	if again := NewIDs(3).Payment(KindCharge, Style2022, midnight, 4); again != NewIDs(3).Payment(KindCharge, Style2022, midnight, 4) || again == NewIDs(3).Payment(KindCharge, Style2022, midnight, 5) {
		t.Error("the same seed and number give another id")
	}
}
