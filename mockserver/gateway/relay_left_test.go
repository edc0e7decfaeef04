package gateway

import (
	"context"
	"errors"
	"testing"
	"time"
)

// TestReaderLeft gives a task to the next reader, although a call of the one that has left still waits.
func TestReaderLeft(t *testing.T) {
	_, a := start(t, Config{})
	if _, ok, err := a.NextRelayTask(expired(t), "first", 0); ok || err != nil {
		t.Fatal(ok, err)
	}
	waiting := make(chan error, 1)
	go func() {
		_, _, err := a.NextRelayTask(t.Context(), "first", 0)
		waiting <- err
	}()
	for reads := false; !reads; { // until it waits
		a.update(func(t *tx) { reads = t.live.offered.ch != nil })
	}
	a.LeaveRelay("first")
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	go a.relay(ctx, &RelayTask{Visit: "app://shop", Copies: 1})
	if err := <-waiting; !errors.Is(err, ErrReaderLeft) {
		t.Errorf("the call that waited: %v", err)
	}
	if task, ok, err := a.NextRelayTask(ctx, "second", 0); !ok || err != nil || task.Visit != "app://shop" {
		t.Errorf("the next reader: %v %v %v", task, ok, err)
	}
}

// expired is a context that is done.
func expired(t *testing.T) context.Context {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	return ctx
}
