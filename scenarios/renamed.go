package scenarios

import (
	"fmt"
	"slices"
	"strings"
)

// renames are the words that scenario files had before the first release, and what replaced them. Files with an old word are
// refused with the new one.
var renames = []struct{ kind, old, new string }{
	{"key", "about", "description"},
	{"key", "tell", "callbacks"},
	{"key", "redirect", "return"},
	{"key", "hold", "gate"},
	{"key", "lie", "forge"},
	{"key", "adversary", "chaos"},
	{"key", "together", "concurrent"},
	{"key", "takes", "duration"},
	{"key", "until", "before"},
	{"key", "nth", "calls"},
	{"key", "in_a_row", "max_consecutive"},
	{"key", "after", "at"},
	{"key", "add", "query"},
	{"value", "create_charge", "charge.create"},
	{"value", "retrieve_charge", "charge.get"},
	{"value", "list_charges", "charge.list"},
	{"value", "page", "page.open or page.submit"},
	{"value", "redirected", "returned"},
	{"value", "replay", "the key replay: true"},
	{"value", "never", "forever"},
	{"scenario", "redirect/together", "return/concurrent"},
	{"scenario", "webhook/together", "webhook/concurrent"},
	{"scenario", "webhook/with-redirect", "webhook/with-return"},
	{"scenario", "webhook/after-redirect", "webhook/after-return"},
	{"scenario", "webhook/once", "webhook/no-retry"},
	{"scenario", "payer/refused", "payer/declined"},
	{"scenario", "lie/", "forge/"},
	{"scenario", "adversary/", "chaos/"},
	{"scenario", "api/retrieve-", "api/get-"},
	{"scenario", "redirect/", "return/"},
}

// renamed is what replaced a key or a value, or "".
func renamed(kind, old string) string {
	for _, r := range renames {
		if r.kind == kind && r.old == old {
			return r.new
		}
	}
	return ""
}

// oldKeys are the keys that a key of a file replaced; step is one step of a trail.
func oldKeys(step string) []string {
	var old []string
	for _, r := range renames {
		if r.kind == "key" && r.new == step {
			old = append(old, r.old)
		}
	}
	return old
}

// renamedScenario is the name of the library that replaced another, or "".
func renamedScenario(old string, known []string) string {
	for _, r := range renames {
		if r.kind != "scenario" || !strings.HasPrefix(old, r.old) {
			continue
		}
		if name := r.new + strings.TrimPrefix(old, r.old); slices.Contains(known, name) {
			return name
		}
	}
	return ""
}

// renamedWord is the error for a value that was renamed, if its new name is allowed, or nil.
func renamedWord(old string, allowed []string) error {
	is := renamed("value", old)
	if is == "" || !slices.ContainsFunc(allowed, func(a string) bool { return strings.Contains(is, a) }) && !(old == "replay" && slices.Contains(allowed, string(WrongKey))) {
		return nil
	}
	return fmt.Errorf("%q is now %s", old, is)
}
