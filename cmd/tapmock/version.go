package main

import (
	"errors"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
	"time"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// build is what a binary knows of itself.
type build struct {
	Version   string `json:"version"`             // the module's, or (devel)
	Commit    string `json:"commit,omitempty"`    // "": it was built without its repository
	Committed string `json:"committed,omitempty"` // the commit's day
	Changed   bool   `json:"changed,omitempty"`   // it was built from files that differ from the commit
	Go        string `json:"go"`
	System    string `json:"system"` // such as linux/amd64
	Facts     string `json:"facts"`  // the day on which the newest facts about Tap were gathered
	Newer     bool   `json:"facts_newer,omitempty"`
}

const versionHelp = `tapmock version [-json]: print the version, the commit, the version of Go, and how old the facts about Tap are.

Examples:
  tapmock version
  tapmock version -json`

// versionCommand prints what the binary knows of itself.
func versionCommand(std streams, args []string, _ func(string) string) error {
	fs := newFlags("version")
	asJSON := fs.Bool("json", false, "print one JSON object")
	if err := parseFlags(fs, args, std.out, versionHelp); err != nil {
		return helped(err)
	}
	if fs.NArg() > 0 {
		return usageError{errors.New("version takes no arguments")}
	}
	if *asJSON {
		return printJSON(std.out, thisBuild())
	}
	thisBuild().print(std.out)
	return nil
}

// thisBuild is this binary.
func thisBuild() build {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		info = &debug.BuildInfo{GoVersion: runtime.Version(), Main: debug.Module{Version: "(unknown)"}}
	}
	return buildOf(info)
}

func buildOf(info *debug.BuildInfo) build {
	b := build{Version: info.Main.Version, Go: info.GoVersion, System: runtime.GOOS + "/" + runtime.GOARCH, Facts: tap.FactsGathered}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			b.Commit = s.Value
		case "vcs.time":
			if at, err := time.Parse(time.RFC3339, s.Value); err == nil {
				b.Committed = at.UTC().Format(time.DateOnly)
			}
		case "vcs.modified":
			b.Changed = s.Value == "true"
		}
	}
	b.Newer = b.Committed != "" && b.Facts > b.Committed
	return b
}

func (b build) print(out io.Writer) {
	fmt.Fprintf(out, "tapmock %s\n  commit   %s\n  Go       %s, %s\n  facts    gathered on %s%s; tapmock fidelity lists them\n",
		b.Version, b.commit(), b.Go, b.System, b.Facts, b.age())
}

// commit names the commit, for people.
func (b build) commit() string {
	switch {
	case b.Commit == "":
		return "not known, this binary was built without its repository"
	case b.Changed:
		return b.Commit + " of " + b.Committed + ", with changes"
	}
	return b.Commit + " of " + b.Committed
}

// age says whether the facts are newer than the commit: then the binary may do something else than they say.
func (b build) age() string {
	switch {
	case b.Committed == "":
		return ""
	case b.Newer:
		return ", newer than this commit: what it imitates may be older than its ledger"
	}
	return ", not newer than this commit"
}

// versionText is the module's version, or the commit it was built from.
func versionText() string {
	b := thisBuild()
	if b.Version == "(devel)" && b.Commit != "" {
		return "(devel) " + b.Commit[:min(12, len(b.Commit))]
	}
	return b.Version
}
