package main

import (
	"strings"
	"testing"
)

// TestSettingFlags writes settings as flags: the error says how to set them.
func TestSettingFlags(t *testing.T) {
	for args, want := range map[string]string{
		"-payer auto":      "payer is a setting: write -set payer=auto",
		"--payer=auto":     "payer is a setting: write -set payer=auto",
		"serve -strict":    "strict is a setting: write -set strict=true",
		"-strict -addr :0": "strict is a setting: write -set strict=true",
		"-strict=false":    "strict is a setting: write -set strict=false",
		"-page-limit 3m":   "page-limit is a setting: write -set page_limit=3m",
		"-page_limit":      "page_limit is a setting: write -set page_limit=5m",
		"-set webhook_speed=1": "invalid value \"webhook_speed=1\" for flag -set: there is no setting \"webhook_speed\"; those that begin like it are " +
			"webhook_format, webhook_amounts, webhook_cancelled, webhook_retries, webhook_timeout; tapmock -h lists all settings",
		"-public_url http://x.local": "there is no flag -public_url, did you mean -public-url?",
	} {
		if code, _, errs := runFor(t, "", nil, strings.Fields(args)...); code != 2 || errs != "tapmock: "+want+"\n" {
			t.Errorf("%s: exit %d, %q, want %q", args, code, errs, want)
		}
	}
}
