package mockserver

import (
	"net/http"
	"slices"
	"strings"
)

// withPlainPath removes repeated and trailing slashes from the path, because real clients send them. It does not redirect: clients would
// follow the redirect as a GET. The request's RequestURI still has the path as sent.
func withPlainPath(r *http.Request) *http.Request {
	path := plainPath(r.URL.Path)
	if path == r.URL.Path {
		return r
	}
	u := *r.URL
	u.Path, u.RawPath = path, plainPath(u.RawPath)
	c := *r
	c.URL = &u
	return &c
}

func plainPath(path string) string {
	for strings.Contains(path, "//") {
		path = strings.ReplaceAll(path, "//", "/")
	}
	if len(path) > 1 {
		path = strings.TrimSuffix(path, "/")
	}
	return path
}

// slashed are the paths of create requests that Tap's documentation writes with a slash at the end.
var slashed = []string{"/v2/refunds/", "/v2/authorize/", "/v2/customers/", "/v2/customers/list/", "/v2/tokens/", "/v2/card/verify/", "/v2/payouts/list/", "/v2/invoices/"}

// pathLeniencies names the leniencies that the path of the request needed.
func pathLeniencies(r *http.Request) []string {
	sent, _, _ := strings.Cut(r.RequestURI, "?")
	if sent != plainPath(sent) && (!slices.Contains(slashed, sent) || r.Method != http.MethodPost) {
		return []string{"path: repeated and trailing slashes were dropped"}
	}
	return nil
}
