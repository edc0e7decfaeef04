package tap

import (
	"reflect"
	"slices"
	"strings"
	"testing"
)

// TestSettings sets every key to its default and to another value, reads it back, and refuses nonsense without changing
// anything.
func TestSettings(t *testing.T) {
	others := map[string]string{
		"bank_captured_expiries": "01/27,12/2031", "bank_decline_code": "51", "charge_amount_min": "1.000", "charge_amount_max": "5.000", "page_limit": "90s",
		"page_merchant": "Shop", "page_website": "shop.example", "public_url": "https://pay.example/mock/", "merchant_id": "7", "merchant_country": "BH",
		"merchant_currency": "BHD", "webhook_retries": "none", "webhook_timeout": "1s", "return_wait": "0s",
		"page_first_year": "2026", "otp_from": "25.000", "otp_lifetime": "1m", "otp_tries": "5", "pin_tries": "2", "kfast_max_cards": "2", "otp_resends": "2", "page_prefix_delay": "300ms",
	}
	fields := reflect.TypeFor[Settings]().NumField() - 1 // which of them were set
	if n := len(SettingKeys()); n != fields {
		t.Errorf("%d keys for %d fields", n, fields)
	}
	defaults := DefaultSettings()
	for _, d := range SettingKeys() {
		if d.Doc == "" || d.Values == "" {
			t.Errorf("%s is not documented", d.Key)
		}
		s := DefaultSettings()
		value := others[d.Key]
		for word := range strings.SplitSeq(d.Values, " | ") {
			if value == "" && word != d.Default {
				value = word
			}
		}
		if err := s.Set(d.Key, value); err != nil {
			t.Errorf("%s=%s: %v", d.Key, value, err)
		}
		if reflect.DeepEqual(s, defaults) {
			t.Errorf("%s=%s changes nothing", d.Key, value)
		}
		if !s.Chosen(d.Key) || defaults.Chosen(d.Key) {
			t.Errorf("%s: it is not told whether it was set", d.Key)
		}
		printed, ok := s.Get(d.Key)
		again := DefaultSettings()
		if err := again.Set(d.Key, printed); !ok || err != nil || !reflect.DeepEqual(again, s) {
			t.Errorf("%s=%s is printed as %s, which is read as something else (%v)", d.Key, value, printed, err)
		}
		before := s
		bad := strings.Repeat("\x00", 300)
		if err := s.Set(d.Key, bad); err == nil || !strings.Contains(err.Error(), d.Key) || !reflect.DeepEqual(s, before) {
			t.Errorf("%s took nonsense: %v", d.Key, err)
		}
	}
	var s Settings
	if err := s.Set("page_limt", "1s"); err == nil || !strings.Contains(err.Error(), `did you mean "page_limit"?`) {
		t.Errorf("a near key: %v", err)
	}
	if err := s.Set("zzzzzz", "1s"); err == nil || !strings.Contains(err.Error(), "charge_style") {
		t.Errorf("a strange key: %v", err)
	}
	if _, ok := s.Get("zzzzzz"); ok {
		t.Error("a strange key has a value")
	}
}

// TestLedger holds ledger and settings against each other.
func TestLedger(t *testing.T) {
	seen := map[string]bool{}
	var used []string
	for _, e := range Ledger() {
		if e.Behaviour == "" || !slices.Contains(Marks(), e.Mark) || seen[e.Behaviour] {
			t.Errorf("entry %+v: no text, no mark, or twice", e)
		}
		seen[e.Behaviour] = true
		if !strings.HasPrefix(e.Source, "Tap API ") && !strings.HasPrefix(e.Source, "KNET page ") {
			t.Errorf("%s: source %q is no heading", e.Behaviour, e.Source)
		}
		if e.Setting != "" && !slices.Contains(SettingNames(), e.Setting) {
			t.Errorf("%s: there is no setting %s", e.Behaviour, e.Setting)
		}
		used = append(used, e.Setting)
	}
	for _, name := range SettingNames() {
		if !slices.Contains(used, name) {
			t.Errorf("setting %s is not in the ledger", name)
		}
	}
}
