package main

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/tapmock/tapmock/mockserver"
	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/testkit/verdict"
	"github.com/tapmock/tapmock/testkit/verdict/contract"
)

// checkOptions are the flags of check.
type checkOptions struct {
	app, config       string
	url, addr, key    string
	only, skip        []string
	parallel          int
	list              bool
	schema            bool
	explain           string
	replay            string
	replayCode        verdict.Code
	seed              uint64
	failOn            verdict.Level
	baseline          string
	html, json, junit string
	github            bool
	allowHosts        []string
	acknowledge, work time.Duration
	clientTimeout     time.Duration
	shop              *contract.Config
	known             []knownFinding
	args              []string // as they were given, for the command that replays a finding
}

// defaultConfig is the file that check reads if it is there and -app is not given.
const defaultConfig = "check.yaml"

func (o *checkOptions) define(f *flag.FlagSet) {
	words := func(to *[]string) func(string) error {
		return func(text string) error {
			for word := range strings.SplitSeq(text, ",") {
				if word = strings.TrimSpace(word); word != "" {
					*to = append(*to, word)
				}
			}
			return nil
		}
	}
	f.StringVar(&o.app, "app", "", "`address` of the shop, which has the calls of the contract under /tapmock/, such as http://127.0.0.1:8000")
	f.StringVar(&o.config, "config", "", "`file` that says how the shop's own pages are read; default: check.yaml, if it is there and -app is not given")
	f.StringVar(&o.url, "url", "", "`address` of a running mock; default: TAPMOCK_URL, else the command starts one itself")
	f.StringVar(&o.addr, "addr", defaultAddr, "`address` of the mock that the command starts; port 0 takes a free port")
	f.StringVar(&o.key, "key", "", "secret `key` of the shop's account; default: TAPMOCK_KEY, else Tap's published test key")
	f.Func("only", "`words`, separated by commas: only the stories whose names have one of them, such as webhook/ or forge/replay", words(&o.only))
	f.Func("skip", "`words`, separated by commas: without the stories whose names have one of them", words(&o.skip))
	f.IntVar(&o.parallel, "parallel", 1, "`number` of stories that are played side by side, each on an account of its own; only for a shop that takes key and base_url from each checkout")
	f.BoolVar(&o.list, "list", false, "list the names of all stories, and check nothing")
	f.StringVar(&o.explain, "explain", "", "`code` of a finding, such as trusts-return: explain it, and check nothing; all explains every one")
	f.StringVar(&o.replay, "replay", "", "`code:story` of a finding: play its story alone and say FIXED, STILL THERE or COULD NOT RUN")
	f.Uint64Var(&o.seed, "seed", 1, "`number` from which everything random in the started mock is derived")
	f.Func("fail-on", "`level` of the findings that give exit code 1: must or should (default must)", o.setFailOn)
	f.StringVar(&o.baseline, "baseline", "", "`file` of known findings, which do not fail until their date")
	f.StringVar(&o.html, "html", "tapmock-report.html", "`file` to write the report to, one page for a browser; empty: none")
	f.StringVar(&o.json, "json", "", "`file` to write the report to as JSON")
	f.BoolVar(&o.schema, "schema", false, "print the JSON Schema of -json, and check nothing")
	f.StringVar(&o.junit, "junit", "", "`file` to write the report to as JUnit XML")
	f.BoolVar(&o.github, "github", false, "print annotations for GitHub Actions; default: true if GITHUB_ACTIONS is")
	f.Func("allow-host", "`name` of a host that is not in production, besides this machine, private addresses and names under localhost, local, internal and test; repeat the flag for several", words(&o.allowHosts))
	f.DurationVar(&o.acknowledge, "acknowledge-within", 2*time.Second, "`duration` that a webhook may wait for its response")
	f.DurationVar(&o.work, "work-within", 2*time.Second, "`duration` after which an order must be paid once the shop got the news")
	f.DurationVar(&o.clientTimeout, "client-timeout-within", 10*time.Second, "`duration` after which the shop must give up waiting for a slow answer of the API")
}

func (o *checkOptions) setFailOn(text string) error {
	if o.failOn = verdict.Level(text); o.failOn != verdict.Must && o.failOn != verdict.Should {
		return errors.New("want must or should")
	}
	return nil
}

