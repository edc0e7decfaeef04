package inspector

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// button is a call of the control API that the visitor makes with a click.
type button struct {
	Label  string
	Call   string  // method and path, such as POST /clock/advance
	Values []pair  // of the body, by path: settings.page_limit
	Inputs []input // values that the visitor gives
	Null   string  // path of a value of the body that is null, or ""
	Key    string  // key of the keyboard, or ""
	Ask    string  // a question to be answered first, or ""
	Quiet  bool    // it is less important than others
	Lock   bool    // it opens a gate, and has the picture of a lock
	Off    bool    // it cannot be pressed now
}

type pair struct{ Name, Value string }

// input is a value that the visitor gives with a button.
type input struct {
	Name, Label, Value string
	Choices            []string // to choose from; none: any text
	Lines              int      // of a text of several lines; 0: one
}

// Shown is the call as the page shows it.
func (b button) Shown() string {
	form := url.Values{}
	for _, p := range b.Values {
		form.Set("p."+p.Name, p.Value)
	}
	for _, in := range b.Inputs {
		form.Set("p."+in.Name, "…")
	}
	if b.Null != "" {
		form.Set("null", b.Null)
	}
	method, path, _ := strings.Cut(b.Call, " ")
	return strings.TrimSpace(method + " " + control.Prefix + path + " " + string(bodyOf(form)))
}

// bodyOf is the JSON body that a form makes: its fields p.name are texts, p.settings.name below settings; the field null names a value that is null.
// An empty field is left out, but for a setting, of which empty is a value. Without any there is no body.
func bodyOf(form url.Values) []byte {
	body := map[string]any{}
	for name, values := range form {
		if path, ok := strings.CutPrefix(name, "p."); ok && (values[0] != "" || strings.Contains(path, ".")) {
			put(body, path, values[0])
		}
	}
	if path := form.Get("null"); path != "" {
		put(body, path, nil)
	}
	if len(body) == 0 {
		return nil
	}
	text, _ := json.Marshal(body)
	return text
}

// put sets a value of a body, by its path of one or two names.
func put(body map[string]any, path string, value any) {
	group, key, nested := strings.Cut(path, ".")
	if !nested {
		body[path] = value
		return
	}
	inner, ok := body[group].(map[string]any)
	if !ok {
		inner = map[string]any{}
		body[group] = inner
	}
	inner[key] = value
}

// Call makes the call of the control API that a button stands for, and leads back to the page of the button, which shows what came of it.
func (p *Pages) Call() http.Handler {
	return p.page(func(v *visit) error {
		if err := v.r.ParseForm(); err != nil {
			return err
		}
		v.query.Set("account", v.r.PostForm.Get("account"))
		if err := v.choose(); err != nil || v.account == "" {
			return fmt.Errorf("the account of this page is gone; open the home page again")
		}
		method, path, ok := strings.Cut(v.r.PostForm.Get("call"), " ")
		if !ok || !strings.HasPrefix(path, "/") {
			return fmt.Errorf("%.60q is not a call of the control API", v.r.PostForm.Get("call"))
		}
		body := bodyOf(v.r.PostForm)
		status, answer := p.mock.Do(v.r.Context(), v.account, method, path, body)
		done := result{account: v.account, Call: strings.TrimSpace(method + " " + control.Prefix + path + " " + string(body)), Status: status, Answer: tap.Clip(string(answer), maxAnswer)}
		done.sentID, done.sentTo = sent(done.Call, answer)
		v.back(p.results.add(done))
		return nil
	})
}

// back leads to the page of the form, which shows the result with a number.
func (v *visit) back(n string) {
	to, err := url.Parse(v.r.PostForm.Get("back"))
	if err != nil || to.Scheme != "" || to.Host != "" || strings.HasPrefix(to.Path, "/") {
		to = &url.URL{}
	}
	q := to.Query()
	q.Set("done", n)
	to.RawQuery = q.Encode()
	v.w.Header().Set("Location", v.root()+to.String())
	v.w.WriteHeader(http.StatusSeeOther)
}
