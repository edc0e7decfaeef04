package tap

import "strings"

// Mask returns text as journal, log and control API may keep or show it. It masks
//   - possible card numbers: 13 to 19 digits that pass the Luhn check, also inside a longer number, and in groups with one blank, no-break
//     space, %20, plus sign, dash or dot between them; the last four digits stay. Numbers that begin with 888888 ([TestPrefix]) stay;
//   - keys: what follows sk_live_, pk_live_, sk_test_ or pk_test_ becomes ***.
//
// Text with neither is returned as it is, without an allocation.
func Mask(text string) string { return maskCards(maskKeys(text)) }

// MaskClip masks text and shortens it to most bytes, see [Clip]. Its cost does not depend on the length of the text.
func MaskClip(text string, most int) string {
	const margin = 100 // a number or key that begins before the cut is masked as a whole
	return Clip(Mask(text[:min(len(text), most+margin)]), most)
}

// keyMarks are the parts that all keys of Tap have after s or p.
var keyMarks = [...]string{"k_live_", "k_test_"}

func maskKeys(text string) string {
	for _, mark := range keyMarks {
		for from := 0; ; {
			i := strings.Index(text[from:], mark)
			if i < 0 {
				break
			}
			begin := from + i
			from = begin + len(mark)
			end := from
			for end < len(text) && isKeyByte(text[end]) {
				end++
			}
			if end > from && begin > 0 && (text[begin-1] == 's' || text[begin-1] == 'p') {
				text = text[:from] + "***" + text[end:]
			}
		}
	}
	return text
}

func isKeyByte(c byte) bool {
	return c == '_' || isDigit(c) || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z'
}

// Lengths of card numbers.
const (
	shortestCard = 13
	longestCard  = 19
)

func maskCards(text string) string {
	if !hasCardLength(text) {
		return text
	}
	masked := []byte(text)
	for i := 0; i < len(text); {
		groups, end := digitGroups(text, i)
		for first := range groups {
			maskFrom(masked, text, groups[first:])
		}
		i = end
	}
	return string(masked)
}

// hasCardLength reports whether text has at least 13 digits in a row, alone or in groups.
func hasCardLength(text string) bool {
	for i, digits := 0, 0; i < len(text); {
		if isDigit(text[i]) {
			if digits++; digits == shortestCard {
				return true
			}
			i++
			continue
		}
		n, joins := between(text, i)
		if i += n; !joins || i < len(text) && !isDigit(text[i]) {
			digits = 0
		}
	}
	return false
}

// between returns the length of what stands at i and is not a digit, and whether it can join two groups of a card number. The digits of a
// percent-encoded byte belong to no number.
func between(text string, i int) (n int, joins bool) {
	switch text[i] {
	case ' ', '-', '.', '+':
		return 1, true
	case '%':
		if i+2 < len(text) && isHex(text[i+1]) && isHex(text[i+2]) {
			return 3, text[i+1:i+3] == "20"
		}
	case "\u00a0"[0]:
		if strings.HasPrefix(text[i:], "\u00a0") {
			return 2, true
		}
	}
	return 1, false
}

// digitGroups returns the groups of digits that begin at i with at most one separator between two of them, each as the positions
// of its digits, and the position after them.
func digitGroups(text string, i int) (groups [][]int, next int) {
	if !isDigit(text[i]) {
		n, _ := between(text, i)
		return nil, i + n
	}
	for i < len(text) && isDigit(text[i]) {
		var group []int
		for ; i < len(text) && isDigit(text[i]); i++ {
			group = append(group, i)
		}
		groups = append(groups, group)
		if i == len(text) {
			break
		}
		if n, joins := between(text, i); joins && i+n < len(text) && isDigit(text[i+n]) {
			i += n
		}
	}
	return groups, i
}

// maskFrom masks the card number that the first groups together may be, or that a first group too long for a card contains.
func maskFrom(masked []byte, text string, groups [][]int) {
	if first := groups[0]; len(first) > longestCard {
		for start := range len(first) - shortestCard + 1 {
			for n := shortestCard; n <= min(longestCard, len(first)-start); n++ {
				maskIfCard(masked, text, first[start:start+n])
			}
		}
		return
	}
	var digits []int
	for _, group := range groups {
		if digits = append(digits, group...); len(digits) > longestCard {
			return
		}
		maskIfCard(masked, text, digits)
	}
}

func maskIfCard(masked []byte, text string, at []int) {
	if len(at) < shortestCard || len(at) > longestCard || !luhn(text, at) || beginsAsTestCard(text, at) {
		return
	}
	for _, i := range at[:len(at)-4] {
		masked[i] = '*'
	}
}

func beginsAsTestCard(text string, at []int) bool {
	for i := range len(TestPrefix) {
		if text[at[i]] != TestPrefix[i] {
			return false
		}
	}
	return true
}

func luhn(text string, at []int) bool {
	sum := 0
	for i := range at {
		d := int(text[at[len(at)-1-i]] - '0')
		if i%2 == 1 {
			d *= 2
		}
		sum += d/10 + d%10
	}
	return sum%10 == 0
}

func isDigit(b byte) bool { return b >= '0' && b <= '9' }

func isHex(b byte) bool { return isDigit(b) || b >= 'A' && b <= 'F' || b >= 'a' && b <= 'f' }
