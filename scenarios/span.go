package scenarios

import "time"

// ParseDuration reads a span of time as scenarios write it: 500ms, 2s, 1m30s, 3h, 2d; at most 400 days.
func ParseDuration(text string) (time.Duration, error) { return parseDuration(text) }

// CheckGate says what is wrong with the name of a gate.
func CheckGate(name string) error { return new(Gate).read(name) }
