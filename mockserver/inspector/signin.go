package inspector

import (
	"net/http"
	"strings"
)

// signIn asks for a key.
type signIn struct {
	frame
	Wrong     string
	Published string // the published key, if it has an account
	Open      bool   // the pages ask for no key
}

// SignIn signs a browser in with the admin token or with the secret key of an account. Where the pages are open it only chooses the account.
func (p *Pages) SignIn() http.Handler {
	return guarded(func(w http.ResponseWriter, r *http.Request) {
		v := p.visit(w, r)
		account, admin, err := p.mock.Enter(strings.TrimSpace(r.PostFormValue("key")))
		if err != nil {
			v.show(http.StatusUnauthorized, "signin.html.tmpl", &signIn{frame: v.frame("Sign in"), Wrong: err.Error(), Published: v.welcome.Key, Open: v.welcome.Open})
			return
		}
		if !v.welcome.Open && !(v.signedIn && v.session.account == "") {
			p.sessions.begin(w, r, session{account: map[bool]string{true: "", false: account}[admin]})
		}
		if account != "" {
			account = "?account=" + account
		}
		w.Header().Set("Location", v.root()+account)
		w.WriteHeader(http.StatusSeeOther)
	})
}

// SignOut signs a browser out.
func (p *Pages) SignOut() http.Handler {
	return guarded(func(w http.ResponseWriter, r *http.Request) {
		p.sessions.end(w, r)
		w.Header().Set("Location", p.visit(w, r).root())
		w.WriteHeader(http.StatusSeeOther)
	})
}
