package inspector

import "net/http"

// tableScreen is a page that is one table.
type tableScreen struct {
	frame
	Intro   string
	Columns []string
	Wide    bool // the first column has long texts
	Rows    []tableRow
	Empty   string   // what is said instead of an empty table
	Buttons []button // below the table
	More    string   // that not everything is shown, or ""
}

type tableRow struct {
	ID    string // of its element
	Cells []cell
}

// cell is one cell: text, with a link, as a status or as buttons.
type cell struct {
	Text    string
	Link    string
	Tone    string // of a status: good, bad or open
	Code    bool
	Buttons []button
}

func plain(text string) cell { return cell{Text: text} }

// table writes a table. Rows are at most maxRows.
func (v *visit) table(s *tableScreen) error {
	v.show(http.StatusOK, "table.html.tmpl", s)
	return nil
}

// maxRows bounds the rows of a table.
const maxRows = 100

// moreText says that only the latest of a kind are shown.
func moreText(n int, what string) string {
	if n <= maxRows {
		return ""
	}
	return "Only the latest 100 " + what + " are shown; the control API lists all."
}
