package tap

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"
)

// ReturnURL is the address to which the payer is sent back: the merchant's redirect.url with tap_id in its query, followed by the
// parameters in more. A fragment stays at the end. The rest of the URL is unchanged, except that an address without a scheme gets
// http:// (Tap API 6; joining observed, fragment and missing scheme inferred).
func ReturnURL(redirect, chargeID string, more ...string) string {
	return AddQuery(redirect, append([]string{"tap_id=" + chargeID}, more...)...)
}

// webAddress reports whether text is an http or https URL with a host.
func webAddress(text string) bool {
	u, err := url.Parse(text)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != ""
}

// hostPort matches a host and a port without a scheme. url.Parse would read the host as a scheme.
var hostPort = regexp.MustCompile(`^([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\]):[0-9]+([/?#]|$)`)

// schemeless reports whether an address has no scheme.
func schemeless(address string) bool {
	u, err := url.Parse(address)
	return hostPort.MatchString(address) || err == nil && u.Scheme == ""
}

// checkRedirect is lenient, as Tap is: an address without a scheme, custom schemes and loopback are accepted (Tap API 1.2). A scheme
// that would run code or open a file in the payer's browser is refused.
func checkRedirect(text string) error {
	if hostPort.MatchString(text) {
		text = "http://" + text
	}
	u, err := url.Parse(text)
	if err != nil {
		return errors.New("redirect.url: it cannot be read as a URL")
	}
	switch strings.ToLower(u.Scheme) {
	case "javascript", "data", "vbscript", "file", "blob", "about":
		return fmt.Errorf("redirect.url: the scheme %s is not allowed", strings.ToLower(u.Scheme))
	}
	if strings.ContainsAny(text, " \t\r\n\"<>\\^`{|}") {
		return errors.New("redirect.url: blanks, quotes and brackets must be percent-encoded")
	}
	if u.Scheme == "" && u.Host == "" && (strings.HasPrefix(u.Path, "/") || !strings.ContainsAny(u.Path, "./")) {
		return errors.New("redirect.url: it names neither a host nor a scheme")
	}
	if (u.Scheme == "http" || u.Scheme == "https") && u.Host == "" {
		return errors.New("redirect.url: it has no host")
	}
	return nil
}

// AddQuery is redirect with the parameters in more added to its query, joined by ? or &. It is [ReturnURL] without tap_id.
func AddQuery(redirect string, more ...string) string {
	address, fragment, fragmented := strings.Cut(redirect, "#")
	if schemeless(address) {
		address = "http://" + strings.TrimPrefix(address, "//")
	}
	if len(more) > 0 {
		switch {
		case !strings.Contains(address, "?"):
			address += "?"
		case !strings.HasSuffix(address, "?") && !strings.HasSuffix(address, "&"):
			address += "&"
		}
		address += strings.Join(more, "&")
	}
	if fragmented {
		address += "#" + fragment
	}
	return address
}
