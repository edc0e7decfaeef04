package testkit

import (
	"bytes"
	"context"
	"io"
	"net/http"
)

// inside passes requests directly to a handler of the same process, without a connection.
type inside struct{ handler http.Handler }

// RoundTrip returns when the handler has returned, or has flushed its answer: what it writes then is read while it runs, until its end, or
// until the body is closed or the request's context is done, which the handler sees.
func (i inside) RoundTrip(r *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithCancel(r.Context())
	req := r.Clone(ctx)
	req.RequestURI, req.Host = r.URL.RequestURI(), r.URL.Host
	if req.Body == nil {
		req.Body = http.NoBody
	}
	w := &recorder{header: http.Header{}, status: http.StatusOK, flushed: make(chan struct{})}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		i.handler.ServeHTTP(w, req)
		w.end(r.Context().Err())
		req.Body.Close()
		cancel()
	}()
	res := &http.Response{Request: r, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1}
	select {
	case <-ended:
	case <-w.flushed:
	}
	if err := r.Context().Err(); err != nil {
		cancel()
		return nil, err
	}
	if res.StatusCode = w.status; w.rest == nil {
		res.Header, res.Body, res.ContentLength = w.header, io.NopCloser(&w.body), int64(w.body.Len())
	} else {
		res.Header, res.Body, res.ContentLength = w.sent, &streamed{io.MultiReader(&w.body, w.rest), w.rest, cancel}, -1
	}
	return res, nil
}

// recorder keeps what a handler writes before it flushes, and passes on what it writes afterwards.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer

	flushed chan struct{}
	sent    http.Header    // as it was flushed
	rest    *io.PipeReader // nil until it is flushed
	writer  *io.PipeWriter
}

func (k *recorder) Header() http.Header { return k.header }

func (k *recorder) WriteHeader(status int) {
	if k.writer == nil {
		k.status = status
	}
}

func (k *recorder) Write(b []byte) (int, error) {
	if k.writer != nil {
		return k.writer.Write(b)
	}
	return k.body.Write(b)
}

func (k *recorder) Flush() {
	if k.writer == nil {
		k.rest, k.writer = io.Pipe()
		k.sent = k.header.Clone()
		close(k.flushed)
	}
}

// end ends the answer, with an error if its reader has gone away.
func (k *recorder) end(err error) {
	if k.writer != nil {
		k.writer.CloseWithError(err)
	}
}

// streamed is the body of an answer whose handler may still run.
type streamed struct {
	io.Reader
	rest   *io.PipeReader
	cancel context.CancelFunc
}

func (s *streamed) Close() error {
	s.cancel()
	return s.rest.Close()
}
