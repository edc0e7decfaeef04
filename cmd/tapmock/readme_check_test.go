package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/testkit/verdict/contract"
)

const (
	contractReadme = "../../testkit/verdict/contract/README.md"
	examplesReadme = "../../testkit/verdict/examples/README.md"
)

// yamlBlocks are the YAML examples of a README.
func yamlBlocks(t *testing.T, file string) []string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, m := range regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllStringSubmatch(string(text), -1) {
		all = append(all, m[1])
	}
	return all
}

// TestContractReadme reads the examples of a baseline and of a check.yaml as the command does.
func TestContractReadme(t *testing.T) {
	t.Parallel()
	blocks := yamlBlocks(t, contractReadme)
	if len(blocks) != 2 {
		t.Fatalf("%d examples", len(blocks))
	}
	known := filepath.Join(t.TempDir(), "known.yaml")
	if err := os.WriteFile(known, []byte(blocks[0]), 0o600); err != nil {
		t.Fatal(err)
	}
	if list, err := readBaseline(known); err != nil || len(list) != 1 || list[0].Until.Format("2006-01-02") != "2027-01-31" {
		t.Errorf("%+v %v", list, err)
	}
	c, err := contract.Parse("check.yaml", []byte(blocks[1]), "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := contract.New(c, contract.Options{}); err != nil || c.Reconcile == nil || c.Order.Fulfilled == "" {
		t.Errorf("%+v %v", c, err)
	}
}

// TestCheckFlagsInReadmes compares the flags of check in the READMEs with those that there are.
func TestCheckFlagsInReadmes(t *testing.T) {
	t.Parallel()
	flags := flag.NewFlagSet("", flag.ContinueOnError)
	(&checkOptions{}).define(flags)
	named := map[string]bool{}
	for _, file := range []string{contractReadme, examplesReadme, "../../README.md", "README.md"} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		found := regexp.MustCompile("tapmock check[^`\n]*").FindAllString(string(text), -1)
		if file == contractReadme {
			found = append(found, regexp.MustCompile("`-[^`\n]*`").FindAllString(string(text), -1)...)
		}
		for _, m := range regexp.MustCompile(`(?:^|[ (\x60])-([a-z][a-z-]*)`).FindAllStringSubmatch(strings.Join(found, "\n"), -1) {
			named[m[1]] = true
			if flags.Lookup(m[1]) == nil && m[1] != "h" {
				t.Errorf("%s: tapmock check has no flag -%s", file, m[1])
			}
		}
	}
	for _, name := range []string{"app", "url", "addr", "key", "only", "skip", "list", "explain", "fail-on", "baseline", "html", "json", "junit", "github", "replay", "parallel", "config", "allow-host", "schema"} {
		if !named[name] {
			t.Errorf("no README names the flag -%s", name)
		}
	}
}

// TestJobsInReadme compares the environment variables, settings, ports and images of the jobs for CI with those that there are.
func TestJobsInReadme(t *testing.T) {
	t.Parallel()
	blocks := yamlBlocks(t, examplesReadme)
	if len(blocks) != 3 {
		t.Fatalf("%d examples", len(blocks))
	}
	dockerfile, err := os.ReadFile("../../Dockerfile")
	if err != nil || !strings.Contains(string(dockerfile), "EXPOSE 8080") || !strings.Contains(string(dockerfile), "HEALTHCHECK") {
		t.Fatalf("the jobs use port 8080 and the health check of the image: %v", err)
	}
	j := &jobs{t: t, seen: map[string]int{}}
	for _, block := range blocks {
		var tree any
		if err := yaml.Unmarshal([]byte(block), &tree); err != nil {
			t.Errorf("%v in\n%s", err, block)
		}
		j.walk("", tree)
	}
	for what, n := range map[string]int{"variable": 3, "port": 2, "check": 2} {
		if j.seen[what] < n {
			t.Errorf("%d × %s; were the jobs read?", j.seen[what], what)
		}
	}
}

// TestComposeOfClients compares the flags, variables and ports of the compose file for WooCommerce with those that there are.
func TestComposeOfClients(t *testing.T) {
	t.Parallel()
	blocks := yamlBlocks(t, "../../mockserver/intercept/README.md")
	if len(blocks) != 1 {
		t.Fatalf("%d examples", len(blocks))
	}
	var file struct {
		Services map[string]struct {
			Command     []string
			Environment map[string]string
			Ports       []string
		}
	}
	if err := yaml.Unmarshal([]byte(blocks[0]), &file); err != nil {
		t.Fatal(err)
	}
	mock := file.Services["tapmock"]
	j := &jobs{t: t, seen: map[string]int{}}
	for name, value := range mock.Environment {
		j.variable(name, value)
	}
	o, fs := newOptions()
	if len(mock.Command) == 0 || mock.Command[0] != "serve" || fs.Parse(mock.Command[1:]) != nil || fs.NArg() > 0 || o.caDir != "/ca" {
		t.Errorf("the command %q", mock.Command)
	}
	shop := file.Services["wordpress"].Environment
	if shop["HTTPS_PROXY"] != "http://tapmock"+o.proxyAddr || !strings.HasPrefix(shop["PHP_INI_SCAN_DIR"], ":"+o.caDir) || len(mock.Ports) != 1 || !strings.HasSuffix(mock.Ports[0], ":8080") {
		t.Errorf("%+v", file)
	}
}

// jobs checks the jobs of the examples.
type jobs struct {
	t    *testing.T
	seen map[string]int
}

func (j *jobs) walk(key string, tree any) {
	switch v := tree.(type) {
	case map[string]any:
		for name, one := range v {
			j.variable(name, fmt.Sprint(one))
			j.walk(name, one)
		}
	case []any:
		for _, one := range v {
			j.walk(key, one)
		}
	case string:
		if key == "ports" && strings.HasSuffix(v, ":8080") {
			j.seen["port"]++
		}
		if strings.Contains(v, "tapmock check") {
			j.check(v)
		}
	}
}

// variable checks an environment variable of tapmock, and the settings in it.
func (j *jobs) variable(name, value string) {
	if !strings.HasPrefix(name, "TAPMOCK_") {
		return
	}
	j.seen["variable"]++
	_, fs := newOptions()
	var names []string
	fs.VisitAll(func(f *flag.Flag) { names = append(names, envName(f.Name)) })
	if !slices.Contains(names, name) {
		j.t.Errorf("%s is not a variable of tapmock", name)
	}
	if name == "TAPMOCK_SET" {
		settings := tap.DefaultSettings()
		if err := (assignments{settings.Set}).Set(value); err != nil {
			j.t.Errorf("%s: %v", value, err)
		}
	}
}

// check parses the command line of a check.
func (j *jobs) check(script string) {
	j.seen["check"]++
	_, line, _ := strings.Cut(script, "tapmock check ")
	line, _, _ = strings.Cut(line, "\n")
	flags := flag.NewFlagSet("", flag.ContinueOnError)
	(&checkOptions{}).define(flags)
	if err := flags.Parse(strings.Fields(line)); err != nil || flags.NArg() > 0 {
		j.t.Errorf("%s: %v", line, err)
	}
}
