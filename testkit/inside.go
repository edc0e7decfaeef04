package testkit

import (
	"bytes"
	"io"
	"net/http"
)

// inside hands requests straight to a handler of the same process, without a connection.
type inside struct{ handler http.Handler }

// RoundTrip returns when the handler has answered in full.
func (i inside) RoundTrip(r *http.Request) (*http.Response, error) {
	req := r.Clone(r.Context())
	req.RequestURI, req.Host = r.URL.RequestURI(), r.URL.Host
	if req.Body == nil {
		req.Body = http.NoBody
	}
	defer req.Body.Close()
	w := &answer{header: http.Header{}, status: http.StatusOK}
	i.handler.ServeHTTP(w, req)
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	return &http.Response{StatusCode: w.status, Header: w.header, Body: io.NopCloser(&w.body), ContentLength: int64(w.body.Len()), Request: r,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1}, nil
}

type answer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (a *answer) Header() http.Header         { return a.header }
func (a *answer) WriteHeader(status int)      { a.status = status }
func (a *answer) Write(b []byte) (int, error) { return a.body.Write(b) }
