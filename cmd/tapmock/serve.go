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
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/tapmock/tapmock/mockserver"
	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/scenarios"
)

// stopBound is how long a stopping server waits, once for open requests and once for deliveries under way.
const stopBound = 5 * time.Second

// serve listens, prints how to use the mock, and serves until ctx is done. It never waits for the log, except logFlushBound at the end.
func serve(ctx context.Context, std streams, args []string, getenv func(string) string) error {
	o, err := parseOptions(args, getenv, std.out)
	if errors.Is(err, flag.ErrHelp) {
		return nil
	}
	if err != nil {
		return err
	}
	signal.Ignore(syscall.SIGPIPE) // a closed log or output does not end the mock
	queue := newLogQueue(std.err, logQueueBytes, o.logHandler)
	defer queue.close(logFlushBound)
	log := slog.New(o.logHandler(queue))
	slog.SetDefault(log) // net/http logs some events of its connections there, and must not wait either
	o.config.Logger, o.config.Container = log, mockserver.HasContainer()
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
	doors, err := openDoors(o, getenv, behind{base: reachable(listener.Addr()), mock: mock, endHeld: mock.EndHeldAnswers, log: log})
	if err != nil {
		listener.Close()
		return usageError{err}
	}
	defer doors.close()
	greet(std.out, listener.Addr(), o, mock)
	doors.greet(std.out)
	return serveOn(ctx, listener, mock, mock, log)
}

// configError is the error for a configuration that the server refuses. Each mistake in a scenario file has its own line.
func configError(err error) error {
	if mistakes, ok := errors.AsType[scenarios.Mistakes](err); ok {
		return usageError{fmt.Errorf("the scenario files have mistakes:\n%w", mistakes)}
	}
	return usageError{err}
}

func (o *options) logHandler(to io.Writer) slog.Handler {
	opts := &slog.HandlerOptions{Level: o.logLevel}
	if o.logFormat == "json" {
		return slog.NewJSONHandler(to, opts)
	}
	return slog.NewTextHandler(to, opts)
}

// serveOn serves a mock, which the handler passes requests to, until ctx is done. Then it accepts no more requests, waits for open requests and deliveries under way, and
// aborts those that take longer than stopBound.
func serveOn(ctx context.Context, listener net.Listener, handler http.Handler, mock *mockserver.Server, log *slog.Logger) error {
	server := newHTTPServer(handler, log)
	server.RegisterOnShutdown(mock.EndHeldAnswers)
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
		log.Warn("open requests were aborted", "after", stopBound)
	}
	closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopBound)
	defer cancel()
	if err := mock.Close(closing); err != nil {
		log.Warn("deliveries under way were aborted", "after", stopBound)
	}
	return nil
}

// greet prints how to configure a shop for the mock and how to try it.
func greet(out io.Writer, addr net.Addr, o *options, mock *mockserver.Server) {
	base, links := "http://"+reachable(addr), ""
	if public := o.config.Settings.PublicURL; public != "" {
		links = "\n  page links     " + public + "/…"
	}
	key, shown := tap.PublishedTestKey, tap.PublishedTestKey+"   (each sk_test_ key opens its own account)"
	if n := len(o.config.Keys); n > 0 {
		key, shown = "", fmt.Sprintf("one of the %d configured keys", n)
	}
	fmt.Fprintf(out, `tapmock %s listening on http://%s

  API base URL   %s/v2%s
  secret key     %s
  test card      888888 and any 10 digits, such as 8888880000000001, any 4-digit PIN; captured with expiry %s, declined with any other
  scenarios      %s

Create a charge, then open its transaction.url in a browser:

%s

`, versionText(), addr, base, links, shown, mockserver.PaidExpiries(o.config.Settings), scenariosText(o, mock), mockserver.CurlExample(base, key))
}

// scenariosText is how many scenarios are loaded, and the default scenario.
func scenariosText(o *options, mock *mockserver.Server) string {
	text := fmt.Sprintf("%d in the library", len(scenarios.Builtin().List()))
	if len(o.config.ScenarioFiles) > 0 {
		text = fmt.Sprintf("%d from %s, and %s", len(mock.Scenarios().List()), strings.Join(o.config.ScenarioFiles, ", "), text)
	}
	if o.config.DefaultScenario != "" {
		return text + "; default scenario " + o.config.DefaultScenario
	}
	return text + "; to list them: tapmock scenarios list"
}

// reachable is an address that programs on this machine can open: loopback if the server listens on all addresses.
func reachable(addr net.Addr) string {
	if tcp, ok := addr.(*net.TCPAddr); ok && tcp.IP.IsUnspecified() {
		return fmt.Sprintf("127.0.0.1:%d", tcp.Port)
	}
	return addr.String()
}
