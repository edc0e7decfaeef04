package scenarios_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// badCase is a file of bad.txtar and what is to be said of it.
type badCase struct{ name, yaml, want string }

const (
	badFile  = "testdata/bad.txtar"
	expected = "=== expected\n"
)

// readBad reads bad.txtar: a comment, then files under lines -- name --, in each the YAML, a line === expected, and the message.
func readBad(tb testing.TB) (comment string, cases []badCase) {
	tb.Helper()
	text, err := os.ReadFile(badFile)
	if err != nil {
		tb.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if name, ok := strings.CutPrefix(line, "-- "); ok {
			cases = append(cases, badCase{name: strings.TrimSuffix(name, " --\n")})
		} else if len(cases) == 0 {
			comment += line
		} else {
			cases[len(cases)-1].yaml += line
		}
	}
	for i, c := range cases {
		cases[i].yaml, cases[i].want, _ = strings.Cut(c.yaml, expected)
	}
	if len(cases) < 20 {
		tb.Fatalf("%s holds %d cases", badFile, len(cases))
	}
	return comment, cases
}

func writeBad(tb testing.TB, comment string, cases []badCase) {
	tb.Helper()
	var text strings.Builder
	text.WriteString(comment)
	for _, c := range cases {
		text.WriteString("-- " + c.name + " --\n" + c.yaml + expected + c.want)
	}
	if err := os.WriteFile(badFile, []byte(text.String()), 0o644); err != nil {
		tb.Fatal(err)
	}
}

// goodFiles reads the valid files: those of the library and of testdata.
func goodFiles(tb testing.TB) map[string]string {
	tb.Helper()
	files := map[string]string{}
	for _, dir := range []string{"library", "testdata"} {
		names, err := filepath.Glob(dir + "/*.yaml")
		if err != nil || len(names) == 0 {
			tb.Fatalf("no files in %s: %v", dir, err)
		}
		for _, name := range names {
			text, err := os.ReadFile(name)
			if err != nil {
				tb.Fatal(err)
			}
			files[name] = string(text)
		}
	}
	return files
}

// golden compares with a file, or rewrites it.
func golden(t *testing.T, name, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s is not what it was; run with -update if that is meant.\n%s", name, firstDifference(got, string(want)))
	}
}

func firstDifference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(g), len(w)) {
		if g[i] != w[i] {
			return "got  " + g[i] + "\nwant " + w[i]
		}
	}
	return "one is longer"
}
