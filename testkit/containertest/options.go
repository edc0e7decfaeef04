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

// Option is an option of [ChaosRecord] and [Start]. What concerns the kit and not the container, such as [Kit], counts for [Start] only.
type Option func(*options)

type options struct {
	key     string
	direct  bool
	kit     []testkit.Option
	request []testcontainers.ContainerCustomizer
}

var _ testcontainers.ContainerCustomizer = Option(nil)

// Customize changes a request as the option says; it makes an Option one of testcontainers.
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

// optionsOf collects what our own options among these say.
func optionsOf(all []testcontainers.ContainerCustomizer) *options {
	o := new(options)
	for _, c := range all {
		if ours, ok := c.(Option); ok {
			ours(o)
		}
	}
	return o
}

// kitOptions are those of the account.
func (o *options) kitOptions() []testkit.Option {
	if o.direct {
		return o.kit
	}
	return append([]testkit.Option{testkit.Relay()}, o.kit...)
}

// keyFor is the secret key of the test's account: the first of [Keys], or one drawn from the test's name.
func (o *options) keyFor(tb TB) string {
	if o.key != "" {
		return o.key
	}
	h := fnv.New128a()
	h.Write([]byte(tb.Name()))
	return fmt.Sprintf("sk_test_%x", h.Sum(nil)[:12])
}

// Image takes an image that is there or can be pulled, instead of building one.
func Image(name string) Option {
	return change(testcontainers.CustomizeRequestOption(func(req *testcontainers.GenericContainerRequest) error {
		req.Image, req.Context = name, ""
		return nil
	}))
}

// FromDockerfile builds the image with the Dockerfile of a checkout of tapmock. With dir "", which is the default of [ChaosRecord] and [Start], it is the source of
// the tapmock module that the test is built with.
func FromDockerfile(dir string) Option {
	return change(testcontainers.CustomizeRequestOption(func(req *testcontainers.GenericContainerRequest) error {
		return build(req, dir)
	}))
}

// GoImage names the image that [FromDockerfile] builds in, instead of golang:1.26.
func GoImage(name string) Option {
	return change(testcontainers.CustomizeRequestOption(func(req *testcontainers.GenericContainerRequest) error {
		req.BuildArgs = map[string]*string{"GO_IMAGE": &name}
		return nil
	}))
}

// Flags gives the mock flags of tapmock serve.
func Flags(args ...string) Option { return change(testcontainers.WithCmdArgs(args...)) }

// Env sets environment variables of the container; every flag is one too.
func Env(variables map[string]string) Option { return change(testcontainers.WithEnv(variables)) }

// Seed sets what every draw comes from; without it, it is 1, so that every run draws the same.
func Seed(n uint64) Option { return Flags("-seed", strconv.FormatUint(n, 10)) }

// Set sets a setting of all accounts, such as payer to auto; tapmock -h lists them. For that of one account there is testkit.Set.
func Set(key, value string) Option { return Flags("-set", key+"="+value) }

// Keys are the only secret keys that have an account; [Start] takes the first.
func Keys(keys ...string) Option {
	return func(o *options) {
		change(testcontainers.WithEnv(map[string]string{"TAPMOCK_KEYS": strings.Join(keys, ",")}))(o)
		if len(keys) > 0 {
			o.key = keys[0]
		}
	}
}

// Kit gives options of the testkit to the test's account.
func Kit(opts ...testkit.Option) Option {
	return func(o *options) { o.kit = append(o.kit, opts...) }
}

// ScenarioFiles copies scenario files, and the .yaml and .yml files of directories, into the container, for all accounts.
func Scenarios(paths ...string) Option {
	return change(testcontainers.CustomizeRequestOption(func(req *testcontainers.GenericContainerRequest) error {
		for _, p := range paths {
			if err := addScenarios(req, p); err != nil {
				return fmt.Errorf("scenarios: %w", err)
			}
		}
		return nil
	}))
}

// addScenarios puts the files into a directory of their own, so that the mock reads them in the order given.
func addScenarios(req *testcontainers.GenericContainerRequest, name string) error {
	files, err := scenarioFiles(name)
	if err != nil {
		return err
	}
	dir := fmt.Sprintf("/scenarios/%d", len(req.Files))
	for _, f := range files {
		req.Files = append(req.Files, testcontainers.ContainerFile{HostFilePath: f, ContainerFilePath: path.Join(dir, filepath.Base(f)), FileMode: 0o644})
	}
	req.Cmd = append(req.Cmd, "-scenarios", dir)
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
		return nil, fmt.Errorf("the directory %s holds no .yaml files", name)
	}
	return files, nil
}
