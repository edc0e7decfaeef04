package containertest

import (
	"github.com/testcontainers/testcontainers-go"

	"github.com/tapmock/tapmock/testkit"
)

// KitOptions are the testkit options of Start with these options.
func KitOptions(all ...testcontainers.ContainerCustomizer) []testkit.Option {
	return optionsOf(all).kitOptions()
}

// CompiledDockerfile is the Dockerfile of the compiled image.
const CompiledDockerfile = dockerfile

// WithoutEngine makes every check for an engine return err, until restore is called.
func WithoutEngine(err error) (restore func()) {
	before := ping
	ping = func() error { return err }
	return func() { ping = before }
}
