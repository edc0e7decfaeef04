package containertest

import (
	"fmt"
	"hash/fnv"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/testcontainers/testcontainers-go"

	"github.com/tapmock/tapmock/testkit"
)

// Option is an option of [Run] and [Start]. [Kit] and the account key of [Keys] are only for [Start].
type Option func(*options)

type options struct {
	key     string
	direct  bool // the container sends webhooks and returns itself
	kit     []testkit.Option
	request []testcontainers.ContainerCustomizer
}

var _ testcontainers.ContainerCustomizer = Option(nil)

// Customize applies the option to a request; with it, an Option is also an option of testcontainers.
func (o Option) Customize(req *testcontainers.GenericContainerRequest) error {
	var s options
	o(&s)
	for _, c := range s.request {
		if err := c.Customize(req); err != nil {
			return err
		}
	}
	return nil
}

func change(c ...testcontainers.ContainerCustomizer) Option {
	return func(o *options) { o.request = append(o.request, c...) }
}

// optionsOf applies the options of this package among all options.
func optionsOf(all []testcontainers.ContainerCustomizer) *options {
	o := new(options)
	for _, c := range all {
		if own, ok := c.(Option); ok {
			own(o)
		}
	}
	return o
}

// kitOptions are the testkit options of the account.
func (o *options) kitOptions() []testkit.Option {
	if o.direct {
		return o.kit
	}
	return append([]testkit.Option{testkit.Relay()}, o.kit...)
}

// keyFor is the secret key of the test's account: the first of [Keys], or a hash of the test's name.
func (o *options) keyFor(tb TB) string {
	if o.key != "" {
		return o.key
	}
	h := fnv.New128a()
	h.Write([]byte(tb.Name()))
	return fmt.Sprintf("sk_test_%x", h.Sum(nil)[:12])
}

// Image runs an existing image instead of a compiled one; it is pulled if it is not on this machine.
func Image(name string) Option {
	return change(testcontainers.CustomizeRequestOption(func(req *testcontainers.GenericContainerRequest) error {
		req.Image, req.Context = name, ""
		return nil
	}))
}

// FromDockerfile builds the image with the Dockerfile of dir, a checkout of tapmock, instead of compiling it here. Its base, a Go image,
// is pulled if it is not on this machine. If dir is "", it is the source of the tapmock module that the test is built with.
func FromDockerfile(dir string) Option {
	return change(testcontainers.CustomizeRequestOption(func(req *testcontainers.GenericContainerRequest) error {
		return build(req, dir)
	}))
}

// GoImage sets the Go image with which [FromDockerfile] builds; the default is golang:1.26. Alone it implies FromDockerfile("").
func GoImage(name string) Option {
	return change(testcontainers.CustomizeRequestOption(func(req *testcontainers.GenericContainerRequest) error {
		req.BuildArgs = map[string]*string{"GO_IMAGE": &name}
		return nil
	}))
}

// Flags adds flags of tapmock serve.
func Flags(args ...string) Option { return change(testcontainers.WithCmdArgs(args...)) }

// Env sets environment variables of the container; every flag of tapmock serve has one.
func Env(variables map[string]string) Option { return change(testcontainers.WithEnv(variables)) }

// Seed sets the seed of all random values; the default is 1, so that every run has the same values.
func Seed(n uint64) Option { return Flags("-seed", strconv.FormatUint(n, 10)) }

// Set sets a setting of all accounts, such as payer to auto; tapmock -h lists the settings. See [testkit.Set] for one account.
func Set(key, value string) Option { return Flags("-set", key+"="+value) }

// Keys sets the only secret keys that have an account. [Start] uses the first, and NewAccount the next one that no test uses, see
// [testkit.Keys].
func Keys(keys ...string) Option {
	return func(o *options) {
		change(testcontainers.WithEnv(map[string]string{"TAPMOCK_KEYS": strings.Join(keys, ",")}))(o)
		Kit(testkit.Keys(keys...))(o)
		if len(keys) > 0 {
			o.key = keys[0]
		}
	}
}

// Kit adds options of testkit for the account of [Start].
func Kit(opts ...testkit.Option) Option {
	return func(o *options) { o.kit = append(o.kit, opts...) }
}

// ScenarioFiles copies scenario files, and the .yaml and .yml files of directories, into the container and loads them for all
// accounts.
func ScenarioFiles(paths ...string) Option {
	return change(testcontainers.CustomizeRequestOption(func(req *testcontainers.GenericContainerRequest) error {
		for _, p := range paths {
			if err := addScenarios(req, p); err != nil {
				return fmt.Errorf("scenario files: %w", err)
			}
		}
		return nil
	}))
}

// addScenarios copies the files into their own directory, so that the mock reads the paths in the given order.
func addScenarios(req *testcontainers.GenericContainerRequest, name string) error {
	files, err := scenarioFiles(name)
	if err != nil {
		return err
	}
	dir := fmt.Sprintf("/scenarios/%d", len(req.Files))
	for _, f := range files {
		req.Files = append(req.Files, testcontainers.ContainerFile{HostFilePath: f, ContainerFilePath: path.Join(dir, filepath.Base(f)), FileMode: 0o644})
	}
	req.Cmd = append(req.Cmd, "-scenario-files", dir)
	return nil
}

func scenarioFiles(name string) ([]string, error) {
	info, err := os.Stat(name)
	if err != nil || !info.IsDir() {
		return []string{name}, err
	}
	entries, err := os.ReadDir(name)
	if err != nil {
		return nil, err
	}
	var files []string
	for _, e := range entries {
		if !e.IsDir() && slices.Contains([]string{".yaml", ".yml"}, filepath.Ext(e.Name())) {
			files = append(files, filepath.Join(name, e.Name()))
		}
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("the directory %s has no .yaml or .yml files", name)
	}
	return files, nil
}
