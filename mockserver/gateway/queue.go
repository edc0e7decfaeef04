package gateway

import (
	"fmt"

	"github.com/tapmock/tapmock/scenarios"
)

// queued is a scenario for the next charge.
type queued struct {
	name   string
	script *scenarios.Script
	key    string
}

// maxQueue bounds the scenarios that wait for the next charges.
const maxQueue = 10_000

// Next puts a scenario into the account's queue: the next charge that names none itself follows it. The error says what is
// wrong with the name.
func (a *Account) Next(name string) error {
	a.mu.Lock()
	defer a.unlock()
	script, err := a.resolveLocked(name)
	if err != nil {
		return err
	}
	return a.enqueueLocked(name, script)
}

// NextOf queues the first scenario of a set, as [Account.Next] does.
func (a *Account) NextOf(set *scenarios.Set) error {
	name := string(set.List()[0].Name)
	script, err := set.Resolve(name)
	if err != nil {
		return err
	}
	a.mu.Lock()
	defer a.unlock()
	return a.enqueueLocked(name, script)
}

func (a *Account) enqueueLocked(name string, script *scenarios.Script) error {
	if len(a.queue) >= maxQueue {
		return &FullError{"queue", maxQueue}
	}
	a.queued++
	a.queue = append(a.queue, queued{script.Name, script, fmt.Sprintf("queue %d", a.queued)})
	a.scripted.Store(true)
	return nil
}

// Queue lists the names of the scenarios that wait for the next charges.
func (a *Account) Queue() []string {
	a.mu.Lock()
	defer a.unlock()
	names := []string{}
	for _, q := range a.queue {
		names = append(names, q.name)
	}
	return names
}

// ClearQueue empties the queue and says how many scenarios were in it.
func (a *Account) ClearQueue() int {
	a.mu.Lock()
	defer a.unlock()
	n := len(a.queue)
	a.queue = nil
	return n
}
