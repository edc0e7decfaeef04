package main

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/tapmock/tapmock"

// allowed is the dependency table of the design: what each package may import besides the standard library.
var allowed = map[string][]string{
	"./cmd/tapmock":           {"./mockserver", "./mockserver/control", "./scenarios", "./mockserver/tap"},
	"./testkit":               {"./mockserver", "./mockserver/control", "./scenarios", "./mockserver/tap"},
	"./testkit/containertest": {"./testkit", "./scenarios", "./mockserver/tap", "github.com/testcontainers/testcontainers-go"},
	"./mockserver": {"./mockserver/gateway", "./mockserver/webhook", "./mockserver/control", "./fakepage", "./scenarios", "./mockserver/tap",
		"github.com/gorilla/mux"},
	"./mockserver/control": {"./scenarios", "./mockserver/tap"},
	"./mockserver/gateway": {"./scenarios", "./mockserver/tap", "github.com/brianvoe/gofakeit/v7"},
	"./mockserver/webhook": {"./mockserver/tap"},
	"./fakepage":           {"./mockserver/tap"},
	"./scenarios":          {"./mockserver/tap", "gopkg.in/yaml.v3"},
	"./mockserver/tap":     {},
}

func TestImports(t *testing.T) {
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}} {{join .Imports " "}}`, module+"/...").Output()
	if err != nil {
		t.Fatal(err)
	}
	packages := 0
	for line := range strings.Lines(string(out)) {
		packages++
		f := strings.Fields(strings.ReplaceAll(line, module, "."))
		may, known := allowed[f[0]]
		if !known {
			t.Errorf("package %s is not in the table", f[0])
		}
		for _, imp := range f[1:] {
			if strings.Contains(imp, ".") && !slices.Contains(may, imp) {
				t.Errorf("%s may not import %s", f[0], imp)
			}
		}
	}
	if packages < 6 {
		t.Errorf("only %d packages were looked at", packages)
	}
}

// TestBinaryLinksNoTestCode looks at everything the shipped binary is made of.
func TestBinaryLinksNoTestCode(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	deps := strings.Fields(string(out))
	if !slices.Contains(deps, module+"/mockserver") {
		t.Fatalf("these are not the binary's packages: %v", deps)
	}
	for _, bad := range []string{"testing", "net/http/httptest", "github.com/testcontainers/testcontainers-go"} {
		if slices.Contains(deps, bad) {
			t.Errorf("the binary links %s", bad)
		}
	}
}
