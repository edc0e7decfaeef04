package gateway

import (
	"strings"
	"testing"
	"time"
)

// set changes one setting of an account or of the gateway; without text it inherits.
func set(t *testing.T, of interface {
	SetSettings(map[string]*string) error
}, key string, text ...string) {
	t.Helper()
	values := map[string]*string{key: nil}
	if len(text) > 0 {
		values[key] = &text[0]
	}
	if err := of.SetSettings(values); err != nil {
		t.Fatal(err)
	}
}

// TestSettingInherits sets a setting of an account and makes it inherit again, first the default and then a value of the server.
func TestSettingInherits(t *testing.T) {
	g, a := start(t, Config{})
	check := func(want time.Duration, chosen bool) {
		t.Helper()
		if s := a.Settings(); s.ReturnWait != want || s.Chosen("return_wait") != chosen {
			t.Errorf("return_wait is %s, chosen %v; want %s, chosen %v", s.ReturnWait, s.Chosen("return_wait"), want, chosen)
		}
	}
	check(3*time.Second, false)
	set(t, a, "return_wait", "3s")
	check(3*time.Second, true)
	set(t, a, "return_wait")
	check(3*time.Second, false)
	set(t, a, "return_wait", "1s")
	set(t, g, "return_wait", "2s")
	check(time.Second, true)
	set(t, a, "return_wait")
	check(2*time.Second, true)
	set(t, g, "return_wait")
	set(t, a, "return_wait")
	check(3*time.Second, false)
}

// TestSetSettingsAllOrNone changes several settings of which one has a bad value, or does not exist.
func TestSetSettingsAllOrNone(t *testing.T) {
	_, a := start(t, Config{})
	good, bad := "1s", "soon"
	for _, values := range []map[string]*string{
		{"return_wait": &good, "webhook_timeout": &bad},
		{"return_wait": &good, "webhook_timeouts": nil},
	} {
		if err := a.SetSettings(values); err == nil || !strings.Contains(err.Error(), "webhook_timeout") {
			t.Errorf("the error is %v", err)
		}
		if got := a.Settings().ReturnWait; got != 3*time.Second {
			t.Errorf("return_wait was changed to %s", got)
		}
	}
}
