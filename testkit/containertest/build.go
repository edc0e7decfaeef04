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

// module is the one whose source has the Dockerfile.
const module = "github.com/tapmock/tapmock"

// build has the request's image built from a checkout.
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
		return fmt.Errorf("%s is no checkout of tapmock: %w", dir, err)
	}
	req.Image, req.Context = "", dir
	return nil
}

// source is the directory of the module that the test is built with, as its go.mod says.
func source() (string, error) {
	var why strings.Builder
	cmd := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", module)
	cmd.Stderr = &why
	out, err := cmd.Output()
	dir := strings.TrimSpace(string(out))
	if err != nil || dir == "" {
		return "", fmt.Errorf("the source of %s is not found (go list -m: %v %s); name an image with Image, or a checkout with FromDockerfile", module, err, strings.TrimSpace(why.String()))
	}
	return dir, nil
}

// complete is the last to look at a request: it has one built if no image is named, and gives what is built a name, so that the next
// build finds its layers again and nothing but the image of this source has that name.
func complete(say *words) testcontainers.CustomizeRequestOption {
	say.what = "the options"
	return func(req *testcontainers.GenericContainerRequest) error {
		if req.Image == "" && !req.ShouldBuildImage() {
			if err := build(req, ""); err != nil {
				return err
			}
		}
		if say.what = "image " + req.Image; req.ShouldBuildImage() {
			say.what = "the image built from " + req.Context
		}
		if req.Context != "" && req.Tag == "" {
			req.Repo, req.Tag, req.KeepImage = "tapmock-containertest", buildTag(req), true
		}
		if req.FromDockerfile.BuildLogWriter == nil {
			req.FromDockerfile.BuildLogWriter = &say.build
		}
		built := func(context.Context, testcontainers.ContainerRequest) error { say.build = tail{}; return nil } // what went well needs no words
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
