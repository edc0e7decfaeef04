package contract

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/tapmock/tapmock/testkit/verdict"
)

// values are what stands for the names in braces.
type values map[string]string

// placeholder is a name in braces.
var placeholder = regexp.MustCompile(`\$?\{(\w+)\}`)

// fill replaces the names in a text by their values, as written by escape, and ${NAME} by the environment.
func (v values) fill(text string, escape func(string) string) string {
	return placeholder.ReplaceAllStringFunc(text, func(name string) string {
		if strings.HasPrefix(name, "$") {
			return os.Getenv(name[2 : len(name)-1])
		}
		if value, ok := v[name[1:len(name)-1]]; ok {
			return escape(value)
		}
		return name
	})
}

func plain(text string) string { return text }

// fillAll fills the texts of a JSON value.
func (v values) fillAll(tree any) any {
	switch x := tree.(type) {
	case string:
		return v.fill(x, plain)
	case map[string]any:
		filled := make(map[string]any, len(x))
		for key, one := range x {
			filled[key] = v.fillAll(one)
		}
		return filled
	case []any:
		filled := make([]any, len(x))
		for i, one := range x {
			filled[i] = v.fillAll(one)
		}
		return filled
	}
	return tree
}

// do makes a call. The error is a [verdict.BrokenError] if the shop gave no answer, else that of ctx.
func (s *Shop) do(ctx context.Context, step string, call *Call, v values) (*answer, error) {
	bound, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	make := s.request
	if len(call.Command) > 0 {
		make = s.command
	}
	a, err := make(bound, call, v)
	if err != nil && ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		return nil, &verdict.BrokenError{Step: step, Came: s.failure(bound, err), Wanted: "an answer; is the shop running, and is this its address?"}
	}
	return a, nil
}

// closed is what came from a shop that has died in the middle of a call.
const closed = "the connection was closed before an answer came"

// failure says in words why there was no answer.
func (s *Shop) failure(ctx context.Context, err error) string {
	dns, isDNS := errors.AsType[*net.DNSError](err)
	text := err.Error()
	switch {
	case ctx.Err() != nil:
		return fmt.Sprintf("no answer within %s", s.timeout)
	case isDNS:
		return "there is no host named " + dns.Name
	case strings.Contains(text, "refused"):
		return "the connection was refused, because nothing listens there"
	case strings.Contains(text, "EOF"), strings.Contains(text, "reset"):
		return closed
	case strings.Contains(text, "malformed HTTP"), strings.Contains(text, "HTTP/0.9"):
		return "what came is not HTTP"
	}
	return "no answer, " + clip(text, excerpt)
}

// request makes a call over HTTP. It follows no redirect.
func (s *Shop) request(ctx context.Context, call *Call, v values) (*answer, error) {
	verb, target, _ := strings.Cut(call.Request, " ")
	if strings.HasPrefix(target, "/") {
		target = strings.TrimRight(s.config.App, "/") + target
	}
	body, kind, err := call.body(v)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, verb, v.fill(target, url.QueryEscape), body)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept", "application/json")
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	for name, text := range call.Headers {
		req.Header.Set(name, v.fill(text, plain))
	}
	res, err := s.http.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	return &answer{status: res.StatusCode, header: res.Header, body: text}, err
}

// body is the body of a request and its type.
func (call *Call) body(v values) (io.Reader, string, error) {
	switch {
	case call.JSON != nil:
		text, err := json.Marshal(v.fillAll(call.JSON))
		return bytes.NewReader(text), "application/json", err
	case call.Form != nil:
		form := url.Values{}
		for name, text := range call.Form {
			form.Set(name, v.fill(text, plain))
		}
		return strings.NewReader(form.Encode()), "application/x-www-form-urlencoded", nil
	}
	return nil, "", nil
}

// command runs a program, whose output is the answer.
func (s *Shop) command(ctx context.Context, call *Call, v values) (*answer, error) {
	argv := slices.Clone(call.Command)
	for i := range argv {
		argv[i] = v.fill(argv[i], plain)
	}
	var out, failed bytes.Buffer
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Stdout, cmd.Stderr, cmd.WaitDelay = &out, &failed, time.Second
	err := cmd.Run()
	exit, ended := errors.AsType[*exec.ExitError](err)
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case ended:
		return &answer{status: http.StatusInternalServerError, body: append(failed.Bytes(), out.Bytes()...), exit: exit.ExitCode()}, nil
	case err != nil:
		return nil, err
	}
	return &answer{status: http.StatusOK, body: out.Bytes()}, nil
}
