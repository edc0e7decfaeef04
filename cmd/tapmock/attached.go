package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/url"
	"strings"

	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// attached are the flags of commands that ask a running mock.
type attached struct{ url, key string }

func (a *attached) define(fs *flag.FlagSet) {
	fs.StringVar(&a.url, "url", "", "`address` of the running mock; default: TAPMOCK_URL, otherwise http://"+defaultAddr)
	fs.StringVar(&a.key, "key", "", "secret `key` of the account; default: TAPMOCK_KEY, otherwise Tap's published test key")
}

// open returns a client of the account. After it the key is the one that is used.
func (a *attached) open(getenv func(string) string) (*control.Client, error) {
	base := strings.TrimSuffix(cmp.Or(a.url, getenv("TAPMOCK_URL"), "http://"+defaultAddr), "/")
	if u, err := url.Parse(base); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, usageError{fmt.Errorf("-url %s: want an address such as http://127.0.0.1:8080", base)}
	}
	a.key = cmp.Or(a.key, getenv("TAPMOCK_KEY"), tap.PublishedTestKey)
	return control.New(base, a.key), nil
}

// unreachable is an error of a call, with what to do if there is no mock.
func unreachable(client *control.Client, err error) error {
	if _, network := errors.AsType[net.Error](err); !network || errors.Is(err, context.Canceled) {
		return err
	}
	return fmt.Errorf("no mock answers at %s: %w; start one with tapmock, or name another with -url", client.BaseURL(), err)
}
