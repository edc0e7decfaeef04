package tap

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Settings are the switches of an account: every behaviour of Tap that is not certain, or for which a test may need the
// alternative. The keys are the same everywhere (command line, environment, scenarios, control API); [Settings.Set] reads them and
// [SettingKeys] documents them. The fields have the order and the groups of [SettingKeys]. A Settings value does not change once a
// charge uses it.
type Settings struct {
	// General.
	Strict             bool   // leniencies become errors
	AssumptionFindings bool   // the use of a value that is not confirmed for Tap becomes a finding
	AnswerFormat       string // compact or indented
	NoCredentialsError string // 2107 or 2105
	PublicURL          string // base of the page links; "" means: from the request
	Delivery           string // direct or relay: what makes the calls to the merchant
	JournalRequests    bool   // record each API request in the journal
	Payer              string // person or auto: what opens the page

	// The charge.
	ChargeStyle          Style // generation of the charge object, its ids and references
	ChargeAmountMin      Amount
	ChargeAmountMax      Amount
	ChargeExpiryOutcome  string // ABANDONED or CANCELLED, after Tap's own expiry
	ChargePostAbsent     string // object or none: the post object of a charge without post.url
	ChargeCurrencyError  string // 1119 or 9998
	ChargeNotFoundStatus int    // 400 or 404

	// Authorizations.
	AuthorizationPartialCapture string // AUTHORIZED or CAPTURED
	AuthorizationAutoCharge     bool
	AuthorizationNotFound       string // 1115 or 2102

	// Refunds.
	RefundStyle     string       // newest or old: generation of the refund object
	RefundLogic     string       // default or v2
	RefundStatus    RefundStatus // in which a refund ends
	RefundDelay     time.Duration
	RefundListEmpty string // list or error

	PayoutDelay time.Duration // from the end of a day

	// The bank: KNET's decision, PIN, one-time password and saved cards.
	BankCapturedExpiries []CardExpiry // a payment by a test card with one of these expiries is captured
	BankDeclineCode      string       // KNET's authRespCode of a declined payment
	PINTries             int          // PINs that are refused, or are not 4 digits, until the payment fails
	OTPFrom              string       // none, or the amount from which a one-time password is required
	OTPLifetime          time.Duration
	OTPTries             int
	OTPResends           int
	KFAST                bool // whether KFAST is enabled for the merchant
	KFASTCardsListed     bool // whether the cards API shows the cards saved for KFAST
	KFASTMaxCards        int  // of one customer

	// KNET's page.
	PageLimit          time.Duration // from the opening of the page
	PagePath           string        // gosell or test_gosell
	PageMerchant       string
	PageWebsite        string
	PageLanguage       string // auto (by the request's lang_code), en or ar
	PageGeneration     string // lists or onebox
	PageBankOrder      string // 2024 or 2022
	PageBankValues     string // 5-part or 3-part
	PageFirstYear      int    // of the year list
	PagePrefixDelay    time.Duration
	PageArabicTestBank string
	PageOutcomePanel   bool   // the page has a panel that ends the payment with a chosen outcome
	PageAccessible     bool   // every field has a label for screen readers
	PageConfirmScreen  string // always or never

	// The merchant.
	MerchantActive   bool // if not, every valid create is error 1242
	MerchantSaveCard bool // whether Tap has enabled save_card for the merchant
	MerchantID       string
	MerchantCountry  string
	MerchantCurrency string

	// Webhooks.
	WebhookFormat    string // 2026, 2023 or 2022: headers and layout of webhook bodies
	WebhookAmounts   string // double or decimals: number literals in webhook bodies
	WebhookCancelled bool   // whether a cancelled charge has a webhook
	WebhookRetries   []time.Duration
	WebhookTimeout   time.Duration

	// The payer's return.
	ReturnWait   time.Duration // real time that the payer waits for the first webhook attempt
	ReturnStatus int           // 302 or 303
	ReturnData   bool          // data=<32 hex digits> after tap_id

	chosen [2]uint64 // a bit for each setting that was set, by its index in the table
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

// settingIndex returns the setting's index in the table, or -1.
func settingIndex(key string) int {
	return slices.IndexFunc(settings, func(d Setting) bool { return d.Key == key })
}

// longestValue bounds the value of a setting, in bytes.
const longestValue = 1000

// Set reads text as the value of the setting named key. The error names the key, the allowed values, and for an unknown key its
// new name or the nearest key.
func (s *Settings) Set(key, text string) error {
	i := settingIndex(key)
	if i < 0 {
		return unknownSetting(key)
	}
	if len(text) > longestValue {
		return fmt.Errorf("setting %s: the value has %d bytes; the limit is %d", key, len(text), longestValue)
	}
	if is := renamedValues[key+"="+text]; is != nil {
		return fmt.Errorf("setting %s: %w", key, &RenamedValueError{text, is})
	}
	if err := settings[i].bind(s).set(text); err != nil {
		return fmt.Errorf("setting %s: %w", key, err)
	}
	s.chosen[i/64] |= 1 << (i % 64)
	return nil
}

func unknownSetting(key string) error {
	if is := renamedSettings[key]; is != "" {
		return fmt.Errorf("the setting %q is now %q", key, is)
	}
	if near := Nearest(key, SettingNames()); near != "" {
		return fmt.Errorf("there is no setting %q, did you mean %q?", clipped(key), near)
	}
	text := fmt.Sprintf("there is no setting %q", clipped(key))
	if same := sameGroup(key); len(same) > 0 {
		text += "; those that begin like it are " + strings.Join(same, ", ")
	}
	return errors.New(text + "; tapmock -h lists all settings")
}

// sameGroup lists the keys that have the first word of an unknown key, such as webhook_.
func sameGroup(key string) []string {
	group, _, _ := strings.Cut(key, "_")
	return slices.DeleteFunc(SettingNames(), func(k string) bool { return !strings.HasPrefix(k, group+"_") })
}

// RenamedValueError says that a value of a setting was replaced before the first release.
type RenamedValueError struct {
	Value string      // the old one
	Is    [][2]string // what replaced it: keys with values
}

// Error has the new values as -set takes them.
func (e *RenamedValueError) Error() string { return e.Written("%s=%s") }

// Written is the error with the new keys and values in another format, such as "%s: %s" for YAML.
func (e *RenamedValueError) Written(format string) string {
	var is []string
	for _, one := range e.Is {
		if one[0] == "" { // another value of the same setting
			is = append(is, one[1])
			continue
		}
		is = append(is, fmt.Sprintf(format, one[0], one[1]))
	}
	return fmt.Sprintf("%q is now %s", e.Value, strings.Join(is, " and "))
}

// Inherit gives the setting named key the value that it has in from, and makes it chosen only if it is chosen there. The error
// names the key.
func (s *Settings) Inherit(key string, from *Settings) error {
	text, _ := from.Get(key)
	if err := s.Set(key, text); err != nil {
		return err
	}
	if i := settingIndex(key); !from.Chosen(key) {
		s.chosen[i/64] &^= 1 << (i % 64)
	}
	return nil
}

// Chosen reports whether the setting was set explicitly, even to its default, so that it is not an assumption.
func (s *Settings) Chosen(key string) bool {
	i := settingIndex(key)
	return i >= 0 && s.chosen[i/64]&(1<<(i%64)) != 0
}

// PerCharge reports whether a setting can differ between the charges of an account, so that a scenario may set it.
func PerCharge(key string) bool {
	i := settingIndex(key)
	return i >= 0 && !settings[i].wide
}

// OTPThreshold is the amount from which a one-time password is required. It is an error if none is ever required.
func (s *Settings) OTPThreshold() (Amount, error) { return ParseAmount(s.OTPFrom) }

// Get returns the setting's value as text that [Settings.Set] reads, and whether there is such a setting.
func (s *Settings) Get(key string) (string, bool) {
	i := settingIndex(key)
	if i < 0 {
		return "", false
	}
	return settings[i].bind(s).String(), true
}

// Setting documents one key of [Settings].
type Setting struct {
	Key     string
	Group   string // such as charge or page, or general
	Default string // as Set reads it
	Values  string // what Set reads
	Doc     string // what it changes
	wide    bool   // the same for all charges of an account
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
