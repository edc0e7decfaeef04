package mockserver_test

import (
	"html"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/tapmock/tapmock/mockserver"
)

var (
	buttonForm = regexp.MustCompile(`(?s)<form method="post" action="[^"]*ui/call" class="do">.*?</form>`)
	fieldOf    = regexp.MustCompile(`<input (?:type="hidden" )?name="([^"]*)" value="([^"]*)"`)
	chosenOf   = regexp.MustCompile(`(?s)<select name="([^"]*)">.*?<option selected>([^<]*)<`)
	textOf     = regexp.MustCompile(`(?s)<textarea name="([^"]*)"[^>]*>\n?(.*?)</textarea>`)
	titleOf    = regexp.MustCompile(`title="([^"]*)"`)
)

// fieldsIn are the fields of a form as a browser sends them.
func fieldsIn(form string) url.Values {
	all := url.Values{}
	for _, pattern := range []*regexp.Regexp{fieldOf, chosenOf, textOf} {
		for _, f := range pattern.FindAllStringSubmatch(form, -1) {
			all.Set(f[1], html.UnescapeString(f[2]))
		}
	}
	return all
}

// TestEachButton presses each button of each page as it stands: each makes a call that the control API has, does what it says or says why not, and
// shows the call in its tooltip and on the page.
func TestEachButton(t *testing.T) {
	t.Parallel()
	s := startStage(t, mockserver.Config{}, "payer=person")
	pressed := map[string]int{}
	for _, target := range s.everyPage() {
		for _, form := range buttonForm.FindAllString(s.mock.page(target).body, -1) {
			fields := fieldsIn(form)
			call := fields.Get("call")
			if call == "POST /reset" || call == "PATCH /settings" && pressed[call] > 20 || strings.HasPrefix(call, "P") && strings.HasSuffix(call, "scenario") && pressed[call] > 3 || call == "POST /next" && pressed[call] > 20 {
				continue
			}
			pressed[call]++
			title := html.UnescapeString(titleOf.FindStringSubmatch(form)[1])
			if method, path, _ := strings.Cut(call, " "); !strings.HasPrefix(title, method+" /_tapmock/v1"+path) {
				t.Errorf("%s: the tooltip of %s is %q", target, call, title)
			}
			a := s.press("/ui/call", fields)
			if a.status != 303 {
				t.Errorf("%s: %s: HTTP %d", target, call, a.status)
				continue
			}
			result := s.mock.page("/" + strings.TrimPrefix(a.header.Get("Location"), "../"))
			if result.status != 200 && !strings.Contains(target, "unknown") || !strings.Contains(result.body, `id="result"`) {
				t.Errorf("%s: after %s: HTTP %d at %s", target, call, result.status, a.header.Get("Location"))
			}
			if strings.Contains(result.body, "has no call") || strings.Contains(result.body, "internal") {
				t.Errorf("%s: %s is not a call: %s", target, call, mainOf(result.body))
			}
		}
	}
	for _, want := range []string{"POST /clock/advance", "POST /next", "PATCH /settings", "PUT /default-scenario", "POST /webhooks/whd_1/resend", "POST /gates/late/release"} {
		if pressed[want] == 0 {
			t.Errorf("no button makes the call %s: %v", want, pressed)
		}
	}
}
