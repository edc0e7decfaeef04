package main

import (
	"crypto/x509"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"strconv"
	"strings"

	"github.com/tapmock/tapmock/mockserver"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// options are the flags of serve.
type options struct {
	addr      string
	seed      uint64
	logFormat string
	logLevel  slog.Level
	config    mockserver.Config
}

// assignments collects name=value flags, which may be given more than once.
type assignments struct {
	set func(name, value string) error
}

func (a assignments) String() string { return "" }

func (a assignments) Set(text string) error {
	for part := range strings.SplitSeq(text, ";") {
		name, value, ok := strings.Cut(strings.TrimSpace(part), "=")
		if !ok {
			return fmt.Errorf("%q is not name=value; put ; between several", part)
		}
		if err := a.set(name, value); err != nil {
			return err
		}
	}
	return nil
}

// parseOptions reads flags, and for those not given the environment.
func parseOptions(args []string, getenv func(string) string, out io.Writer) (*options, error) {
	settings := tap.DefaultSettings()
	o := &options{config: mockserver.Config{Settings: &settings}}
	fs := flag.NewFlagSet("tapmock serve", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	o.define(fs)
	if err := fs.Parse(args); errors.Is(err, flag.ErrHelp) {
		printHelp(fs, out)
		return nil, flag.ErrHelp
	} else if err != nil {
		return nil, usageError{fmt.Errorf("%w; tapmock -h lists all flags", err)}
	}
	if fs.NArg() > 0 {
		return nil, usageError{fmt.Errorf("serve takes flags only, not %q", fs.Arg(0))}
	}
	if err := fromEnvironment(fs, getenv); err != nil {
		return nil, err
	}
	return o, o.checkKeys()
}

// define declares every flag of serve.
func (o *options) define(fs *flag.FlagSet) {
	setting := func(key string) func(string) error {
		return func(text string) error { return o.config.Settings.Set(key, text) }
	}
	o.addr = "127.0.0.1:8080"
	fs.Func("addr", "`address` to listen on; port 0 takes a free one (default 127.0.0.1:8080)", o.setAddr)
	fs.Func("public-url", "`base` of the page links as browsers reach this server, maybe https behind a proxy; otherwise from the request", setting("public_url"))
	fs.Func("keys", "secret `keys` that have an account, with commas between them; none: any sk_test_ key opens its own", o.setKeys)
	fs.Func("seed", "`number` that every draw comes from; 0: a random one, which is logged", o.setSeed)
	fs.Var(assignments{o.config.Settings.Set}, "set", "`key=value` of a setting, see below; more than one: repeat, or put ; between them")
	fs.Var(assignments{o.config.Limits.Set}, "limit", "`name=value` of a limit, as -set: "+strings.Join(mockserver.LimitNames(), ", "))
	fs.Var((*paths)(&o.config.ScenarioFiles), "scenarios", "`path` of a scenario file or a directory of them, taken up again when it changes; more than one: repeat, or put ; between them")
	fs.Func("scenario", "`name` of the scenario of charges that no other is chosen for; may be several, joined by +", o.setScenario)
	fs.Func("admin-token", "`token` of the control API, at least 16 characters; better in the environment than here", o.setAdminToken)
	fs.Func("log-format", "`text or json` (default text)", o.setLogFormat)
	fs.Func("log-level", "`level`: debug, info, warn or error (default info)", o.setLogLevel)
	fs.Func("webhook-timeout", "`time` that one webhook attempt may take; the setting webhook_timeout", setting("webhook_timeout"))
	fs.Func("webhook-retries", "`waits` before further attempts, such as 1s,5s, or none; the setting webhook_retries", setting("webhook_retries"))
	fs.Func("webhook-ca", "PEM `file` with CAs that merchants' certificates may come from, besides the system's", o.setWebhookCA)
	fs.BoolFunc("webhook-insecure", "take any certificate of a merchant", o.setInsecure)
}

func (o *options) setAddr(text string) error {
	_, port, err := net.SplitHostPort(text)
	if n, bad := strconv.Atoi(port); err != nil || bad != nil || n < 0 || n > 65535 {
		return errors.New("want host:port, such as 127.0.0.1:8081, or :8081 for all addresses")
	}
	o.addr = text
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

// setKeys only splits: what the flag package says of a value it refuses would print a key.
func (o *options) setKeys(text string) error {
	o.config.Keys = nil
	for key := range strings.SplitSeq(text, ",") {
		o.config.Keys = append(o.config.Keys, strings.TrimSpace(key))
	}
	return nil
}

func (o *options) setScenario(text string) error {
	o.config.DefaultScenario = strings.TrimSpace(text)
	return nil
}

// setAdminToken takes any text but none, as setKeys does: the server checks it without printing it.
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
		return fmt.Errorf("%s holds no PEM certificate", file)
	}
	o.config.Webhooks.Roots = roots
	return nil
}

// fromEnvironment sets every flag that was not given from its environment variable, if that is not empty.
func fromEnvironment(fs *flag.FlagSet, getenv func(string) string) error {
	given := map[string]bool{}
	fs.Visit(func(f *flag.Flag) { given[f.Name] = true })
	var failed error
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

// printHelp prints the flags with their environment variables, and the settings.
func printHelp(fs *flag.FlagSet, out io.Writer) {
	fmt.Fprint(out, "tapmock [serve] [flags]: a stand-in for Tap's v2 API and the KNET page. Other commands: hash, scenarios, fidelity, healthcheck, version.\n\nFlags, each with its environment variable:\n")
	fs.VisitAll(func(f *flag.Flag) {
		value, usage := flag.UnquoteUsage(f)
		preset := ""
		if f.DefValue != "" && f.DefValue != "false" && f.DefValue != "0" {
			preset = " (default " + f.DefValue + ")"
		}
		fmt.Fprintf(out, "  -%s %s   %s\n        %s%s\n", f.Name, value, envName(f.Name), usage, preset)
	})
	fmt.Fprint(out, "\nSettings, for -set key=value:\n")
	for _, s := range tap.SettingKeys() {
		fmt.Fprintf(out, "  %s=%s   %s\n        %s\n", s.Key, s.Default, s.Values, s.Doc)
	}
}
