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
// [Begun.Commit] counts the call; end it with [Account.Create] or [Begun.Abort]. After a reset of the account the call changes nothing
// any more: the account knows neither its scenario nor its number.
type Begun struct {
	Script   *scenarios.Script
	Settings *tap.Settings    // the account's, with those of the scenario
	Fault    *scenarios.Fault // injected into the call, or nil; set by Commit

	account           *Account
	resets            int     // of the account before the call
	key               string  // under which the call is counted
	call              int     // number of the call under that key
	createCall        int     // number of the call among all create calls of the account
	consecutiveFaults int     // of the account before the call
	next              *queued // the entry that was taken from the queue, or nil
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
	b := a.newBegun()
	if header(headerScenario) == "" && !a.scripted.Load() && !a.gw.scripted.Load() && req.Idempotent == "" && !strings.Contains(req.Metadata, metadataScenario) {
		b.Script = scenarios.Plain()
		return b, nil
	}
	b.Settings = nil // choose sets them
	if err := a.choose(b, req, header); err != nil {
		b.Abort(false)
		return nil, err
	}
	return b, nil
}

// newBegun counts a create call, which has the account's settings.
func (a *Account) newBegun() *Begun {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.creates++
	return &Begun{account: a, resets: a.resets, createCall: a.creates, Settings: a.settings}
}

// isOvertaken reports whether the account was reset since the call began. The account is locked.
func (b *Begun) isOvertaken() bool { return b.resets != b.account.resets }

// choose chooses the script of the call. It resolves names and matches scenarios without the account's lock.
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

// sources are what the script of a charge is chosen from.
type sources struct {
	own, server   *scenarios.Set // own may be nil
	defaultScript *scenarios.Script
	settings      *tap.Settings
}

