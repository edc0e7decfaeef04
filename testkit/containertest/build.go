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
		if err := chooseImage(req); err != nil {
			return err
		}
		switch {
		case req.ContextArchive != nil:
			run.what = "the image compiled from " + module
		case req.Context != "":
			run.what = "the image built from " + req.Context
		default:
			run.what = "image " + req.Image
		}
		if req.ShouldBuildImage() && req.Tag == "" {
			tag, err := buildTag(req)
			if err != nil {
				return err
			}
			req.Repo, req.Tag, req.KeepImage = "tapmock-containertest", tag, true
		}
		if req.FromDockerfile.BuildLogWriter == nil {
			req.FromDockerfile.BuildLogWriter = &run.build
		}
		built := func(context.Context, testcontainers.ContainerRequest) error { run.build = tail{}; return nil } // a successful build is not reported
		req.LifecycleHooks = append(req.LifecycleHooks, testcontainers.ContainerLifecycleHooks{PostBuilds: []testcontainers.ContainerRequestHook{built}})
		return nil
	}
}

// chooseImage compiles an image for a request that names none, or builds one if it names the Go image for that.
func chooseImage(req *testcontainers.GenericContainerRequest) error {
	switch {
	case req.Image != "" || req.ShouldBuildImage():
		return nil
	case req.BuildArgs["GO_IMAGE"] != nil:
		return build(req, "")
	}
	return compile(req)
}

// buildTag is a hash of a build's source: a directory and its base image, or the content of an archive.
func buildTag(req *testcontainers.GenericContainerRequest) (string, error) {
	h := fnv.New64a()
	io.WriteString(h, req.Context)
	if base := req.BuildArgs["GO_IMAGE"]; base != nil {
		io.WriteString(h, " "+*base)
	}
	if req.ContextArchive != nil {
		if _, err := io.Copy(h, req.ContextArchive); err != nil {
			return "", err
		}
		if _, err := req.ContextArchive.Seek(0, io.SeekStart); err != nil {
			return "", err
		}
	}
	return fmt.Sprintf("%x", h.Sum(nil)), nil
}
