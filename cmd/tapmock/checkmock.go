package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"

	"github.com/tapmock/tapmock/mockserver"
	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// checkMock is the mock of a check.
type checkMock struct {
	base  string // without /v2
	close func()
}

// openMock starts a mock, or takes the running one that the options name.
func openMock(ctx context.Context, o *checkOptions, log io.Writer) (*checkMock, error) {
	if o.url != "" {
		return &checkMock{base: o.url, close: func() {}}, nil
	}
	listener, err := net.Listen("tcp", o.addr)
	if err != nil {
		return nil, usageError{fmt.Errorf("cannot listen on %s: %w; is a mock running there? Then give -url http://%s, else another address with -addr", o.addr, err, o.addr)}
	}
	settings := tap.DefaultSettings()
	mock, err := mockserver.New(mockserver.Config{Settings: &settings, Seed: o.seed, AllowHosts: o.allowHosts})
	if err != nil {
		listener.Close()
		return nil, usageError{err}
	}
	running, stop := context.WithCancel(context.WithoutCancel(ctx))
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = serveOn(running, listener, mock, mock, slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelError})))
	}()
	return &checkMock{base: "http://" + reachable(listener.Addr()), close: func() { stop(); <-ended }}, nil
}

// ask makes sure that the mock answers for the account of a key.
func (m *checkMock) ask(ctx context.Context, key string) error {
	client := control.New(m.base, key)
	defer client.CloseIdle()
	if _, err := client.Account(ctx); err != nil {
		return fmt.Errorf("the mock at %s cannot be used: %w", m.base, err)
	}
	return nil
}
