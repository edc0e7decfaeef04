package inspector

import (
	"strings"
	"testing"

	"github.com/tapmock/tapmock/mockserver/control"
)

// TestAdviseAttempt says what a shop did wrong with one attempt.
func TestAdviseAttempt(t *testing.T) {
	t.Parallel()
	v := &visit{pages: New(nil)}
	for want, of := range map[string]struct {
		forge string
		r     control.Response
	}{
		"":                              {"", control.Response{Status: 200, TookMS: 1999}},
		"took 9.0 s to answer":          {"", control.Response{Status: 200, TookMS: 9000}},
		"with a redirect (HTTP 308)":    {"", control.Response{Status: 308}},
		"did not arrive: timeout: wait": {"", control.Response{Failure: "timeout", Remedy: "wait"}},
		"acknowledged a forged":         {"unsigned", control.Response{Status: 204}},
		"HTTP 503 and “busy now”":       {"", control.Response{Status: 503, Body: "busy\n now"}},
	} {
		got := v.adviseAttempt(&control.Webhook{Forge: of.forge}, &control.WebhookAttempt{Masked: true, Response: of.r})
		if (want == "") != (got == "") || !strings.Contains(got, want) {
			t.Errorf("%+v: %q lacks %q", of, got, want)
		}
	}
	if got := v.adviseAttempt(&control.Webhook{Forge: "unsigned"}, &control.WebhookAttempt{Response: control.Response{Status: 401}}); got != "" {
		t.Errorf("a forged webhook that was refused: %q", got)
	}
}
