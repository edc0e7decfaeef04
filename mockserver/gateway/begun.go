package gateway

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/scenarios"
)

// Begun is a create call whose scenario has been chosen, and that has changed nothing yet. Once the request is known to be valid,
// [Begun.Commit] counts the call; end it with [Account.Create] or [Begun.Abort].
type Begun struct {
	Script   *scenarios.Script
	Settings *tap.Settings // the account's, with the scenario's own
	Fault    *scenarios.Fault

	account           *Account
	key               string // under which its call was counted
	call              int
	createCall        int     // of the account's calls that create charges
	consecutiveFaults int     // charges in a row that an adversary had befallen before
	next              *queued // the queue's entry that was taken, or nil
}

// A create request can name its scenario in a header or under a key of metadata.
const (
	headerScenario   = "X-Tapmock-Scenario"
	metadataScenario = "tapmock_scenario"
)

// Begin chooses the scenario of a charge that is about to be created: the one named in the header or in metadata, or else the next
// in the queue, the first that matches, the account's default, the server's. header reads a header of the request. The error is an
// [*scenarios.UnknownError] or says which scenarios conflict.
func (a *Account) Begin(req *tap.ChargeRequest, header func(string) string) (*Begun, error) {
	if header == nil {
		header = func(string) string { return "" }
	}
	if header(headerScenario) == "" && !a.scripted.Load() && !a.gw.scripted.Load() && req.Idempotent == "" && !strings.Contains(req.Metadata, metadataScenario) {
		return &Begun{account: a, createCall: int(a.creates.Add(1)), Script: scenarios.Plain(), Settings: a.Settings()}, nil
	}
	b := &Begun{account: a, createCall: int(a.creates.Add(1))}
	if err := a.choose(b, req, header); err != nil {
		b.Abort(false)
		return nil, err
	}
	return b, nil
}

// choose finds the call's story. Names are resolved and conditions tried without the account's lock.
func (a *Account) choose(b *Begun, req *tap.ChargeRequest, header func(string) string) error {
	c := &scenarios.Candidate{Request: req, Header: header, Call: b.createCall}
	named, where := header(headerScenario), "header "+headerScenario
	if named == "" && strings.Contains(req.Metadata, metadataScenario) {
		named, where = c.Metadata(metadataScenario), "metadata."+metadataScenario
	}
	from, decided := a.takeSources(b, req, named == "")
	switch {
	case decided:
	case named != "":
		script, err := from.resolve(named)
		if err != nil {
			return fmt.Errorf("%s: %w", where, err)
		}
		b.Script = script
	default:
		b.Script = from.match(c)
	}
	if b.Settings == nil && from.settings.Payer != "auto" && !b.Script.NeedsMore() {
		b.Settings = from.settings
		return nil
	}
	a.mu.Lock()
	defer a.unlock()
	return a.finishChoiceLocked(b, req, from)
}

// sources are where the story of a charge may come from.
type sources struct {
	own, server *scenarios.Set // own may be nil
	fallback    *scenarios.Script
	settings    *tap.Settings
}

// takeSources looks at what the account's lock guards: a replay goes on with its charge's story, and else the queue's next is taken
// unless the caller has named one; then all is decided.
func (a *Account) takeSources(b *Begun, req *tap.ChargeRequest, queue bool) (from sources, decided bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	b.consecutiveFaults = a.consecutiveFaults
	from = sources{a.own, a.gw.set.Load(), a.fallback, a.settings}
	if from.fallback == nil {
		from.fallback = a.gw.fallback.Load()
	}
	if c := a.originalLocked(req, a.nowLocked()); c != nil {
		if b.Script, b.Settings = c.Script, c.Settings; c.progress != nil {
			b.key = c.progress.key
		}
		return from, true
	}
	if queue && len(a.queue) > 0 {
		b.next, a.queue = &a.queue[0], a.queue[1:]
		b.Script, b.key = b.next.script, b.next.key
		return from, true
	}
	return from, false
}

func (from sources) resolve(name string) (*scenarios.Script, error) {
	if from.own == nil {
		return from.server.Resolve(name)
	}
	script, err := from.own.Resolve(name)
	if _, unknown := errors.AsType[*scenarios.UnknownError](err); unknown { // the server may have been given it since
		if newer, err := from.server.Resolve(name); err == nil {
			return newer, nil
		}
	}
	return script, err
}

// match is the first scenario that matches, or the default, or none.
func (from sources) match(c *scenarios.Candidate) *scenarios.Script {
	for _, set := range []*scenarios.Set{from.own, from.server} {
		if set.Matches() {
			if script := set.Match(c); script != nil {
				return script
			}
		}
	}
	if from.fallback != nil {
		return from.fallback
	}
	return scenarios.Plain()
}

// finishChoiceLocked adds what an adversary mixes in, the story's settings and an automatic payer.
func (a *Account) finishChoiceLocked(b *Begun, req *tap.ChargeRequest, from sources) (err error) {
	if b.Settings != nil {
		return nil // a replay
	}
	if b.Script.Chaos != nil {
		b.Script = a.injectChaosLocked(b.Script, b.createCall, from)
	}
	if b.Settings, err = a.settingsLocked(b.Script); err != nil {
		return err
	}
	if b.Settings.Payer == "auto" {
		b.Script = a.automaticLocked(b.Script)
	}
	if b.key == "" && len(b.Script.API) > 0 {
		b.key = b.Script.Name + "\x00" + orderOf(req)
	}
	return nil
}

