package main

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/tapmock/tapmock/mockserver"
	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// section is the part of a file of the repository under a heading, up to the next heading of the same level.
func section(t *testing.T, file, heading string) string {
	t.Helper()
	text, err := os.ReadFile("../../" + file)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut("\n"+string(text), "\n"+heading+"\n")
	if !found {
		t.Fatalf("%s has no heading %q", file, heading)
	}
	level, _, _ := strings.Cut(heading, " ")
	part, _, _ := strings.Cut(rest, "\n"+level+" ")
	return part
}

var readmeCall = regexp.MustCompile("`([A-Z, ]+) ([a-z{}./-]+)`")

// The READMEs with the tables.
const (
	programReadme = "cmd/tapmock/README.md"
	controlReadme = "mockserver/control/README.md"
)

// TestReadmeControlCalls compares the table of the control calls with the operations of the control API.
func TestReadmeControlCalls(t *testing.T) {
	var named, real []string
	for _, call := range readmeCall.FindAllStringSubmatch(section(t, controlReadme, "## Calls"), -1) {
		for method := range strings.SplitSeq(call[1], ", ") {
			named = append(named, method+" /"+call[2])
		}
	}
	for _, op := range control.Operations() {
		if real = append(real, op.Method+" "+op.Path); !slices.Contains(named, op.Method+" "+op.Path) {
			t.Errorf("%s lacks %s %s", controlReadme, op.Method, op.Path)
		}
	}
	for _, call := range named {
		if !slices.Contains(real, call) {
			t.Errorf("%s names %s, which does not exist", controlReadme, call)
		}
	}
}

// TestReadmeFlags compares the table of the flags with those of serve.
func TestReadmeFlags(t *testing.T) {
	settings := tap.DefaultSettings()
	o := &options{config: mockserver.Config{Settings: &settings}}
	fs := flag.NewFlagSet("", flag.ContinueOnError)
	o.define(fs)
	var named []string
	for row := range strings.Lines(section(t, programReadme, "## Flags")) {
		if first, _, ok := strings.Cut(strings.TrimPrefix(row, "| "), " | "); ok && strings.HasPrefix(first, "`-") {
			for _, name := range regexp.MustCompile("`-([a-z-]+)").FindAllStringSubmatch(first, -1) {
				if named = append(named, name[1]); fs.Lookup(name[1]) == nil {
					t.Errorf("%s names the flag -%s, which does not exist", programReadme, name[1])
				}
			}
		}
	}
	fs.VisitAll(func(f *flag.Flag) {
		if !slices.Contains(named, f.Name) {
			t.Errorf("%s lacks the flag -%s", programReadme, f.Name)
		}
	})
}

var readmeSetting = regexp.MustCompile("`(?:-set |-limit )?([a-z_-]+)=([^`]+)`")

// TestReadmeSettings sets every setting and limit that the READMEs write with a value.
func TestReadmeSettings(t *testing.T) {
	settings, limits, found := tap.DefaultSettings(), mockserver.Limits{}, 0
	for _, file := range []string{"README.md", programReadme, controlReadme} {
		text, err := os.ReadFile(filepath.Join(root, file))
		if err != nil {
			t.Fatal(err)
		}
		for _, one := range readmeSetting.FindAllStringSubmatch(string(text), -1) {
			if one[1] == "key" || one[1] == "name" {
				continue
			}
			found++
			if err := settings.Set(one[1], one[2]); err != nil && limits.Set(one[1], one[2]) != nil {
				t.Errorf("%s: %s: %v", file, one[0], err)
			}
		}
	}
	if found < 20 {
		t.Errorf("only %d settings were found", found)
	}
}

// TestReadmeLimits compares the limits and their defaults with those of the server.
func TestReadmeLimits(t *testing.T) {
	text := section(t, programReadme, "## Limits")
	for _, limit := range mockserver.LimitNames() {
		if !strings.Contains(text, "`"+limit+"`") {
			t.Errorf("%s lacks %s", programReadme, limit)
		}
	}
}

var readmeExit = regexp.MustCompile("(?m)^\\| `tapmock ([^`]+)` \\| ([0-9]) \\|")

// TestReadmeExitCodes runs the commands of the table of exit codes.
func TestReadmeExitCodes(t *testing.T) {
	rows := readmeExit.FindAllStringSubmatch(section(t, programReadme, "# The program"), -1)
	body, err := os.ReadFile(filepath.Join(root, "mockserver/tap/testdata/webhook-2022-charge-captured.raw.json"))
	if err != nil || len(rows) < 8 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	dir := t.TempDir()
	t.Chdir(dir)
	write(t, dir, "webhook.json", string(body))
	write(t, dir, "wrong.yaml", "scenarios: [{name: a}]\n")
	for _, row := range rows {
		code, _, errs := runFor(t, "", nil, strings.Fields(row[1])...)
		if want, _ := strconv.Atoi(row[2]); code != want {
			t.Errorf("tapmock %s exits with %d, the table says %d: %s", row[1], code, want, errs)
		}
	}
}
