package gateway

import (
	"errors"
	"slices"
	"testing"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// numbers are the numbers of entries, in their order.
func numbers(entries []Entry) []uint64 {
	var all []uint64
	for _, e := range entries {
		all = append(all, e.Seq)
	}
	return all
}

// TestQuestion asks a journal of six entries: five charges are created, and the page of the first one is opened.
func TestQuestion(t *testing.T) {
	g, a := start(t, Config{Now: frozenNow})
	first := create(t, a)
	for range 4 {
		create(t, a)
	}
	p, err := g.Payer(first.Token)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Open(); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name string
		q    Question
		want []uint64
	}{
		{"all", Question{}, []uint64{1, 2, 3, 4, 5, 6}},
		{"latest", Question{Latest: true}, []uint64{6, 5, 4, 3, 2, 1}},
		{"at most two", Question{Max: 2}, []uint64{1, 2}},
		{"latest two", Question{Latest: true, Max: 2}, []uint64{6, 5}},
		{"latest two before 4", Question{Latest: true, Max: 2, Before: 4}, []uint64{3, 2}},
		{"between", Question{After: 2, Before: 5}, []uint64{3, 4}},
		{"between, latest", Question{After: 2, Before: 5, Latest: true}, []uint64{4, 3}},
		{"before the first", Question{Before: 1}, nil},
		{"event", Question{Event: tap.EventPageOpened}, []uint64{6}},
		{"object", Question{Object: first.ID}, []uint64{1, 6}},
		{"object, latest", Question{Object: first.ID, Latest: true}, []uint64{6, 1}},
		{"delivery", Question{Delivery: "whd_1"}, nil},
	} {
		if got, err := a.AskNow(test.q); err != nil || !slices.Equal(numbers(got), test.want) {
			t.Errorf("%s: %v, error %v, want %v", test.name, numbers(got), err, test.want)
		}
	}
}

// TestQuestionAboutDroppedEntries expects an error for dropped entries, unless the latest ones are asked for.
func TestQuestionAboutDroppedEntries(t *testing.T) {
	_, a := start(t, Config{Limits: Limits{Journal: 4000}})
	for range 200 {
		create(t, a)
	}
	_, err := a.AskNow(Question{})
	dropped, ok := errors.AsType[*EvictedError](err)
	if !ok || dropped.Until == 0 {
		t.Fatalf("the error is %v", err)
	}
	if got, err := a.AskNow(Question{After: dropped.Until, Max: 1}); err != nil || !slices.Equal(numbers(got), []uint64{dropped.Until + 1}) {
		t.Errorf("after the dropped entries: %v, error %v", numbers(got), err)
	}
	if got, err := a.AskNow(Question{Latest: true, Max: 2}); err != nil || !slices.Equal(numbers(got), []uint64{200, 199}) {
		t.Errorf("the latest: %v, error %v", numbers(got), err)
	}
}
