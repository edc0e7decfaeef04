package scenarios

import "time"

// ParseDuration reads a duration in the notation of scenarios: 500ms, 2s, 1m30s, 3h, 2d; at most 400 days.
func ParseDuration(text string) (time.Duration, error) { return parseDuration(text) }

// CheckGate returns an error if name is not the name of a gate.
func CheckGate(name string) error { return new(Gate).read(name) }
