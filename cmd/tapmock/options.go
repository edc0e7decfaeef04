package main

import (
	"cmp"
	"crypto/x509"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/tapmock/tapmock/mockserver"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// defaultAddr is the address that serve listens on, and that healthcheck asks.
const defaultAddr = "127.0.0.1:8080"

// options are the flags of serve.
type options struct {
	addr      string
	tlsAddr   string // "": none
	proxyAddr string // "": none
	caDir     string // "": in the user's data directory
	seed      uint64
	logFormat string
	logLevel  slog.Level
	config    mockserver.Config
}

// assignments is a flag of name=value pairs. It may be repeated.
type assignments struct {
	set func(name, value string) error
}

func (a assignments) String() string { return "" }

func (a assignments) Set(text string) error {
	for part := range strings.SplitSeq(text, ";") {
		name, value, ok := strings.Cut(strings.TrimSpace(part), "=")
		if !ok {
			return fmt.Errorf("%q is not name=value; separate several by ;", part)
		}
		if err := a.set(name, value); err != nil {
			return err
		}
	}
	return nil
}

// parseOptions reads the environment and then the flags, so that each flag precedes every variable: -set webhook_retries=none also
// precedes TAPMOCK_WEBHOOK_RETRIES. A variable of a flag that is given is not read at all.
func parseOptions(args []string, getenv func(string) string, out io.Writer) (*options, error) {
	_, parsed := newOptions()
	if err := parsed.Parse(args); errors.Is(err, flag.ErrHelp) {
		printHelp(parsed, out)
		return nil, flag.ErrHelp
	} else if err != nil {
		if hint := settingFlag(parsed, err, args); hint != nil {
			return nil, hint
		}
		return nil, flagError(parsed, err, "tapmock -h lists all flags")
	}
	if parsed.NArg() > 0 {
		return nil, usageError{fmt.Errorf("serve takes flags only, not %q", parsed.Arg(0))}
	}
	o, fs := newOptions()
	if err := fromEnvironment(fs, givenFlags(parsed), getenv); err != nil {
		return nil, err
	}
	if err := fs.Parse(args); err != nil {
		return nil, usageError{err}
	}
	return o, o.checkKeys()
}

// newOptions are the options before anything is read, and the flags that set them.
func newOptions() (*options, *flag.FlagSet) {
	settings := tap.DefaultSettings()
	o := &options{config: mockserver.Config{Settings: &settings}}
	fs := flag.NewFlagSet("tapmock serve", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	o.define(fs)
	return o, fs
}

// define declares every flag of serve.
func (o *options) define(fs *flag.FlagSet) {
	setting := func(key string) func(string) error {
		return func(text string) error { return o.config.Settings.Set(key, text) }
	}
	o.addr = defaultAddr
	fs.Func("addr", "`address` to listen on; port 0 takes a free port (default "+defaultAddr+")", setAddress(&o.addr))
	fs.Func("tls-addr", "`address` to serve the API at over HTTPS too, with a certificate of the CA of this machine", setAddress(&o.tlsAddr))
	fs.Func("proxy-addr", "`address` of a proxy that passes https://api.tap.company to the mock, for clients that have it written into them", setAddress(&o.proxyAddr))
	fs.StringVar(&o.caDir, "ca-dir", "", "`directory` of the CA; default: tapmock in the user's data directory")
	fs.Func("public-url", "`base` of the page links, as browsers reach this server, for example https behind a proxy; default: from the request", setting("public_url"))
	fs.BoolFunc("ui", "serve the home page and the pages behind it, for a person with a browser (default true); the API, the payment page and the control API do not need them", o.setPages)
	fs.Func("allow-host", "`name` of a host to answer for, besides IP addresses, names without a dot, names under localhost, local, internal and test, and the host of -public-url; repeat the flag for several, or separate them by commas", o.allowHost)
	fs.Func("keys", "comma-separated `list` of the secret keys that have an account; default: each sk_test_ key opens its own account", o.setKeys)
	fs.Func("seed", "`number` from which everything random is derived; 0: a random number, which is logged", o.setSeed)
	fs.Var(assignments{o.config.Settings.Set}, "set", "`key=value` of a setting, see below; repeat the flag for several, or separate them by ;")
	fs.Var(assignments{o.config.Limits.Set}, "limit", "`name=value` of a limit; repeat the flag for several, or separate them by ;. The defaults: "+strings.Join(mockserver.LimitNames(), ", "))
	fs.Var((*paths)(&o.config.ScenarioFiles), "scenario-files", "`path` of a scenario file, or of a directory of such files, loaded again after each change; repeat the flag for several, or separate them by ;")
	fs.Func("default-scenario", "`name` of the scenario of charges for which none is chosen; + combines several", o.setDefaultScenario)
	fs.Func("admin-token", "`token` that authorizes the control API for all accounts, at least 16 characters; safer in the environment", o.setAdminToken)
	fs.Func("log-format", "`format`: text or json (default text)", o.setLogFormat)
	fs.Func("log-level", "`level`: debug, info, warn or error (default info)", o.setLogLevel)
	fs.Func("webhook-timeout", "`duration` that one webhook attempt may take; the setting webhook_timeout", setting("webhook_timeout"))
	fs.Func("webhook-retries", "`waits` before further attempts, such as 1s,5s, or none; the setting webhook_retries", setting("webhook_retries"))
	fs.Func("webhook-ca", "PEM `file` of CAs that may sign merchants' certificates, besides the system's CAs", o.setWebhookCA)
	fs.BoolFunc("webhook-insecure", "accept every certificate of a merchant", o.setInsecure)
}

func setAddress(to *string) func(string) error {
	return func(text string) error {
		_, port, err := net.SplitHostPort(text)
		if n, bad := strconv.Atoi(port); err != nil || bad != nil || n < 0 || n > 65535 {
			return errors.New("want host:port, such as 127.0.0.1:8081, or :8081 for all addresses")
		}
		*to = text
		return nil
	}
}

func (o *options) setPages(text string) error {
	serve, err := strconv.ParseBool(text)
	o.config.NoPages = !serve
	if err != nil {
		return fmt.Errorf("%q is neither true nor false", text)
	}
	return nil
}

func (o *options) allowHost(text string) error {
	for name := range strings.SplitSeq(text, ",") {
		name = strings.TrimSpace(name)
		if err := mockserver.CheckHost(name); err != nil {
			return err
		}
		o.config.AllowHosts = append(o.config.AllowHosts, name)
	}
	return nil
}

func (o *options) setSeed(text string) (err error) {
	if o.seed, err = strconv.ParseUint(text, 10, 64); err != nil {
		return errors.New("want a whole number from 0 to 18446744073709551615")
	}
	return nil
}

func (o *options) setLogLevel(text string) error {
	levels := map[string]slog.Level{"debug": slog.LevelDebug, "info": slog.LevelInfo, "warn": slog.LevelWarn, "error": slog.LevelError}
	level, ok := levels[text]
	if !ok {
		return errors.New("want debug, info, warn or error")
	}
	o.logLevel = level
	return nil
}

func (o *options) setInsecure(text string) error {
	if text != "true" && text != "false" {
		return errors.New("want true or false")
	}
	o.config.Webhooks.Insecure = text == "true"
	return nil
}

// setKeys does not check the keys: the flag package prints a refused value, and a key must not be printed.
func (o *options) setKeys(text string) error {
	o.config.Keys = nil
	for key := range strings.SplitSeq(text, ",") {
		o.config.Keys = append(o.config.Keys, strings.TrimSpace(key))
	}
	return nil
}

func (o *options) setDefaultScenario(text string) error {
	o.config.DefaultScenario = strings.TrimSpace(text)
	return nil
}

// setAdminToken checks only that there is a token, for the same reason as setKeys; the server checks the rest.
func (o *options) setAdminToken(text string) error {
	if text == "" {
		return errors.New("want at least 16 characters")
	}
	o.config.AdminToken = text
	return nil
}

func (o *options) checkKeys() error {
	for _, key := range o.config.Keys {
		if err := mockserver.CheckKey(key); err != nil {
			return usageError{fmt.Errorf("-keys (TAPMOCK_KEYS): %w", err)}
		}
	}
	return nil
}

func (o *options) setLogFormat(text string) error {
	if text != "text" && text != "json" {
		return fmt.Errorf("%q is neither text nor json", text)
	}
	o.logFormat = text
	return nil
}

func (o *options) setWebhookCA(file string) error {
	pem, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	roots, err := x509.SystemCertPool()
	if err != nil {
		roots = x509.NewCertPool()
	}
	if !roots.AppendCertsFromPEM(pem) {
		return fmt.Errorf("%s contains no PEM certificate", file)
	}
	o.config.Webhooks.Roots = roots
	return nil
}

// givenFlags are the names of the flags that the command line has.
func givenFlags(parsed *flag.FlagSet) map[string]bool {
	given := map[string]bool{}
	parsed.Visit(func(f *flag.Flag) { given[f.Name] = true })
	return given
}

// fromEnvironment sets each flag that is not given from its environment variable, unless that is empty.
func fromEnvironment(fs *flag.FlagSet, given map[string]bool, getenv func(string) string) error {
	failed := renamedVariable(fs, getenv)
	fs.VisitAll(func(f *flag.Flag) {
		name := envName(f.Name)
		value := getenv(name)
		if given[f.Name] || value == "" || failed != nil {
			return
		}
		if err := f.Value.Set(value); err != nil {
			failed = usageError{fmt.Errorf("invalid value %s for %s: %w", strconv.Quote(value), name, err)}
		}
	})
	return failed
}

func envName(flagName string) string {
	return "TAPMOCK_" + strings.ToUpper(strings.ReplaceAll(flagName, "-", "_"))
}

// renamedFlags are flags of the time before the first release, and what replaced them. Their environment variables were renamed
// with them.
var renamedFlags = []struct{ old, new string }{{"scenario", "default-scenario"}, {"scenarios", "scenario-files"}}

// flagError is the error for arguments that the flag package refuses. It names the flag that replaced an unknown one, or the
// nearest one; otherwise hint says where the flags are listed.
func flagError(fs *flag.FlagSet, err error, hint string) error {
	unknown, ok := strings.CutPrefix(err.Error(), "flag provided but not defined: -")
	if !ok {
		if strings.Contains(err.Error(), "tapmock -h") {
			return usageError{err}
		}
		return usageError{fmt.Errorf("%w; %s", err, hint)}
	}
	for _, r := range renamedFlags {
		if r.old == unknown && fs.Lookup(r.new) != nil {
			return usageError{fmt.Errorf("the flag -%s is now -%s", r.old, r.new)}
		}
	}
	var names []string
	fs.VisitAll(func(f *flag.Flag) { names = append(names, f.Name) })
	if near := tap.Nearest(unknown, names); near != "" {
		return usageError{fmt.Errorf("there is no flag -%s, did you mean -%s?", unknown, near)}
	}
	return usageError{fmt.Errorf("there is no flag -%s; %s", unknown, hint)}
}

// settingFlag is the error for a setting that is written as a flag, such as -payer auto; nil if the error is another one.
func settingFlag(fs *flag.FlagSet, err error, args []string) error {
	unknown, ok := strings.CutPrefix(err.Error(), "flag provided but not defined: -")
	key := strings.ReplaceAll(unknown, "-", "_")
	i := slices.IndexFunc(tap.SettingKeys(), func(s tap.Setting) bool { return s.Key == key })
	if !ok || i < 0 || fs.Lookup(strings.ReplaceAll(key, "_", "-")) != nil {
		return nil
	}
	value := ""
	for i, arg := range args {
		name, text, given := strings.Cut(strings.TrimLeft(arg, "-"), "=")
		switch {
		case name != unknown || !strings.HasPrefix(arg, "-"):
		case given:
			value = text
		case i+1 < len(args) && !strings.HasPrefix(args[i+1], "-"):
			value = args[i+1]
		}
	}
	preset := tap.SettingKeys()[i].Default
	if preset == "true" || preset == "false" { // a flag without a value turns it on
		preset = "true"
	}
	return usageError{fmt.Errorf("%s is a setting: write -set %s=%s", unknown, key, cmp.Or(value, preset))}
}

// renamedVariable is the error for an environment variable that was renamed, if its flag is in fs, or nil.
func renamedVariable(fs *flag.FlagSet, getenv func(string) string) error {
	for _, r := range renamedFlags {
		if fs.Lookup(r.new) != nil && getenv(envName(r.old)) != "" {
			return usageError{fmt.Errorf("the environment variable %s is now %s", envName(r.old), envName(r.new))}
		}
	}
	return nil
}
