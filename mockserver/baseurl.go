package mockserver

import (
	"net/http"
	"strings"

	"github.com/tapmock/tapmock/mockserver/tap"
)

// baseURL is the address at which the payer's browser reaches this server: the setting public_url, else the address of the request.
// Behind a proxy that is given by X-Forwarded-Proto, -Host, -Port and -Prefix.
func baseURL(r *http.Request, s *tap.Settings) string {
	if s.PublicURL != "" {
		return s.PublicURL
	}
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	if p := forwarded(r, "X-Forwarded-Proto"); p == "http" || p == "https" {
		scheme = p
	}
	host := r.Host
	if h := forwarded(r, "X-Forwarded-Host"); hostLike(h) {
		host = h
		if port := forwarded(r, "X-Forwarded-Port"); hostLike(port) && !strings.Contains(h, ":") && port != "80" && port != "443" {
			host += ":" + port
		}
	}
	if !hostLike(host) {
		host = "127.0.0.1"
	}
	prefix := strings.TrimRight(forwarded(r, "X-Forwarded-Prefix"), "/")
	if !strings.HasPrefix(prefix, "/") || !hostLike(strings.ReplaceAll(prefix, "/", "")) {
		prefix = ""
	}
	return scheme + "://" + host + prefix
}

// forwarded is the first value of a header to which several proxies may have added values.
func forwarded(r *http.Request, header string) string {
	first, _, _ := strings.Cut(r.Header.Get(header), ",")
	return strings.TrimSpace(first)
}

// hostLike reports whether s consists of characters that a host can have. Nothing else is put into links.
func hostLike(s string) bool {
	for i := range len(s) {
		c := s[i]
		if (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') && !strings.ContainsRune(".-_:[]", rune(c)) {
			return false
		}
	}
	return s != ""
}
