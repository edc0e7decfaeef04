package webhook

import (
	"context"
	"net"
	"os"
	"testing"
)

// TestDialFailures checks the failure and the remedy of connections that cannot be made. Only the name of a container's host gets the
// hint for containers.
func TestDialFailures(t *testing.T) {
	for name, test := range map[string]struct {
		err             error
		failure, remedy string
	}{
		"a dial that takes too long": {&net.OpError{Op: "dial", Err: os.ErrDeadlineExceeded}, "timeout", ""},
		"a name without an address":  {&net.DNSError{Name: "shop.example", IsNotFound: true}, "unknown host", "the name shop.example has no address"},
		"the host of a container": {&net.DNSError{Name: "host.docker.internal", IsNotFound: true}, "unknown host",
			"the name host.docker.internal has no address; start the container with --add-host host.docker.internal:host-gateway, or set delivery=relay"},
	} {
		s := NewSender(Config{})
		s.transport.DialContext = func(context.Context, string, string) (net.Conn, error) { return nil, test.err }
		if res := s.Send(t.Context(), message("http://shop.example/")); res.Failure != test.failure || res.Remedy != test.remedy {
			t.Errorf("%s: %+v", name, res)
		}
	}
}
