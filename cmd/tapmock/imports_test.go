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
	"./cmd/tapmock":              {"./mockserver", "./mockserver/control", "./scenarios", "./mockserver/tap", "./testkit/verdict", "./testkit/verdict/contract", "./testkit/verdict/report", "./mockserver/intercept", "./mockserver/compare"},
	"./mockserver/intercept":     {"software.sslmate.com/src/go-pkcs12"},
	"./testkit":                  {"./mockserver", "./mockserver/control", "./scenarios", "./mockserver/tap", "./testkit/verdict", "./testkit/verdict/report"},
	"./testkit/verdict":          {"./mockserver/control", "./scenarios", "./mockserver/tap"},
	"./testkit/verdict/contract": {"./testkit/verdict", "./scenarios", "./mockserver/tap"},
	"./testkit/verdict/report":   {"./testkit/verdict", "./mockserver/tap"},
	"./testkit/containertest": {"./testkit", "github.com/testcontainers/testcontainers-go", "github.com/testcontainers/testcontainers-go/log",
		"github.com/testcontainers/testcontainers-go/wait", "github.com/moby/moby/api/types/container", "github.com/moby/moby/client"},
	"./testkit/internal/conformance": {"./testkit", "./mockserver/tap"},
	"./mockserver": {"./mockserver/gateway", "./mockserver/calls", "./mockserver/payment", "./mockserver/webhook", "./mockserver/control", "./mockserver/inspector", "./mockserver/shop", "./fakepage", "./scenarios", "./mockserver/tap",
		"github.com/gorilla/mux"},
	"./mockserver/inspector": {"./fakepage", "./mockserver/control", "./mockserver/compare", "./mockserver/record", "./mockserver/tap"},
	"./mockserver/control":   {"./scenarios", "./mockserver/tap"},
	"./mockserver/calls":     {"./mockserver/tap"},
	"./mockserver/record":    {"./mockserver/control", "./scenarios", "./mockserver/tap"},
	"./mockserver/compare":   {"./mockserver/control", "./scenarios", "./mockserver/tap"},
	"./mockserver/gateway": {"./mockserver/timeline", "./mockserver/calls", "./mockserver/journal", "./mockserver/payment", "./mockserver/webhook", "./scenarios", "./mockserver/tap",
		"github.com/brianvoe/gofakeit/v7/data"},
	"./mockserver/payment":  {"./mockserver/tap"},
	"./mockserver/timeline": {},
	"./mockserver/journal":  {"./mockserver/tap"},
	"./mockserver/shop":     {"./fakepage", "./mockserver/tap"},
	"./mockserver/webhook":  {"./mockserver/tap"},
	"./fakepage":            {"./mockserver/payment", "./mockserver/tap"},
	"./scenarios":           {"./mockserver/tap", "gopkg.in/yaml.v3"},
	"./mockserver/tap":      {},
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
		t.Errorf("only %d packages were checked", packages)
	}
}

// TestBinaryLinksNoTestCode checks all packages that the binary links.
func TestBinaryLinksNoTestCode(t *testing.T) {
	for _, dep := range dependencies(t, ".") {
		if dep == "testing" || dep == "net/http/httptest" || isDocker(dep) {
			t.Errorf("the binary links %s", dep)
		}
	}
}

// TestKitCompilesNoDocker checks all packages that a test compiles if it imports testkit.
func TestKitCompilesNoDocker(t *testing.T) {
	for _, dep := range dependencies(t, module+"/testkit") {
		if isDocker(dep) {
			t.Errorf("testkit needs %s", dep)
		}
	}
	if !slices.ContainsFunc(dependencies(t, module+"/testkit/containertest"), isDocker) {
		t.Error("containertest does not import Docker's client, so this test looks for the wrong packages")
	}
}

// isDocker reports whether a package belongs to testcontainers or to Docker's client.
func isDocker(pkg string) bool {
	return strings.HasPrefix(pkg, "github.com/testcontainers/") || strings.HasPrefix(pkg, "github.com/moby/") || strings.HasPrefix(pkg, "github.com/docker/")
}

// dependencies are all packages that a package imports, directly or not.
func dependencies(t *testing.T, pkg string) []string {
	t.Helper()
	out, err := exec.Command("go", "list", "-deps", pkg).Output()
	if err != nil {
		t.Fatal(err)
	}
	deps := strings.Fields(string(out))
	if !slices.Contains(deps, module+"/mockserver") {
		t.Fatalf("these are not the packages of %s: %v", pkg, deps)
	}
	return deps
}
