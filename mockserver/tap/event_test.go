package tap

import (
	"slices"
	"testing"
)

func TestEvents(t *testing.T) {
	names := EventNames()
	if len(slices.Compact(slices.Sorted(slices.Values(names)))) != len(names) {
		t.Errorf("an event is in the list twice: %v", names)
	}
	var moments []Event
	for _, d := range Events() {
		if d.Event == "" || d.Doc == "" || !KnownEvent(d.Event) {
			t.Errorf("%+v: it has no name or no text, or is not known", d)
		}
		if d.Moment {
			moments = append(moments, d.Event)
		}
	}
	want := []Event{EventCreated, EventAnswered, EventPageOpened, EventSubmitted, EventConfirmed, EventSettled, EventCorrected, EventExpired,
		EventWebhook, EventReturned}
	if !slices.Equal(moments, want) {
		t.Errorf("moments %v, want %v", moments, want)
	}
	if KnownEvent("charge_created") {
		t.Error("charge_created, an old name, is known")
	}
}
