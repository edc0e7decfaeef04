package compare

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/tapmock/tapmock/mockserver/control"
)

// journals is the comparison of the journals of two payments.
type journals struct {
	*finder
	a, b       []control.Entry
	keyA, keyB []string // what is aligned
	alignment
	moved map[int]int // unpaired entries of A that B has in another place
	back  map[int]int // the same from B
	said  map[int]bool
}

// maxEntries is how many entries are compared from the one before the first difference: the work grows with its square.
const maxEntries = 3000

// journals adds the differences of two journals in the order in which they occur.
func (f *finder) journals(a, b []control.Entry) {
	start := 0
	for start < min(len(a), len(b)) && a[start].Event == b[start].Event && f.ownA.detail(a[start].Detail) == f.ownB.detail(b[start].Detail) {
		start++
	}
	start = max(start-1, 0)
	endA, endB := min(len(a), start+maxEntries), min(len(b), start+maxEntries)
	f.entries(a[start:endA], b[start:endB])
	if endA < len(a) || endB < len(b) {
		f.add(Difference{Kind: KindMore, Where: "journal", A: fmt.Sprint(len(a)), B: fmt.Sprint(len(b)),
			Text: fmt.Sprintf("the journals are not compared to their ends: %s has %s, %s has %d", f.a, fmt.Sprint(len(a), " entries"), f.b, len(b))})
	}
}

// entries adds the differences of two journals from an entry that both have, or from their beginning.
func (f *finder) entries(a, b []control.Entry) {
	j := &journals{finder: f, a: a, b: b, keyA: events(a), keyB: events(b), said: map[int]bool{}}
	j.alignment = align(j.keyA, j.keyB)
	j.findMoved()
	for x, y := 0, 0; x < len(a) || y < len(b); {
		if x < len(a) && y < len(b) && j.ofA[x] == y {
			j.details(x, y)
			x, y = x+1, y+1
			continue
		}
		endX, endY := x, y
		for endX < len(a) && j.ofA[endX] < 0 {
			endX++
		}
		for endY < len(b) && j.ofB[endY] < 0 {
			endY++
		}
		j.gap(x, endX, y, endY)
		x, y = endX, endY
	}
}

// events are the events of entries; of a webhook that is not genuine also how it was made, so that it is not paired with a genuine one.
func events(entries []control.Entry) []string {
	all := make([]string, len(entries))
	for i, e := range entries {
		if all[i] = string(e.Event); e.Delivery != "" {
			all[i] += notGenuine.FindString(e.Detail)
		}
	}
	return all
}

// notGenuine is what the journal says of a webhook that was forged or repeated.
var notGenuine = regexp.MustCompile(`, forged \([a-z-]*\)|, a replay|^sent again on request`)

// findMoved pairs unpaired entries with the same event, if another pair shows that their order differs.
func (j *journals) findMoved() {
	j.moved, j.back = map[int]int{}, map[int]int{}
	free := map[string][]int{}
	for y, key := range j.keyB {
		if j.ofB[y] < 0 {
			free[key] = append(free[key], y)
		}
	}
	for x, key := range j.keyA {
		left := free[key]
		if j.ofA[x] >= 0 || len(left) == 0 || j.crossed(x, left[0]) < 0 {
			continue
		}
		j.moved[x], j.back[left[0]] = left[0], x
		free[key] = left[1:]
	}
}

// crossed is the entry of A nearest to x, with another event, that is on the other side of its partner in B; -1 if there is none.
func (j *journals) crossed(x, y int) int {
	crosses := func(i int) bool {
		return i >= 0 && i < len(j.a) && j.ofA[i] >= 0 && (i > x) != (j.ofA[i] > y) && j.a[i].Event != j.a[x].Event
	}
	for distance := 1; distance < len(j.a); distance++ {
		for _, i := range []int{x + distance, x - distance} {
			if crosses(i) {
				return i
			}
		}
	}
	return -1
}

