package mockserver

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// admits checks a request before it is routed. It answers and logs a request that it refuses. The journal does not have these requests,
// because an account must not be opened for them.
func (s *Server) admits(w http.ResponseWriter, r *http.Request) bool {
	switch {
	case headerSize(r) > maxHeader:
		refuse(w, r, http.StatusRequestHeaderFieldsTooLarge, "too_large",
			fmt.Sprintf("the request line and the header are larger than %d bytes; send fewer or shorter header fields", maxHeader))
	case !s.answersFor(hostName(r.Host), overTLS(r)):
		s.log.LogAttrs(r.Context(), slog.LevelWarn, "host refused", slog.String("host", clip(r.Host)), slog.String("remedy", "-allow-host"))
		refuse(w, r, http.StatusMisdirectedRequest, "misdirected", fmt.Sprintf(
			"tapmock does not answer for the host %q; allow it with -allow-host %[1]s, or with -public-url if browsers reach the mock there", clip(hostName(r.Host))))
	case isControl(r) && changes(r.Method) && r.Header["Origin"] != nil && !s.trustsOrigin(r):
		s.log.LogAttrs(r.Context(), slog.LevelWarn, "origin refused", slog.String("origin", clip(r.Header.Get("Origin"))), slog.String("remedy", "-allow-host"))
		refuse(w, r, http.StatusForbidden, "forbidden", fmt.Sprintf(
			"the site %q may not change anything through the control API; allow its host with -allow-host", clip(r.Header.Get("Origin"))))
	default:
		return true
	}
	return false
}

// changes reports whether calls with a method can change something.
func changes(method string) bool {
	return method != http.MethodGet && method != http.MethodHead && method != http.MethodOptions
}

// clip is the part of a client's text that is repeated in an answer or in the log.
func clip(text string) string { return tap.MaskClip(text, 100) }

// maxHeader bounds the request line and the header of a request. A listener must accept somewhat more, so that the mock and not net/http
// answers.
const maxHeader = 64 << 10

// headerSize is the number of bytes of the request line and the header, nearly.
func headerSize(r *http.Request) int {
	n := len(r.Method) + len(r.RequestURI) + len(r.Host)
	for name, values := range r.Header {
		for _, value := range values {
			n += len(name) + len(value) + len(": \r\n")
		}
	}
	return n
}

// refuse answers in the form of the part of the mock to which the request belongs: Tap's error, the control API's, or a line of text.
func refuse(w http.ResponseWriter, r *http.Request, status int, code, text string) {
	switch {
	case isControl(r):
		writeControlError(w, &control.Error{Status: status, Code: code, Message: text})
	case strings.HasPrefix(r.URL.Path, "/v2"):
		e := tap.NewError("1103", text)
		e.HTTPStatus, e.Description = status, text
		writeError(w, e)
	default:
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.WriteHeader(status)
		fmt.Fprintln(w, text)
	}
}

// loggedPath is the path of a request as the log keeps it.
func loggedPath(r *http.Request) string { return tap.MaskClip(r.URL.Path, 200) }

// answersFor reports whether the server answers requests for a host. The host is empty in HTTP/1.0, which no browser sends.
func (s *Server) answersFor(name string, overTLS bool) bool {
	if !strings.Contains(name, ".") || s.hosts[name] {
		return true // a name without a dot, an IPv6 address, or an allowed name
	}
	if _, err := netip.ParseAddr(name); err == nil {
		return true
	}
	for _, domain := range localDomains {
		if strings.HasSuffix(name, domain) {
			return true
		}
	}
	if overTLS && (name == "tap.company" || strings.HasSuffix(name, ".tap.company")) {
		return true
	}
	public, err := url.Parse(s.gateway.Settings().PublicURL)
	return err == nil && hostName(public.Host) == name
}

// trustsOrigin reports whether the site of the header Origin may change something through the control API. Its host must be one for
// which the server answers; a public IP address must be that of the request, because any site can have one.
func (s *Server) trustsOrigin(r *http.Request) bool {
	origin, err := url.Parse(r.Header.Get("Origin"))
	if err != nil || origin.Host == "" { // also the origin null
		return false
	}
	name := hostName(origin.Host)
	if name == hostName(r.Host) {
		return true
	}
	if ip, err := netip.ParseAddr(name); err == nil {
		return ip.IsLoopback() || ip.IsPrivate() || ip.IsLinkLocalUnicast()
	}
	return s.answersFor(name, origin.Scheme == "https")
}

// overTLS reports whether the client used TLS, to this server or to a proxy in front of it.
func overTLS(r *http.Request) bool {
	return r.TLS != nil || forwarded(r, "X-Forwarded-Proto") == "https"
}
