package fakepage

import (
	"fmt"
	"html/template"
	"strings"
)

// lists are the options of the lists of the entry screen. The values of the form are selected.
type lists struct{ Banks, Months, Years template.HTML }

func listsFor(l *Look, year int, form entryForm) lists {
	var banks, months, years strings.Builder
	for _, b := range bankList(l) {
		writeOption(&banks, b.Value, b.Label, b.Value == form.Bank || form.Bank == chosenTestBank && isTestBank(b.Value))
	}
	for m := 1; m <= 12; m++ {
		writeOption(&months, fmt.Sprint(m), fmt.Sprintf("%02d", m), m == form.Month)
	}
	for y := l.FirstYear; y <= year+yearsAhead; y++ {
		writeOption(&years, fmt.Sprint(y), fmt.Sprint(y), y == form.Year)
	}
	return lists{template.HTML(banks.String()), template.HTML(months.String()), template.HTML(years.String())}
}

func writeOption(out *strings.Builder, value, label string, chosen bool) {
	selected := ""
	if chosen {
		selected = " selected"
	}
	fmt.Fprintf(out, "<option value=\"%s\"%s>%s</option>\n", template.HTMLEscapeString(value), selected, template.HTMLEscapeString(label))
}
