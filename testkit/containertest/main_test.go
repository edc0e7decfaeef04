package containertest_test

import (
	"os"
	"testing"
)

// TestMain lets the tests run where no image can be pulled: without the sweeper, whose work the tests' own cleanups do, and on machines that
// chaosRecord Docker's in-container marker without being one.
func TestMain(m *testing.M) {
	if os.Getenv("TESTCONTAINERS_RYUK_DISABLED") == "" {
		os.Setenv("TESTCONTAINERS_RYUK_DISABLED", "true")
	}
	if _, err := os.Stat("/.dockerenv"); err == nil && os.Getenv("TESTCONTAINERS_HOST_OVERRIDE") == "" {
		os.Setenv("TESTCONTAINERS_HOST_OVERRIDE", "localhost")
	}
	os.Exit(m.Run())
}