// gap adds what stands between two pairs, in its order: entries in another order, and those that only one journal has.
func (j *journals) gap(x, endX, y, endY int) {
	together := false // both go on with an entry that the other one has not
	for x < endX || y < endY {
		partner, movedA := j.moved[x]
		source, movedB := j.back[y]
		switch {
		case x < endX && movedA:
			j.order(x, partner)
			x++
		case y < endY && movedB:
			j.order(source, y)
			y++
		case x < endX && y < endY && !together:
			j.instead(x, y)
			x, y, together = x+1, y+1, true
		case x < endX:
			j.add(Difference{Kind: KindEvent, Where: string(j.a[x].Event), A: said(j.a[x]), EntryA: j.a[x].Seq, Text: only(j.finder.a, j.a, x)})
			x++
		default:
			j.add(Difference{Kind: KindEvent, Where: string(j.b[y].Event), B: said(j.b[y]), EntryB: j.b[y].Seq, Text: only(j.finder.b, j.b, y)})
			y++
		}
	}
}

// order adds that an entry comes before another one in A and after it in B, or the other way round, once.
func (j *journals) order(x, y int) {
	i := j.crossed(x, y)
	if j.said[x] || i < 0 {
		return
	}
	j.said[x] = true
	first, second := "before", "after"
	if i < x {
		first, second = second, first
	}
	event, other := string(j.a[x].Event), string(j.a[i].Event)
	j.add(Difference{Kind: KindOrder, Where: event, A: first + " " + other, B: second + " " + other, EntryA: j.a[x].Seq, EntryB: j.b[y].Seq,
		Text: fmt.Sprintf("%s comes %s %s in %s and %s it in %s", event, first, other, j.finder.a, second, j.finder.b)})
	j.details(x, y)
}

// instead adds that two journals go on with different entries.
func (j *journals) instead(x, y int) {
	j.add(Difference{Kind: KindEvent, Where: string(j.a[x].Event), A: said(j.a[x]), B: said(j.b[y]), EntryA: j.a[x].Seq, EntryB: j.b[y].Seq,
		Text: fmt.Sprintf("%s comes %s in %s and %s in %s", after(j.a, x), quoted(j.a[x]), j.finder.a, quoted(j.b[y]), j.finder.b)})
}

// details adds a difference if two entries with the same event say different things.
func (j *journals) details(x, y int) {
	a, b := j.ownA.detail(j.a[x].Detail), j.ownB.detail(j.b[y].Detail)
	if a == b {
		return
	}
	event := string(j.a[x].Event)
	partA, partB := apart(a, b)
	text := fmt.Sprintf("%s says %q in %s and %q in %s", event, clipped(partA), j.finder.a, clipped(partB), j.finder.b)
	switch {
	case partB == "":
		text = fmt.Sprintf("%s says %q only in %s", event, clipped(partA), j.finder.a)
	case partA == "":
		text = fmt.Sprintf("%s says %q only in %s", event, clipped(partB), j.finder.b)
	}
	j.add(Difference{Kind: KindEvent, Where: event, A: j.a[x].Detail, B: j.b[y].Detail, EntryA: j.a[x].Seq, EntryB: j.b[y].Seq, Text: text})
}

// apart are the parts in which two details differ, without equal parts at both ends. Details are lists with commas and semicolons.
func apart(a, b string) (string, string) {
	left, right := list(a), list(b)
	for len(left) > 0 && len(right) > 0 && left[0] == right[0] {
		left, right = left[1:], right[1:]
	}
	for len(left) > 0 && len(right) > 0 && left[len(left)-1] == right[len(right)-1] {
		left, right = left[:len(left)-1], right[:len(right)-1]
	}
	return strings.Join(left, ", "), strings.Join(right, ", ")
}

func list(detail string) []string {
	parts := strings.FieldsFunc(detail, func(r rune) bool { return r == ',' || r == ';' })
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	return parts
}

// only says that only the journal with the name has an entry.
func only(name string, entries []control.Entry, i int) string {
	return fmt.Sprintf("only %s has %s, %s", name, quoted(entries[i]), after(entries, i))
}

// after is the place of an entry: behind which event it comes.
func after(entries []control.Entry, i int) string {
	if i == 0 {
		return "at the beginning"
	}
	return "after " + string(entries[i-1].Event)
}

// said is an entry's event and detail.
func said(e control.Entry) string {
	return strings.TrimSpace(string(e.Event) + " " + e.Detail)
}

// quoted is the same in a sentence.
func quoted(e control.Entry) string {
	if e.Detail == "" {
		return string(e.Event)
	}
	return fmt.Sprintf("%s (%s)", e.Event, clipped(e.Detail))
}
