package containertest

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/testcontainers/testcontainers-go"
	"github.com/testcontainers/testcontainers-go/log"
	"github.com/testcontainers/testcontainers-go/wait"

	"github.com/tapmock/tapmock/testkit"
)

const (
	port         = "8080/tcp"       // that the image listens on
	healthBound  = 60 * time.Second // from the container's start to its first sound answer
	healthPoll   = 50 * time.Millisecond
	endBound     = 30 * time.Second // to stop and remove it
	toldLogBytes = 8 << 10          // of a container's log in a message
)

// Container is a mock in a container.
type Container struct {
	*testcontainers.DockerContainer
}

// URL is the mock's base address as this process reaches it, without /v2.
func (c *Container) URL(ctx context.Context) (string, error) {
	return c.PortEndpoint(ctx, port, "http")
}

// ChaosRecord starts a container of an image and returns once the mock in it answers. With image "" it is the one that an option names, or
// else it is built from the source of this module. The options are those of this package and of testcontainers. The container is
// returned also with an error, if there is one: give it to testcontainers.CleanupContainer before looking at the error.
func Run(ctx context.Context, image string, opts ...testcontainers.ContainerCustomizer) (*Container, error) {
	var say words
	all := append([]testcontainers.ContainerCustomizer{
		testcontainers.WithExposedPorts(port),
		testcontainers.WithEnv(map[string]string{"TAPMOCK_SEED": "1"}),
		testcontainers.WithWaitStrategyAndDeadline(healthBound, wait.ForHTTP("/healthz").WithPort(port).WithPollInterval(healthPoll)),
	}, opts...)
	ctr, err := testcontainers.Run(ctx, image, append(all, complete(&say))...)
	var c *Container
	if ctr != nil {
		c = &Container{DockerContainer: ctr}
	}
	if err != nil {
		return c, fmt.Errorf("containertest: %s: %w%s%s", say.what, err, said("the build", say.build.String()), said("the container", c.log()))
	}
	return c, nil
}

// words are for the message of a container that does not start.
type words struct {
	what  string // that was to be run
	build tail
}

// said is what something has printed, for a message.
func said(who, text string) string {
	if text = strings.TrimSpace(text); text == "" {
		return ""
	}
	return "\n" + who + " said:\n\t" + strings.ReplaceAll(text, "\n", "\n\t")
}

// log is the end of what the container has printed.
func (c *Container) log() string {
	if c == nil {
		return ""
	}
	ctx, cancel := context.WithTimeout(context.Background(), endBound)
	defer cancel()
	r, err := c.Logs(ctx)
	if err != nil {
		return ""
	}
	defer r.Close()
	var t tail
	io.Copy(&t, r)
	return t.String()
}

// TB is what [Start] needs of a test: *testing.T, *testing.B and *testing.F have it.
type TB interface {
	testkit.TB
	Skipf(format string, args ...any)
}

// Start runs a mock in a container and returns it as testkit.Start does, with an account of its own; the container goes with the
// test. Without a Docker engine the test is skipped, or fails if TAPMOCK_REQUIRE_DOCKER=1.
func Start(tb TB, opts ...testcontainers.ContainerCustomizer) *testkit.Mock {
	tb.Helper()
	needEngine(tb)
	o := optionsOf(opts)
	c, err := Run(tb.Context(), "", append([]testcontainers.ContainerCustomizer{testcontainers.WithLogger(log.NewNoopLogger())}, opts...)...)
	tb.Cleanup(func() { tb.Helper(); c.end(tb) })
	if err != nil {
		tb.Fatalf("%v", err)
	}
	url, err := c.URL(tb.Context())
	if err != nil {
		tb.Fatalf("containertest: the container has no address: %v", err)
	}
	return testkit.Attach(tb, url, o.keyFor(tb), o.kitOptions()...)
}

// end removes the container. One that has ended by itself before that tells why.
func (c *Container) end(tb TB) {
	tb.Helper()
	if c == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), endBound)
	defer cancel()
	if state, err := c.State(ctx); err == nil && state.Status == "exited" {
		tb.Logf("containertest: the container ended with %d%s", state.ExitCode, said("it", c.log()))
	}
	if err := testcontainers.TerminateContainer(c.DockerContainer, testcontainers.StopContext(ctx)); err != nil {
		tb.Errorf("containertest: the container could not be removed: %v", err)
	}
}

// tail keeps the end of what is written to it.
type tail struct{ text []byte }

func (t *tail) Write(p []byte) (int, error) {
	t.text = append(t.text, p...)
	if over := len(t.text) - toldLogBytes; over > 0 {
		t.text = append(t.text[:0], t.text[over:]...)
	}
	return len(p), nil
}

func (t *tail) String() string { return string(t.text) }
