package gateway

import (
	"strconv"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// NoteCall journals an API call and the HTTP status of its answer; 0 means no answer. about is the object that it is
// about, or zero; shown is the status of the object that the answer showed, or "".
func (a *Account) NoteCall(method, path string, about tap.Object, status int, shown string) {
	result := "no answer"
	if status != 0 {
		result = "HTTP " + strconv.Itoa(status)
	}
	detail := describeCall(method, path) + ": " + result
	if shown != "" {
		detail += ", " + shown
	}
	if about.ID = tap.MaskClip(about.ID, longestID); about.ID == "" {
		about = tap.Object{}
	}
	a.update(func(t *tx) { t.note(about, 0, tap.EventAPICall, detail) })
}

// NoteUnknown journals a request with the account's key for which the mock has no route, with a hint that says what it is about, or "".
func (a *Account) NoteUnknown(method, path, hint string) {
	detail := describeCall(method, path)
	if hint != "" {
		detail += ": " + hint
	}
	a.update(func(t *tx) { t.note(tap.Object{}, 0, tap.EventUnknown, detail) })
}

// describeCall is method and path of a request as the journal keeps them.
func describeCall(method, path string) string {
	return tap.MaskClip(method, 20) + " " + tap.MaskClip(path, longestPath)
}
