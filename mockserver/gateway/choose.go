package gateway

import (
	"fmt"
	"strings"

	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/scenarios"
)

// sources are what the script of a charge is chosen from.
type sources struct {
	own, server   *scenarios.Set // own may be nil
	defaultScript *scenarios.Script
	settings      *tap.Settings
}

// choose chooses the script of the call. It resolves names and matches scenarios without the account's lock.
func (a *Account) choose(b *Begun, req *tap.ChargeRequest, header func(string) string) (err error) {
	c := &scenarios.Candidate{Request: req, Header: header, Call: b.createCall}
	named, where := header(headerScenario), "header "+headerScenario
	if named == "" && strings.Contains(req.Metadata, metadataScenario) {
		named, where = c.Metadata(metadataScenario), "metadata."+metadataScenario
	}
	var from sources
	var decided, repeats bool
	a.update(func(t *tx) { from, decided, repeats = t.takeSources(b, req, named == "") })
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
	if from.settings.Payer == "auto" || b.Script.NeedsMore() {
		a.update(func(t *tx) { err = t.completeChoice(b, req, from) })
	}
	return err
}

// takeSources reads what the account's lock guards. For a repeated request it takes the charge's script, otherwise, with queue set, the
// next one of the queue; decided reports whether it found one.
func (t *tx) takeSources(b *Begun, req *tap.ChargeRequest, queue bool) (from sources, decided, repeats bool) {
	from = sources{t.choice.own, t.a.gw.set.Load(), t.choice.defaultScript, t.settings}
	if from.defaultScript == nil {
		from.defaultScript = t.a.gw.defaultScript.Load()
	}
	if c := t.original(req); c != nil {
		b.Script, b.Settings, b.key = c.Script, c.Settings, t.idempotent[req.Idempotent].key
		return from, true, true
	}
	if queue && len(t.choice.queue) > 0 && t.epoch == b.epoch {
		next := t.choice.queue[0]
		t.choice.queue[0] = queued{} // the list is kept; its script need not be
		b.next, t.choice.queue = &next, t.choice.queue[1:]
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
	return scenarios.Plain()
}

// completeChoice adds what chaos injects, the script's settings and an automatic payer.
func (t *tx) completeChoice(b *Begun, req *tap.ChargeRequest, from sources) (err error) {
	if b.Script.Chaos != nil && t.epoch == b.epoch {
		b.Script = t.injectChaos(b.Script, b.createCall, from)
	}
	if b.Settings, err = t.settingsWith(b.Script); err != nil {
		return err
	}
	if b.Settings.Payer == "auto" {
		b.Script = t.withPayer(b.Script)
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
	if s := t.live.automatic[script]; s != nil {
		return s
	}
	s := script.Automatic()
	if !t.isCached(script) {
		return s
	}
	if t.live.automatic == nil || len(t.live.automatic) >= maxCached {
		t.live.automatic = map[*scenarios.Script]*scenarios.Script{}
	}
	t.live.automatic[script] = s
	return s
}
