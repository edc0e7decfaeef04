package tap

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Settings are the switches of an account: every behaviour of Tap that is not certain, or for which a test may need the
// alternative. The keys are the same everywhere (command line, environment, scenarios, control API); [Settings.Set] reads them and
// [SettingKeys] documents them. A Settings value does not change once a charge uses it.
type Settings struct {
	ChargeStyle        Style  // generation of the charge object, its ids and references
	AnswerFormat       string // compact or indented
	WebhookFormat      string // 2023 or 2022: headers and layout of webhook bodies
	WebhookAmounts     string // double or decimals: number literals in webhook bodies
	Strict             bool   // leniencies become errors
	AssumptionFindings bool   // the use of an inferred or unknown default becomes a finding

	BankCapturedExpiries []CardExpiry // a test card with one of these expiries is paid
	BankDeclineCode      string       // KNET's authRespCode of a refused payment
	ChargeAmountMin      Amount
	ChargeAmountMax      Amount
	MerchantSaveCard     bool // whether Tap has enabled save_card for the merchant

	PageLimit           time.Duration // from the opening of KNET's page
	ChargeExpiryOutcome string        // ABANDONED or CANCELLED, after Tap's own expiry
	PagePath            string        // gosell or test_gosell
	PageMerchant        string
	PageWebsite         string
	PublicURL           string // base of the page links; "" means: from the request

	PageLanguage       string // auto (by the request's lang_code), en or ar
	PageGeneration     string // lists or onebox
	PageBankOrder      string // 2024 or 2022
	PageBankValues     string // 5-part or 3-part
	PageFirstYear      int    // of the year list
	PagePrefixDelay    time.Duration
	PageArabicTestBank string
	PageOutcomePanel   bool   // let the page's band open into a panel that ends the payment
	PageAccessible     bool   // name every field for screen readers
	PageConfirmScreen  string // always or never

	PINTries      int  // refused PINs until the payment fails
	KFAST         bool // whether KFAST is enabled for the merchant
	KFASTMaxCards int  // of one customer

	OTPFrom     string // none, or the amount from which a one-time password is asked for
	OTPLifetime time.Duration
	OTPTries    int
	OTPResends  int

	MerchantActive   bool // if not, every create is error 1242
	MerchantID       string
	MerchantCountry  string
	MerchantCurrency string
	ChargePostAbsent string // object or none: the post object of a charge without post.url
	ReturnData       bool   // data=<32 hex digits> behind tap_id
	ReturnStatus     int    // 302 or 303

	Payer    string // person or auto: who opens the page
	Delivery string // direct or pull: who makes the calls to the merchant

	WebhookRetries   []time.Duration
	WebhookTimeout   time.Duration
	WebhookCancelled bool          // whether a cancelled charge is told by webhook
	ReturnWait       time.Duration // real time the payer waits for the first webhook attempt

	JournalRequests bool // note every call of the API in the journal

	chosen [2]uint64 // a bit for each setting that was set, by its place in the table

	ChargeCurrencyError  string // 1119 or 9998
	NoCredentialsError   string // 2105 or 2107
	ChargeNotFoundStatus int    // 400 or 404
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
		if is := renamedSettings[key]; is != "" {
			return fmt.Errorf("the setting %q is now %q", key, is)
		}
		if near := Nearest(key, SettingNames()); near != "" {
			return fmt.Errorf("there is no setting %q, did you mean %q?", key, near)
		}
		return fmt.Errorf("there is no setting %q; the settings are %s", key, strings.Join(SettingNames(), ", "))
	}
	if is := renamedValues[key+"="+text]; is != "" {
		return fmt.Errorf("setting %s: %q is now %s", key, text, is)
	}
	if err := settings[i].bind(s).set(text); err != nil {
		return fmt.Errorf("setting %s: %w", key, err)
	}
	s.chosen[i/64] |= 1 << (i % 64)
	return nil
}

// Inherit gives the setting named key the value that it has in other settings. The error names the key.
func (s *Settings) Inherit(key string, from *Settings) error {
	text, _ := from.Get(key)
	if err := s.Set(key, text); err != nil {
		return err
	}
	if i := slices.IndexFunc(settings, func(d Setting) bool { return d.Key == key }); !from.Chosen(key) {
		s.chosen[i/64] &^= 1 << (i % 64)
	}
	return nil
}

// Chosen reports whether the setting was set explicitly, even to its default, so that it is not an assumption.
func (s *Settings) Chosen(key string) bool {
	i := slices.IndexFunc(settings, func(d Setting) bool { return d.Key == key })
	return i >= 0 && s.chosen[i/64]&(1<<(i%64)) != 0
}

// PerCharge reports whether a setting can differ between the charges of an account, so that a scenario may set it.
func PerCharge(key string) bool {
	i := slices.IndexFunc(settings, func(d Setting) bool { return d.Key == key })
	return i >= 0 && !settings[i].wide
}

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
	Group   string // such as charge or page; general for what belongs to no object
	Default string // as Set reads it
	Values  string // what Set reads
	Doc     string // what it changes
	wide    bool   // of the whole account or server, not of single charges
	bind    func(*Settings) value
}

// SettingKeys documents every setting, group by group. The [Ledger] says under the same key how certain each default is.
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
