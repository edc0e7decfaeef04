package tap

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Settings are the switches of an account: every place where Tap's behaviour is not settled, or where a test may want the
// other reading. The same keys are taken everywhere (command line, environment, and whatever else sets them); [Settings.Set]
// reads them and [SettingKeys] documents them. A Settings value is never changed once a charge uses it.
type Settings struct {
	Style          Style  // generation of the charge object, its ids and references
	AnswerFormat   string // compact or indented
	WebhookFormat  string // 2023 or 2022: headers and layout of webhook bodies
	WebhookAmounts string // double or decimals: number literals in webhook bodies
	Strict         string // false, true: leniencies become errors, or assumptions: guesses become findings too

	CapturedExpiries []CardExpiry // a test card with one of these expiries is paid
	DeclineCode      string       // KNET's authRespCode of a refused payment
	AmountMin        Amount
	AmountMax        Amount
	SaveCard         bool // whether Tap has enabled save_card for the merchant

	PageLimit     time.Duration // from the opening of KNET's page
	ExpiryOutcome string        // ABANDONED or CANCELLED, after Tap's own expiry
	PagePath      string        // gosell or test_gosell
	PageMerchant  string
	PageWebsite   string
	PublicURL     string // base of the page links; "" means: from the request

	PageLanguage   string // auto (by the request's lang_code), en or ar
	PageGeneration string // lists or onebox
	BankOrder      string // 2024 or 2022
	BankValue      string // 5-part or 3-part
	FirstYear      int    // of the year list
	PrefixDelay    time.Duration
	ArabicTestBank string
	OutcomePanel   bool   // let the page's band open into a panel that ends the payment
	Accessible     bool   // name every field for screen readers
	ConfirmScreen  string // always or never

	PINTries   int  // refused PINs until the payment fails
	KFAST      bool // whether KFAST is enabled for the merchant
	KFASTCards int  // of one customer

	OTPFrom     string // none, or the amount from which a one-time password is asked for
	OTPLifetime time.Duration
	OTPTries    int
	OTPResends  int

	MerchantActive   bool // if not, every create is error 1242
	MerchantID       string
	MerchantCountry  string
	MerchantCurrency string
	PostAbsent       string // object or none: the post object of a charge without post.url
	RedirectData     bool   // data=<32 hex digits> behind tap_id
	RedirectStatus   int    // 302 or 303

	Payer    string // person or auto: who opens the page
	Delivery string // direct or pull: who makes the calls to the merchant

	WebhookRetries   []time.Duration
	WebhookTimeout   time.Duration
	WebhookCancelled bool          // whether a cancelled charge is told by webhook
	HoldBound        time.Duration // real time the payer waits for the first webhook attempt

	JournalRequests bool // note every call of the API in the journal

	chosen [2]uint64 // a bit for each setting that was set, by its place in the table

	CurrencyError       string // 1119 or 9998
	NoCredentialsError  string // 2105 or 2107
	UnknownChargeStatus int    // 400 or 404
}

// DefaultSettings returns every setting's default.
func DefaultSettings() Settings {
	var s Settings
	for _, d := range settings {
		if err := d.bind(&s).set(d.Default); err != nil {
			panic("tap: the default of setting " + d.Key + ": " + err.Error())
		}
	}
	return s
}

// Set gives the setting named key the value written in text. The error names the key, what is allowed, and for an unknown
// key the nearest one.
func (s *Settings) Set(key, text string) error {
	i := slices.IndexFunc(settings, func(d Setting) bool { return d.Key == key })
	if i < 0 {
		if near := Nearest(key, SettingNames()); near != "" {
			return fmt.Errorf("there is no setting %q, did you mean %q?", key, near)
		}
		return fmt.Errorf("there is no setting %q; the settings are %s", key, strings.Join(SettingNames(), ", "))
	}
	if err := settings[i].bind(s).set(text); err != nil {
		return fmt.Errorf("setting %s: %w", key, err)
	}
	s.chosen[i/64] |= 1 << (i % 64)
	return nil
}

// Chosen reports whether the setting was set, be it to its default, and so is no assumption any more.
func (s *Settings) Chosen(key string) bool {
	i := slices.IndexFunc(settings, func(d Setting) bool { return d.Key == key })
	return i >= 0 && s.chosen[i/64]&(1<<(i%64)) != 0
}

// IsStrict reports whether leniencies are errors.
func (s *Settings) IsStrict() bool { return s.Strict != "false" }

// FindsAssumptions reports whether the use of an inferred or unknown default is a finding.
func (s *Settings) FindsAssumptions() bool { return s.Strict == "assumptions" }

// OTPThreshold is the amount from which a one-time password is asked for; the error says that none is.
func (s *Settings) OTPThreshold() (Amount, error) { return ParseAmount(s.OTPFrom) }

// Get returns the setting's value in the spelling that Set reads, and whether there is such a setting.
func (s *Settings) Get(key string) (string, bool) {
	for _, d := range settings {
		if d.Key == key {
			return d.bind(s).String(), true
		}
	}
	return "", false
}

// Setting documents one key of [Settings].
type Setting struct {
	Key     string
	Default string // as Set reads it
	Values  string // what Set reads
	Doc     string // what it changes
	bind    func(*Settings) value
}

// SettingKeys documents every setting, in the order of the Settings struct. How sure each default is stands in the
// [Ledger], under the same key.
func SettingKeys() []Setting {
	out := slices.Clone(settings)
	var s Settings
	for i := range out {
		out[i].Values = out[i].bind(&s).values()
	}
	return out
}

// SettingNames lists the keys of all settings.
func SettingNames() []string {
	names := make([]string, len(settings))
	for i, d := range settings {
		names[i] = d.Key
	}
	return names
}
