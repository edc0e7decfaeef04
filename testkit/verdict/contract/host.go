package contract

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// CheckHost refuses a host on which a shop could be in production: a check creates orders, pays them with a test card and moves money in
// the shop's books. Allowed are loopback and private addresses, names without a dot, names under localhost, local, internal and test, and
// the names in allowed.
func CheckHost(host string, allowed []string) error {
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	if slices.Contains(allowed, host) {
		return nil
	}
	if ip, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil {
		if ip.IsLoopback() || ip.IsPrivate() || ip.IsLinkLocalUnicast() {
			return nil
		}
	} else if last := host[strings.LastIndexByte(host, '.')+1:]; last == host || slices.Contains([]string{"localhost", "local", "internal", "test"}, last) {
		return nil
	}
	return fmt.Errorf("%s may be a shop in production, in which a check would create and pay orders; check a test build on this machine or in a private network, or name a test host with -allow-host %s", host, host)
}
