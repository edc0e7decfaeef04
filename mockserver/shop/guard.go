package shop

import (
	"net/http"
	"strings"
)

// protect sets the headers that forbid everything that the pages do not need. The policy has no form-action: browsers would also apply it to
// the redirect to KNET's page.
func protect(h http.Header) {
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; frame-ancestors 'none'")
	h.Set("X-Robots-Tag", "noindex, nofollow")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
}

var sameSite = http.NewCrossOriginProtection()

// fromHere reports whether a form was sent by a page of this site. Behind a proxy the browser's host is in X-Forwarded-Host.
func fromHere(r *http.Request) bool {
	host, _, _ := strings.Cut(r.Header.Get("X-Forwarded-Host"), ",")
	if host = strings.TrimSpace(host); host != "" {
		c := *r
		c.Host = host
		r = &c
	}
	return sameSite.Check(r) == nil
}
