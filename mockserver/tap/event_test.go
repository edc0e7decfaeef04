package tap

import (
	"slices"
	"strings"
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
		EventWebhook, EventReturned, EventCaptured, EventVoided, EventAuto}
	if !slices.Equal(moments, want) {
		t.Errorf("moments %v, want %v", moments, want)
	}
}

func TestRenamedEvents(t *testing.T) {
	for old, is := range renamedEvents {
		if err := CheckEvent(old); KnownEvent(old) || err == nil || !strings.HasSuffix(err.Error(), "is now "+is) {
			t.Errorf("%s: %v", old, err)
		}
		for word := range strings.FieldsFuncSeq(strings.ReplaceAll(is, " or ", ","), func(r rune) bool { return r == ',' || r == ' ' }) {
			if err := CheckEvent(Event(word)); err != nil {
				t.Errorf("%s is now %s: %v", old, word, err)
			}
		}
	}
}
