package mockserver_test

import (
	"encoding/json"
	"html"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/tapmock/tapmock/mockserver"
	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/scenarios"
)

var (
	buttonForm = regexp.MustCompile(`(?s)<form method="post" action="[^"]*ui/call" class="do">.*?</form>`)
	fieldOf    = regexp.MustCompile(`<input (?:type="hidden" )?name="([^"]*)" value="([^"]*)"`)
	chosenOf   = regexp.MustCompile(`(?s)<select name="([^"]*)">.*?<option selected>([^<]*)<`)
	textOf     = regexp.MustCompile(`(?s)<textarea name="([^"]*)"[^>]*>\n?(.*?)</textarea>`)
	titleOf    = regexp.MustCompile(`title="([^"]*)"`)
	resultCall = regexp.MustCompile(`(?s)id="result".*?<pre>(.*?)</pre>`)
	refusedFor = regexp.MustCompile(`Refused: ([^<]*)<`)
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

// promised is the call that the tooltip of a button announces, with what its form has at the place of the visitor's value. An empty value is left
// out, but for a setting.
func promised(form string, fields url.Values) string {
	title := html.UnescapeString(titleOf.FindStringSubmatch(form)[1])
	for name, values := range fields {
		path := strings.TrimPrefix(name, "p.")
		_, setting, nested := strings.Cut(path, ".")
		text, _ := json.Marshal(values[0])
		switch {
		case nested:
			title = strings.Replace(title, `"`+setting+`":"…"`, `"`+setting+`":`+string(text), 1)
		case values[0] == "":
			title = strings.Replace(title, ` {"`+path+`":"…"}`, "", 1)
		default:
			title = strings.Replace(title, `"`+path+`":"…"`, `"`+path+`":`+string(text), 1)
		}
	}
	return title
}

// presser presses buttons by their forms, without a browser.
type presser struct {
	*stage
	pressed map[string]int // by call
}

// press presses a button of a page, with some fields changed: it makes the call of its tooltip and leads back to its page. It returns a page with the result. The page of
// the button is large where it repeats a button for each setting or scenario, and the result is the same on each page: so only the first press of
// a call loads it, and the others load a small page.
func (p *presser) press(target, form string, changed ...string) answer {
	p.t.Helper()
	fields := fieldsIn(form)
	for i := 0; i+1 < len(changed); i += 2 {
		fields.Set(changed[i], changed[i+1])
	}
	a := p.mock.press("/ui/call", fields)
	to, err := url.Parse(strings.TrimPrefix(a.header.Get("Location"), ".."))
	if place, _, _ := strings.Cut(target, "?"); a.status != 303 || err != nil || to.Path != place {
		p.t.Fatalf("%s: %s: HTTP %d to %s", target, fields.Get("call"), a.status, a.header.Get("Location"))
	}
	shown := to.String()
	if p.pressed[fields.Get("call")]++; p.pressed[fields.Get("call")] > 1 {
		shown = "/ui/findings?done=" + to.Query().Get("done")
	}
	result := p.mock.page(shown)
	called := resultCall.FindStringSubmatch(result.body)
	if want := promised(form, fields); called == nil || html.UnescapeString(called[1]) != want {
		p.t.Errorf("%s: the result at %s is %q, the tooltip %q", target, shown, called, want)
	}
	return result
}

// refusal is why a call was refused, or "".
func (a answer) refusal() string {
	if found := refusedFor.FindStringSubmatch(a.body); found != nil {
		return html.UnescapeString(found[1])
	}
	return ""
}

// TestEachButton presses each button of each page as it stands: each makes a call that the control API has, the one that its tooltip shows, and the
// page shows it. Only the button to the next event may be refused, when those pressed before have left nothing. Reset is pressed last, because it
// leaves nothing for the others.
func TestEachButton(t *testing.T) {
	t.Parallel()
	p := &presser{startStage(t, mockserver.Config{}, "payer=person"), map[string]int{}}
	var resets [][2]string
	for _, target := range p.everyPage() {
		for _, form := range buttonForm.FindAllString(p.mock.page(target).body, -1) {
			if fieldsIn(form).Get("call") == "POST /reset" {
				resets = append(resets, [2]string{target, form})
				continue
			}
			result := p.press(target, form)
			if why := result.refusal(); why != "" && !strings.Contains(why, "nothing is scheduled, or all of it waits at gates") {
				t.Errorf("%s: %v is refused: %s", target, fieldsIn(form), why)
			}
		}
	}
	for _, reset := range resets {
		p.press(reset[0], reset[1]).shows(t, "Done.")
	}
	p.mock.page("/").shows(t, "No payments yet", "0 scheduled")
	for call, atLeast := range map[string]int{"POST /reset": 3, "POST /clock/advance": 50, "POST /next": 2 * len(scenarios.Builtin().List()), "PUT /default-scenario": 2 * len(scenarios.Builtin().List()),
		"PATCH /settings": len(tap.SettingKeys()), "POST /webhooks/whd_1/resend": 4, "POST /gates/late/release": 1} {
		if p.pressed[call] < atLeast {
			t.Errorf("the call %s was made %d times, want %d: %v", call, p.pressed[call], atLeast, p.pressed)
		}
	}
}

// otherValue is a value of a setting that is not its default.
func otherValue(one tap.Setting) string {
	if all := strings.Split(one.Values, " | "); len(all) > 1 {
		return map[bool]string{true: all[1], false: all[0]}[all[0] == one.Default]
	}
	for _, c := range [][2]string{{"an amount", "0.500"}, {"a duration", "7s"}, {"a whole number from 2000", "2020"}, {"a whole number", "2"}, {"durations", "none"}, {"expiries", "12/31"},
		{"http", "https://mock.example"}, {"2 digits", "51"}, {"2 characters", "SA"}, {"3 characters", "USD"}} {
		if strings.HasPrefix(one.Values, c[0]) {
			return c[1]
		}
	}
	return "7"
}

// TestEachSetting changes each setting with its button, and returns to the default with the button that appears then.
func TestEachSetting(t *testing.T) {
	t.Parallel()
	p := &presser{startStage(t, mockserver.Config{}), map[string]int{}}
	for _, one := range tap.SettingKeys() {
		page := "/ui/settings?q=" + one.Key
		find := func(part string) string {
			for _, form := range buttonForm.FindAllString(p.mock.page(page).body, -1) {
				if strings.Contains(form, part) {
					return form
				}
			}
			return ""
		}
		field, null := `name="p.settings.`+one.Key+`"`, `name="null" value="settings.`+one.Key+`"`
		if find(null) != "" {
			t.Errorf("%s has a button to its default, which it has", one.Key)
		}
		before, other := p.setting(one.Key), otherValue(one)
		if why := p.press(page, find(field), "p.settings."+one.Key, other).refusal(); why != "" || p.setting(one.Key) == before {
			t.Errorf("%s=%s: %s; the value is %v", one.Key, other, why, p.setting(one.Key))
		} else if why := p.press(page, find(null)).refusal(); why != "" || p.setting(one.Key) != before {
			t.Errorf("%s=default: %s; the value is %v, was %v", one.Key, why, p.setting(one.Key), before)
		}
	}
}
