package report

import (
	"fmt"
	"html/template"
	"math"
	"strings"

	"github.com/tapmock/tapmock/testkit/verdict"
)

// drawing is a story of a section, as lanes if there was room.
type drawing struct {
	Name        string
	Description string
	Order       string
	Lanes       template.HTML // "": only the name is shown
	Left        int           // steps for which there was no room
	Elsewhere   string        // section in which the story is drawn, if it is another
}

// room is what is left of the file for lanes.
type room struct {
	left  int
	drawn map[string]string // section in which a story has its lanes
}

// draw fills the room with lanes: an example of each finding, each with an equal share of the room, then other stories as they fit.
func (v *view) draw(bytes int) error {
	const sentences = 600 // about what is not drawn
	r := &room{left: bytes - sentences, drawn: map[string]string{}}
	for i, s := range v.Sections {
		if err := r.drawExample(s, r.left/(len(v.Sections)-i)); err != nil {
			return err
		}
	}
	for _, s := range v.Sections {
		if err := r.drawOthers(s, v); err != nil {
			return err
		}
	}
	v.Undrawn = v.undrawn(len(r.drawn))
	return nil
}

// undrawn is the sentence about failing stories without lanes.
func (v *view) undrawn(drawn int) string {
	t := v.report.Totals
	failing := max(t.Played-t.Passed, drawn)
	if failing == drawn {
		return ""
	}
	return fmt.Sprintf("%d of the %s with a finding are drawn; the others are listed by name, so that this file stays small. The JSON report has the steps of all.",
		drawn, plural(failing, "story", "stories"))
}

// leftSentence bounds the sentence about steps without room.
const leftSentence = 120

// drawExample draws the example of a section, without its last steps if they exceed the share.
func (r *room) drawExample(s *section, share int) error {
	lanes, left, err := lanesHTML(s.finding.Example.Steps, share-leftSentence)
	if err != nil || lanes == "" {
		return err
	}
	s.Example.Lanes, s.Example.Left = lanes, left
	r.left -= len(lanes)
	if left > 0 {
		r.left -= leftSentence
	}
	r.drawn[s.finding.Example.Story] = s.ID
	return nil
}

// drawOthers draws the other stories of a section that fit as a whole and are drawn nowhere else.
func (r *room) drawOthers(s *section, v *view) error {
	names := s.finding.others()
	for i := range min(len(names), v.detail.names) {
		d, story := &s.Others[i], v.report.story(names[i])
		if at, drawn := r.drawn[names[i]]; drawn {
			r.refer(d, at)
			continue
		}
		if story == nil || len(story.Steps) == 0 {
			continue
		}
		d.Description = sentence(clip(story.Description, v.detail.text))
		if err := r.try(d, story); err != nil {
			return err
		}
		if d.Lanes != "" {
			r.drawn[names[i]] = s.ID
		}
	}
	return nil
}

// refer leads from the name of a story to the section where it is drawn, if there is room for the link.
func (r *room) refer(d *drawing, section string) {
	const link = 30
	if r.left >= link {
		d.Elsewhere = section
		r.left -= link
	}
}

// try draws a story if there is room for all of it.
func (r *room) try(d *drawing, story *Story) error {
	lanes, _, err := lanesHTML(story.Steps, math.MaxInt)
	if err != nil {
		return err
	}
	drawn := *d
	drawn.Lanes = lanes
	whole, err := render("other", drawn)
	if err != nil || len(whole) > r.left {
		return err
	}
	r.left -= len(whole)
	*d = drawn
	return nil
}

// maxStepText bounds the text of a step, in bytes as they stand in HTML.
const maxStepText = 1000

// lanesHTML draws steps in at most a number of bytes, and counts the steps that are left. The template has escaped what it returns.
func lanesHTML(steps []verdict.Step, most int) (lanes template.HTML, left int, err error) {
	frame, err := render("lanes", laneBox{})
	if err != nil {
		return "", 0, err
	}
	var rows strings.Builder
	n, limit := 0, min(maxStepText, most/6) // so that some steps fit, however long their texts
	for _, row := range rowsOf(steps) {
		row.Text, row.Response = clip(row.Text, limit), clip(row.Response, limit)
		text, err := render("step", row)
		if err != nil {
			return "", 0, err
		}
		if len(frame)+rows.Len()+len(text) > most {
			break
		}
		rows.Write(text)
		n++
	}
	if n == 0 {
		return "", len(steps), nil
	}
	whole, err := render("lanes", laneBox{Rows: template.HTML(rows.String())})
	return template.HTML(whole), len(steps) - n, err
}

// laneBox is the drawing around the rows.
type laneBox struct{ Rows template.HTML }

// Lanes are the names above the lanes.
func (laneBox) Lanes() []verdict.Lane { return verdict.Lanes() }

// Line names the arrow or the mark of a row, for the style sheet.
func (r row) Line() string {
	if r.Note() {
		return fmt.Sprintf("n n%d", r.From)
	}
	side := "r"
	if r.To < r.From {
		side = "l"
	}
	return fmt.Sprintf("a%d%d %s", min(r.From, r.To), max(r.From, r.To), side)
}
