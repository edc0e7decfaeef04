package mockserver

import (
	"cmp"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/tapmock/tapmock/mockserver/gateway"
	"github.com/tapmock/tapmock/scenarios"
)

// reloader takes up scenario files that change while the server runs. It asks for their contents again and again, because
// notices of changes do not come through mounts.
type reloader struct {
	paths    []string
	fallback string // the default scenario, which must stay
	every    time.Duration

	gateway *gateway.Gateway
	log     *slog.Logger
	done    sync.WaitGroup
	stop    func()

	mu   sync.Mutex // guards seen
	seen fileState  // that was taken or refused last
}

// fileState tells one state of the files from another.
type fileState struct {
	fingerprint uint64
	trouble     string // why they cannot be read
}

// readScenarios reads the files of a configuration, and says whether its default scenario is among theirs or the library's.
func readScenarios(cfg *Config) (*reloader, *scenarios.Set, error) {
	if len(cfg.ScenarioFiles) == 0 {
		return nil, scenarios.Builtin(), resolves(scenarios.Builtin(), cfg.DefaultScenario)
	}
	r := &reloader{paths: cfg.ScenarioFiles, fallback: cfg.DefaultScenario, every: cmp.Or(cfg.Reload, time.Second)}
	r.seen = r.look()
	set, err := r.load()
	return r, set, err
}

func resolves(set *scenarios.Set, name string) error {
	if name == "" {
		return nil
	}
	if _, err := set.Resolve(name); err != nil {
		return fmt.Errorf("the default scenario: %w", err)
	}
	return nil
}

func (r *reloader) look() fileState {
	fingerprint, err := scenarios.Fingerprint(r.paths...)
	if err != nil {
		return fileState{trouble: err.Error()}
	}
	return fileState{fingerprint: fingerprint}
}

func (r *reloader) load() (*scenarios.Set, error) {
	set, err := scenarios.Load(scenarios.Builtin(), r.paths...)
	if err == nil {
		err = resolves(set, r.fallback)
	}
	return set, err
}

// start looks at the files from now on, until close. Without files it does nothing.
func (r *reloader) start(g *gateway.Gateway, log *slog.Logger) {
	if r == nil {
		return
	}
	r.gateway, r.log = g, log
	stop := make(chan struct{})
	r.stop = sync.OnceFunc(func() { close(stop) })
	r.done.Go(func() {
		ticker := time.NewTicker(r.every)
		defer ticker.Stop()
		for {
			select {
			case <-ticker.C:
				r.poll()
			case <-stop:
				return
			}
		}
	})
}

// close ends it and waits until it has ended.
func (r *reloader) close() {
	if r != nil {
		r.stop()
		r.done.Wait()
	}
}

// poll takes up the files if they are not as they were: all of them, or none. Files that change while they are read are left to
// the next time, so that one half written is not taken for broken.
func (r *reloader) poll() {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.look()
	if now == r.seen {
		return
	}
	set, err := r.load()
	if r.look() != now {
		return
	}
	r.seen = now
	if err == nil {
		err = r.take(set)
	}
	if err != nil {
		r.log.Warn("changed scenario files are not taken, those before stay", "mistakes", err.Error())
		return
	}
	r.log.Info("scenario files were loaded anew", "scenarios", len(set.List()))
}

// take gives the gateway the new set.
func (r *reloader) take(set *scenarios.Set) error {
	r.gateway.SetScenarios(set)
	if r.fallback == "" {
		return nil
	}
	return r.gateway.SetDefault(r.fallback)
}
