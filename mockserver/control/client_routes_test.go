package control

import (
	"context"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// requested are the calls that a client makes when each of its methods is called twice: with zero values, and with others.
func requested(t *testing.T) []*http.Request {
	t.Helper()
	var all []*http.Request
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		all = append(all, r)
		w.Write([]byte("{}"))
	}))
	defer server.Close()
	client := reflect.ValueOf(New(server.URL, "sk_test_x"))
	for _, method := range client.Methods() {
		for _, filled := range []bool{false, true} {
			var in []reflect.Value
			for of := range method.Type().Ins() {
				in = append(in, argument(t, of, filled))
			}
			if method.Type().IsVariadic() {
				method.CallSlice(in)
			} else {
				method.Call(in)
			}
		}
	}
	return all
}

// argument is a value of a type: zero, or else x or 1.
func argument(t *testing.T, of reflect.Type, filled bool) reflect.Value {
	v := reflect.New(of).Elem()
	switch {
	case of == reflect.TypeFor[context.Context]():
		v.Set(reflect.ValueOf(t.Context()))
	case filled && of.Kind() == reflect.String:
		v.SetString("x")
	case filled && of.Kind() == reflect.Int64:
		v.SetInt(1)
	}
	return v
}

// TestClientAgainstRoutes compares the calls of the client with the table of routes: the client calls nothing else, and every route.
func TestClientAgainstRoutes(t *testing.T) {
	called := map[string]bool{"GetOpenAPI": true} // needs no client
	for _, r := range requested(t) {
		i := slices.IndexFunc(operations, func(op Operation) bool { return op.Method == r.Method && fits(Prefix+op.Path, r.URL.Path) })
		if i < 0 {
			t.Errorf("the client calls %s %s, which is not a route", r.Method, r.URL.Path)
			continue
		}
		called[operations[i].Name] = true
		for name := range r.URL.Query() {
			if !slices.ContainsFunc(operations[i].Query, func(p Parameter) bool { return p.Name == name }) {
				t.Errorf("the client calls %s with the parameter %s, which the route does not have", r.URL.Path, name)
			}
		}
	}
	for _, op := range operations {
		if !called[op.Name] {
			t.Errorf("the client has no method for %s %s", op.Method, op.Path)
		}
	}
}

// fits reports whether a path has the form of a route. {name} is any text, {id} has no slash; both may be empty.
func fits(route, path string) bool {
	before, rest, variable := strings.Cut(route, "{")
	if !variable {
		return route == path
	}
	name, after, _ := strings.Cut(rest, "}")
	if !strings.HasPrefix(path, before) || !strings.HasSuffix(path, after) || len(path) < len(before)+len(after) {
		return false
	}
	return name == "name" || !strings.Contains(path[len(before):len(path)-len(after)], "/")
}
