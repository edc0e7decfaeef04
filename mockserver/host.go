package mockserver

import (
	"fmt"
	"net"
	"strings"
)

// A page of any site can reach this mock under a name of that site whose DNS entry points to this machine (DNS rebinding); for the
// browser the mock is then a part of the site. Such a request has the site's name as its host. So the mock answers only for hosts that a
// site cannot own.

// localDomains are domains without entries in the public DNS.
var localDomains = []string{".localhost", ".local", ".internal", ".test"}

// hosts are the names that [Config].AllowHosts adds, in lower case.
type hosts map[string]bool

func newHosts(names []string) (hosts, error) {
	all := hosts{}
	for _, name := range names {
		if err := CheckHost(name); err != nil {
			return nil, err
		}
		all[hostName(name)] = true
	}
	return all, nil
}

// CheckHost returns an error unless text is the name of a host, such as shop.example: at most 253 ASCII letters, digits, dots, hyphens and
// underscores, without scheme, port and path.
func CheckHost(text string) error {
	name := hostName(text)
	for i := range len(name) {
		c := name[i]
		if (c < '0' || c > '9') && (c < 'a' || c > 'z') && !strings.ContainsRune(".-_", rune(c)) {
			name = ""
			break
		}
	}
	if name == "" || len(name) > 253 || strings.ContainsAny(text, "[:]") {
		return fmt.Errorf("%.100q is not the name of a host; write the name alone, such as shop.example, without scheme, port and path, in ASCII", text)
	}
	return nil
}

// hostName is a host without its port, brackets and final dot, in lower case.
func hostName(hostport string) string {
	host := hostport
	if strings.Contains(host, ":") {
		if h, _, err := net.SplitHostPort(hostport); err == nil {
			host = h
		}
	}
	host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	return strings.ToLower(strings.TrimSuffix(host, "."))
}
