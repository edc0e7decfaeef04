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

// Begun is a call that creates a charge: its scenario has been chosen, and nothing is done yet. End it with
// [Account.Create] or [Begun.Abort].
type Begun struct {
	Story    *scenarios.Story
	Settings *tap.Settings // the account's, with the scenario's own
	Fault    *scenarios.Fault

	account *Account
	key     string // under which its call was counted
	call    int
	nth     int     // of the account's calls that create charges
	tricked int     // charges in a row that an adversary had befallen before
	next    *queued // the queue's entry that was taken, or nil
}

// metadataScenario is the key of metadata that names a scenario.
const metadataScenario = "tapmock_scenario"

// Begin chooses the scenario of a charge that is about to be created: the one named in metadata, or else the next in the
// queue, the first that matches, the account's default, the server's. header reads a header of the request. The error is an
// [*scenarios.UnknownError] or says what clashes.
func (a *Account) Begin(req *tap.ChargeRequest, header func(string) string) (*Begun, error) {
	if !a.scripted.Load() && !a.gw.scripted.Load() && req.Idempotent == "" && !strings.Contains(req.Metadata, metadataScenario) {
		return &Begun{account: a, nth: int(a.creates.Add(1)), Story: scenarios.Plain(), Settings: a.Settings()}, nil
	}
	b := &Begun{account: a, nth: int(a.creates.Add(1))}
	if err := a.choose(b, req, header); err != nil {
		b.Abort(false)
		return nil, err
	}
	return b, nil
}

// choose finds the call's story. Names are resolved and conditions tried without the account's lock.
func (a *Account) choose(b *Begun, req *tap.ChargeRequest, header func(string) string) error {
	c := &scenarios.Candidate{Request: req, Header: header, Nth: b.nth}
	named := ""
	if strings.Contains(req.Metadata, metadataScenario) {
		named = c.Metadata(metadataScenario)
	}
	from, decided := a.takeSources(b, req, named == "")
	switch {
	case decided:
	case named != "":
		story, err := from.resolve(named)
		if err != nil {
			return fmt.Errorf("metadata.%s: %w", metadataScenario, err)
		}
		b.Story = story
	default:
		b.Story = from.match(c)
	}
	if b.Settings == nil && from.settings.Payer != "auto" && !b.Story.NeedsMore() {
		b.Settings = from.settings
		return nil
	}
	a.mu.Lock()
	defer a.unlock()
	if err := a.finishChoiceLocked(b, req, from); err != nil {
		return err
	}
	b.countLocked()
	return nil
}

// sources are where the story of a charge may come from.
type sources struct {
	own, server *scenarios.Set // own may be nil
	fallback    *scenarios.Story
	settings    *tap.Settings
}

// takeSources looks at what the account's lock guards: a replay goes on with its charge's story, and else the queue's next is taken
// unless the caller has named one; then all is decided.
func (a *Account) takeSources(b *Begun, req *tap.ChargeRequest, queue bool) (from sources, decided bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	b.tricked = a.tricked
	from = sources{a.own, a.gw.set.Load(), a.fallback, a.settings}
	if from.fallback == nil {
		from.fallback = a.gw.fallback.Load()
	}
	if c := a.originalLocked(req, a.nowLocked()); c != nil {
		if b.Story, b.Settings = c.Story, c.Settings; c.play != nil {
			b.key = c.play.key
		}
		return from, true
	}
	if queue && len(a.queue) > 0 {
		b.next, a.queue = &a.queue[0], a.queue[1:]
		b.Story, b.key = b.next.story, b.next.key
		return from, true
	}
	return from, false
}

func (from sources) resolve(name string) (*scenarios.Story, error) {
	if from.own == nil {
		return from.server.Resolve(name)
	}
	story, err := from.own.Resolve(name)
	if _, unknown := errors.AsType[*scenarios.UnknownError](err); unknown { // the server may have been given it since
		if newer, err := from.server.Resolve(name); err == nil {
			return newer, nil
		}
	}
	return story, err
}

