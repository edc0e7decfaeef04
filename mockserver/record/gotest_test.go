package record_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/mockserver/record"
	"github.com/tapmock/tapmock/scenarios"
)

// TestGoTestPasses writes Go tests of all payments of the library, and of those that were driven by hand, into a module of their own, and runs
// them there, without a network. One that checks a wrong number of webhooks must fail.
func TestGoTestPasses(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds a module")
	}
	t.Parallel()
	m := newModule(t)
	for _, name := range charges(t) {
		s := newStage(t)
		s.check(s.control.Next(t.Context(), name))
		source, _ := record.GoTest(s.play())
		m.add("shop", source)
	}
	for _, d := range drives {
		source, _ := record.GoTest(d.record(t))
		m.add("shop", source)
		if d.name == "late, twice" {
			m.add("wrong", strings.Replace(source, "got != 2", "got != 3", 1))
		}
	}
	if out, err := m.test("./shop"); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	if out, err := m.test("./wrong"); err == nil || !strings.Contains(out, "2 webhooks were sent, want 2") {
		t.Errorf("a test that checks a wrong number of webhooks does not fail for that: %v\n%s", err, out)
	}
}

// module is a module in a directory of its own that requires this one.
type module struct {
	t     *testing.T
	dir   string
	files int
}

func newModule(t *testing.T) *module {
	t.Helper()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	sums, err := os.ReadFile(filepath.Join(root, "go.sum"))
	if err != nil {
		t.Fatal(err)
	}
	m := &module{t: t, dir: t.TempDir()}
	m.write("go.sum", string(sums))
	m.write("go.mod", "module shop.example\n\ngo 1.26.0\n\nrequire github.com/tapmock/tapmock v0.0.0\n\nreplace github.com/tapmock/tapmock => "+strconv.Quote(root)+"\n")
	return m
}

// add adds the source of a test to a package, with a number behind its names, so that a package can have several. One package is linked
// much faster than one for each.
func (m *module) add(pkg, source string) {
	m.t.Helper()
	m.files++
	n := strconv.Itoa(m.files)
	source = strings.NewReplacer("const recording =", "const recording"+n+" =", "PutScenarios(recording)", "PutScenarios(recording"+n+")",
		"createCharge(", "createCharge"+n+"(", "(t *testing.T) {\n\tmock", "_"+n+"(t *testing.T) {\n\tmock").Replace(source)
	m.write(filepath.Join(pkg, "shop"+n+"_test.go"), source)
}

func (m *module) write(name, text string) {
	m.t.Helper()
	path := filepath.Join(m.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		m.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		m.t.Fatal(err)
	}
}

// test runs the tests of a package, with modules of the cache only.
func (m *module) test(pkg string) (out string, err error) {
	cmd := exec.CommandContext(m.t.Context(), "go", "test", "-count=1", pkg)
	cmd.Dir, cmd.Env = m.dir, append(os.Environ(), "GOFLAGS=-mod=mod", "GOPROXY=off", "GOWORK=off")
	text, err := cmd.CombinedOutput()
	return string(text), err
}

// awkward is a text that must be quoted in YAML and in Go.
const awkward = "a\"b'c`d\\e\n: #{[&*!|>%@\t\r\x00\ufeff\u202e طلب رقم ١"

// TestAwkwardTexts records a payment whose texts of the merchant and of the scenario are awkward, and reads what was written.
func TestAwkwardTexts(t *testing.T) {
	t.Parallel()
	at := opening
	returned := "to http://shop.example/return?tap_id=chg_1&" + "note=a%22b%27c%60d%5Ce%3A%20%23%EF%BB%BF%D8%B7%D9%84%D8%A8&two=a%0Ab" + ": HTTP 200"
	trace := &control.Trace{Charge: control.Charge{ID: "chg_1", Status: "CAPTURED", Amount: "1.000", Currency: "KWD", Order: awkward, PostURL: "http://shop.example/" + awkward}, Entries: []control.Entry{
		{Seq: 1, At: at, Event: "created", Detail: "1.000 KWD from src_kw.knet, order " + awkward},
		{Seq: 2, Cause: 1, At: at, Event: "answered"}, {Seq: 3, At: at, Event: "page_opened"}, {Seq: 4, At: at, Event: "confirmed"},
		{Seq: 5, Cause: 4, At: at, Event: "settled", Detail: "INITIATED → CAPTURED, 000 Captured"},
		{Seq: 6, Cause: 5, At: at, Event: "returned", Detail: returned, Response: &control.Response{Status: 200}},
		{Seq: 7, At: at.Add(time.Second), Event: "fault_injected", Detail: awkward},
	}}
	yaml, notes := record.Scenario(trace, nil)
	set, err := scenarios.Parse(scenarios.Builtin(), "recorded.yaml", []byte(yaml))
	if err != nil || len(notes) != 2 { // the fault and the second parameter
		t.Fatalf("%v\n%s%q", err, yaml, notes)
	}
	script, err := set.Resolve("recorded/captured-no-webhook-returned-elsewhere")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range script.Callbacks {
		if want := "a\"b'c`d\\e: #\ufeffطلب"; c.Return != nil && c.Return.Query["note"] != want {
			t.Errorf("the parameter is %q, want %q", c.Return.Query["note"], want)
		}
	}
	source, _ := record.GoTest(trace, nil)
	file, err := parser.ParseFile(token.NewFileSet(), "shop_test.go", source, parser.SkipObjectResolution)
	if err != nil {
		t.Fatalf("%v\n%s", err, source)
	}
	if !hasLiteral(file, awkward) || !hasLiteral(file, yaml) {
		t.Errorf("the order or the scenario is not in the source:\n%s", source)
	}
}

// hasLiteral reports whether a file has a text as a literal.
func hasLiteral(file *ast.File, text string) (found bool) {
	ast.Inspect(file, func(n ast.Node) bool {
		if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			value, err := strconv.Unquote(lit.Value)
			found = found || err == nil && value == text
		}
		return true
	})
	return found
}
