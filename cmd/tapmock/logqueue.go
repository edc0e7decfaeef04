package main

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"sync"
	"time"
)

const (
	logQueueBytes = 1 << 20     // of the log that waits to be written, about 6,000 lines
	logFlushBound = time.Second // that the end of the program waits for the rest of the log
)

// logQueue is the writer of a log that may be slow or never read: Write never waits. Lines beyond the limit are dropped; a line says
// how many, at the place where they are missing.
type logQueue struct {
	to     io.Writer
	limit  int              // bytes that wait at the same time
	notice func(int) []byte // the line for a number of dropped lines
	wake   chan struct{}    // receives when there are lines, and is closed at the end
	ended  chan struct{}    // is closed when the last line is written

	mu      sync.Mutex // guards all below
	lines   []byte
	dropped int
	closed  bool
}

// newLogQueue starts to write to a writer, until close. handler makes the handler that formats the lines.
func newLogQueue(to io.Writer, limit int, handler func(io.Writer) slog.Handler) *logQueue {
	q := &logQueue{to: to, limit: limit, wake: make(chan struct{}, 1), ended: make(chan struct{})}
	q.notice = func(n int) []byte {
		var line bytes.Buffer
		r := slog.NewRecord(time.Now(), slog.LevelWarn, "log lines were dropped, because the log is not read fast enough", 0)
		r.Add("lines", n)
		handler(&line).Handle(context.Background(), r)
		return line.Bytes()
	}
	go q.run()
	return q
}

// Write queues a copy of one line, or counts it as dropped. It never fails.
func (q *logQueue) Write(line []byte) (int, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed || q.dropped > 0 || len(q.lines)+len(line) > q.limit {
		q.dropped++ // and no later line before the notice
		return len(line), nil
	}
	q.lines = append(q.lines, line...)
	select {
	case q.wake <- struct{}{}:
	default:
	}
	return len(line), nil
}

// run writes what is queued. An error of the writer loses only these lines.
func (q *logQueue) run() {
	defer close(q.ended)
	for open := true; open; {
		_, open = <-q.wake
		if lines := q.take(); len(lines) > 0 {
			q.to.Write(lines)
		}
	}
}

// take empties the queue.
func (q *logQueue) take() []byte {
	q.mu.Lock()
	defer q.mu.Unlock()
	lines := q.lines
	if q.dropped > 0 {
		lines = append(lines, q.notice(q.dropped)...)
	}
	q.lines, q.dropped = nil, 0
	return lines
}

// close takes no more lines and waits until the queued ones are written, at most for a time.
func (q *logQueue) close(bound time.Duration) {
	q.mu.Lock()
	if !q.closed {
		q.closed = true
		close(q.wake)
	}
	q.mu.Unlock()
	select {
	case <-q.ended:
	case <-time.After(bound):
	}
}
