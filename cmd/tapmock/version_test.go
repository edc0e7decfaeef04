package main

import (
	"encoding/json"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// TestBuild reads what the go command writes into a binary.
func TestBuild(t *testing.T) {
	system := runtime.GOOS + "/" + runtime.GOARCH
	vcs := func(at, changed string) []debug.BuildSetting {
		return []debug.BuildSetting{{Key: "vcs", Value: "git"}, {Key: "vcs.revision", Value: "0123456789abcdef"}, {Key: "vcs.time", Value: at}, {Key: "vcs.modified", Value: changed}}
	}
	facts := "  facts    gathered on " + tap.FactsGathered
	for name, c := range map[string]struct {
		settings []debug.BuildSetting
		commit   string
		facts    string
		newer    bool
	}{
		"a release":           {vcs("2999-01-02T23:00:00-03:00", "false"), "0123456789abcdef of 2999-01-03", facts + ", not newer than this commit; ", false},
		"an old commit":       {vcs("2000-01-02T03:04:05Z", "false"), "0123456789abcdef of 2000-01-02", facts + ", newer than this commit: ", true},
		"the same day":        {vcs(tap.FactsGathered+"T00:00:00Z", "false"), "0123456789abcdef of " + tap.FactsGathered, ", not newer than this commit; ", false},
		"changed files":       {vcs("2999-01-02T03:04:05Z", "true"), "0123456789abcdef of 2999-01-02, with changes", facts, false},
		"without the history": {nil, "not known, this binary was built without its repository", facts + "; tapmock fidelity", false},
	} {
		b := buildOf(&debug.BuildInfo{GoVersion: "go1.26.8", Main: debug.Module{Version: "v1.2.3"}, Settings: c.settings})
		var out strings.Builder
		b.print(&out)
		if !strings.HasPrefix(out.String(), "tapmock v1.2.3\n  commit   "+c.commit+"\n  Go       go1.26.8, "+system+"\n") || !strings.Contains(out.String(), c.facts) || b.Newer != c.newer {
			t.Errorf("%s: %+v\n%s", name, b, out.String())
		}
	}
}

// TestVersion prints the version for people and for programs.
func TestVersion(t *testing.T) {
	code, out, _ := runFor(t, "", nil, "version", "-json")
	var b build
	if err := json.Unmarshal([]byte(out), &b); code != 0 || err != nil || b != thisBuild() || b.Go != runtime.Version() {
		t.Errorf("exit %d, %v, %+v", code, err, b)
	}
	if code, out, _ := runFor(t, "", nil, "version"); code != 0 || !strings.HasPrefix(out, "tapmock "+b.Version+"\n") || strings.Count(out, "\n") != 4 {
		t.Errorf("exit %d, %q", code, out)
	}
}
