// Package intercept lets clients that have https://api.tap.company written into them reach the mock unchanged. A [CA] of this machine signs
// certificates for Tap's host, and a [Proxy] ends the TLS connections to that host and no other. Both are for programs that find
// them by their environment; nothing is ever installed in the system's trust store.
//
//	ca, err := intercept.LoadCA(dir, time.Now())
//	proxy := intercept.NewProxy(ca, "127.0.0.1:8080", mock, nil) // where the mock answers over HTTP, and its handler
//	http.Serve(listener, proxy)
//
// The CA can sign only names below tap.company, localhost and loopback addresses: a critical name constraint says so, which most clients
// enforce. Java does not, so its key must stay private: [LoadCA] refuses one that others can read.
package intercept
