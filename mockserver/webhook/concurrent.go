package webhook

import (
	"context"
	"io"
	"sync"
	"sync/atomic"
)

// SendConcurrently sends all copies at the same moment: each is connected and written up to the last byte of its body, and when
// every copy has got so far, has failed or was answered early, the last bytes are let go at once. There is one result per
// copy, in their order. A copy that fails holds up the others no longer than its failure takes; ctx bounds the whole. A copy
// without a body has no last byte: it is begun at the moment the others end.
func (s *Sender) SendConcurrently(ctx context.Context, copies []Message) []Result {
	b := newBarrier(len(copies))
	results := make([]Result, len(copies))
	var wg sync.WaitGroup
	for i, m := range copies {
		wg.Go(func() { results[i] = s.sendHeld(ctx, m, b) })
	}
	wg.Wait()
	return results
}

func (s *Sender) sendHeld(ctx context.Context, m Message, b *barrier) Result {
	arrive := sync.OnceFunc(b.arrive)
	defer arrive()
	wait := func() error {
		arrive()
		return b.wait(ctx)
	}
	if len(m.sent()) > 0 {
		return s.send(ctx, m, &heldBody{rest: m.sent(), wait: wait})
	}
	if err := wait(); err != nil {
		return failed(ctx, err)
	}
	return s.Send(ctx, m)
}

// barrier opens when all who are expected have arrived. All use the same context.
type barrier struct {
	missing atomic.Int64
	open    chan struct{}
}

func newBarrier(expected int) *barrier {
	b := &barrier{open: make(chan struct{})}
	b.missing.Store(int64(expected))
	return b
}

func (b *barrier) arrive() {
	if b.missing.Add(-1) == 0 {
		close(b.open)
	}
}

// wait waits for the others. Nobody passes after the end of ctx: those who fail of it open the barrier.
func (b *barrier) wait(ctx context.Context) error {
	select {
	case <-b.open:
	case <-ctx.Done():
	}
	return ctx.Err()
}

// heldBody hands out a body, but the last byte only after wait. The transport asks for that byte when all before it is on
// the connection: it flushes the head before a body whose kind it does not know, and passes on what it reads as it comes.
type heldBody struct {
	rest []byte
	wait func() error
}

func (h *heldBody) Read(p []byte) (int, error) {
	ready := len(h.rest) - 1
	switch ready {
	case -1:
		return 0, io.EOF
	case 0:
		if err := h.wait(); err != nil {
			return 0, err
		}
		ready = 1
	}
	n := copy(p, h.rest[:ready])
	h.rest = h.rest[n:]
	return n, nil
}
