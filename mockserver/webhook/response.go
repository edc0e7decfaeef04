package webhook

import (
	"io"
	"net/http"
	"time"
)

const (
	bodyLimit = 1 << 10                // bytes of a response body that are kept
	bodyBound = 500 * time.Millisecond // how long reading them may take
)

// readBody reads the beginning of a body whose length is known. If that takes longer than bodyBound it calls giveUp, which must end
// the reading, and returns what it has read.
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
