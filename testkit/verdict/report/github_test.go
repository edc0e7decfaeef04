package report_test

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"github.com/tapmock/tapmock/testkit/verdict/report"
)

// TestGitHub checks the escaping: each line is one annotation, and no text ends a property.
func TestGitHub(t *testing.T) {
	t.Parallel()
	line := regexp.MustCompile(`^::(error|warning|notice) title=[^:,]*::.+$`)
	for _, r := range []*report.Report{sample(t), poisonedReport()} {
		text := githubOf(t, r)
		for one := range strings.Lines(text) {
			if one = strings.TrimSuffix(one, "\n"); !line.MatchString(one) || strings.ContainsAny(one, "\r\x1b\x00") {
				t.Errorf("wrong line: %q", one)
			}
			if left := regexp.MustCompile(`%(25|0A|0D|3A|2C)`).ReplaceAllString(one, ""); strings.Contains(left, "%") {
				t.Errorf("a percent sign is not escaped: %q", one)
			}
		}
	}
	if text := githubOf(t, sample(t)); strings.Count(text, "::error ") != 3 || strings.Count(text, "::warning ") != 1 || strings.Count(text, "::notice ") != 2 {
		t.Errorf("other annotations than expected:\n%s", text)
	}
	if text := githubOf(t, poisonedReport()); !strings.HasPrefix(text, "::error title=tapmock check%3A could not judge::") || !strings.Contains(text, "%250A") {
		t.Errorf("%s", text)
	}
}

func githubOf(t testing.TB, r *report.Report) string {
	t.Helper()
	return string(written(t, func(w *bytes.Buffer) error { return r.WriteGitHub(w) }))
}

func TestGoldenGitHub(t *testing.T) {
	t.Parallel()
	golden(t, "github.txt", []byte(githubOf(t, sample(t))))
}
