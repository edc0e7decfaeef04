package gateway

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/scenarios"
)

// sources are what the script of an object is chosen from.
type sources struct {
	own, server   *scenarios.Set // own may be nil
	defaultScript *scenarios.Script
	settings      *tap.Settings
}

// choose chooses the script of the call. It resolves names and matches scenarios without the account's lock.
func (a *Account) choose(b *Begun, header func(string) string) (err error) {
	c := &scenarios.Candidate{Object: b.request.kind, Request: b.request.conditions(), Header: header, Call: b.createCall}
	named, where := header(headerScenario), "header "+headerScenario
	if named == "" && strings.Contains(b.request.metadata, metadataScenario) {
		named, where = c.Metadata(metadataScenario), "metadata."+metadataScenario
	}
	var from sources
	var decided, repeats bool
	a.update(func(t *tx) { from, decided, repeats = t.takeSources(b, named == "") })
	switch {
	case repeats:
		return nil
	case decided:
	case named != "":
		if b.Script, err = from.resolve(named); err != nil {
			return fmt.Errorf("%s: %w", where, err)
		}
	default:
		b.Script = from.match(c)
	}
	b.Settings = from.settings
	if from.settings.Payer == "auto" || b.Script.NeedsMore() || b.Script.Object != b.request.kind {
		a.update(func(t *tx) { err = t.completeChoice(b, from) })
	}
	if err != nil && named != "" {
		err = fmt.Errorf("%s: %w", where, err)
	}
	return err
}

// takeSources reads what the account's lock guards. For a repeated request it takes the object's script, otherwise, with queue set, the
// next one of the queue; decided reports whether it found one.
func (t *tx) takeSources(b *Begun, queue bool) (from sources, decided, repeats bool) {
	from = sources{t.choice.own, t.a.gw.set.Load(), t.defaultFor(b.request.kind), t.settings}
	if o := t.original(b.request); o != nil {
		b.Script, b.Settings = o.run().Script, o.head().Settings
		b.key = t.idempotent[idempotent{b.request.kind.Number(), b.request.idempotent}].key
		return from, true, true
	}
	if next := t.nextFor(b.request.kind); queue && next >= 0 && t.epoch == b.epoch {
		taken := t.choice.queue[next]
		b.next, t.choice.queue = &taken, slices.Delete(t.choice.queue, next, next+1)
		t.choice.taken++
		b.Script, b.key = b.next.script, b.next.key
		t.updateScripted()
		return from, true, false
	}
	return from, false, false
}

func (from sources) resolve(name string) (*scenarios.Script, error) {
	return resolve(from.own, from.server, name)
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
	return scenarios.PlainFor(c.Object)
}

// completeChoice adds what chaos injects, the script's settings and an automatic payer.
func (t *tx) completeChoice(b *Begun, from sources) (err error) {
	if b.Script, err = t.fitted(b.Script, b.request.kind); err != nil {
		return err
	}
	if b.Script.Chaos != nil && t.epoch == b.epoch {
		b.Script = t.injectChaos(b.Script, b.createCall, from)
	}
	if b.Settings, err = t.settingsWith(b.Script); err != nil {
		return err
	}
	if b.Settings.Payer == "auto" && b.request.hasPage() {
		b.Script = t.withPayer(b.Script)
	}
	if b.key == "" && len(b.Script.API) > 0 {
		b.key = b.Script.Name + "\x00" + b.request.order()
	}
	return nil
}

// settingsWith returns the account's settings with those of a script.
func (t *tx) settingsWith(script *scenarios.Script) (*tap.Settings, error) {
	if len(script.Settings) == 0 {
		return t.state.settings, nil
	}
	if s := t.live.settings[script]; s != nil {
		return s, nil
	}
	s := *t.state.settings
	for key, value := range script.Settings {
		if err := s.Set(key, value); err != nil {
			return nil, fmt.Errorf("scenario %s: %w", script.Name, err)
		}
	}
	if !t.isCached(script) {
		return &s, nil
	}
	if t.live.settings == nil || len(t.live.settings) >= maxCached {
		t.live.settings = map[*scenarios.Script]*tap.Settings{}
	}
	t.live.settings[script] = &s
	return &s, nil
}

// maxCached bounds how many combined settings and scripts an account remembers.
const maxCached = 200

// isCached reports whether what is made from a script is remembered: a script of the account's or the server's scenarios, which is kept
// anyway and used again.
func (t *tx) isCached(script *scenarios.Script) bool {
	return script.OfProgram() || t.choice.own.Has(script) || t.a.gw.set.Load().Has(script)
}

// withPayer returns the script with an automatic payer.
func (t *tx) withPayer(script *scenarios.Script) *scenarios.Script {
	s, _ := t.changed(script, "auto", func() (*scenarios.Script, error) { return script.Automatic(), nil })
	return s
}

// fitted returns the script for an object of this kind. The error says why it does not fit.
func (t *tx) fitted(script *scenarios.Script, kind tap.Kind) (*scenarios.Script, error) {
	if script.Object == kind {
		return script, nil
	}
	return t.changed(script, string(kind), func() (*scenarios.Script, error) { return script.For(kind) })
}

// changedScript is a script that was made from another one, and how.
type changedScript struct {
	from *scenarios.Script
	how  string
}

// changed makes a script from another one, and remembers it.
func (t *tx) changed(script *scenarios.Script, how string, make func() (*scenarios.Script, error)) (*scenarios.Script, error) {
	key := changedScript{script, how}
	if s := t.live.scripts[key]; s != nil {
		return s, nil
	}
	s, err := make()
	if err != nil || !t.isCached(script) {
		return s, err
	}
	if t.live.scripts == nil || len(t.live.scripts) >= maxCached {
		t.live.scripts = map[changedScript]*scenarios.Script{}
	}
	t.live.scripts[key] = s
	return s, nil
}
