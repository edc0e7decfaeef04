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
	port        = "8080/tcp"       // that the image listens on
	healthBound = 60 * time.Second // from the container's start until it is healthy
	healthPoll  = 50 * time.Millisecond
	endBound    = 30 * time.Second // to stop and remove the container
	logBytes    = 8 << 10          // of a container's or build's log in a message
)

// Container is a mock in a container.
type Container struct {
	*testcontainers.DockerContainer
}

// URL is the mock's base address for the test process, without /v2.
func (c *Container) URL(ctx context.Context) (string, error) {
	return c.PortEndpoint(ctx, port, "http")
}

// Run starts a container of an image and returns when the mock in it is healthy. If image is "", it takes the image of an option such as
// [Image], or else compiles one from the source of this module, see the package. The options are those of this package and of testcontainers. If the
// container exists, it is returned even with an error: pass it to testcontainers.CleanupContainer before checking the error.
func Run(ctx context.Context, image string, opts ...testcontainers.ContainerCustomizer) (*Container, error) {
	var run report
	all := append([]testcontainers.ContainerCustomizer{
		testcontainers.WithExposedPorts(port),
		testcontainers.WithEnv(map[string]string{"TAPMOCK_SEED": "1"}),
		testcontainers.WithWaitStrategyAndDeadline(healthBound, wait.ForHTTP("/healthz").WithPort(port).WithPollInterval(healthPoll)),
	}, opts...)
	ctr, err := testcontainers.Run(ctx, image, append(all, complete(&run))...)
	var c *Container
	if ctr != nil {
		c = &Container{DockerContainer: ctr}
	}
	if err != nil {
		return c, fmt.Errorf("containertest: %s: %w%s%s%s", run.what, err, output("the build", run.build.String()), output("the container", c.log()), reaperHint(err))
	}
	return c, nil
}

// report is what the error of [Run] needs.
type report struct {
	what  string // image that was to be run
	build tail   // end of the output of its build
}

// output is the output of a build or a container as a part of a message, or "".
func output(source, text string) string {
	if text = strings.TrimSpace(text); text == "" {
		return ""
	}
	return "\n" + source + " printed:\n\t" + strings.ReplaceAll(text, "\n", "\n\t")
}

// log is the end of the container's log.
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

// TB is the part of a test that [Start] uses; *testing.T, *testing.B and *testing.F implement it.
type TB interface {
	testkit.TB
	Skipf(format string, args ...any)
}

// Start runs a mock in a container, opens an account for the test as testkit.Start does, and removes the container when the test ends.
// Without a Docker engine the test is skipped; with TAPMOCK_REQUIRE_DOCKER=1 it fails.
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

// end removes the container. If the container has already stopped, it logs why.
func (c *Container) end(tb TB) {
	tb.Helper()
	if c == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), endBound)
	defer cancel()
	if state, err := c.State(ctx); err == nil && state.Status == "exited" {
		tb.Logf("containertest: the container exited with code %d%s", state.ExitCode, output("it", c.log()))
	}
	if err := testcontainers.TerminateContainer(c.DockerContainer, testcontainers.StopContext(ctx)); err != nil {
		tb.Errorf("containertest: the container could not be removed: %v", err)
	}
}

// tail keeps the end of what is written to it.
type tail struct{ text []byte }

func (t *tail) Write(p []byte) (int, error) {
	t.text = append(t.text, p...)
	if over := len(t.text) - logBytes; over > 0 {
		t.text = append(t.text[:0], t.text[over:]...)
	}
	return len(p), nil
}

func (t *tail) String() string { return string(t.text) }
