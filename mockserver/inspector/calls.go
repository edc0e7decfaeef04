package inspector

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sort"
	"strings"

	"github.com/tapmock/tapmock/mockserver/control"
)

// maxTraceCalls bounds the calls in a trace: a shop can ask for one charge without end.
const maxTraceCalls = 200

// callsOf are the API calls about an object, the first one first. The error says that some are missing.
func (v *visit) callsOf(id string) ([]control.Call, error) {
	list, err := v.client.Calls(v.r.Context(), control.CallQuery{Object: id, Limit: maxTraceCalls})
	if err != nil {
		if e, ok := errors.AsType[*control.Error](err); ok && e.Status == http.StatusNotFound {
			return nil, nil // no calls are kept
		}
		return nil, err
	}
	slices.Reverse(list.Calls)
	if list.HasMore {
		return list.Calls, fmt.Errorf("only the latest %d API calls about it are shown", maxTraceCalls)
	}
	return list.Calls, nil
}

// callStep is a call as a step.
func (v *visit) callStep(c *control.Call) step {
	s := step{ID: strings.ReplaceAll(c.ID, "_", "-"), At: c.At, Text: c.Method + " " + c.Path, Call: c, Response: answerOf(c), Tone: toneOfCall(c), OpenLink: v.link("ui/calls/" + c.ID)}
	s.Lanes, s.Way = lanes(control.Shop, control.Tapmock)
	return s
}

// Calls serves the list of the shop's API calls, also those that were refused or that no route has.
func (p *Pages) Calls() http.Handler {
	return p.lister((*visit).calls, "API calls", "No calls yet. What a shop sends to the API base URL is listed here, as it was sent.")
}

func (v *visit) calls(s *tableScreen) error {
	list, err := v.client.Calls(v.r.Context(), control.CallQuery{Limit: maxRows})
	if err != nil {
		return err
	}
	s.Intro = "What the shop's code has really sent, and what it got. Keys, cookies, card numbers, PINs and one-time passwords are masked."
	s.Columns = []string{"Call", "Answer", "About", "At", "Notes"}
	if list.HasMore {
		s.More = moreText(maxRows+1, "calls")
	}
	if list.Evicted > 0 {
		s.More += fmt.Sprintf(" %d earlier calls were dropped to stay within the limit (-limit calls).", list.Evicted)
	}
	for i := range list.Calls {
		c := &list.Calls[i]
		s.Rows = append(s.Rows, tableRow{c.ID, []cell{{Text: c.Method + " " + c.Path, Link: v.link("ui/calls/" + c.ID), Code: true}, {Text: answerOf(c), Tone: toneOfCall(c)}, v.about(c),
			plain(sinceText(v.state.Now, c.At)), plain(strings.Join(c.Notes, "; "))}})
	}
	return nil
}

func answerOf(c *control.Call) string {
	if c.Status == 0 {
		return "no answer"
	}
	return fmt.Sprintf("HTTP %d", c.Status)
}

func toneOfCall(c *control.Call) string {
	if c.Status/100 == 2 {
		return "good"
	}
	return "bad"
}

// about is a link to the object that a call is about.
func (v *visit) about(c *control.Call) cell {
	if c.Object == nil || placeOf[c.Object.Kind] == "" || placeOf[c.Object.Kind] == "ui/customers/" {
		return cell{}
	}
	return cell{Text: short(c.Object.ID), Link: v.linkTo("", c.Object.ID).Link, Code: true}
}

// callScreen is the page of one API call.
type callScreen struct {
	frame
	C     *control.Call
	About cell
	Curl  string
}

// KeptCall serves the page of the API call that the path names.
func (p *Pages) KeptCall() http.Handler {
	return p.page(func(v *visit) error {
		if v.account == "" {
			return errNoAccount
		}
		c, err := v.client.Call(v.r.Context(), v.r.PathValue("id"))
		if err != nil {
			return err
		}
		v.show(http.StatusOK, "call.html.tmpl", &callScreen{frame: v.frame(c.Method + " " + c.Path), C: &c, About: v.about(&c), Curl: curlOf(v.welcome.Base, &c)})
		return nil
	})
}

// curlOf is a shell command that makes a call again, with YOUR_KEY for the key.
func curlOf(base string, c *control.Call) string {
	var b strings.Builder
	fmt.Fprintf(&b, "curl -s -X %s %s -H 'Authorization: Bearer YOUR_KEY'", c.Method, quoted(base+c.Path))
	for _, name := range []string{"content-type", "lang_code", "accept"} {
		for _, value := range c.Request.Headers[name] {
			b.WriteString(" \\\n  -H " + quoted(name+": "+value))
		}
	}
	if c.Request.Body != "" {
		b.WriteString(" \\\n  --data-binary " + quoted(c.Request.Body))
	}
	return b.String()
}

// quoted is a text in quotes for a shell.
func quoted(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }

// headerLine is one header of a call.
type headerLine struct{ Name, Value string }

// sorted are headers by name.
func sorted(headers map[string][]string) (all []headerLine) {
	for name, values := range headers {
		for _, value := range values {
			all = append(all, headerLine{name, value})
		}
	}
	sort.Slice(all, func(i, j int) bool { return all[i].Name < all[j].Name })
	return all
}
