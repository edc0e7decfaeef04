package containertest

import (
	"context"
	"fmt"
	"hash/fnv"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/testcontainers/testcontainers-go"
)

// module is the module whose source has the Dockerfile.
const module = "github.com/tapmock/tapmock"

// build makes a request build its image from a checkout.
func build(req *testcontainers.GenericContainerRequest, dir string) error {
	if dir == "" {
		var err error
		if dir, err = source(); err != nil {
			return err
		}
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(dir, "Dockerfile")); err != nil {
		return fmt.Errorf("%s is not a checkout of tapmock: %w", dir, err)
	}
	req.Image, req.Context = "", dir
	return nil
}

// source is the directory of the module that the test is built with, as its go.mod says.
func source() (string, error) {
	var stderr strings.Builder
	cmd := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", module)
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	dir := strings.TrimSpace(string(out))
	if err != nil || dir == "" {
		return "", fmt.Errorf("the source of %s was not found (go list -m: %v %s); use Image with an image, or FromDockerfile with a checkout", module, err, strings.TrimSpace(stderr.String()))
	}
	return dir, nil
}

// complete is the last option of a request. If there is no image, it makes the request build one. It names a built image after its
// source, so that the next build reuses its layers and images of other sources have other names.
func complete(run *report) testcontainers.CustomizeRequestOption {
	run.what = "the options"
	return func(req *testcontainers.GenericContainerRequest) error {
		if req.Image == "" && !req.ShouldBuildImage() {
			if err := build(req, ""); err != nil {
				return err
			}
		}
		if run.what = "image " + req.Image; req.ShouldBuildImage() {
			run.what = "the image built from " + req.Context
		}
		if req.Context != "" && req.Tag == "" {
			req.Repo, req.Tag, req.KeepImage = "tapmock-containertest", buildTag(req), true
		}
		if req.FromDockerfile.BuildLogWriter == nil {
			req.FromDockerfile.BuildLogWriter = &run.build
		}
		built := func(context.Context, testcontainers.ContainerRequest) error { run.build = tail{}; return nil } // a successful build is not reported
		req.LifecycleHooks = append(req.LifecycleHooks, testcontainers.ContainerLifecycleHooks{PostBuilds: []testcontainers.ContainerRequestHook{built}})
		return nil
	}
}

func buildTag(req *testcontainers.GenericContainerRequest) string {
	h := fnv.New64a()
	io.WriteString(h, req.Context)
	if base := req.BuildArgs["GO_IMAGE"]; base != nil {
		io.WriteString(h, " "+*base)
	}
	return fmt.Sprintf("%x", h.Sum(nil))
}
