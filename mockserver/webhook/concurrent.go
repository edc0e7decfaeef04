package webhook

import (
	"context"
	"io"
	"sync"
	"sync/atomic"
)

// SendConcurrently sends all copies at the same moment: it connects and writes each copy up to the last byte of its body. When every
// copy has reached this point, has failed or has a response, it sends all last bytes at once. It returns one result per copy, in
// order. A copy that fails delays the others only until it has failed; ctx bounds the whole. A copy without a body has no last byte:
// it starts when the others send theirs. A merchant may respond to a copy before it has the last byte.
func (s *Sender) SendConcurrently(ctx context.Context, copies []Message) []Result {
	b := newBarrier(len(copies))
	results := make([]Result, len(copies))
	var wg sync.WaitGroup
	for i, m := range copies {
		wg.Go(func() { results[i] = s.sendAtBarrier(ctx, m, b) })
	}
	wg.Wait()
	return results
}

func (s *Sender) sendAtBarrier(ctx context.Context, m Message, b *barrier) Result {
	arrive := sync.OnceFunc(b.arrive)
	defer arrive()
	wait := func() error {
		arrive()
		return b.wait(ctx)
	}
	if len(m.sent()) > 0 {
		return s.send(ctx, m, &barrierBody{rest: m.sent(), wait: wait})
	}
	if err := wait(); err != nil {
		return failed(ctx, err)
	}
	return s.Send(ctx, m)
}

// barrier opens when every expected copy has arrived. All copies use the same context.
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

// wait waits until the barrier is open. After the end of ctx it always returns an error: copies that fail by then also count as
// arrived and open the barrier.
func (b *barrier) wait(ctx context.Context) error {
	select {
	case <-b.open:
	case <-ctx.Done():
	}
	return ctx.Err()
}

// barrierBody is a body whose last byte can be read only after wait. The transport reads that byte when everything before it is on
// the connection: it flushes the header before a body of a type that it does not know, and writes each part as it reads it.
type barrierBody struct {
	rest []byte
	wait func() error
}

func (b *barrierBody) Read(p []byte) (int, error) {
	ready := len(b.rest) - 1
	switch ready {
	case -1:
		return 0, io.EOF
	case 0:
		if err := b.wait(); err != nil {
			return 0, err
		}
		ready = 1
	}
	n := copy(p, b.rest[:ready])
	b.rest = b.rest[n:]
	return n, nil
}
