package testkit

import "time"

// Option changes how a [Mock] begins.
type Option func(*options)

type options struct {
	seed     uint64
	files    []string
	settings map[string]string
	frozen   time.Time
	patience time.Duration
	relay    bool
}

// defaultPatience is how long Await… waits, in real time.
const defaultPatience = 10 * time.Second

// Seed sets what every draw comes from; without it, it is 1, so that every run draws the same. For [Start] only.
func Seed(n uint64) Option { return func(o *options) { o.seed = n } }

// Files gives the server scenario files and directories. For [Start] only; [Mock.ScenarioFiles] takes text.
func Files(paths ...string) Option { return func(o *options) { o.files = append(o.files, paths...) } }

// Set sets a setting of the account, such as payer to auto; tapmock -h lists them.
func Set(key, value string) Option {
	return func(o *options) {
		if o.settings == nil {
			o.settings = map[string]string{}
		}
		o.settings[key] = value
	}
}

// Frozen lets the account's clock stand at an instant from the beginning.
func Frozen(at time.Time) Option { return func(o *options) { o.frozen = at } }

// Relay lets this process make the calls to the merchant instead of the mock, with the same bytes and headers. A mock in a container
// then reaches a merchant who listens on this process's loopback, as every httptest.NewServer does.
func Relay() Option { return func(o *options) { o.relay = true } }

// Patience is how long Await… waits at most, in real time; without it 10 s.
func Patience(d time.Duration) Option { return func(o *options) { o.patience = d } }
