package scenarios_test

import (
	"errors"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tapmock/tapmock/scenarios"
)

// leaks are words of Go and of its YAML reader, which must not reach people who write scenarios.
var leaks = regexp.MustCompile(`yaml:|unmarshal|reflect|struct|map\[|\bint\b|\bbool\b|\bnil\b|\*?scenarios\.[A-Z]|tap\.|strconv|interface|panic|%!`)

var placed = regexp.MustCompile(`^[a-z0-9-]+\.yaml:[1-9][0-9]*:[1-9][0-9]*: `)

func TestBad(t *testing.T) {
	comment, cases := readBad(t)
	for i, c := range cases {
		got := messageOf(t, c)
		for line := range strings.Lines(got) {
			place := placed.FindString(line)
			if place == "" || leaks.MatchString(line[len(place):]) {
				t.Errorf("%s: the message has no place or is not readable: %s", c.name, line)
			}
		}
		if diff := cmp.Diff(c.want, got); diff != "" && !*update {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
		cases[i].want = got
	}
	if *update {
		writeBad(t, comment, cases)
	}
}

func messageOf(t *testing.T, c badCase) string {
	t.Helper()
	set, err := scenarios.Parse(scenarios.Builtin(), c.name, []byte(c.yaml))
	if _, ok := errors.AsType[scenarios.Mistakes](err); !ok || set != nil {
		t.Errorf("%s is taken, or its error is %T", c.name, err)
		return ""
	}
	return err.Error() + "\n"
}
