package main

import (
	"fmt"
	"os"
	"time"

	"github.com/tapmock/tapmock/scenarios"
	"github.com/tapmock/tapmock/testkit/verdict"
)

// knownFinding is an entry of a baseline file: a finding that its owner has taken on, and until when it does not fail.
type knownFinding struct {
	Code  verdict.Code `yaml:"code"`
	Owner string       `yaml:"owner"`
	Until time.Time    `yaml:"until"`
}

// readBaseline reads a file of known findings; "" is none.
func readBaseline(file string) ([]knownFinding, error) {
	if file == "" {
		return nil, nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var in struct {
		Known []knownFinding `yaml:"known"`
	}
	if err := scenarios.DecodeValues(file, text, &in); err != nil {
		return nil, err
	}
	for i, k := range in.Known {
		if _, err := reasonOf(k.Code); err != nil {
			return nil, fmt.Errorf("%s: entry %d: %w", file, i+1, err)
		}
		if k.Owner == "" || k.Until.IsZero() {
			return nil, fmt.Errorf("%s: entry %d, %s: write an owner, and a date until which it holds, such as until: 2026-12-31", file, i+1, k.Code)
		}
	}
	return in.Known, nil
}
