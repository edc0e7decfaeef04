package containertest

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/moby/moby/client"
	"github.com/testcontainers/testcontainers-go"
)

// dockerfile is that of the compiled image: the last stage of the repository's Dockerfile. It names no image that must be pulled.
const dockerfile = `FROM scratch
COPY ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY tapmock /tapmock
USER 65532:65532
ENV TAPMOCK_ADDR=:8080
EXPOSE 8080
HEALTHCHECK --interval=5s --timeout=4s --start-period=2s --retries=3 CMD ["/tapmock", "healthcheck"]
ENTRYPOINT ["/tapmock"]
`

// compileBound is how long the first compilation may take; later ones take a second.
const compileBound = 10 * time.Minute

// compile makes a request build its image from a binary that is compiled here.
func compile(req *testcontainers.GenericContainerRequest) error {
	archive, err := compiled()
	if err != nil {
		return fmt.Errorf("the image could not be compiled: %w; use Image with an image, or FromDockerfile with a checkout of tapmock", err)
	}
	req.ContextArchive = bytes.NewReader(archive)
	return nil
}

// compiled is the tar archive from which the engine builds the image. It is made once in a process.
var compiled = sync.OnceValues(func() ([]byte, error) {
	ctx, cancel := context.WithTimeout(context.Background(), compileBound)
	defer cancel()
	arch, err := engineArch(ctx)
	if err != nil {
		return nil, err
	}
	binary, err := goBuild(ctx, arch)
	if err != nil {
		return nil, err
	}
	return archiveOf(binary, caRoots())
})

// engineArch is the engine's architecture, as Go names it.
func engineArch(ctx context.Context) (string, error) {
	docker, err := testcontainers.NewDockerClientWithOpts(ctx)
	if err != nil {
		return "", err
	}
	defer docker.Close()
	v, err := docker.ServerVersion(ctx, client.ServerVersionOptions{})
	if err == nil && v.Os != "linux" {
		err = fmt.Errorf("the Docker engine runs containers of %s, and tapmock's image is for linux", v.Os)
	}
	return v.Arch, err
}

// goBuild compiles the command of the tapmock module in the test's go.mod, with the dependencies of that go.mod, so that it needs no
// module that the test does not need. The source may be read-only.
func goBuild(ctx context.Context, arch string) ([]byte, error) {
	dir, err := os.MkdirTemp("", "tapmock")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "tapmock")
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-buildvcs=false", "-ldflags=-s -w", "-o", file, module+"/cmd/tapmock")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH="+arch)
	if out, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("go build %s/cmd/tapmock for linux/%s: %w%s", module, arch, err, output("it", string(out)))
	}
	return os.ReadFile(file)
}

// caFiles are the files in which systems keep their CA roots: Debian, Fedora, SUSE, OpenELEC, RHEL 7, macOS and Alpine.
var caFiles = []string{"/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem",
	"/etc/pki/tls/cacert.pem", "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", "/etc/ssl/cert.pem"}

// caRoots are the CA roots of this machine, from SSL_CERT_FILE or a known file. It is empty where there is none, as on Windows: then
// the container itself can send no webhooks to https addresses without the flag -webhook-ca.
func caRoots() []byte {
	for _, file := range append([]string{os.Getenv("SSL_CERT_FILE")}, caFiles...) {
		if pem, err := os.ReadFile(file); err == nil && len(pem) > 0 {
			return pem
		}
	}
	return nil
}

// archiveOf is the build context. Equal contents are equal bytes, so that the engine uses its layers again.
func archiveOf(binary, roots []byte) ([]byte, error) {
	var out bytes.Buffer
	w := tar.NewWriter(&out)
	var failed error
	for _, f := range []struct {
		name string
		mode int64
		text []byte
	}{{"Dockerfile", 0o644, []byte(dockerfile)}, {"ca-certificates.crt", 0o644, roots}, {"tapmock", 0o755, binary}} {
		err := w.WriteHeader(&tar.Header{Name: f.name, Mode: f.mode, Size: int64(len(f.text))})
		_, written := w.Write(f.text)
		failed = errors.Join(failed, err, written)
	}
	return out.Bytes(), errors.Join(failed, w.Close())
}

// reaperHint is the remedy for the image of testcontainers' reaper, the only one that is pulled.
func reaperHint(err error) string {
	if strings.Contains(err.Error(), "reaper") {
		return "\nTestcontainers' reaper removes the containers of aborted tests, and has an image that must be pulled once. TESTCONTAINERS_RYUK_DISABLED=true does without it."
	}
	return ""
}
