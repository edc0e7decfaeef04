package report

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"html/template"
	"io"
	"strings"
)

// maxPage bounds the HTML file, in bytes; maxFrame is its part without lanes.
const (
	maxPage  = 150_000
	maxFrame = 90_000
)

var (
	//go:embed page/report.css
	css string
	//go:embed page/report.html.tmpl
	pageText string

	style  = "\n" + css
	policy = "default-src 'none'; style-src 'sha256-" + hashOf(style) + "'; img-src data:; base-uri 'none'; form-action 'none'"
	pages  = template.Must(template.New("report").Option("missingkey=error").Parse(pageText))
)

func hashOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// WriteHTML writes the report as one HTML file for people: it works offline and without JavaScript, loads nothing, and has at most 150 kB.
// The example of each finding is drawn as lanes first, then the other failing stories while there is room. What is left out is named.
func (r *Report) WriteHTML(w io.Writer) error {
	page, err := r.page()
	if err != nil {
		return err
	}
	_, err = w.Write(page)
	return err
}

// page is the whole file, in as much detail as fits.
func (r *Report) page() ([]byte, error) {
	for i, d := range details {
		v := newView(r, d)
		frame, err := render("page", v)
		if err != nil {
			return nil, err
		}
		if len(frame) > maxFrame && i < len(details)-1 {
			continue
		}
		if err := v.draw(maxPage - len(frame)); err != nil {
			return nil, err
		}
		return render("page", v)
	}
	return nil, nil // details is not empty
}

// render executes a template.
func render(name string, data any) ([]byte, error) {
	var b bytes.Buffer
	if err := pages.ExecuteTemplate(&b, name, data); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// detail is how much of a report goes into the frame: a report with very many findings says less of each.
type detail struct {
	text     int // bytes of one text, as escaped
	findings int // findings with a section
	names    int // names of stories of one finding
	list     int // names in the lists of stories
}

// details are tried in turn until the frame fits. The last one fits whatever the report holds.
var details = []detail{
	{1200, 100, 200, 400}, {1200, 100, 20, 400}, {600, 100, 6, 200}, {300, 100, 3, 100}, {200, 60, 2, 60}, {150, 40, 1, 40}, {100, 25, 1, 30}, {60, 15, 1, 20},
}

// clip shortens a text to a number of bytes as they stand in HTML.
func clip(text string, most int) string {
	text = clean(text)
	n := 0
	for i, c := range text {
		if n += escapedLen(c); n > most {
			return text[:i] + "…"
		}
	}
	return text
}

// escapedLen is the length of a character as html/template writes it.
func escapedLen(c rune) int {
	if strings.ContainsRune("<>&'\"+`=", c) {
		return len("&#34;")
	}
	return len(string(c))
}
