package mockserver_test

import "github.com/gorilla/mux"

type (
	route  = mux.Route
	router = mux.Router
)
