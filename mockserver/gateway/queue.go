package gateway

import (
	"context"
	"fmt"
	"slices"

	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/scenarios"
)

// queued is a scenario for the next object of its kind.
type queued struct {
	name   string
	script *scenarios.Script
	key    string
}

// nextFor is the index of the first script in the queue for an object of this kind, -1 if there is none.
func (t *tx) nextFor(kind tap.Kind) int {
	return slices.IndexFunc(t.choice.queue, func(q queued) bool { return q.script.Object == kind })
}

// maxQueue bounds the scenarios that wait for the next charges.
const maxQueue = 10_000

// Next puts a scenario into the account's queue: the next charge whose request names no scenario follows it. The error says why
// the name cannot be used.
func (a *Account) Next(name string) error {
	script, err := a.resolve(name)
	if err != nil {
		return err
	}
	return a.enqueue(script)
}

// NextYAML puts the first scenario of a scenario file into the queue, see [Account.Next]. The file can refer to the scenarios that the
// account uses. The error is a [scenarios.Mistakes], a [*FullError] or [ErrEvicted].
func (a *Account) NextYAML(ctx context.Context, text []byte) error {
	under, _ := a.Scenarios()
	set, err := a.gw.memory.parse(ctx, under, "yaml", text)
	if err != nil {
		return err
	}
	return a.NextOf(set)
}

// NextOf puts the first scenario of a set into the queue, see [Account.Next].
func (a *Account) NextOf(set *scenarios.Set) error {
	script, err := set.Resolve(string(set.List()[0].Name))
	if err != nil {
		return err
	}
	return a.enqueue(script)
}

func (a *Account) enqueue(script *scenarios.Script) error {
	return a.withMemory(func(t *tx) error {
		c := &t.choice
		if len(c.queue) >= maxQueue {
			return fmt.Errorf("the queue has %d scenarios already, which is the maximum; DELETE next empties it", maxQueue)
		}
		if err := t.hold(script); err != nil {
			return err
		}
		c.queued++
		c.queue = append(c.queue, queued{script.Name, script, fmt.Sprintf("queue %d", c.queued)})
		t.updateScripted()
		return nil
	})
}

// Queue lists the names of the scenarios that wait for the next charges.
func (a *Account) Queue() (names []string) {
	a.update(func(t *tx) { names = t.queueNames() })
	return names
}

func (t *tx) queueNames() []string {
	names := []string{}
	for _, q := range t.choice.queue {
		names = append(names, q.name)
	}
	return names
}

// ClearQueue empties the queue and returns how many scenarios were in it.
func (a *Account) ClearQueue() (n int) {
	a.update(func(t *tx) {
		n = len(t.choice.queue)
		t.clearQueue()
	})
	return n
}

func (t *tx) clearQueue() {
	for _, q := range t.choice.queue {
		t.letGo(q.script)
	}
	t.choice.queue = nil
	t.updateScripted()
}
