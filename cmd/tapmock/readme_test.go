package main

import (
	"flag"
	"os"
	"regexp"
	"slices"
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

// TestReadmeControlCalls compares the control calls in the README with the operations of the control API.
func TestReadmeControlCalls(t *testing.T) {
	var named, real []string
	for _, call := range readmeCall.FindAllStringSubmatch(section(t, "README.md", "## The clock, gates and the journal"), -1) {
		for method := range strings.SplitSeq(call[1], ", ") {
			named = append(named, method+" /"+call[2])
		}
	}
	for _, op := range control.Operations() {
		if real = append(real, op.Method+" "+op.Path); !slices.Contains(named, op.Method+" "+op.Path) {
			t.Errorf("the README lacks %s %s", op.Method, op.Path)
		}
	}
	for _, call := range named {
		if !slices.Contains(real, call) {
			t.Errorf("the README names %s, which does not exist", call)
		}
	}
}

// TestReadmeFlags compares the flags in the README with those of serve.
func TestReadmeFlags(t *testing.T) {
	settings := tap.DefaultSettings()
	o := &options{config: mockserver.Config{Settings: &settings}}
	fs := flag.NewFlagSet("", flag.ContinueOnError)
	o.define(fs)
	var named []string
	for row := range strings.Lines(section(t, "README.md", "## Flags")) {
		if first, _, ok := strings.Cut(strings.TrimPrefix(row, "| "), " | "); ok && strings.HasPrefix(first, "`-") {
			for _, name := range regexp.MustCompile("`-([a-z-]+)").FindAllStringSubmatch(first, -1) {
				if named = append(named, name[1]); fs.Lookup(name[1]) == nil {
					t.Errorf("the README names the flag -%s, which does not exist", name[1])
				}
			}
		}
	}
	fs.VisitAll(func(f *flag.Flag) {
		if !slices.Contains(named, f.Name) {
			t.Errorf("the README lacks the flag -%s", f.Name)
		}
	})
}

var readmeSetting = regexp.MustCompile("`(?:-set |-limit )?([a-z_-]+)=([^`]+)`")

// TestReadmeSettings sets every setting and limit that the README writes with a value.
func TestReadmeSettings(t *testing.T) {
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	settings, limits := tap.DefaultSettings(), mockserver.Limits{}
	all := readmeSetting.FindAllStringSubmatch(string(text), -1)
	if len(all) < 20 {
		t.Errorf("only %d settings were found", len(all))
	}
	for _, one := range all {
		if one[1] == "key" || one[1] == "name" {
			continue
		}
		if err := settings.Set(one[1], one[2]); err != nil && limits.Set(one[1], one[2]) != nil {
			t.Errorf("%s: %v", one[0], err)
		}
	}
}
