package mockserver

import (
	"maps"
	"net/http"
	"strconv"
)

// bufferedAnswer is an answer that is not sent yet.
type bufferedAnswer struct {
	header http.Header
	status int
	body   []byte
}

func (b *bufferedAnswer) Header() http.Header { return b.header }

func (b *bufferedAnswer) WriteHeader(status int) { b.status = status }

func (b *bufferedAnswer) Write(p []byte) (int, error) {
	b.body = append(b.body, p...)
	return len(p), nil
}

func (b *bufferedAnswer) send(w http.ResponseWriter) {
	h := w.Header()
	maps.Copy(h, b.header)
	h.Set("Content-Length", strconv.Itoa(len(b.body)))
	w.WriteHeader(b.status)
	w.Write(b.body)
}
