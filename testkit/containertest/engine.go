package containertest

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/testcontainers/testcontainers-go"
)

// requireDocker is the environment variable that makes a missing engine fail the test.
const requireDocker = "TAPMOCK_REQUIRE_DOCKER"

// engineBound is how long an engine may take to respond.
const engineBound = 10 * time.Second

// needEngine skips the test if no Docker engine responds, or fails it if the environment requires one.
func needEngine(tb TB) {
	tb.Helper()
	err := ping()
	if err == nil {
		return
	}
	cause := strings.Join(strings.Fields(err.Error()), " ")
	if required := os.Getenv(requireDocker); required != "" && required != "0" {
		tb.Fatalf("containertest: no Docker engine responds, and %s=%s requires one: %s", requireDocker, required, cause)
	}
	tb.Skipf("containertest: skipped, because no Docker engine responds (with %s=1 the test fails instead): %s", requireDocker, cause)
}

// ping checks that an engine responds. It does not use the context of a test, because testcontainers keeps the result of the first
// call.
var ping = func() (err error) {
	defer func() {
		if r := recover(); r != nil { // testcontainers panics with some configurations
			err = fmt.Errorf("%v", r)
		}
	}()
	ctx, cancel := context.WithTimeout(context.Background(), engineBound)
	defer cancel()
	provider, err := testcontainers.ProviderDefault.GetProvider()
	if err != nil {
		return err
	}
	defer provider.Close()
	return provider.Health(ctx)
}
