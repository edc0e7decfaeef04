package fakepage

import (
	"regexp"
	"time"
)

// Look is how the KNET page is to appear, as the settings and the charge's request say.
type Look struct {
	Lang        string        // "en" or "ar"
	OneBox      bool          // the newest generation: one number box, MM/YY (KNET page 3, observed)
	Banks2022   bool          // the bank list's order of 2022
	ShortValues bool          // bank option values of 3 parts instead of 5
	FirstYear   int           // of the year list
	PrefixDelay time.Duration // until the prefix list is filled, after the bank was chosen
	ArabicBank  string        // the test bank's Arabic name
	Panel       bool          // offer the outcome panel
	Accessible  bool          // name every field, which the real page does not
}

// layout is one of the page's three shapes.
type layout string

const (
	desktop layout = "desktop"
	mobile  layout = "mobile"
	oneBox  layout = "onebox"
)

var mobileAgents = regexp.MustCompile(`Mobile|Android|iPhone|iPad`)

// layoutFor picks the shape: the newest generation by setting, the mobile one by the browser's name (KNET page 7, observed).
func (l *Look) layoutFor(userAgent string) layout {
	switch {
	case l.OneBox:
		return oneBox
	case mobileAgents.MatchString(userAgent):
		return mobile
	}
	return desktop
}
