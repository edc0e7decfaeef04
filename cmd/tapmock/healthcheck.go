package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"time"
)

// healthcheck asks the mock that listens on -addr. It is the HEALTHCHECK of the image.
func healthcheck(ctx context.Context, std streams, args []string, getenv func(string) string) error {
	addr := getenv("TAPMOCK_ADDR")
	if addr == "" {
		addr = defaultAddr
	}
	fs := newFlags("healthcheck")
	fs.StringVar(&addr, "addr", addr, "`address` that the mock listens on (TAPMOCK_ADDR)")
	if err := parseFlags(fs, args, std.out, "tapmock healthcheck [flags]: exit code 0 if a mock answers at the address, otherwise 1.\n\nExamples:\n  tapmock healthcheck\n  tapmock healthcheck -addr 127.0.0.1:9090"); err != nil {
		return helped(err)
	}
	if fs.NArg() > 0 {
		return usageError{fmt.Errorf("healthcheck takes flags only, not %q; give the address as -addr host:port", fs.Arg(0))}
	}
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return usageError{fmt.Errorf("-addr %s: %w", addr, err)}
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+"/healthz", nil)
	if err != nil {
		return err
	}
	res, err := (&http.Transport{Proxy: nil, DisableKeepAlives: true}).RoundTrip(req)
	if err != nil {
		return fmt.Errorf("not healthy: %w", err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("not healthy: HTTP %d", res.StatusCode)
	}
	fmt.Fprintln(std.out, "healthy")
	return nil
}
