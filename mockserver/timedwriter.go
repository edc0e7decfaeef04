package mockserver

import (
	"net/http"
	"time"
)

// writeBound is how long a client may take to read the next piece of an answer, in real time, before its connection is closed. The time
// until the mock begins to answer is not part of it, so a call that waits, and an answer that is delayed, are not limited.
const writeBound = 30 * time.Second

// writePiece is the number of bytes that a client must read within writeBound. A large answer may take longer as a whole.
const writePiece = 16 << 10

// timedWriter writes an answer under deadlines. Without them a client that never reads holds its connection and a goroutine without end.
type timedWriter struct {
	http.ResponseWriter
	bound time.Duration
	none  bool // it has no connection, and so no deadlines
}

// Unwrap lets http.ResponseController reach the connection.
func (t *timedWriter) Unwrap() http.ResponseWriter { return t.ResponseWriter }

// extend allows the bound from now on for what is written next.
func (t *timedWriter) extend() {
	if !t.none {
		t.none = http.NewResponseController(t.ResponseWriter).SetWriteDeadline(time.Now().Add(t.bound)) != nil
	}
}

func (t *timedWriter) WriteHeader(status int) {
	t.extend()
	t.ResponseWriter.WriteHeader(status)
}

func (t *timedWriter) Write(body []byte) (written int, err error) {
	for {
		piece := body[written:min(len(body), written+writePiece)]
		t.extend()
		n, err := t.ResponseWriter.Write(piece)
		if written += n; err != nil || written == len(body) {
			return written, err
		}
	}
}
