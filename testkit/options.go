package testkit

import (
	"slices"
	"time"
)

// Option configures a [Mock].
type Option func(*options)

type options struct {
	seed     uint64
	keys     []string
	files    []string
	settings map[string]string
	frozen   time.Time
	timeout  time.Duration
	relay    bool
}

// defaultTimeout is how long the Await methods wait, in real time.
const defaultTimeout = 10 * time.Second

// Seed sets the seed of all random values; the default is 1, so that every run has the same values. Only [Start] takes it.
func Seed(n uint64) Option { return func(o *options) { o.seed = n } }

// Keys names the only secret keys that have an account. [Start] uses the first; [Mock.NewAccount] the next one that no test uses, each
// until its test ends. A mock for [Attach] must have the same keys (flag -keys). Without Keys any key has an account.
func Keys(keys ...string) Option {
	return func(o *options) {
		for _, key := range keys {
			if !slices.Contains(o.keys, key) {
				o.keys = append(o.keys, key)
			}
		}
	}
}

// ScenarioFiles loads scenario files, and the files of directories, for all accounts of the server. Only [Start] takes it. See
// [Mock.PutScenarios] for scenarios of one account.
func ScenarioFiles(paths ...string) Option {
	return func(o *options) { o.files = append(o.files, paths...) }
}

// Set changes a setting of the account, such as payer to auto; tapmock -h lists the settings.
func Set(key, value string) Option {
	return func(o *options) {
		if o.settings == nil {
			o.settings = map[string]string{}
		}
		o.settings[key] = value
	}
}

// Frozen freezes the account's clock at an instant from the start. Without it the clock runs with real time.
func Frozen(at time.Time) Option { return func(o *options) { o.frozen = at } }

// Relay makes the test process send the webhooks and returns instead of the mock, with the same bytes and headers. A mock in a
// container then reaches a merchant that listens on the loopback of the test process, such as an httptest.Server.
func Relay() Option { return func(o *options) { o.relay = true } }

// AwaitTimeout sets how long the Await methods wait, in real time; the default is 10 s. They end the test earlier if what they wait for
// cannot come any more, and say why: the mock has given up, or the charge has ended. While an effect is scheduled or waits at a gate, or
// the payer may still act on the page, they wait; on a frozen clock for two seconds, if only a move of the clock can run the effect.
func AwaitTimeout(d time.Duration) Option { return func(o *options) { o.timeout = d } }
