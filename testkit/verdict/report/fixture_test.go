package report_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tapmock/tapmock/testkit/verdict"
	"github.com/tapmock/tapmock/testkit/verdict/report"
)

var update = flag.Bool("update", false, "rewrite the golden files")

var when = time.Date(2026, 11, 26, 9, 30, 0, 0, time.UTC)

// result is the result of a check of a shop with five mistakes, one of them seen only once.
func result(t testing.TB) *verdict.Result {
	t.Helper()
	text, err := os.ReadFile("testdata/result.json")
	if err != nil {
		t.Fatal(err)
	}
	r := &verdict.Result{}
	if err := json.Unmarshal(text, r); err != nil {
		t.Fatal(err)
	}
	if len(r.Findings) < 4 || len(r.Flaky) != 1 || len(r.Played) < 8 {
		t.Fatalf("testdata/result.json has %d findings, %d flaky ones, %d stories", len(r.Findings), len(r.Flaky), len(r.Played))
	}
	return r
}

func meta() report.Meta {
	return report.Meta{Version: "v1.2.0", When: when, App: "http://127.0.0.1:8000", Seed: 42, Replay: replay}
}

func replay(_ verdict.Code, story string) string {
	return "tapmock check -app http://127.0.0.1:8000 -only '" + story + "'"
}

// sample is the report of [result], with a known finding, an entry of the baseline that has expired, and one that is not used.
func sample(t testing.TB) *report.Report {
	r := report.New(result(t), meta())
	r.Accept([]report.Known{
		{Code: "trusts-webhook-alone", Owner: "payments team", Until: when.AddDate(0, 1, 0)},
		{Code: "charges-twice", Owner: "Dana", Until: when.AddDate(0, -1, 0)},
		{Code: "pays-late", Owner: "payments team", Until: when.AddDate(0, 1, 0)},
	}, when)
	return r
}

// golden compares a text with a file under testdata.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs; -update rewrites it (-want +got):\n%s", file, cmp.Diff(string(want), string(got)))
	}
}

// written is what a method of a report writes.
func written(t testing.TB, write func(w *bytes.Buffer) error) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func jsonOf(t testing.TB, r *report.Report) []byte {
	t.Helper()
	return written(t, func(w *bytes.Buffer) error { return r.WriteJSON(w) })
}
