package testkit

import "net/http"

// MarkReported marks the traces of a mock as reported, as a check does.
func MarkReported(m *Mock) { m.reported.Store(true) }

// Inside is the transport of a mock in the same process.
func Inside(h http.Handler) http.RoundTripper { return inside{h} }
