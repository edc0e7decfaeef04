package scenarios_test

import (
	"bytes"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tapmock/tapmock/scenarios"
)

// FuzzLoad: no file makes the reader panic; what it takes can be played, matched, and written so that it is taken again, equal.
func FuzzLoad(f *testing.F) {
	_, cases := readBad(f)
	for _, c := range cases {
		f.Add([]byte(c.yaml))
	}
	for _, text := range goodFiles(f) {
		f.Add([]byte(text))
		for part := range strings.SplitSeq(text, "\n\n") { // short seeds are changed more cleverly
			f.Add([]byte("scenarios:\n" + part))
		}
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		set, err := scenarios.Parse(scenarios.Builtin(), "x.yaml", text)
		if err != nil {
			if len(err.Error()) > 300_000 {
				t.Errorf("an error of %d bytes", len(err.Error()))
			}
			return
		}
		written := set.File().YAML()
		again, err := scenarios.Parse(scenarios.Builtin(), "y.yaml", written)
		if err != nil {
			t.Fatalf("what was written is not taken: %v\n%s", err, written)
		}
		for i, s := range set.File().Scenarios {
			if diff := cmp.Diff(s, again.List()[i], exact); diff != "" {
				t.Fatalf("%s\n%s", diff, written)
			}
			if _, err := set.Resolve(string(s.Name)); err != nil {
				t.Fatal(err)
			}
		}
		if !bytes.Equal(written, again.File().YAML()) {
			t.Fatalf("written twice, in two ways:\n%s\n%s", written, again.File().YAML())
		}
		set.Match(candidate())
	})
}

// TestHostile bounds what reading costs, whatever the file.
func TestHostile(t *testing.T) {
	one := "scenarios:\n  - name: x\n    description: X.\n"
	chain, missing, api := &strings.Builder{}, &strings.Builder{}, &strings.Builder{}
	chain.WriteString("scenarios:\n")
	missing.WriteString("scenarios:\n")
	api.WriteString("scenarios:\n")
	faults := strings.TrimSuffix(strings.Repeat("{on: page.open, delay: 1s}, ", 90), ", ")
	for i := range 8_000 {
		fmt.Fprintf(chain, "- {name: a/%d, description: A., extends: a/%d}\n", i, i+1)
		fmt.Fprintf(missing, "- {name: a/%d, description: A., extends: outcome/capturedd-%d}\n", i, i)
	}
	few := &strings.Builder{}
	few.WriteString("scenarios:\n")
	for i := range 4000 { // so few that near names are looked for
		fmt.Fprintf(few, "- {name: a/%d, description: A., extends: outcome/capturedd-%d}\n", i, i)
	}
	for i := range 400 {
		fmt.Fprintf(api, "- {name: a/%d, description: A., extends: a/%d, api: [%s]}\n", i, i+1, faults)
	}
	for name, text := range map[string]string{
		"brackets": strings.Repeat("[", 1<<20), "braces": strings.Repeat("{a: ", 1<<18), "dashes": strings.Repeat("- ", 1<<20),
		"indents": nested(3000), "entries": "[" + strings.Repeat("a,", 4<<20-10) + "]", "pairs": "{" + strings.Repeat("a,", 60_000) + "}",
		"long key": one + "    " + strings.Repeat("k", 1<<20) + ": 1\n", "long text": one + "    bank: {result: " + strings.Repeat("k", 1<<20) + "}\n",
		"long setting": one + "    settings: {" + strings.Repeat("k", 900) + ": " + strings.Repeat("v", 1<<20) + "}\n",
		"bytes":        strings.Repeat("x", 9<<20), "blanks": strings.Repeat(" ", 8<<20-1), "lines": strings.Repeat("\n", 400_000), "unknown keys": one + strings.Repeat("    k: 1\n", 100_000),
		"metadata": one + "    match: {" + many("metadata.%d: a, ", 10_000) + "}\n", "settings": one + "    settings: {" + many("k%d: a, ", 90) + "}\n",
		"add": one + "    callbacks: [{return: {query: {" + many("k%d: a, ", 10_000) + "}}}]\n", "nulls": "scenarios:\n" + strings.Repeat("-\n", 5_000),
		"aliases": "a: &a [x]\n" + many("b%[1]d: &b%[1]d [*a,*a,*a,*a]\n", 10_000), "chain": chain.String() + "- {name: a/8000, description: A.}\n", "circle": chain.String() + "- {name: a/8000, description: A., extends: a/0}\n",
		"missing": missing.String(), "missing few": few.String(), "faults": api.String() + "- {name: a/400, description: A.}\n", "broken at the end": strings.Repeat("a: b\n", 10_000) + "\"", "quotes": strings.Repeat("\"\n", 40_000),
	} {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			start := time.Now()
			set, err := scenarios.Parse(scenarios.Builtin(), "x.yaml", []byte(text))
			took := time.Since(start)
			runtime.ReadMemStats(&after)
			if err == nil || set != nil {
				t.Fatal("is taken")
			}
			if mib := (after.TotalAlloc - before.TotalAlloc) >> 20; took > 20*time.Second || mib > 900 || len(err.Error()) > 200_000 {
				t.Errorf("%v, %d MiB allocated, error of %d bytes", took, mib, len(err.Error()))
			} else {
				t.Logf("%v, %d MiB allocated: %.150s", took, mib, err)
			}
		})
	}
}

func nested(depth int) string {
	text := &strings.Builder{}
	for i := range depth {
		text.WriteString(strings.Repeat(" ", i) + "a:\n")
	}
	return text.String()
}

func many(format string, n int) string {
	text := &strings.Builder{}
	for i := range n {
		fmt.Fprintf(text, format, i)
	}
	return text.String()
}
