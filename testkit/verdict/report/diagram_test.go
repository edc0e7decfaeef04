package report_test

import (
	"bytes"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/tapmock/tapmock/testkit/verdict"
	"github.com/tapmock/tapmock/testkit/verdict/report"
)

// TestDiagram checks each arrow of a diagram, its width, and that a text cannot move the cursor.
func TestDiagram(t *testing.T) {
	t.Parallel()
	var steps []verdict.Step
	at := when
	for _, from := range verdict.Lanes() {
		for _, to := range verdict.Lanes() {
			at = at.Add(26*time.Hour + time.Minute)
			steps = append(steps, verdict.Step{At: at, From: from, To: to, Text: strings.Repeat("دفع 支付 ", 40), Response: "\x1b[2J\u202e", Fault: from == to})
		}
	}
	steps = append(steps, verdict.Step{At: at, From: "courier", To: verdict.Shop, Text: "\x1b[31m\rshort\n", Response: "HTTP 200"})
	text := string(written(t, func(w *bytes.Buffer) error { return report.WriteDiagram(w, steps, false) }))
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	if len(lines) != len(steps)+1 {
		t.Fatalf("%d lines of %d steps", len(lines), len(steps))
	}
	for i, line := range lines {
		if n := utf8.RuneCountInString(line) + strings.Count(line, "支") + strings.Count(line, "付"); n > 120 {
			t.Errorf("line %d has %d columns", i, n)
		}
		if strings.ContainsAny(line, "\x1b\r\u202e") {
			t.Errorf("line %d has control characters: %q", i, line)
		}
	}
	for i, want := range map[int]string{1: "✗         │         │         │     ✗ دفع", 2: "├────────▶│         │         │", 4: "├─────────┼─────────┼────────▶│",
		8: "+1 day 2 h   │         ├─────────┼────────▶│", 13: "│◀────────┼─────────┼─────────┤", 12: "│         │         ├────────▶│", 17: "│◀────────┤         │         │     �[31m�short  → HTTP 200"} {
		if !strings.Contains(lines[i], want) {
			t.Errorf("line %d: %q lacks %q", i, lines[i], want)
		}
	}
	if !strings.HasSuffix(lines[1], "…") {
		t.Errorf("a cut text does not say so: %q", lines[1])
	}
}

// TestDiagramClock checks the notes of the clock.
func TestDiagramClock(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		0: "", time.Microsecond: "", 250 * time.Millisecond: "+250 ms", 2 * time.Second: "+2 s", 90 * time.Second: "+1 min 30 s", 24 * time.Hour: "+1 day",
		74*time.Hour + time.Minute: "+3 days 2 h", 24*time.Hour + time.Second: "+1 day", 1000 * 24 * time.Hour: "+1000 days", -time.Second: "−1 s",
	} {
		steps := []verdict.Step{{At: when, From: verdict.Shop, To: verdict.Tapmock}, {At: when.Add(d), From: verdict.Shop, To: verdict.Tapmock}}
		text := string(written(t, func(w *bytes.Buffer) error { return report.WriteDiagram(w, steps, false) }))
		if got := strings.TrimSpace(strings.SplitN(strings.Split(text, "\n")[2], "├", 2)[0]); got != want {
			t.Errorf("%v: %q, want %q", d, got, want)
		}
	}
}

// TestDiagramColor checks that colours change nothing but colours.
func TestDiagramColor(t *testing.T) {
	t.Parallel()
	steps := sample(t).Findings[3].Example.Steps
	var texts []string
	for _, color := range []bool{false, true} {
		texts = append(texts, string(written(t, func(w *bytes.Buffer) error { return report.WriteDiagram(w, steps, color) })))
	}
	bare := regexp.MustCompile("\x1b\\[[0-9;]*m").ReplaceAllString(texts[1], "")
	if strings.Contains(texts[0], "\x1b") || !strings.Contains(texts[1], "\x1b[1;31m") || trimmed(bare) != texts[0] {
		t.Errorf("%s\n%q", texts[0], texts[1])
	}
}

// trimmed removes the space at the end of each line.
func trimmed(text string) string { return regexp.MustCompile(`(?m) +$`).ReplaceAllString(text, "") }

func TestGoldenDiagram(t *testing.T) {
	t.Parallel()
	steps := sample(t).Findings[3].Example.Steps
	for name, color := range map[string]bool{"diagram.txt": false, "diagram-color.txt": true} {
		golden(t, name, written(t, func(w *bytes.Buffer) error { return report.WriteDiagram(w, steps, color) }))
	}
}
