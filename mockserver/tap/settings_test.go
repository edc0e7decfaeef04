package tap

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// otherValues are values other than the default, for the settings that do not list theirs.
var otherValues = map[string]string{
	"bank_captured_expiries": "01/27,12/2031", "bank_decline_code": "51", "charge_amount_min": "1.000", "charge_amount_max": "5.000",
	"page_limit": "90s", "page_merchant": "Shop", "page_website": "shop.example", "public_url": "https://pay.example/mock/",
	"merchant_id": "7", "merchant_country": "BH", "merchant_currency": "BHD", "webhook_retries": "none", "webhook_timeout": "1s",
	"return_wait": "0s", "page_first_year": "2026", "otp_from": "25.000", "otp_lifetime": "1m", "otp_tries": "5", "pin_tries": "2",
	"kfast_max_cards": "2", "otp_resends": "2", "page_prefix_delay": "300ms", "refund_delay": "1m", "payout_delay": "36h",
}

// otherValue returns a value of a setting that is not its default.
func otherValue(d Setting) string {
	value := otherValues[d.Key]
	for word := range strings.SplitSeq(d.Values, " | ") {
		if value == "" && word != d.Default {
			value = word
		}
	}
	return value
}

// TestSettings sets every setting to another value, reads it back, and sets an invalid value, which must change nothing.
func TestSettings(t *testing.T) {
	defaults := DefaultSettings()
	for _, d := range SettingKeys() {
		s, value := DefaultSettings(), otherValue(d)
		if err := s.Set(d.Key, value); err != nil {
			t.Errorf("%s=%s: %v", d.Key, value, err)
		}
		if !s.Chosen(d.Key) || defaults.Chosen(d.Key) {
			t.Errorf("%s: chosen %v after Set, %v before, want true and false", d.Key, s.Chosen(d.Key), defaults.Chosen(d.Key))
		}
		printed, ok := s.Get(d.Key)
		again := DefaultSettings()
		if err := again.Set(d.Key, printed); !ok || err != nil || !reflect.DeepEqual(again, s) {
			t.Errorf("%s=%s is printed as %s, which is read as another value (%v)", d.Key, value, printed, err)
		}
		before := s
		bad := strings.Repeat("\x00", 300)
		if err := s.Set(d.Key, bad); err == nil || !strings.Contains(err.Error(), d.Key) || !reflect.DeepEqual(s, before) {
			t.Errorf("%s accepts an invalid value: %v", d.Key, err)
		}
	}
}

// TestSettingFields checks that the struct and the table have the same settings in the same order: each key is the name of the
// field in snake case, and setting it changes only this field.
func TestSettingFields(t *testing.T) {
	var fields []string
	for f := range reflect.TypeFor[Settings]().Fields() {
		if f.IsExported() {
			fields = append(fields, f.Name)
		}
	}
	keys := SettingKeys()
	if len(keys) != len(fields) {
		t.Fatalf("%d keys for %d fields", len(keys), len(fields))
	}
	for i, d := range keys {
		if !strings.EqualFold(strings.ReplaceAll(d.Key, "_", ""), fields[i]) {
			t.Errorf("setting %d is %s in the table and %s in the struct", i, d.Key, fields[i])
		}
		s, changed := DefaultSettings(), []string{}
		if err := s.Set(d.Key, otherValue(d)); err != nil {
			t.Errorf("%s: %v", d.Key, err)
		}
		before, after := reflect.ValueOf(DefaultSettings()), reflect.ValueOf(s)
		for _, name := range fields {
			if !reflect.DeepEqual(before.FieldByName(name).Interface(), after.FieldByName(name).Interface()) {
				changed = append(changed, name)
			}
		}
		if !slices.Equal(changed, fields[i:i+1]) {
			t.Errorf("%s changes the fields %v, want %s", d.Key, changed, fields[i])
		}
	}
}

