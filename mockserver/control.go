package mockserver

import (
	"crypto/subtle"
	_ "embed" // openapi.json
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/gorilla/mux"

	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/mockserver/gateway"
	"github.com/tapmock/tapmock/mockserver/tap"
)

//go:embed openapi.json
var openAPI []byte

// controlCall is one authorised call of the control API.
type controlCall struct {
	r       *http.Request
	account *gateway.Account // nil for the whole server
	name    string           // {name} or {id} of the path, unescaped
	body    []byte
}

// describe serves openapi.json. It needs no key.
func describe(w http.ResponseWriter, _ *http.Request) {
	writeControl(w, http.StatusOK, json.RawMessage(openAPI))
}

// isControl reports whether a request is for the control API.
func isControl(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, "/_tapmock") }

// control authorises a call, reads its body and writes the answer that the handler returns. An answer that is an [http.Handler] writes itself.
func (s *Server) control(op control.Operation, handle func(*controlCall) (any, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer, err := s.callControl(w, r, op, handle)
		if err != nil {
			writeControlError(w, controlError(err))
			return
		}
		if held, ok := answer.(http.Handler); ok {
			held.ServeHTTP(w, r)
			return
		}
		writeControl(w, http.StatusOK, answer)
	})
}

func (s *Server) callControl(w http.ResponseWriter, r *http.Request, op control.Operation, handle func(*controlCall) (any, error)) (any, error) {
	account, err := s.authorise(r, op.Server)
	if err != nil {
		return nil, err
	}
	if account != nil && account.Lost() != "" {
		w.Header().Add("X-Tapmock-Note", account.Lost())
	}
	if err := checkParameters(r, op.Query); err != nil {
		return nil, err
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, s.maxBody))
	if err != nil {
		return nil, err
	}
	name, err := url.PathUnescape(mux.Vars(r)["name"] + mux.Vars(r)["id"])
	if err != nil {
		return nil, badControl("the path has a %% that two hexadecimal digits do not follow")
	}
	if account != nil && op.Method != http.MethodGet {
		defer account.Changed() // for those who look at the pages
	}
	return handle(&controlCall{r, account, name, body})
}

// authorise returns the account of a control call: the account of the secret key, or the account that a call with the admin token
// names; nil is the whole server.
func (s *Server) authorise(r *http.Request, server bool) (*gateway.Account, error) {
	if a, ok := r.Context().Value(insideKey{}).(*gateway.Account); ok {
		return a, nil
	}
	scheme, token, _ := strings.Cut(strings.TrimSpace(r.Header.Get("Authorization")), " ")
	if s.adminToken == "" || !strings.EqualFold(scheme, "Bearer") || !sameText(strings.TrimSpace(token), s.adminToken) {
		return s.authenticate(r)
	}
	named := r.Header.Get(control.AccountHeader)
	if named == "" {
		if server {
			return nil, nil
		}
		return nil, badControl("this call needs an account: send its key or its name in the header %s", control.AccountHeader)
	}
	if a := s.gateway.Find(named); a != nil {
		return a, nil
	}
	if CheckKey(named) == nil {
		return s.gateway.Account(named)
	}
	return nil, &control.Error{Status: http.StatusNotFound, Code: "not_found", Message: "no account has this key or name; GET " + control.Prefix + "/accounts lists all accounts"}
}

// sameText compares secrets in a time that does not depend on where they differ.
func sameText(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

// checkParameters refuses parameters of the query that the call does not have.
func checkParameters(r *http.Request, parameters []control.Parameter) error {
	var names []string
	for _, p := range parameters {
		names = append(names, p.Name)
	}
	for _, name := range slices.Sorted(maps.Keys(r.URL.Query())) {
		if slices.Contains(names, name) {
			continue
		}
		text := fmt.Sprintf("the call has no parameter %.40q", name)
		if len(names) > 0 {
			text += "; its parameters are " + strings.Join(names, ", ")
		}
		if near := tap.Nearest(name[strings.LastIndexByte(name, '.')+1:], names); near != "" {
			text += "; did you mean " + near + "?"
		}
		return badControl("%s", text)
	}
	return nil
}
