package fakepage

import (
	"fmt"
	"html/template"
	"strings"
	"sync"
)

// lists are the options of the entry screen's lists. They are most of the page and the same for everybody, so those
// without a choice are written once for each year.
type lists struct{ Banks, Months, Years template.HTML }

var blankLists sync.Map // year → lists

// listsFor returns the lists with what the form has chosen.
func listsFor(year int, form entryForm) lists {
	if form.Bank != "" || form.Month != 0 || form.Year != 0 {
		return writeLists(year, form)
	}
	if known, ok := blankLists.Load(year); ok {
		return known.(lists)
	}
	l := writeLists(year, form)
	blankLists.Store(year, l)
	return l
}

func writeLists(year int, form entryForm) lists {
	var banksOut, months, years strings.Builder
	for _, b := range banks {
		writeOption(&banksOut, b.Value, b.Label, b.Value == form.Bank)
	}
	for m := 1; m <= 12; m++ {
		writeOption(&months, fmt.Sprint(m), fmt.Sprintf("%02d", m), m == form.Month)
	}
	for y := firstYear; y <= year+yearsAhead; y++ {
		writeOption(&years, fmt.Sprint(y), fmt.Sprint(y), y == form.Year)
	}
	return lists{template.HTML(banksOut.String()), template.HTML(months.String()), template.HTML(years.String())}
}

func writeOption(out *strings.Builder, value, label string, chosen bool) {
	selected := ""
	if chosen {
		selected = " selected"
	}
	fmt.Fprintf(out, "<option value=\"%s\"%s>%s</option>\n", template.HTMLEscapeString(value), selected, template.HTMLEscapeString(label))
}
