package tap

// longestWord is the longest word and the longest candidate that [Nearest] compares, in bytes. The longest candidates are paths with the
// name of a gate.
const longestWord = 200

// Nearest returns the candidate that is most like word, for "did you mean". It differs from word in at most a third of the letters,
// rounded up. "" means that no candidate is near. Words of more than 200 bytes are near nothing, so that a long text of a client costs
// nothing.
func Nearest(word string, candidates []string) string {
	if len(word) > longestWord {
		return ""
	}
	best, fewest := "", (len(word)+2)/3+1
	for _, c := range candidates {
		if len(c) > longestWord || max(len(c)-len(word), len(word)-len(c)) >= fewest {
			continue // the difference in length alone is too much
		}
		if d := distance(word, c); d < fewest {
			best, fewest = c, d
		}
	}
	return best
}

// distance returns the number of letters to insert, delete or change to get from a to b.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost = min(diagonal, row[j], row[j+1]) + 1
			}
			diagonal, row[j+1] = row[j+1], cost
		}
	}
	return row[len(b)]
}