// parseCheckOptions reads the flags and the files that they name.
func parseCheckOptions(args []string, getenv func(string) string, out io.Writer) (*checkOptions, error) {
	o := &checkOptions{failOn: verdict.Must, args: args}
	f := newFlags("check")
	o.define(f)
	if err := parseFlags(f, args, out, checkHelp()); err != nil {
		return nil, err
	}
	if f.NArg() > 0 {
		return nil, usageError{fmt.Errorf("check takes flags only, not %q", f.Arg(0))}
	}
	if o.replay != "" && !givenFlags(f)["html"] { // the report of the whole check is kept
		o.html = ""
	}
	if o.list || o.schema || o.explain != "" {
		return o, nil
	}
	o.github = o.github || getenv("GITHUB_ACTIONS") == "true"
	o.key = cmp.Or(o.key, getenv("TAPMOCK_KEY"), tap.PublishedTestKey)
	o.url = strings.TrimSuffix(cmp.Or(o.url, getenv("TAPMOCK_URL")), "/")
	if err := o.complete(); err != nil {
		return nil, usageError{err}
	}
	return o, nil
}

// complete reads what the flags name, and refuses what cannot be checked.
func (o *checkOptions) complete() (err error) {
	if err := mockserver.CheckKey(o.key); err != nil {
		return fmt.Errorf("-key: %w", err)
	}
	if u, err := url.Parse(o.url); o.url != "" && (err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https") {
		return fmt.Errorf("-url %s: want an address such as http://127.0.0.1:8080", o.url)
	}
	if o.parallel < 1 || o.parallel > 32 {
		return errors.New("-parallel: want a number from 1 to 32")
	}
	if o.replay != "" {
		if err := o.readReplay(); err != nil {
			return err
		}
	}
	if _, err := verdict.Select(o.only, o.skip); err != nil {
		return err
	}
	if o.known, err = readBaseline(o.baseline); err != nil {
		return err
	}
	o.shop, err = o.readShop()
	return err
}

// readReplay separates the code of a finding from the name of its story.
func (o *checkOptions) readReplay() error {
	code, story, ok := strings.Cut(o.replay, ":")
	if !ok {
		return fmt.Errorf("-replay %s: want code:story, as the finding prints it, such as trusts-return:return/claims-captured", o.replay)
	}
	if _, err := reasonOf(verdict.Code(code)); err != nil {
		return fmt.Errorf("-replay %s: %w", o.replay, err)
	}
	o.replayCode, o.only, o.skip = verdict.Code(code), []string{story}, nil
	return nil
}

// readShop reads how the shop is reached.
func (o *checkOptions) readShop() (*contract.Config, error) {
	file := o.config
	if file == "" && o.app != "" {
		return contract.Default(o.app), nil
	}
	text, err := os.ReadFile(cmp.Or(file, defaultConfig))
	switch {
	case file == "" && errors.Is(err, fs.ErrNotExist):
		return nil, errors.New("which shop? Give its address, such as -app http://127.0.0.1:8000, or a file that says how to read its pages, -config check.yaml; tapmock check -h has the contract")
	case err != nil:
		return nil, err
	}
	return contract.Parse(cmp.Or(file, defaultConfig), text, o.app)
}

// replayCommand is the command line that plays the story of a finding alone.
func (o *checkOptions) replayCommand(code verdict.Code, story string) string {
	words := []string{"tapmock", "check"}
	for i := 0; i < len(o.args); i++ {
		flag := o.args[i : i+1]
		name, _, hasValue := strings.Cut(strings.TrimLeft(flag[0], "-"), "=")
		if !hasValue && name != "github" && i+1 < len(o.args) {
			flag = o.args[i : i+2]
			i++
		}
		if !replacedFlags[name] {
			for _, word := range flag {
				words = append(words, quoted(word))
			}
		}
	}
	return strings.Join(append(words, "-replay", quoted(string(code)+":"+story)), " ")
}

// replacedFlags are flags that a replay does not repeat.
var replacedFlags = map[string]bool{"only": true, "parallel": true, "skip": true, "replay": true, "html": true, "json": true, "junit": true, "github": true, "baseline": true, "fail-on": true, "key": true}

// quoted is an argument as a shell reads it.
func quoted(text string) string {
	if strings.ContainsAny(text, " \t\"'$`\\*?[]{}()<>|&;#~") || text == "" {
		return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
	}
	return text
}