// takeSources reads what the account's lock guards. For a repeated request it takes the charge's script, otherwise, with queue set, the
// next one of the queue; decided reports whether it found one.
func (a *Account) takeSources(b *Begun, req *tap.ChargeRequest, queue bool) (from sources, decided bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	b.consecutiveFaults = a.consecutiveFaults
	from = sources{a.own, a.gw.set.Load(), a.defaultScript, a.settings}
	if from.defaultScript == nil {
		from.defaultScript = a.gw.defaultScript.Load()
	}
	if c := a.originalLocked(req, a.nowLocked()); c != nil {
		if b.Script, b.Settings = c.Script, c.Settings; c.progress != nil {
			b.key = c.progress.key
		}
		return from, true
	}
	if queue && len(a.queue) > 0 && !b.isOvertaken() {
		next := a.queue[0]
		a.queue[0] = queued{} // the list is kept; its script need not be
		b.next, a.queue = &next, a.queue[1:]
		a.takenFromQueue++
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
	if _, unknown := errors.AsType[*scenarios.UnknownError](err); unknown { // it may have been added to the server since
		if newer, err := from.server.Resolve(name); err == nil {
			return newer, nil
		}
	}
	return script, err
}

// match returns the first scenario that matches, or else the default, or else the plain script.
func (from sources) match(c *scenarios.Candidate) *scenarios.Script {
	for _, set := range []*scenarios.Set{from.own, from.server} {
		if set.Matches() {
			if script := set.Match(c); script != nil {
				return script
			}
		}
	}
	if from.defaultScript != nil {
		return from.defaultScript
	}
	return scenarios.Plain()
}

// finishChoiceLocked adds what chaos injects, the script's settings and an automatic payer.
func (a *Account) finishChoiceLocked(b *Begun, req *tap.ChargeRequest, from sources) (err error) {
	if b.Settings != nil {
		return nil // a repeated request
	}
	if b.Script.Chaos != nil && !b.isOvertaken() {
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

// resolve returns the script of a name. It holds the lock only to read which scenarios the account has.
func (a *Account) resolve(name string) (*scenarios.Script, error) {
	a.mu.Lock()
	own := a.own
	a.mu.Unlock()
	return sources{own: own, server: a.gw.set.Load()}.resolve(name)
}

// settingsLocked returns the account's settings with those of a script.
func (a *Account) settingsLocked(script *scenarios.Script) (*tap.Settings, error) {
	if len(script.Settings) == 0 {
		return a.settings, nil
	}
	if s := a.scriptSettings[script]; s != nil {
		return s, nil
	}
	s := *a.settings
	for key, value := range script.Settings {
		if err := s.Set(key, value); err != nil {
			return nil, fmt.Errorf("scenario %s: %w", script.Name, err)
		}
	}
	if !a.isCachedLocked(script) {
		return &s, nil
	}
	if a.scriptSettings == nil || len(a.scriptSettings) >= maxCached {
		a.scriptSettings = map[*scenarios.Script]*tap.Settings{}
	}
	a.scriptSettings[script] = &s
	return &s, nil
}

// maxCached bounds how many combined settings and scripts an account remembers.
const maxCached = 200

// isCachedLocked reports whether what is made from a script is remembered: a script of the account's or the server's scenarios, which is
// kept anyway and used again.
func (a *Account) isCachedLocked(script *scenarios.Script) bool {
	return script.OfProgram() || a.own.Has(script) || a.gw.set.Load().Has(script)
}

// automaticLocked returns the script with an automatic payer.
func (a *Account) automaticLocked(script *scenarios.Script) *scenarios.Script {
	if s := a.automaticScripts[script]; s != nil {
		return s
	}
	s := script.Automatic()
	if !a.isCachedLocked(script) {
		return s
	}
	if a.automaticScripts == nil || len(a.automaticScripts) >= maxCached {
		a.automaticScripts = map[*scenarios.Script]*scenarios.Script{}
	}
	a.automaticScripts[script] = s
	return s
}

// injectChaosLocked returns the script with the scenarios that its chaos injects, drawn from the seed, the key and the number of
// the call. It stops injecting after MaxConsecutive charges in a row. The salt of the draws keeps an older word on purpose: with
// another one every seeded run would change.
func (a *Account) injectChaosLocked(script *scenarios.Script, call int, from sources) *scenarios.Script {
	draw := rand.New(rand.NewPCG(a.gw.cfg.Seed^hash64("adversary "+a.key), uint64(call)))
	chaos, mixed := script.Chaos, script
	for _, name := range slices.Sorted(maps.Keys(chaos.Rates)) {
		if draw.IntN(1000) >= int(chaos.Rates[name]) || a.consecutiveFaults >= cmp.Or(chaos.MaxConsecutive, defaultMaxConsecutive) {
			continue
		}
		injected, err := from.resolve(name)
		if err != nil {
			continue // the set has changed since
		}
		if both, err := scenarios.Beside(mixed, injected); err == nil {
			mixed = both
		}
	}
	if mixed == script {
		a.consecutiveFaults = 0
	} else {
		a.consecutiveFaults++
	}
	a.recordChaosLocked(mixed, call)
	return mixed
}

// defaultMaxConsecutive is the default of max_consecutive: how many charges in a row may have an injected fault.
const defaultMaxConsecutive = 2

// Commit counts the call, whose request is valid, and sets the fault that is injected into it, if any.
func (b *Begun) Commit() {
	faults := b.Script.Faults(scenarios.CreateCharge)
	if len(faults) == 0 {
		return
	}
	a := b.account
	a.mu.Lock()
	defer a.unlock()
	if b.isOvertaken() {
		return
	}
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

// RecordFault journals the fault that is injected into the call. charge is the id of the charge that the call has created, or "".
func (b *Begun) RecordFault(charge string) {
	a := b.account
	a.mu.Lock()
	defer a.unlock()
	if b.isOvertaken() {
		return
	}
	a.record(Entry{Event: tap.EventFault, Object: chargeObject(charge), Detail: fmt.Sprintf("charge.create, call %d: %s%s", b.call, b.Fault, committed(b.Fault))})
}

func committed(f *scenarios.Fault) string {
	if f.Commits() {
		return ", after the charge is created"
	}
	return ", and no charge is created"
}

// maxCounted bounds for how many orders create calls are counted.
const maxCounted = 20_000

// Abort ends a call that creates no charge; the scenario that was taken from the queue returns to it. counts says whether the
// call remains one of the account's create calls.
func (b *Begun) Abort(counts bool) {
	a := b.account
	a.mu.Lock()
	defer a.unlock()
	if b.isOvertaken() {
		return
	}
	if b.next != nil {
		a.queue = append([]queued{*b.next}, a.queue...)
		a.takenFromQueue--
	}
	if counts {
		return
	}
	if b.createCall == a.creates { // else another call has begun since
		a.creates--
	}
	a.consecutiveFaults = b.consecutiveFaults
	a.chaosRecord = slices.DeleteFunc(a.chaosRecord, func(p chaosCall) bool {
		if p.call == b.createCall {
			a.letGoLocked(p.script)
		}
		return p.call == b.createCall
	})
}
