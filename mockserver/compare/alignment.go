package compare

// alignment pairs the words of two lists so that as many as possible are equal and in the same order.
type alignment struct {
	ofA, ofB []int // index of the partner in the other list, -1: none
}

// maxAligned is how many words are aligned, after equal ones at both ends. The work grows with its square.
const maxAligned = 1000

// align aligns two lists. Beyond maxAligned words of a list it pairs none.
func align(a, b []string) alignment {
	al := alignment{unpaired(len(a)), unpaired(len(b))}
	start := 0
	for start < min(len(a), len(b)) && a[start] == b[start] {
		al.pair(start, start)
		start++
	}
	endA, endB := len(a), len(b)
	for endA > start && endB > start && a[endA-1] == b[endB-1] {
		endA, endB = endA-1, endB-1
		al.pair(endA, endB)
	}
	endA, endB = min(endA, start+maxAligned), min(endB, start+maxAligned)
	al.middle(a[start:endA], b[start:endB], start)
	return al
}

func unpaired(n int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = -1
	}
	return all
}

func (al *alignment) pair(i, j int) { al.ofA[i], al.ofB[j] = j, i }

// middle pairs the longest common subsequence of two lists that begin at the same index.
func (al *alignment) middle(a, b []string, start int) {
	longest := make([][]int16, len(a)+1) // of what begins at i and j
	for i := range longest {
		longest[i] = make([]int16, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			longest[i][j] = max(longest[i+1][j], longest[i][j+1])
			if a[i] == b[j] {
				longest[i][j] = longest[i+1][j+1] + 1
			}
		}
	}
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i] == b[j]:
			al.pair(start+i, start+j)
			i, j = i+1, j+1
		case longest[i+1][j] >= longest[i][j+1]:
			i++
		default:
			j++
		}
	}
}