// match is the first scenario that matches, or the default, or none.
func (from sources) match(c *scenarios.Candidate) *scenarios.Story {
	for _, set := range []*scenarios.Set{from.own, from.server} {
		if set.Matches() {
			if story := set.Match(c); story != nil {
				return story
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
	if b.Story.Adversary != nil {
		b.Story = a.trickLocked(b.Story, b.nth, from)
	}
	if b.Settings, err = a.settingsLocked(b.Story); err != nil {
		return err
	}
	if b.Settings.Payer == "auto" {
		b.Story = a.automaticLocked(b.Story)
	}
	if b.key == "" && len(b.Story.API) > 0 {
		b.key = b.Story.Name + "\x00" + orderOf(req)
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

func (a *Account) resolveLocked(name string) (*scenarios.Story, error) {
	return sources{own: a.own, server: a.gw.set.Load()}.resolve(name)
}

// settingsLocked are the account's settings with those of a story.
func (a *Account) settingsLocked(story *scenarios.Story) (*tap.Settings, error) {
	if len(story.Settings) == 0 {
		return a.settings, nil
	}
	if s := a.merged[story]; s != nil {
		return s, nil
	}
	s := *a.settings
	for key, value := range story.Settings {
		if err := s.Set(key, value); err != nil {
			return nil, fmt.Errorf("scenario %s: %w", story.Name, err)
		}
	}
	if a.merged == nil || len(a.merged) >= maxCached {
		a.merged = map[*scenarios.Story]*tap.Settings{}
	}
	a.merged[story] = &s
	return &s, nil
}

// maxCached bounds what an account remembers of stories that it has put together.
const maxCached = 2000

// automaticLocked is the story with an automatic payer.
func (a *Account) automaticLocked(story *scenarios.Story) *scenarios.Story {
	if s := a.automatic[story]; s != nil {
		return s
	}
	if a.automatic == nil || len(a.automatic) >= maxCached {
		a.automatic = map[*scenarios.Story]*scenarios.Story{}
	}
	s := story.Automatic()
	a.automatic[story] = s
	return s
}

// trickLocked is the story with what the adversary mixes in: drawn from the seed, the key and the number of the call, and nothing
// after as many befallen charges in a row as he may have.
func (a *Account) trickLocked(story *scenarios.Story, nth int, from sources) *scenarios.Story {
	draw := rand.New(rand.NewPCG(a.gw.cfg.Seed^hash64("adversary "+a.key), uint64(nth)))
	adversary, played := story.Adversary, story
	for _, name := range slices.Sorted(maps.Keys(adversary.Rates)) {
		if draw.IntN(1000) >= int(adversary.Rates[name]) || a.tricked >= cmp.Or(adversary.InRow, defaultInRow) {
			continue
		}
		trick, err := from.resolve(name)
		if err != nil {
			continue // the set was changed since
		}
		if mixed, err := scenarios.Beside(played, trick); err == nil {
			played = mixed
		}
	}
	if played == story {
		a.tricked = 0
	} else {
		a.tricked++
	}
	a.noteRunLocked(played, nth)
	return played
}

// defaultInRow is how many charges in a row an adversary may befall unless he says otherwise.
const defaultInRow = 2

// countLocked counts the call and finds what goes wrong with it.
func (b *Begun) countLocked() {
	faults := b.Story.Faults(scenarios.CreateCharge)
	if len(faults) == 0 {
		return
	}
	a := b.account
	if len(a.calls) >= maxCounted {
		clear(a.calls)
	}
	a.calls[b.key]++
	b.call = a.calls[b.key]
	for _, f := range faults {
		if f.Covers(b.call) {
			b.Fault = f
			if n := len(a.run); n > 0 && a.run[n-1].nth == b.nth {
				a.run[n-1].fault = f
			}
			return
		}
	}
}

// Befall journals what goes wrong with the call.
func (b *Begun) Befall() {
	a := b.account
	a.mu.Lock()
	defer a.unlock()
	a.record(Entry{Event: APIFault, Detail: fmt.Sprintf("create_charge, call %d: %s%s", b.call, b.Fault, committed(b.Fault))})
}

func committed(f *scenarios.Fault) string {
	if f.Commits() {
		return ", after the charge is created"
	}
	return ", and no charge is created"
}

// maxCounted bounds for how many orders create calls are counted.
const maxCounted = 20_000

// Abort ends a call that creates nothing: the next call gets the scenario that was taken from the queue. counts says whether it
// counts as a call.
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
	if b.call > 0 {
		a.calls[b.key]--
	}
	if b.nth > 0 {
		a.creates.CompareAndSwap(int64(b.nth), int64(b.nth-1)) // unless another call has begun since
	}
	a.tricked = b.tricked
	a.run = slices.DeleteFunc(a.run, func(p played) bool { return p.nth == b.nth })
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
