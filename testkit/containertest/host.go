package containertest

import (
	"net"
	"net/url"

	"github.com/moby/moby/api/types/container"
	"github.com/testcontainers/testcontainers-go"
)

// hostName is this machine as a container with [HostAccess] calls it.
const hostName = "host.docker.internal"

// HostAccess lets the container call the shop by itself, at addresses such as [HostURL] makes, instead of having the test process make
// the calls. The shop must listen on all addresses, as with net.Listen("tcp", ":0"): what listens on 127.0.0.1 alone, as
// httptest.NewServer does, is out of its reach.
func HostAccess() Option {
	return func(o *options) {
		o.direct = true
		change(testcontainers.WithHostConfigModifier(func(c *container.HostConfig) {
			c.ExtraHosts = append(c.ExtraHosts, hostName+":host-gateway")
		}))(o)
	}
}

// HostURL is an address of this machine as a container with [HostAccess] reaches it: localhost, 127.0.0.1, [::1], and the addresses that stand for
// all become host.docker.internal; others stay. It is for what the mock calls, post.url; the payer of a test runs in
// the test's process, so redirect.url stays as it is unless a scenario has the mock pay.
func HostURL(address string) string {
	u, err := url.Parse(address)
	if err != nil || !isHere(u.Hostname()) {
		return address
	}
	if port := u.Port(); port != "" {
		u.Host = net.JoinHostPort(hostName, port)
	} else {
		u.Host = hostName
	}
	return u.String()
}

func isHere(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && (ip.IsLoopback() || ip.IsUnspecified())
}
