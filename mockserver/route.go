package mockserver

import (
	"net/http"
)

// route is one route of the mock. Its handler is made for each server.
type route struct {
	methods, path, name string
	handler             func(*Server) http.Handler
}
