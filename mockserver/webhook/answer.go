package webhook

import (
	"io"
	"net/http"
	"time"
)

const (
	bodyLimit = 1 << 10                // bytes of an answer's body that are kept
	bodyBound = 500 * time.Millisecond // how long they may take
)

// readBody reads the beginning of a body whose length is known. When that takes too long it calls giveUp, which has to
// end the reading, and what has come by then is the answer.
func readBody(res *http.Response, giveUp func()) []byte {
	if res.ContentLength <= 0 {
		return nil
	}
	timer := time.AfterFunc(bodyBound, giveUp)
	defer timer.Stop()
	text := make([]byte, min(res.ContentLength, bodyLimit))
	n, _ := io.ReadFull(res.Body, text)
	return text[:n]
}
