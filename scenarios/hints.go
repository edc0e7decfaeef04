package scenarios

import (
	"fmt"
	"reflect"
	"regexp"
	"strings"

	"gopkg.in/yaml.v3"
)

// places are the mappings of a file, by the names that messages have for them.
var places = []struct {
	name string
	of   reflect.Type
}{
	{"a scenario", reflect.TypeFor[Scenario]()}, {"match", reflect.TypeFor[Match]()}, {"payer", reflect.TypeFor[Payer]()}, {"pay", reflect.TypeFor[Pay]()},
	{"bank", reflect.TypeFor[Bank]()}, {"bank.otp", reflect.TypeFor[BankOTP]()}, {"bank.pin", reflect.TypeFor[BankPIN]()}, {"later", reflect.TypeFor[Later]()},
	{"refund", reflect.TypeFor[Refund]()}, {"refund.later", reflect.TypeFor[LaterRefund]()},
	{"authorization", reflect.TypeFor[Authorization]()}, {"void", reflect.TypeFor[Void]()}, {"auto", reflect.TypeFor[AutoEnd]()},
	{"callbacks", reflect.TypeFor[Callback]()}, {"webhook", reflect.TypeFor[Webhook]()}, {"return", reflect.TypeFor[Return]()},
	{"api", reflect.TypeFor[Fault]()}, {"fault", reflect.TypeFor[FaultKind]()}, {"chaos", reflect.TypeFor[Chaos]()},
}

// placesOf names the mappings that have a key, such as "bank, later or fault"; "" if none has it.
func placesOf(key string) string {
	var names []string
	for _, p := range places {
		if _, ok := shapeOf(p.of).byKey[key]; ok {
			names = append(names, p.name)
		}
	}
	return orList(names)
}

// orList joins words as in "a, b or c".
func orList(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " or " + words[len(words)-1]
}

// keyHint says what to write instead of a key that a mapping of type t does not have, or "".
func keyHint(key, value *yaml.Node, t reflect.Type) string {
	if hint := commaHint(key); hint != "" {
		return hint
	}
	if hint := delayHint(key, value, t); hint != "" {
		return hint
	}
	if t == reflect.TypeFor[Scenario]() {
		if kind := callbackKind(key.Value); kind != "" {
			shown := "…"
			if value.Kind == yaml.ScalarNode {
				shown = clip(value.Value)
			}
			return fmt.Sprintf("there is no key %q here; write callbacks: [%s: %s]", key.Value, kind, shown)
		}
	}
	return ""
}

// callbackKind is the kind of callback that a key of a scenario probably means, or "".
func callbackKind(key string) string {
	switch strings.TrimSuffix(key, "s") {
	case "webhook":
		return "webhook"
	case "return", "redirect":
		return "return"
	}
	return ""
}

// delayHint is the hint for the delay of a callback or a payer, who act at a moment instead.
func delayHint(key, value *yaml.Node, t reflect.Type) string {
	event := Settled
	switch t {
	case reflect.TypeFor[Payer]():
		event = Answered
	case reflect.TypeFor[Webhook](), reflect.TypeFor[Return](), reflect.TypeFor[Later]():
	default:
		return ""
	}
	if key.Value != "delay" {
		return ""
	}
	span := "1m"
	if durationForm.MatchString(value.Value) {
		span = clip(value.Value)
	}
	return fmt.Sprintf("there is no key %q here; write at: %s + %s", key.Value, event, span)
}

// elsewhere says which mappings have a key that is not one of this mapping, or "".
func elsewhere(key string) string {
	if is := renamed("key", key); is != "" && placesOf(is) != "" {
		return fmt.Sprintf("the key %q is now %q, which belongs to %s", key, is, placesOf(is))
	}
	if at := placesOf(key); at != "" {
		return fmt.Sprintf("the key %q does not belong here, but to %s", key, at)
	}
	return ""
}

// commaHint is a suggestion for a text that is not a key, or "".
func commaHint(key *yaml.Node) string {
	if key.Value != "" && key.Value[0] >= '0' && key.Value[0] <= '9' {
		return fmt.Sprintf("%q is not a key; if it belongs to the value before the comma, put that value in quotes", clip(key.Value))
	}
	if key.Value == "metadata" || key.Value == "header" {
		return fmt.Sprintf("there is no key %q here; write %s.NAME, such as %s.color: red", key.Value, key.Value, key.Value)
	}
	return ""
}

// listHint says how to write a value that is one text and not a list, or "".
func listHint(w word, n *yaml.Node) string {
	var parts []string
	for _, one := range n.Content {
		parts = append(parts, one.Value)
	}
	switch w.(type) {
	case *Combination:
		return ": names with + between them, such as outcome/no-funds + webhook/twice"
	case *Retries:
		return fmt.Sprintf(": write %q", clip(strings.Join(parts, ",")))
	case *Calls:
		return ": write a range, such as 1-3; single calls that are not in a row need a scenario or a fault each"
	}
	return ""
}

// mappingHint says how to write a mapping instead of a single value, or "".
func mappingHint(t reflect.Type, value string) string {
	if t != reflect.TypeFor[BankOTP]() {
		return ""
	}
	switch value {
	case "true", "false":
		return ": write otp: {ask: " + value + "}"
	}
	return ": write otp: {ask: true}"
}

// gatePath is a path at which a gate may be inherited, after the number of the scenario.
var gatePath = regexp.MustCompile(`^scenarios\[\d+\]\.(payer|bank|bank\.later|callbacks)(?:\[\d+\]\.((?:webhook|return)#\d+))?\.gate$`)

// noGate is the error for a gate that is a word for none.
func noGate(text, path string) string {
	if m := gatePath.FindStringSubmatch(path); m != nil {
		key := m[1]
		if m[2] != "" {
			key += "." + m[2]
		}
		return fmt.Sprintf("%q is not a gate; to remove an inherited gate write unset: [%s.gate]", text, key)
	}
	return fmt.Sprintf("%q is not a gate; a step without the key gate has none", text)
}

// isNone reports whether a text is a word for nothing.
func isNone(text string) bool {
	switch strings.ToLower(text) {
	case "none", "null", "~", "no", "false", "off":
		return true
	}
	return false
}

// withoutList is the error for a file whose root is not a mapping with the key scenarios or a key like it, or "".
func withoutList(root *yaml.Node) string {
	if root.Kind != yaml.MappingNode {
		return beginning
	}
	for i := 0; i < len(root.Content); i += 2 {
		if key := root.Content[i].Value; key == "settings" || nearest(key, []string{"scenarios", "settings"}) != "" {
			return ""
		}
	}
	return beginning
}

// beginning says how a file begins.
const beginning = "a file begins with scenarios: and a list, each entry with a dash: scenarios: [{name: shop/paid, description: …}]"
