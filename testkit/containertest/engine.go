package containertest

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/testcontainers/testcontainers-go"
)

// requireDocker is the environment variable that makes a missing engine a failure.
const requireDocker = "TAPMOCK_REQUIRE_DOCKER"

// engineBound is how long an engine has to answer.
const engineBound = 10 * time.Second

// needEngine skips the test, or fails it if the environment says so, where no Docker engine answers.
func needEngine(tb TB) {
	tb.Helper()
	err := ask()
	if err == nil {
		return
	}
	why := strings.Join(strings.Fields(err.Error()), " ")
	if required := os.Getenv(requireDocker); required != "" && required != "0" {
		tb.Fatalf("containertest: no Docker engine answers, and %s=%s: %s", requireDocker, required, why)
	}
	tb.Skipf("containertest: skipped, for no Docker engine answers (%s=1 makes that a failure): %s", requireDocker, why)
}

// ask asks the engine whether it is there. Its context is no test's, because testcontainers asks once and remembers.
var ask = func() (err error) {
	defer func() {
		if r := recover(); r != nil { // testcontainers panics at some configurations
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
