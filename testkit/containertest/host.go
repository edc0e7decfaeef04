package containertest

import (
	"net"
	"net/url"

	"github.com/moby/moby/api/types/container"
	"github.com/testcontainers/testcontainers-go"
)

// hostName is the name of this machine in a container with [HostAccess].
const hostName = "host.docker.internal"

// HostAccess makes the container send webhooks and returns itself, to URLs of [HostURL], instead of the test process. The shop must
// listen on all addresses, as with net.Listen("tcp", ":0"). The container cannot reach a shop that listens only on 127.0.0.1, such as
// an httptest.Server.
func HostAccess() Option {
	return func(o *options) {
		o.direct = true
		change(testcontainers.WithHostConfigModifier(func(c *container.HostConfig) {
			c.ExtraHosts = append(c.ExtraHosts, hostName+":host-gateway")
		}))(o)
	}
}

// HostURL is a URL of this machine for a container with [HostAccess]. The hosts localhost, 127.0.0.1, [::1], 0.0.0.0 and [::] become
// host.docker.internal; other hosts do not change. Use it for post.url, which the mock calls, and for redirect.url if the scenario has
// an automatic payer. The payer of testkit is in the test process and needs redirect.url unchanged.
func HostURL(rawURL string) string {
	u, err := url.Parse(rawURL)
	if err != nil || !isLocal(u.Hostname()) {
		return rawURL
	}
	if port := u.Port(); port != "" {
		u.Host = net.JoinHostPort(hostName, port)
	} else {
		u.Host = hostName
	}
	return u.String()
}

// isLocal reports whether a host is the loopback or all addresses of this machine.
func isLocal(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && (ip.IsLoopback() || ip.IsUnspecified())
}
