package fakepage

import (
	"regexp"
	"time"
)

// Look is the appearance of the KNET page, by the settings and the create request.
type Look struct {
	Lang        string        // "en" or "ar"
	OneBox      bool          // the newest generation: one number box, MM/YY (KNET page 3, observed)
	Banks2022   bool          // the order of the bank list in 2022
	ShortValues bool          // bank option values of 3 parts instead of 5
	FirstYear   int           // of the year list
	PrefixDelay time.Duration // from the choice of the bank until the prefix list is filled
	ArabicBank  string        // the test bank's Arabic name
	Panel       bool          // show the outcome panel
	Accessible  bool          // label every field, which the real page does not
}

// layout is one of the three layouts of the page.
type layout string

const (
	desktop layout = "desktop"
	mobile  layout = "mobile"
	oneBox  layout = "onebox"
)

var mobileAgents = regexp.MustCompile(`Mobile|Android|iPhone|iPad`)

// layoutFor returns the layout: the newest generation by the settings, the mobile one by the user agent (KNET page 7, observed).
func (l *Look) layoutFor(userAgent string) layout {
	switch {
	case l.OneBox:
		return oneBox
	case mobileAgents.MatchString(userAgent):
		return mobile
	}
	return desktop
}
