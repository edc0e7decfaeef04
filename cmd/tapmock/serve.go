package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/tapmock/tapmock/mockserver"
	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/scenarios"
)

// stopBound is how long a stopping server waits for requests and deliveries under way, each.
const stopBound = 5 * time.Second

// serve listens, says how to use the mock, and serves until ctx is done.
func serve(ctx context.Context, std streams, args []string, getenv func(string) string) error {
	o, err := parseOptions(args, getenv, std.out)
	if errors.Is(err, flag.ErrHelp) {
		return nil
	}
	if err != nil {
		return err
	}
	log := o.logger(std.err)
	o.config.Logger = log
	listener, err := net.Listen("tcp", o.addr)
	if err != nil {
		return fmt.Errorf("cannot listen on %s: %w; choose another address with -addr", o.addr, err)
	}
	if o.config.Seed = o.seed; o.seed == 0 {
		o.config.Seed = rand.Uint64()
		log.Info("seed", "seed", o.config.Seed)
	}
	mock, err := mockserver.New(o.config)
	if err != nil {
		listener.Close()
		return configError(err)
	}
	greet(std.out, listener.Addr(), o, mock)
	return serveOn(ctx, listener, mock, log)
}

// configError is what the server says of its configuration. Mistakes of scenario files have a line each.
func configError(err error) error {
	if mistakes, ok := errors.AsType[scenarios.Mistakes](err); ok {
		return usageError{fmt.Errorf("the scenario files have mistakes:\n%w", mistakes)}
	}
	return usageError{err}
}

func (o *options) logger(to io.Writer) *slog.Logger {
	opts := &slog.HandlerOptions{Level: o.logLevel}
	if o.logFormat == "json" {
		return slog.New(slog.NewJSONHandler(to, opts))
	}
	return slog.New(slog.NewTextHandler(to, opts))
}

// serveOn serves until ctx is done; then it takes no more requests and finishes or cuts off, within bounds, what is under way.
func serveOn(ctx context.Context, listener net.Listener, mock *mockserver.Server, log *slog.Logger) error {
	server := &http.Server{
		Handler:           mock,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       30 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	select {
	case err := <-failed:
		return fmt.Errorf("serving on %s: %w", listener.Addr(), err)
	case <-ctx.Done():
	}
	log.Info("stopping")
	bound, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopBound)
	defer cancel()
	if err := server.Shutdown(bound); err != nil {
		server.Close()
		log.Warn("requests under way were cut off", "bound", stopBound)
	}
	closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopBound)
	defer cancel()
	if err := mock.Close(closing); err != nil {
		log.Warn("deliveries under way were cut off", "bound", stopBound)
	}
	return nil
}

// greet says what to put where, in lines a person can act on.
func greet(out io.Writer, addr net.Addr, o *options, mock *mockserver.Server) {
	base, links := "http://"+reachable(addr), ""
	if public := o.config.Settings.PublicURL; public != "" {
		links = "\n  page links     " + public + "/…"
	}
	key, shown := tap.PublishedTestKey, tap.PublishedTestKey+"   (any sk_test_ key opens an account of its own)"
	if n := len(o.config.Keys); n > 0 {
		key, shown = "", fmt.Sprintf("one of the %d configured", n)
	}
	fmt.Fprintf(out, `tapmock %s listening on http://%s

  API base URL   %s/v2%s
  secret key     %s
  test card      8888880000000001, any 4-digit PIN; paid with expiry %s, refused with any other
  scenarios      %s

Create a charge, then open its transaction.url in a browser:

%s

`, versionText(), addr, base, links, shown, mockserver.PaidExpiries(o.config.Settings), scenariosText(o, mock), mockserver.CurlExample(base, key))
}

// scenariosText says how many scenarios were loaded and which is the default.
func scenariosText(o *options, mock *mockserver.Server) string {
	text := fmt.Sprintf("%d of the library", len(scenarios.Builtin().List()))
	if len(o.config.ScenarioFiles) > 0 {
		text = fmt.Sprintf("%d from %s, and %s", len(mock.Scenarios().List()), strings.Join(o.config.ScenarioFiles, ", "), text)
	}
	if o.config.DefaultScenario != "" {
		return text + "; charges follow " + o.config.DefaultScenario
	}
	return text + "; tapmock scenarios list"
}

// reachable is an address that this machine's programs can open: loopback for "all addresses".
func reachable(addr net.Addr) string {
	if tcp, ok := addr.(*net.TCPAddr); ok && tcp.IP.IsUnspecified() {
		return fmt.Sprintf("127.0.0.1:%d", tcp.Port)
	}
	return addr.String()
}
