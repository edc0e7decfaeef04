package record_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/mockserver/record"
	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/scenarios"
)

// lost are the scenarios of the library of which the journal does not have everything: the recording makes the same journal, but lacks what is
// named here. It is the part of a note, or begins with a dash if there can be no note, because the journal has nothing of it.
var lost = map[string]string{
	"webhook/concurrent":       "at the same instant",
	"webhook/twice":            "at the same instant",
	"webhook/late-twice":       "at the same instant",
	"return/concurrent":        "at the same instant",
	"return/twice":             "at the same instant",
	"return/other-charge":      "the tap_id of another charge",
	"return/unknown-charge":    "the tap_id of another charge",
	"api/create-limited":       "Retry-After",
	"api/create-refused":       "Retry-After",
	"api/get-down":             "Retry-After",
	"api/list-down":            "-a list belongs to no charge, so its fault is in no trace",
	"api/page-down":            "-an automatic payer uses no page, so the fault is never injected",
	"api/get-lags":             "-the fault ends at a moment; only the calls that had it are known",
	"webhook/no-retry":         "-the merchant acknowledged the first attempt, so no retry shows",
	"webhook/three-days":       "-the merchant acknowledged the first attempt, so no retry shows",
	"payer/declined":           "-the expiry of the card is never kept; the bank declines instead",
	"forge/another-amount":     "Retry-After",
	"forge/another-currency":   "Retry-After",
	"forge/another-order":      "Retry-After",
	"api/get-another-amount":   "-the fault is of every call; only the calls that were made are known",
	"api/get-another-currency": "-the fault is of every call; only the calls that were made are known",
	"api/get-another-order":    "-the fault is of every call; only the calls that were made are known",
}

// TestLibrary plays every scenario for charges with an automatic payer, records it, and plays the recording. Both journals must be the same.
func TestLibrary(t *testing.T) {
	t.Parallel()
	for _, name := range charges(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			first := newStage(t)
			first.check(first.control.Next(t.Context(), name))
			trace, hooks := first.play()
			yaml, notes := record.Scenario(trace, hooks)
			again := newStage(t)
			again.check(again.control.NextYAML(t.Context(), yaml))
			repeated, _ := again.play()
			if want, got := journal(trace), journal(repeated); !slices.Equal(want, got) {
				t.Errorf("recorded:\n%s\nplayed again:\n%s\n%s%q", strings.Join(want, "\n"), strings.Join(got, "\n"), yaml, notes)
			}
			all := strings.Join(notes, "\n")
			if want := lost[name]; strings.HasPrefix(want, "-") && all != "" || !strings.HasPrefix(want, "-") && (want == "") != (all == "") || !strings.HasPrefix(want, "-") && !strings.Contains(all, want) {
				t.Errorf("notes %q, want %q", notes, want)
			}
		})
	}
}

// charges are the scenarios of the library for charges, apart from chaos, which mixes in other scenarios at random.
func charges(t *testing.T) (names []string) {
	t.Helper()
	for _, name := range scenarios.Builtin().Names() {
		script, err := scenarios.Builtin().Resolve(name)
		if err != nil {
			t.Fatal(err)
		}
		if script.Object == tap.KindCharge && script.Chaos == nil {
			names = append(names, name)
		}
	}
	if len(names) < 80 {
		t.Fatalf("only %d scenarios are for charges", len(names))
	}
	return names
}

var hidden = regexp.MustCompile(`chg_\w+|http://127\.0\.0\.1:\d+`)

// journal is the journal of a charge without ids and addresses, with times since its creation.
func journal(t *control.Trace) (lines []string) {
	for _, e := range t.Entries {
		begin := t.Entries[slices.IndexFunc(t.Entries, func(e control.Entry) bool { return e.Event == tap.EventCreated })]
		lines = append(lines, fmt.Sprintf("%-9s %s %s", e.At.Sub(begin.At), e.Event, hidden.ReplaceAllString(e.Detail, "…")))
	}
	return append(lines, string(t.Charge.Status)+" "+t.Charge.Code+" "+t.Charge.Amount+" "+string(t.Charge.PostStatus)+" "+string(t.Charge.RedirectStatus))
}
