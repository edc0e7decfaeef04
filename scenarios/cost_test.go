package scenarios_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/tapmock/tapmock/scenarios"
)

// heap is how many bytes are in use.
func heap() int {
	for range 3 {
		runtime.GC()
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc)
}

// manyOf is a file of n scenarios, each line with its number.
func manyOf(line string, n int) []byte {
	var b strings.Builder
	b.WriteString("scenarios:\n")
	for i := range n {
		fmt.Fprintf(&b, "  - {name: t/%d, description: x, %s}\n", i, strings.ReplaceAll(line, "N", fmt.Sprint(i)))
	}
	return []byte(b.String())
}

// TestCost compares what sets are estimated to need with what they need in the heap: the limits on scenarios rely on it.
func TestCost(t *testing.T) {
	scenarios.Builtin()
	for name, line := range map[string]string{
		"small":    "object: charge",
		"extends":  "extends: outcome/no-funds + webhook/twice",
		"rules":    `match: {reference.order: ["ord-N", "x-*"], metadata.color: {not: red}}, bank: {result: CAPTURED}`,
		"settings": "settings: {strict: true, page_limit: 1m}",
		"steps":    "callbacks: [{webhook: {at: settled}}, {webhook: {at: settled + 1s}}, {return: {at: settled, query: {a: " + strings.Repeat("b", 500) + "}}}]",
		"faults":   "api: [{on: charge.create, fault: {status: 503}}, {on: charge.get, fault: {status: 503}}], payer: {pay: {tabs: 2}}",
	} {
		text := manyOf(line, 3000)
		before := heap()
		set, err := scenarios.Parse(scenarios.Builtin(), "x.yaml", text)
		if err != nil {
			t.Fatal(err)
		}
		real := heap() - before
		if ratio := float64(set.Cost()) / float64(real); ratio < 0.7 || ratio > 1.5 {
			t.Errorf("%s: the cost is %d, the heap grew by %d: a ratio of %.2f", name, set.Cost(), real, ratio)
		}
		again, err := scenarios.Parse(scenarios.Builtin(), "x.yaml", text)
		if err != nil || again.Cost() != set.Cost() {
			t.Errorf("%s: the same file costs %d and %d", name, set.Cost(), again.Cost())
		}
	}
}

// TestRememberedCombinationsAreBounded resolves many combinations: a set remembers few bytes of them, which its cost contains.
func TestRememberedCombinationsAreBounded(t *testing.T) {
	set, err := scenarios.Parse(scenarios.Builtin(), "x.yaml", manyOf("bank: {result: CAPTURED}", 1000))
	if err != nil {
		t.Fatal(err)
	}
	before := heap()
	for i := range 1000 {
		if _, err := set.Resolve(fmt.Sprintf("t/%d + webhook/twice", i)); err != nil {
			t.Fatal(err)
		}
	}
	if grown := heap() - before; grown > 64<<10 {
		t.Errorf("1000 combinations take %d bytes", grown)
	}
	one, _ := set.Resolve("outcome/no-funds + webhook/twice")
	if again, _ := scenarios.Builtin().Resolve("outcome/no-funds + webhook/twice"); again != one {
		t.Error("a combination of the library's scenarios is made again for a set on top of it")
	}
	runtime.KeepAlive(set)
}
