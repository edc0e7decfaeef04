package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/tapmock/tapmock/mockserver/intercept"
)

// doors are the further ways to a mock: over TLS, and through the proxy.
type doors struct {
	ca       *intercept.CA
	caDir    string
	tls      *http.Server
	tlsAddr  net.Addr // nil: not open
	proxy    *intercept.Proxy
	front    *http.Server // of the proxy
	proxyAt  net.Addr     // nil: not open
	inMemory error        // why the CA is not kept
}

// behind is what doors lead to.
type behind struct {
	base    string              // address at which the mock answers over HTTP
	mock    http.Handler        // the mock itself
	endHeld func()              // ends the answers that it holds when it stops
	refused func(target string) // called for each target that the proxy refuses; nil: they are logged
	log     *slog.Logger
}

// openDoors opens the doors that the options name.
func openDoors(o *options, getenv func(string) string, to behind) (*doors, error) {
	d := &doors{}
	if o.tlsAddr == "" && o.proxyAddr == "" {
		return d, nil
	}
	var err error
	if d.ca, d.caDir, d.inMemory, err = openCA(o.caDir, getenv); err != nil {
		return nil, err
	}
	if d.inMemory != nil {
		to.log.Warn(d.inMemory.Error())
	}
	if soon := d.ca.ExpiresSoon(time.Now()); soon != "" {
		to.log.Warn(soon, slog.String("remedy", "delete "+d.caDir+" and start again; clients need the new certificate"))
	}
	if err = d.openTLS(o.tlsAddr, to); err == nil {
		err = d.openProxy(o.proxyAddr, to)
	}
	if err != nil {
		d.close()
		return nil, err
	}
	return d, nil
}

// openCA loads the CA of a directory, "" for that of the user. inMemory says why it is not kept.
func openCA(dir string, getenv func(string) string) (ca *intercept.CA, in string, inMemory, err error) {
	if in = dir; in == "" {
		if in, err = intercept.Dir(getenv); err != nil {
			return nil, "", nil, err
		}
	}
	ca, err = intercept.LoadCA(in, time.Now())
	if unwritable, ok := errors.AsType[*intercept.UnwritableError](err); ok {
		return ca, in, unwritable, nil
	}
	return ca, in, nil, err
}

func (d *doors) openTLS(addr string, to behind) error {
	if addr == "" {
		return nil
	}
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return fmt.Errorf("cannot listen on %s: %w; choose another address with -tls-addr", addr, err)
	}
	d.tls = newHTTPServer(intercept.Rewritten(to.base, to.mock), to.log)
	d.tls.TLSConfig, d.tlsAddr = d.ca.TLS(), listener.Addr()
	d.tls.RegisterOnShutdown(to.endHeld)
	go func() { _ = d.tls.ServeTLS(listener, "", "") }()
	return nil
}

func (d *doors) openProxy(addr string, to behind) error {
	if addr == "" {
		return nil
	}
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return fmt.Errorf("cannot listen on %s: %w; choose another address with -proxy-addr", addr, err)
	}
	if to.refused == nil {
		to.refused = func(target string) {
			to.log.Warn("target refused", slog.String("target", fmt.Sprintf("%.200s", target)), slog.String("remedy", "NO_PROXY"))
		}
	}
	d.proxy = intercept.NewProxy(d.ca, to.base, to.mock, to.refused)
	d.front, d.proxyAt = newHTTPServer(d.proxy, to.log), listener.Addr()
	go func() { _ = d.front.Serve(listener) }()
	return nil
}

// close closes the doors, and waits for open requests at most stopBound.
func (d *doors) close() {
	ctx, cancel := context.WithTimeout(context.Background(), stopBound)
	defer cancel()
	if d.tls != nil {
		_ = cmp.Or(d.tls.Shutdown(ctx), d.tls.Close())
	}
	if d.proxy != nil {
		_ = cmp.Or(d.front.Shutdown(ctx), d.front.Close())
		_ = d.proxy.Close(ctx)
	}
}

// greet prints where the doors are.
func (d *doors) greet(out io.Writer) {
	if d.tlsAddr != nil {
		fmt.Fprintf(out, "  HTTPS          https://%s/v2, for clients that trust the CA\n", reachable(d.tlsAddr))
	}
	if d.proxyAt != nil {
		fmt.Fprintf(out, "  proxy          http://%s, for https://%s\n", reachable(d.proxyAt), intercept.Host)
	}
	if d.ca != nil && d.inMemory == nil {
		fmt.Fprintf(out, "  CA             %s; tapmock ca -install-help says how clients trust it\n", d.caDir)
	}
	if d.ca != nil {
		fmt.Fprintln(out)
	}
}

// newHTTPServer is a server with the bounds of this program.
func newHTTPServer(handler http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       30 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    256 << 10, // the mock itself refuses more than 64 KB, in the form of its errors
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
}
