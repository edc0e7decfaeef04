package webhook

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
)

// maxRedirects is how many redirects a [Sender.Visit] follows.
const maxRedirects = 10

var (
	errAppLink      = errors.New("app link")
	errRedirectLoop = errors.New("redirect loop")
)

// Visit makes the payer's return to the merchant, as a browser does: it gets address, which may have no http://, and follows redirects
// without cookies. Status, Body and ContentType are those of the last response, also if a failure follows it. In addition to the failures
// of [Sender.Send] there are "app link", for a scheme that only a device can open, and "redirect loop".
func (s *Sender) Visit(ctx context.Context, address string) Result {
	var seen Result
	at, err := url.Parse(withScheme(address))
	for n := 0; err == nil; n++ {
		var next string
		var got Result
		if got, next, err = s.get(ctx, at, n); err != nil {
			break
		}
		seen = got
		if next == "" {
			return seen
		}
		at, err = at.Parse(next)
	}
	seen.Failure, seen.Remedy = classifyVisit(ctx, err)
	return seen
}

// get makes the request after n redirects. next is the address to which the response redirects, or "".
func (s *Sender) get(ctx context.Context, at *url.URL, n int) (got Result, next string, err error) {
	switch {
	case n > maxRedirects:
		return Result{}, "", errRedirectLoop
	case at.Scheme != "http" && at.Scheme != "https":
		return Result{}, "", errAppLink
	case at.Host == "":
		return Result{}, "", errBadURL
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, plainURL(*at), nil)
	if err != nil {
		return Result{}, "", errBadURL
	}
	req.Header = http.Header{
		"User-Agent": {"Mozilla/5.0 (tapmock; automatic payer)"},
		"Accept":     {"text/html,*/*"},
	}
	got, header, err := s.exchange(req)
	if isRedirect(got.Status) {
		next = header.Get("Location")
	}
	return got, next, err
}

func isRedirect(status int) bool {
	switch status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther,
		http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return true
	}
	return false
}

func classifyVisit(ctx context.Context, err error) (failure, remedy string) {
	_, unreadable := errors.AsType[*url.Error](err)
	switch {
	case errors.Is(err, errAppLink):
		return "app link", "the address opens an app, which is possible only on a device"
	case errors.Is(err, errRedirectLoop):
		return "redirect loop", "the automatic payer keeps no cookies; a page that needs one needs a real browser"
	case errors.Is(err, errBadURL), unreadable:
		return "bad url", "the address must be an http or https URL with a host"
	}
	return classify(ctx, err)
}

// hostPort matches a host and a port without a scheme. url.Parse would read the host as a scheme.
var hostPort = regexp.MustCompile(`^([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\]):[0-9]+([/?#]|$)`)

// withScheme adds http:// to an address without a scheme.
func withScheme(address string) string {
	if u, err := url.Parse(address); hostPort.MatchString(address) || err == nil && u.Scheme == "" {
		return "http://" + strings.TrimPrefix(address, "//")
	}
	return address
}

// plainURL returns u with its query escaped as browsers do. net/url does not change the query.
func plainURL(u url.URL) string {
	var query strings.Builder
	for _, c := range []byte(u.RawQuery) {
		if c <= ' ' || c >= 0x7f || strings.IndexByte(`"<>`, c) >= 0 {
			fmt.Fprintf(&query, "%%%02X", c)
			continue
		}
		query.WriteByte(c)
	}
	u.RawQuery = query.String()
	return u.String()
}
