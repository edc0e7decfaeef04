package gateway

import (
	"cmp"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"

	"github.com/tapmock/tapmock/scenarios"
)

// injectChaos returns the script with the scenarios that its chaos injects, drawn from the seed, the key and the number of
// the call. It stops injecting after MaxConsecutive charges in a row. The salt of the draws keeps an older word on purpose: with
// another one every seeded run would change.
func (t *tx) injectChaos(script *scenarios.Script, call int, from sources) *scenarios.Script {
	draw := rand.New(rand.NewPCG(t.a.gw.cfg.Seed^hash64("adversary "+t.a.key), uint64(call)))
	chaos, mixed := script.Chaos, script
	for _, name := range slices.Sorted(maps.Keys(chaos.Rates)) {
		if draw.IntN(1000) >= int(chaos.Rates[name]) || t.choice.consecutiveFaults >= cmp.Or(chaos.MaxConsecutive, defaultMaxConsecutive) {
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
		t.choice.consecutiveFaults = 0
	} else {
		t.choice.consecutiveFaults++
	}
	t.recordChaos(mixed, call)
	return mixed
}

// defaultMaxConsecutive is the default of max_consecutive: how many charges in a row may have an injected fault.
const defaultMaxConsecutive = 2

// chaosCall is a create call under chaos, as [Account.ChaosRecord] returns it.
type chaosCall struct {
	call   int
	script *scenarios.Script
	fault  *scenarios.Fault // injected into the call, or nil
}

// maxChaosRecord bounds how many create calls are remembered.
const maxChaosRecord = 10_000

// recordChaos remembers the script that chaos gave a create call.
func (t *tx) recordChaos(script *scenarios.Script, call int) {
	t.choice.chaosCut = t.choice.chaosCut || len(t.choice.chaos) >= maxChaosRecord || t.hold(script) != nil
	if !t.choice.chaosCut {
		t.choice.chaos = append(t.choice.chaos, chaosCall{call: call, script: script})
	}
}

// ChaosRecord returns what chaos has injected so far, as scenarios without chaos: one for each create call, matched by its
// number, so that the same calls on a fresh account get the same faults without chance. Calls before the first one under chaos
// have none. The error says that there were too many calls to remember.
func (a *Account) ChaosRecord() (all []scenarios.Scenario, err error) {
	a.update(func(t *tx) {
		if t.choice.chaosCut {
			err = fmt.Errorf("the account had more than %d create calls under chaos, or too little memory for them (-limit scenarios), and the record is not complete; reset the account first", maxChaosRecord)
			return
		}
		for _, p := range t.choice.chaos {
			all = append(all, p.script.Recorded(p.call, p.fault))
		}
	})
	return all, err
}
