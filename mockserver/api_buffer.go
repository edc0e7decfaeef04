package mockserver

import "sync"

// buffers are reused for answers and for request bodies.
var buffers = sync.Pool{New: func() any { b := make([]byte, 0, 4<<10); return &b }}

// maxReusedBuffer is the largest buffer that is reused.
const maxReusedBuffer = 64 << 10

// freeBuffer clears a buffer and lets it be reused: a request may have held a card number.
func freeBuffer(b *[]byte) {
	clear(*b)
	if cap(*b) <= maxReusedBuffer {
		buffers.Put(b)
	}
}
