package containertest_test

import (
	"context"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/moby/moby/client"
	"github.com/testcontainers/testcontainers-go"

	"github.com/tapmock/tapmock/testkit"
	"github.com/tapmock/tapmock/testkit/containertest"
	"github.com/tapmock/tapmock/testkit/internal/conformance"
)

// dockerfile builds the image with the Dockerfile of this checkout.
var dockerfile = containertest.FromDockerfile("../..")

// TestCompiledImageNeedsNoPull compares the Dockerfile of the compiled image with the repository's: it is its last stage, whose base is
// scratch.
func TestCompiledImageNeedsNoPull(t *testing.T) {
	text, err := os.ReadFile("../../Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	_, stage, _ := strings.Cut(string(text), "\n\n")
	want := regexp.MustCompile(`COPY --from=build \S*/`).ReplaceAllString(stage, "COPY ")
	if got := containertest.CompiledDockerfile; got != want || strings.Count(got, "FROM ") != 1 || !strings.HasPrefix(got, "FROM scratch\n") {
		t.Errorf("the Dockerfile is\n%s\nwant\n%s", got, want)
	}
}

// TestDockerfile tests the image that the repository's Dockerfile makes, if its base is on this machine or can be pulled.
func TestDockerfile(t *testing.T) {
	containertest.Start(t) // skips
	needBase(t)
	server := containertest.Start(t, dockerfile)
	conformance.Place{Start: func(t *testing.T) *testkit.Mock { return server.NewAccount(t) }}.Run(t)
}

// needBase skips the test if the base image of the Dockerfile is neither on this machine nor in a registry that the engine reaches.
// With TAPMOCK_REQUIRE_DOCKER=1 the test fails.
func needBase(t *testing.T) {
	t.Helper()
	text, err := os.ReadFile("../../Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	base := regexp.MustCompile(`(?m)^ARG GO_IMAGE=(\S+)$`).FindSubmatch(text)
	if base == nil {
		t.Fatal("the Dockerfile does not name its base")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	docker, err := testcontainers.NewDockerClientWithOpts(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer docker.Close()
	if _, err := docker.ImageInspect(ctx, string(base[1])); err == nil {
		return
	}
	if _, err := docker.DistributionInspect(ctx, string(base[1]), client.DistributionInspectOptions{}); err != nil {
		if required := os.Getenv("TAPMOCK_REQUIRE_DOCKER"); required != "" && required != "0" {
			t.Fatalf("the Dockerfile's base %s cannot be pulled, and TAPMOCK_REQUIRE_DOCKER=%s requires it: %v", base[1], required, err)
		}
		t.Skipf("skipped, because the Dockerfile's base %s cannot be pulled (with TAPMOCK_REQUIRE_DOCKER=1 the test fails instead): %v", base[1], err)
	}
}
