package report

import (
	"bufio"
	"io"
	"strings"
	"unicode"

	"github.com/tapmock/tapmock/testkit/verdict"
)

// The columns of a diagram: the clock, the lanes, and the texts beside them up to the last column.
const (
	lastColumn = 120
	firstLane  = 14
	laneGap    = 10
	textColumn = firstLane + 3*laneGap + 5
)

// The colours of a diagram, as escape sequences of a terminal.
const (
	dim   = "\x1b[2m"
	bold  = "\x1b[1m"
	cyan  = "\x1b[36m"
	red   = "\x1b[1;31m"
	plain = "\x1b[0m"
)

// WriteDiagram writes steps as a sequence diagram for a terminal with four lanes: shop, tapmock, bank and payer. A line is a step, in logical
// order and not to scale; the clock is noted where it moves. Faults are marked with ✗. Lines have at most 120 columns.
func WriteDiagram(w io.Writer, steps []verdict.Step, color bool) error {
	d := diagram{out: bufio.NewWriter(w), color: color}
	d.header()
	for _, r := range rowsOf(steps) {
		d.row(r)
	}
	return d.out.Flush()
}

// diagram is a diagram while it is written. Its writer keeps the first error.
type diagram struct {
	out   *bufio.Writer
	color bool
}

func (d *diagram) header() {
	line := []rune(strings.Repeat(" ", textColumn))
	for i, lane := range verdict.Lanes() {
		copy(line[laneColumn(i)-len(lane)/2:], []rune(lane))
	}
	d.line(d.paint(bold, strings.TrimRight(string(line), " ")))
}

func (d *diagram) row(r row) {
	text := r.Text
	if r.Fault {
		text = "✗ " + text
	}
	if r.Response != "" {
		text += " → " + r.Response
	}
	text = cut(text, lastColumn-textColumn)
	lanes := d.paint(dim, lanesOf(r))
	if r.Fault {
		text, lanes = d.paint(red, text), d.paint(red, lanesOf(r))
	}
	d.line(d.paint(cyan, padded(cut(r.Clock, firstLane-2), firstLane-1)) + lanes + text)
}

// lanesOf are the lanes in a row: an arrow from one to another, or a mark on one.
func lanesOf(r row) string {
	line := []rune(strings.Repeat(" ", textColumn-firstLane+1))
	for i := range verdict.Lanes() {
		line[laneColumn(i)-firstLane] = '│'
	}
	from, to := laneColumn(r.From)-firstLane, laneColumn(r.To)-firstLane
	switch {
	case r.Note() && r.Fault:
		line[from] = '✗'
	case r.Note():
		line[from] = '●'
	default:
		arrow(line, from, to, r.Fault)
	}
	return string(line)
}

// arrow draws an arrow between two columns.
func arrow(line []rune, from, to int, fault bool) {
	stroke, cross, start, head, step := '─', '┼', '├', '▶', 1
	if fault {
		stroke = '╌'
	}
	if to < from {
		start, head, step = '┤', '◀', -1
	}
	for i := from + step; i != to; i += step {
		if line[i] == '│' {
			line[i] = cross
		} else {
			line[i] = stroke
		}
	}
	line[from], line[to-step] = start, head
	if fault {
		line[from+step*laneGap/2] = '✗'
	}
}

func laneColumn(i int) int { return firstLane + i*laneGap }

func (d *diagram) line(text string) { d.out.WriteString(strings.TrimRight(text, " ") + "\n") }

func (d *diagram) paint(color, text string) string {
	if !d.color || strings.TrimSpace(text) == "" {
		return text
	}
	return color + text + plain
}

// cut shortens a text to a number of columns.
func cut(text string, columns int) string {
	if width(text) <= columns {
		return text
	}
	n := 1 // the ellipsis
	for i, c := range text {
		if n += runeWidth(c); n > columns {
			return text[:i] + "…"
		}
	}
	return text
}

func padded(text string, columns int) string {
	return text + strings.Repeat(" ", max(0, columns-width(text)))
}

func width(text string) (n int) {
	for _, c := range text {
		n += runeWidth(c)
	}
	return n
}

// runeWidth is the number of columns of a character: none for what joins the one before, two for wide scripts and pictures.
func runeWidth(c rune) int {
	switch {
	case unicode.In(c, unicode.Mn, unicode.Me, unicode.Cf):
		return 0
	case unicode.In(c, unicode.Han, unicode.Hangul, unicode.Hiragana, unicode.Katakana), c >= 0xff01 && c <= 0xff60, c >= 0x1f300 && c <= 0x1faff,
		c >= 0x3000 && c <= 0x303f:
		return 2
	}
	return 1
}
