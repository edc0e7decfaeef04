package journal

import (
	"testing"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// bytesOf is what an entry of a journal counts for.
func bytesOf(object string, fact text) int {
	j := Journal[text]{Max: 1 << 20}
	add(&j, object, fact)
	return j.Bytes()
}

// TestBytes checks that the texts of an entry count, each byte once.
func TestBytes(t *testing.T) {
	empty := bytesOf("", "")
	for _, c := range []struct {
		object string
		fact   text
		want   int
	}{{"abc", "", 3}, {"", "de", 2}, {"abc", "de", 5}} {
		if got := bytesOf(c.object, c.fact) - empty; got != c.want {
			t.Errorf("object %q and fact %q count for %d bytes, want %d", c.object, c.fact, got, c.want)
		}
	}
}

// TestExactBound fills a journal to its bound: nothing is dropped until one more byte is added.
func TestExactBound(t *testing.T) {
	j := Journal[text]{Max: 2*bytesOf("a", "one") + bytesOf("a", "")}
	add(&j, "a", "one", "two", "")
	if j.Evicted() != 0 {
		t.Errorf("%d entries were dropped although all fit", j.Evicted())
	}
	j = Journal[text]{Max: j.Max}
	add(&j, "a", "one", "two", "3")
	if j.Evicted() != 1 {
		t.Errorf("%d entries were dropped, want 1", j.Evicted())
	}
}

// TestHalve halves four entries of the same size, and one.
func TestHalve(t *testing.T) {
	j := Journal[text]{Max: 1 << 20}
	add(&j, "a", "1", "2", "3", "4")
	if n := j.Halve(); n != 2 || len(j.Entries()) != 2 {
		t.Errorf("%d of four entries were dropped, %d are left", n, len(j.Entries()))
	}
	if j.Halve(); j.Halve() != 0 || j.Latest().Fact != "4" {
		t.Errorf("the last entry was dropped; %v are left", j.Entries())
	}
}

// TestFullJournalAllocatesNothing adds to a full journal, one with few entries and one with many: the memory of dropped entries is used
// again.
func TestFullJournalAllocatesNothing(t *testing.T) {
	for _, kept := range []int{10, 1000} {
		j := Journal[text]{Max: kept * bytesOf("a", "entry")}
		entry := Entry[text]{Object: tap.Object{Kind: tap.KindCharge, ID: "a"}, Fact: "entry"}
		fill := func() {
			for range 100 * kept {
				j.Add(entry)
			}
		}
		fill()
		if allocated := testing.AllocsPerRun(1, fill); allocated != 0 || len(j.Entries()) != kept {
			t.Errorf("with %d entries: %v allocations, %d entries are kept", kept, allocated, len(j.Entries()))
		}
	}
}
