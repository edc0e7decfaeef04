package report

import (
	"fmt"
	"strings"
)

// headline is the verdict in one sentence that a reader without knowledge of the code understands.
func (r *Report) headline() string {
	switch r.Verdict {
	case CouldNotJudge:
		return "Could not judge: " + r.CouldNotJudge
	case NotReady:
		return "Not ready: " + lossesOf(unknown(r.Findings))
	case Unsure:
		return "Unsure: " + r.unsure()
	case Warnings:
		return "Ready, with warnings: " + lossesOf(unknown(r.Findings)) + r.asides()
	case Accepted:
		return fmt.Sprintf("Accepted: %s, nothing new%s", r.played(), r.asides())
	}
	return fmt.Sprintf("Sound: %s, nothing found%s", r.played(), r.asides())
}

// unsure is what showed once and not again.
func (r *Report) unsure() string {
	if n := len(unknown(r.Flaky)); n > 0 {
		return plural(n, "mistake", "mistakes") + " showed once and not again"
	}
	return "a known mistake showed once and not again in " + plural(r.Totals.Flaky, "story", "stories")
}

func (r *Report) played() string {
	if r.Partial {
		return plural(r.Totals.Played, "chosen story", "chosen stories")
	}
	return plural(r.Totals.Played, "story", "stories")
}

// asides are what a reader must know besides a good verdict: known mistakes, and stories that were not played.
func (r *Report) asides() string {
	var b strings.Builder
	if n := r.Totals.Accepted; n > 0 {
		b.WriteString("; " + plural(n, "known mistake", "known mistakes"))
	}
	if n := r.Totals.NotPlayed; n > 0 {
		b.WriteString("; " + plural(n, "story", "stories") + " not played")
	}
	return b.String()
}

// lossesOf counts mistakes by what they lose, such as "2 mistakes lose goods, 1 loses trust".
func lossesOf(all []Finding) string {
	var parts []string
	for _, loss := range Losses() {
		n := 0
		for _, f := range all {
			if f.Loss == loss {
				n++
			}
		}
		if n > 0 {
			parts = append(parts, lossText(n, loss, len(parts) == 0))
		}
	}
	return strings.Join(parts, ", ")
}

func lossText(n int, loss Loss, first bool) string {
	verb := "lose"
	if n == 1 {
		verb = "loses"
	}
	if first {
		return fmt.Sprintf("%s %s %s", plural(n, "mistake", "mistakes"), verb, loss)
	}
	return fmt.Sprintf("%d %s %s", n, verb, loss)
}
