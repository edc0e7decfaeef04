package mockserver

import (
	"net/http"
	"slices"
	"strings"

	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// noControl answers a request for a path or a method that the control API does not have. status is 404 or 405.
func noControl(w http.ResponseWriter, r *http.Request, status int) {
	text := "the control API has no " + clippedRequest(r)
	if near := nearCall(r.Method, r.URL.Path); near != "" {
		text += "; did you mean " + headerSafe(near) + "?"
	}
	writeControlError(w, &control.Error{Status: status, Code: "not_found", Message: text + "; GET " + control.Prefix + "/openapi.json lists all calls"})
}

// otherWords are last parts of paths that the control API does not have, and the parts that mean the same or replaced them.
var otherWords = map[string]string{"open": "release", "close": "hold", "run": "chaos", "default": "default-scenario"}

// longestCall is the longest path for which a similar call is searched, in bytes: the name of a gate has at most 100.
const longestCall = 200

// nearCall is the call of the control API that is most like a method and a path, or "".
func nearCall(method, path string) string {
	rest, ok := strings.CutPrefix(path, control.Prefix)
	if !ok || len(path) > longestCall {
		return ""
	}
	parts := strings.Split(rest, "/")
	if is := otherWords[parts[len(parts)-1]]; is != "" {
		parts[len(parts)-1] = is
	}
	methods := map[string][]string{} // of a path
	var paths []string
	for _, op := range control.Operations() {
		template := strings.Split(op.Path, "/")
		if tap.Nearest(fixed(template, parts), []string{fixed(template, template)}) == "" {
			continue
		}
		path := filled(template, parts)
		methods[path] = append(methods[path], op.Method)
		paths = append(paths, path)
	}
	near := tap.Nearest(strings.Join(parts, "/"), paths)
	switch {
	case near == "":
		return ""
	case slices.Contains(methods[near], method):
		return method + " " + control.Prefix + near
	}
	return strings.Join(methods[near], " or ") + " " + control.Prefix + near
}

// free is where {name} or {id} of an operation's path is in the parts of a request's path; 0, 0 if there is none.
func free(template, parts []string) (begin, end int) {
	for i, part := range template {
		if end := len(parts) - (len(template) - 1 - i); strings.HasPrefix(part, "{") && end > i {
			return i, end
		}
	}
	return 0, 0
}

// filled is the path of an operation with the parts of a request's path for {name} or {id}.
func filled(template, parts []string) string {
	begin, end := free(template, parts)
	if end == 0 {
		return strings.Join(template, "/")
	}
	return strings.Join(slices.Concat(template[:begin], parts[begin:end], template[begin+1:]), "/")
}

// fixed is a request's path without the parts that stand for {name} or {id}.
func fixed(template, parts []string) string {
	begin, end := free(template, parts)
	return strings.Join(slices.Concat(parts[:begin], parts[end:]), "/")
}
