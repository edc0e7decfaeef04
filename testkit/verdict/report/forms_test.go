package report_test

import (
	"encoding/json"
	"errors"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tapmock/tapmock/testkit/verdict/report"
)

// TestReadBack checks that a report that was read from its JSON writes the same files.
func TestReadBack(t *testing.T) {
	t.Parallel()
	r := sample(t)
	var back report.Report
	if err := json.Unmarshal(jsonOf(t, r), &back); err != nil {
		t.Fatal(err)
	}
	for name, write := range map[string]func(r *report.Report) string{
		"JSON":   func(r *report.Report) string { return string(jsonOf(t, r)) },
		"JUnit":  func(r *report.Report) string { return string(junitOf(t, r)) },
		"GitHub": func(r *report.Report) string { return githubOf(t, r) },
		"HTML":   func(r *report.Report) string { return string(htmlOf(t, r)) },
	} {
		if diff := cmp.Diff(write(r), write(&back)); diff != "" {
			t.Errorf("%s differs (-written +read back):\n%s", name, diff)
		}
	}
}

// TestWriteErrors checks that no form hides the error of its writer.
func TestWriteErrors(t *testing.T) {
	t.Parallel()
	r := sample(t)
	for name, write := range map[string]func(failing) error{
		"JSON": func(w failing) error { return r.WriteJSON(w) }, "JUnit": func(w failing) error { return r.WriteJUnit(w) },
		"GitHub": func(w failing) error { return r.WriteGitHub(w) }, "HTML": func(w failing) error { return r.WriteHTML(w) },
		"diagram": func(w failing) error { return report.WriteDiagram(w, r.Findings[0].Example.Steps, false) },
	} {
		if err := write(failing{}); !errors.Is(err, os.ErrClosed) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, os.ErrClosed }
