package record

import (
	"cmp"
	"reflect"
	"slices"
	"strings"

	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/scenarios"
)

// Scenario returns the YAML of a scenario file with one scenario, recorded/…, that plays the payment of a charge again. webhooks are those of
// the charge. notes say what the scenario cannot say.
func Scenario(t *control.Trace, webhooks []control.Webhook) (yaml string, notes []string) {
	r := read(t, webhooks)
	s := r.scenario()
	return string(s.YAML()), r.notes
}

// scenario makes the scenario.
func (r *recording) scenario() *scenarios.Scenario {
	s := &scenarios.Scenario{Settings: scenarios.Settings{}}
	s.Payer = r.payer(s.Settings)
	s.Bank = r.bank(s.Settings)
	s.Callbacks = r.callbacks(s.Settings)
	s.API = r.faults()
	r.allowForgery(s)
	s.Name = r.name(s)
	s.Description = r.description(s)
	r.noteRest()
	if _, err := scenarios.New(scenarios.Builtin(), *s); err != nil {
		r.note("the recording contradicts itself and must be corrected by hand: %v", err)
	}
	return s
}

// allowForgery leaves the result to the test card, with which payments are captured, if a forged webhook says that the charge is captured:
// a scenario with both would be refused.
func (r *recording) allowForgery(s *scenarios.Scenario) {
	forged := slices.ContainsFunc(s.Callbacks, func(c scenarios.Callback) bool { return c.Webhook != nil && c.Webhook.Forge == scenarios.SaysCaptured })
	if forged && s.Bank != nil && s.Bank.Later == nil && s.Bank.Result == "CAPTURED" {
		if s.Bank.Result = ""; reflect.DeepEqual(*s.Bank, scenarios.Bank{}) {
			s.Bank = nil
		}
	}
}

// name is the name of the scenario, after what it does.
func (r *recording) name(s *scenarios.Scenario) scenarios.Name {
	parts := slices.Concat([]string{r.ending(s)}, r.webhookWords(), r.returnWords(s), faultWords(s.API))
	name := "recorded/" + strings.Join(parts, "-")
	if len(name) > longestName {
		name = strings.TrimRight(name[:longestName], "-")
	}
	return scenarios.Name(name)
}

// longestName bounds the name; a longer one is cut off.
const longestName = 90

// description is the scenario in one sentence.
func (r *recording) description(s *scenarios.Scenario) string {
	parts := slices.Concat([]string{r.actsText(s) + ", and " + r.endText(s)}, r.webhookTexts(), r.returnTexts(s), faultTexts(s.API))
	return strings.Join(parts, "; ") + "."
}

// times is how often something happened.
func times(n int) string {
	return cmp.Or(map[int]string{1: "once", 2: "twice"}[n], plural(n, "times"))
}
