package fakepage

import (
	"cmp"
	"regexp"
	"time"

	"github.com/tapmock/tapmock/mockserver/payment"
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

// lookOf is the look of the page of a charge.
func lookOf(c *payment.Payment) Look {
	s := c.Settings
	lang := s.PageLanguage
	if lang == "auto" {
		lang = cmp.Or(c.Request.Language, "en")
	}
	return Look{Lang: lang, OneBox: s.PageGeneration == "onebox", Banks2022: s.PageBankOrder == "2022", ShortValues: s.PageBankValues == "3-part",
		FirstYear: s.PageFirstYear, PrefixDelay: s.PagePrefixDelay, ArabicBank: s.PageArabicTestBank, Accessible: s.PageAccessible,
		Panel: s.PageOutcomePanel}
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
