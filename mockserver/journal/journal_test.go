package journal

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// text is the simplest fact.
type text string

func (t text) Size() int { return len(t) }

func add(j *Journal[text], object string, facts ...text) {
	for _, f := range facts {
		j.Add(Entry[text]{Object: tap.Object{Kind: tap.KindCharge, ID: object}, Fact: f})
	}
}

func seqs(entries []Entry[text]) (all []uint64) {
	for _, e := range entries {
		all = append(all, e.Seq)
	}
	return all
}

// TestAsk asks a journal of six entries, of which the first two were dropped.
func TestAsk(t *testing.T) {
	j := Journal[text]{Max: 1 << 20}
	add(&j, "a", "one", "two", "three")
	add(&j, "b", "four", "five")
	add(&j, "a", "six")
	j.Drop()
	j.Drop()
	long := func(f *text) bool { return len(*f) > 3 }
	for _, c := range []struct {
		name string
		q    Question[text]
		want []uint64
	}{
		{"all that are kept", Question[text]{After: 2}, []uint64{3, 4, 5, 6}},
		{"latest first, in spite of dropped ones", Question[text]{Latest: true}, []uint64{6, 5, 4, 3}},
		{"of an object", Question[text]{After: 2, Object: "b"}, []uint64{4, 5}},
		{"between", Question[text]{After: 3, Before: 6}, []uint64{4, 5}},
		{"at most two", Question[text]{After: 2, Max: 2}, []uint64{3, 4}},
		{"the latest two", Question[text]{Latest: true, Max: 2}, []uint64{6, 5}},
		{"by the fact", Question[text]{After: 2, Wants: long}, []uint64{3, 4, 5}},
		{"none", Question[text]{After: 6}, nil},
	} {
		if got, err := j.Ask(c.q); err != nil || !slices.Equal(seqs(got), c.want) {
			t.Errorf("%s: %v, %v; want %v", c.name, seqs(got), err, c.want)
		}
	}
	_, err := j.Ask(Question[text]{After: 1})
	if dropped, ok := errors.AsType[*EvictedError](err); !ok || dropped.Until != 2 {
		t.Errorf("a question about a dropped entry: %v", err)
	}
	if j.Evicted() != 2 || j.Last() != 6 || j.Latest().Fact != "six" || len(j.Entries()) != 4 {
		t.Errorf("%d dropped, last %d, latest %q, %d kept", j.Evicted(), j.Last(), j.Latest().Fact, len(j.Entries()))
	}
}

// TestBound adds far more than fits: the newest entries are kept, without gaps, and their bytes are counted exactly.
func TestBound(t *testing.T) {
	j := Journal[text]{Max: 2000}
	for i := range 1000 {
		add(&j, "a", text(fmt.Sprintf("entry %d", i)))
		bytes := 0
		for k, e := range j.Entries() {
			bytes += fixedSize + len(e.Object.ID) + e.Fact.Size()
			if e.Seq != j.Evicted()+uint64(k)+1 {
				t.Fatalf("entry %d has number %d after %d dropped ones", k, e.Seq, j.Evicted())
			}
		}
		if bytes != j.Bytes() || bytes > 2000 || j.Last() != uint64(i+1) {
			t.Fatalf("%d bytes, counted %d, last %d", bytes, j.Bytes(), j.Last())
		}
	}
	before := len(j.Entries())
	if n := j.Halve(); n == 0 || len(j.Entries()) != before-n || j.Bytes() > 1000 {
		t.Errorf("%d of %d dropped, %d bytes left", n, before, j.Bytes())
	}
}

// TestLastEntryIsKept adds an entry that alone is larger than the bound.
func TestLastEntryIsKept(t *testing.T) {
	j := Journal[text]{Max: 10}
	add(&j, "a", "one", "two")
	if len(j.Entries()) != 1 || j.Entries()[0].Fact != "two" || j.Drop() {
		t.Errorf("%v are kept", j.Entries())
	}
}

func ExampleJournal() {
	j := Journal[text]{Max: 1 << 20}
	created := j.Add(Entry[text]{Fact: "created"})
	j.Add(Entry[text]{Cause: created, Fact: "settled"})
	entries, _ := j.Ask(Question[text]{After: created})
	fmt.Println(entries[0].Seq, entries[0].Fact, "because of", entries[0].Cause)
	// Output: 2 settled because of 1
}

// TestBack walks back from each entry, also from before the oldest and behind the newest, in a journal that has dropped some.
func TestBack(t *testing.T) {
	t.Parallel()
	j := Journal[text]{Max: 1000}
	for i := range 40 {
		j.Add(Entry[text]{Object: tap.Object{Kind: tap.KindCharge, ID: fmt.Sprint(i)}})
	}
	all := j.Entries()
	for before := range j.Last() + 3 {
		var want, got []uint64
		for i := len(all) - 1; i >= 0; i-- {
			if all[i].Seq < before {
				want = append(want, all[i].Seq)
			}
		}
		j.Back(before, func(e Entry[text]) bool { got = append(got, e.Seq); return true })
		if !slices.Equal(got, want) {
			t.Errorf("before %d: %v, want %v", before, got, want)
		}
	}
	n := 0
	j.Back(j.Last()+1, func(Entry[text]) bool { n++; return n < 3 })
	if n != 3 {
		t.Errorf("%d entries after false", n)
	}
	(&Journal[text]{Max: 1000}).Back(5, func(Entry[text]) bool { t.Error("an entry of an empty journal"); return false })
}