// TestSettingGroups checks that every setting is documented, and that the settings of a group are next to each other.
func TestSettingGroups(t *testing.T) {
	var groups []string
	for _, d := range SettingKeys() {
		if d.Group == "" || d.Doc == "" || d.Values == "" {
			t.Errorf("%s: group %q, doc %q, values %q; none may be empty", d.Key, d.Group, d.Doc, d.Values)
		}
		if len(groups) > 0 && groups[len(groups)-1] == d.Group {
			continue
		}
		if slices.Contains(groups, d.Group) {
			t.Errorf("%s is apart from the other settings of the group %s", d.Key, d.Group)
		}
		groups = append(groups, d.Group)
	}
	if want := []string{"general", "charge", "authorization", "refund", "payout", "bank", "page", "merchant", "webhook", "return"}; !slices.Equal(groups, want) {
		t.Errorf("groups %v, want %v", groups, want)
	}
	if names := SettingNames(); len(slices.Compact(slices.Sorted(slices.Values(names)))) != len(names) {
		t.Errorf("a key is in the table twice: %v", names)
	}
}

func TestUnknownSettings(t *testing.T) {
	var s Settings
	for key, want := range map[string]string{"page_limt": `did you mean "page_limit"?`, "zzzzzz": "tapmock -h lists all settings", "return_hurry": "those that begin like it are return_wait, return_status, return_data;"} {
		if err := s.Set(key, "1s"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Set(%q): %v, want %s", key, err, want)
		}
		if value, ok := s.Get(key); ok || s.Chosen(key) || PerCharge(key) {
			t.Errorf("%s: value %q, chosen %v, per charge %v, want none", key, value, s.Chosen(key), PerCharge(key))
		}
	}
}

// TestRenamedSettings checks that old keys and values are refused with their new names, and that the new names exist.
func TestRenamedSettings(t *testing.T) {
	for key, is := range renamedSettings {
		s := DefaultSettings()
		want := `the setting "` + key + `" is now "` + is + `"`
		if err := s.Set(key, "1s"); err == nil || err.Error() != want {
			t.Errorf("Set(%q): %v, want %s", key, err, want)
		}
		if slices.Contains(SettingNames(), key) || !slices.Contains(SettingNames(), is) {
			t.Errorf("%s was renamed to %s: the old key is still a setting, or the new key is not", key, is)
		}
	}
	for old, is := range renamedValues {
		s := DefaultSettings()
		key, value, _ := strings.Cut(old, "=")
		if err := s.Set(key, value); err == nil || err.Error() != "setting "+key+": "+(&RenamedValueError{value, is}).Error() {
			t.Errorf("Set(%q, %q): %v, want the new value %s", key, value, err, is)
		}
		if !reflect.DeepEqual(s, DefaultSettings()) {
			t.Errorf("%s changes the settings", old)
		}
	}
	s := DefaultSettings()
	err, _ := errors.AsType[*RenamedValueError](s.Set("strict", "assumptions"))
	if want := `"assumptions" is now strict: true and assumption_findings: true`; err == nil || err.Written("%s: %s") != want {
		t.Errorf("in YAML: %v, want %s", err, want)
	}
	for key, value := range map[string]string{"strict": "true", "assumption_findings": "true", "delivery": "relay"} {
		s := DefaultSettings()
		if err := s.Set(key, value); err != nil {
			t.Errorf("the new value: %v", err)
		}
	}
}

// TestInherit checks that a setting takes the other settings' value, and whether it is chosen there.
func TestInherit(t *testing.T) {
	for _, d := range SettingKeys() {
		server, account := DefaultSettings(), DefaultSettings()
		if err := server.Set(d.Key, otherValue(d)); err != nil {
			t.Fatal(err)
		}
		if err := account.Inherit(d.Key, &server); err != nil || !reflect.DeepEqual(account, server) {
			t.Errorf("%s: inherited from settings where it is chosen: %v, %+v", d.Key, err, account)
		}
		defaults := DefaultSettings()
		if err := account.Inherit(d.Key, &defaults); err != nil || !reflect.DeepEqual(account, defaults) {
			t.Errorf("%s: inherited from the defaults: %v, %+v", d.Key, err, account)
		}
	}
	var s Settings
	if err := s.Inherit("page_limt", &s); err == nil || !strings.Contains(err.Error(), "page_limt") {
		t.Errorf("an unknown setting is inherited: %v", err)
	}
}

// TestPerCharge checks which settings a scenario may not set.
func TestPerCharge(t *testing.T) {
	var wide []string
	for _, key := range SettingNames() {
		if !PerCharge(key) {
			wide = append(wide, key)
		}
	}
	if want := []string{"no_credentials_error", "delivery", "journal_requests"}; !slices.Equal(wide, want) {
		t.Errorf("settings of the whole account: %v, want %v", wide, want)
	}
}
