package webhook

import (
	"net/netip"
	"net/url"
	"os"
	"strings"
)

// Doubt says why a webhook will hardly reach an address, as far as that can be said without any traffic: the name cannot resolve, or the
// address is the container's own, if this process runs in a container. It is "" if nothing can be said.
func Doubt(address string, inContainer bool) string {
	at, err := url.Parse(address)
	if err != nil || at.Hostname() == "" {
		return ""
	}
	switch host := at.Hostname(); {
	case inContainer && isLoopback(host):
		return "post.url: this mock runs in a container, and " + host + " is the container itself; " + elsewhere
	case !canResolve(host):
		return "post.url: no name server knows " + host + ", so no webhook will arrive; use the host name or address of the shop"
	}
	return ""
}

// elsewhere is the remedy for a shop that runs outside the container.
const elsewhere = "if the shop runs elsewhere, use the host name " + gatewayHost + " for the container's host (with --add-host " + gatewayHost +
	":host-gateway), the shop's service name in a shared network, or delivery=relay"

// canResolve reports whether a host is an address, or a name that a name server or a hosts file may know (RFC 1035, RFC 6761).
func canResolve(host string) bool {
	if _, err := netip.ParseAddr(host); err == nil {
		return true
	}
	name := strings.ToLower(strings.TrimSuffix(host, "."))
	for label := range strings.SplitSeq(name, ".") {
		if label == "" || len(label) > 63 {
			return false
		}
	}
	return len(name) <= 253 && name != "invalid" && !strings.HasSuffix(name, ".invalid")
}

func isLoopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	return err == nil && ip.Unmap().IsLoopback() || host == "localhost" || strings.HasSuffix(host, ".localhost")
}

// HasContainer reports whether this process is the main one of a container: then a shop hardly runs on the same loopback. A process
// that was started by hand in a container for development is not.
func HasContainer() bool {
	return InContainer() && (os.Getpid() == 1 || os.Getppid() == 1) // the parent is an init of the engine
}

// InContainer reports whether this process runs in a container of a usual engine.
func InContainer() bool {
	for _, file := range []string{"/.dockerenv", "/run/.containerenv"} {
		if _, err := os.Stat(file); err == nil {
			return true
		}
	}
	return os.Getenv("KUBERNETES_SERVICE_HOST") != ""
}
