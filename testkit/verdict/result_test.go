package verdict

import (
	"slices"
	"testing"
)

// TestConcurrentStories checks that a story with concurrent requests counts only for a code that no other story shows, whatever the order
// in which the two are played.
func TestConcurrentStories(t *testing.T) {
	t.Parallel()
	seen := func(story string, concurrent bool) []Finding {
		return []Finding{{Reason: reasonOf(FulfilledTwice), Story: story, concurrent: concurrent}}
	}
	for _, test := range []struct {
		findings [][]Finding
		want     []string
	}{
		{[][]Finding{seen("a", true), seen("b", true)}, []string{"a", "b"}},
		{[][]Finding{seen("a", true), seen("b", false), seen("c", true), seen("d", false)}, []string{"b", "d"}},
		{[][]Finding{seen("a", false), seen("b", true)}, []string{"a"}},
	} {
		var r Result
		for _, found := range test.findings {
			r.add(found, nil)
		}
		if len(r.Findings) != 1 || !slices.Equal(r.Findings[0].Stories, test.want) || !slices.Contains(test.want, r.Findings[0].Story) {
			t.Errorf("%v: got %+v, want the stories %v", test.findings, r.Findings, test.want)
		}
	}
}