// orderOf is what the create calls of one order have in common.
func orderOf(req *tap.ChargeRequest) string {
	switch {
	case req.Order != "":
		return "order " + req.Order
	case req.Idempotent != "":
		return "idempotent " + req.Idempotent
	}
	return "transaction " + req.Transaction
}

func (a *Account) resolveLocked(name string) (*scenarios.Script, error) {
	return sources{own: a.own, server: a.gw.set.Load()}.resolve(name)
}

// settingsLocked are the account's settings with those of a story.
func (a *Account) settingsLocked(script *scenarios.Script) (*tap.Settings, error) {
	if len(script.Settings) == 0 {
		return a.settings, nil
	}
	if s := a.merged[script]; s != nil {
		return s, nil
	}
	s := *a.settings
	for key, value := range script.Settings {
		if err := s.Set(key, value); err != nil {
			return nil, fmt.Errorf("scenario %s: %w", script.Name, err)
		}
	}
	if a.merged == nil || len(a.merged) >= maxCached {
		a.merged = map[*scenarios.Script]*tap.Settings{}
	}
	a.merged[script] = &s
	return &s, nil
}

// maxCached bounds what an account remembers of stories that it has put together.
const maxCached = 2000

// automaticLocked is the story with an automatic payer.
func (a *Account) automaticLocked(script *scenarios.Script) *scenarios.Script {
	if s := a.automatic[script]; s != nil {
		return s
	}
	if a.automatic == nil || len(a.automatic) >= maxCached {
		a.automatic = map[*scenarios.Script]*scenarios.Script{}
	}
	s := script.Automatic()
	a.automatic[script] = s
	return s
}

// injectChaosLocked is the story with what the adversary mixes in: drawn from the seed, the key and the number of the call, and nothing
// after as many befallen charges in a row as he may have.
func (a *Account) injectChaosLocked(script *scenarios.Script, call int, from sources) *scenarios.Script {
	draw := rand.New(rand.NewPCG(a.gw.cfg.Seed^hash64("adversary "+a.key), uint64(call)))
	chaos, played := script.Chaos, script
	for _, name := range slices.Sorted(maps.Keys(chaos.Rates)) {
		if draw.IntN(1000) >= int(chaos.Rates[name]) || a.consecutiveFaults >= cmp.Or(chaos.MaxConsecutive, defaultInRow) {
			continue
		}
		injected, err := from.resolve(name)
		if err != nil {
			continue // the set was changed since
		}
		if mixed, err := scenarios.Beside(played, injected); err == nil {
			played = mixed
		}
	}
	if played == script {
		a.consecutiveFaults = 0
	} else {
		a.consecutiveFaults++
	}
	a.recordChaosLocked(played, call)
	return played
}

// defaultInRow is how many charges in a row an adversary may befall unless he says otherwise.
const defaultInRow = 2

// Commit counts the call, whose request is valid, and sets the fault that is injected into it, if any.
func (b *Begun) Commit() {
	faults := b.Script.Faults(scenarios.CreateCharge)
	if len(faults) == 0 {
		return
	}
	a := b.account
	a.mu.Lock()
	defer a.unlock()
	if len(a.calls) >= maxCounted {
		clear(a.calls)
	}
	a.calls[b.key]++
	b.call = a.calls[b.key]
	for _, f := range faults {
		if f.Covers(b.call) {
			b.Fault = f
			if n := len(a.chaosRecord); n > 0 && a.chaosRecord[n-1].call == b.createCall {
				a.chaosRecord[n-1].fault = f
			}
			return
		}
	}
}

// RecordFault journals what goes wrong with the call.
func (b *Begun) RecordFault() {
	a := b.account
	a.mu.Lock()
	defer a.unlock()
	a.record(Entry{Event: tap.EventFault, Detail: fmt.Sprintf("charge.create, call %d: %s%s", b.call, b.Fault, committed(b.Fault))})
}

func committed(f *scenarios.Fault) string {
	if f.Commits() {
		return ", after the charge is created"
	}
	return ", and no charge is created"
}

// maxCounted bounds for how many orders create calls are counted.
const maxCounted = 20_000

// Abort ends a call that creates nothing: the next call gets the scenario that was taken from the queue. counts says whether the
// call is one of the account's create calls.
func (b *Begun) Abort(counts bool) {
	a := b.account
	a.mu.Lock()
	defer a.unlock()
	if b.next != nil {
		a.queue = append([]queued{*b.next}, a.queue...)
	}
	if counts {
		return
	}
	if b.createCall > 0 {
		a.creates.CompareAndSwap(int64(b.createCall), int64(b.createCall-1)) // unless another call has begun since
	}
	a.consecutiveFaults = b.consecutiveFaults
	a.chaosRecord = slices.DeleteFunc(a.chaosRecord, func(p chaosCall) bool { return p.call == b.createCall })
}

// handBack gives a scenario that was taken from the queue back, because no charge was made.
func (b *Begun) handBack() {
	if b.next == nil {
		return
	}
	a := b.account
	a.mu.Lock()
	defer a.unlock()
	a.queue = append([]queued{*b.next}, a.queue...)
}
