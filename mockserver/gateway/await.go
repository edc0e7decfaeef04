package gateway

import (
	"context"
	"time"
)

// Bounds of waiting in real time. They are about open requests and connections, not about what a merchant sees.
const (
	calmWait   = 3 * time.Second // of a call for the effects that are due before its answer
	answerWait = 3 * time.Second // of an effect for a delayed answer to be written
	laneWait   = 3 * time.Second // of the other effects of a charge for a delivery
	resetWait  = 3 * time.Second // of a reset for the deliveries under way, before it cancels them
)

// await waits for a signal, and reports false if one of the contexts is done before.
func await(ctx, other context.Context, signal <-chan struct{}) bool {
	select {
	case <-signal:
		return true
	case <-ctx.Done():
	case <-other.Done():
	}
	return false
}

// awaitFor waits for a signal, at most for a time, and reports whether it came.
func awaitFor(ctx context.Context, bound time.Duration, signal <-chan struct{}) bool {
	select {
	case <-signal:
		return true
	default:
	}
	wait, stop := context.WithTimeout(ctx, bound)
	defer stop()
	return await(wait, wait, signal)
}
