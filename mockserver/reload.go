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

// reloader loads scenario files again when they change while the server runs. It polls their contents, because file system events do
// not pass through mounts.
type reloader struct {
	paths    []string
	fallback string // the default scenario, which must still resolve
	every    time.Duration

	gateway *gateway.Gateway
	log     *slog.Logger
	done    sync.WaitGroup
	stop    func()

	mu   sync.Mutex // guards seen
	seen fileState  // that was loaded or refused last
}

// fileState identifies one state of the files.
type fileState struct {
	fingerprint uint64
	unreadable  string // why they cannot be read
}

// readScenarios reads the files of a configuration. The error also says if its default scenario cannot be resolved.
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
		return fileState{unreadable: err.Error()}
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

// start begins to poll the files, until close. Without files it does nothing.
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

// close stops polling and waits until it has stopped.
func (r *reloader) close() {
	if r != nil {
		r.stop()
		r.done.Wait()
	}
}

// poll loads the files if they have changed: all of them, or none. Files that change while they are read are left to the next poll, so
// that a half-written file is not reported as invalid.
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
		err = r.apply(set)
	}
	if err != nil {
		r.log.Warn("the changed scenario files are invalid; the previous scenarios stay in use", "mistakes", err.Error())
		return
	}
	r.log.Info("changed scenario files loaded", "scenarios", len(set.List()))
}

// apply gives the gateway the new set.
func (r *reloader) apply(set *scenarios.Set) error {
	r.gateway.SetScenarios(set)
	if r.fallback == "" {
		return nil
	}
	return r.gateway.SetDefault(r.fallback)
}
