package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/mockserver/tap"
)

// explainer is a run of explain.
type explainer struct {
	std    streams
	client *control.Client
	key    string
	expect string
	try    bool
	json   bool
	ends   bool // the mock ends with this explanation
}

// explainWebhook leads from a webhook that was refused to the cause.
func explainWebhook(ctx context.Context, std streams, args []string, getenv func(string) string) error {
	fs := newFlags("explain")
	var at attached
	at.define(fs)
	e := &explainer{std: std}
	fs.StringVar(&e.expect, "expect", "", "`signature` that the shop's code has computed: names the difference")
	fs.BoolVar(&e.try, "try", false, "send a refused webhook again with the signature of each known mistake, until the shop accepts one: that is its mistake")
	fs.BoolVar(&e.json, "json", false, "print one JSON object: the webhook, why it was refused, and its signatures")
	if err := parseFlags(fs, args, std.out, "tapmock explain [flags] [ID]: why was a webhook refused? ID is that of a charge, authorization, refund, invoice or webhook; default: the last webhook that was refused.\n\nExamples:\n  tapmock explain\n  tapmock explain -try\n  tapmock explain -expect 16250de7… chg_TS01…"); err != nil {
		return helped(err)
	}
	if fs.NArg() > 1 {
		return usageError{fmt.Errorf("explain takes one id, not %d", fs.NArg())}
	}
	if e.json && e.try {
		return usageError{errors.New("-json explains, and -try sends webhooks; give one of them")}
	}
	var err error
	if e.client, err = at.open(getenv); err != nil {
		return err
	}
	defer e.client.CloseIdle()
	e.key, e.expect = at.key, strings.TrimSpace(e.expect)
	w, err := e.find(ctx, fs.Arg(0))
	if err != nil {
		return err
	}
	if e.json {
		return e.asJSON(w)
	}
	return e.explain(ctx, w)
}

// asJSON prints what explain knows of a webhook, without signatures if its body is masked here.
func (e *explainer) asJSON(w *control.Webhook) error {
	last := &w.Attempts[len(w.Attempts)-1]
	seen := struct {
		Webhook    *control.Webhook `json:"webhook"`
		Why        string           `json:"why,omitempty"`
		Signatures *explained       `json:"signatures,omitempty"`
	}{Webhook: w}
	if x, err := tap.Explain(e.key, []byte(last.Body)); err == nil && !last.Masked {
		signatures := explainedAs(x, e.expect)
		seen.Signatures = &signatures
	}
	if !acknowledged(*w) {
		seen.Why = why(&last.Response)
	}
	if err := printJSON(e.std.out, seen); err != nil || seen.Why == "" {
		return err
	}
	return errFailed
}

// find is the webhook that is explained: the one with the id, or the last genuine one of the object with the id that was refused, or else its last
// one. Forged webhooks are the business of scenarios, and -try sends some itself.
func (e *explainer) find(ctx context.Context, id string) (*control.Webhook, error) {
	if strings.HasPrefix(id, "whd_") {
		w, err := e.client.Webhook(ctx, id)
		return &w, unreachable(e.client, err)
	}
	all, err := e.client.Webhooks(ctx, id)
	if err != nil {
		return nil, unreachable(e.client, err)
	}
	for _, suits := range []func(control.Webhook) bool{refused, genuine, func(control.Webhook) bool { return true }} {
		if i := slices.IndexFunc(all, suits); i >= 0 {
			return &all[i], nil
		}
	}
	if id == "" {
		return nil, errors.New("the account has no webhook yet; with -key name another account, with -url another mock")
	}
	if err := known(ctx, e.client, id); err != nil {
		return nil, err
	}
	return nil, fmt.Errorf("%s has no webhook: it had no post.url, it is not over yet, or its scenario sends none; tapmock tail shows what happens", id)
}

// genuine reports whether a webhook was not forged, by a scenario or by a call that chose its signature.
func genuine(w control.Webhook) bool { return w.Forge == "" }

// refused reports whether a genuine webhook was not acknowledged.
func refused(w control.Webhook) bool { return genuine(w) && !acknowledged(w) }

// known is an error if the account's journal has nothing of an object.
func known(ctx context.Context, client *control.Client, id string) error {
	j, err := client.Journal(ctx, control.JournalQuery{Object: id, Limit: 1})
	if err == nil && len(j.Entries) == 0 {
		return fmt.Errorf("the account knows nothing of %s; with -key name another account, with -url another mock", id)
	}
	return unreachable(client, err)
}

// explain prints attempts, signature and cause.
func (e *explainer) explain(ctx context.Context, w *control.Webhook) error {
	out, last := e.std.out, &w.Attempts[len(w.Attempts)-1]
	fmt.Fprintf(out, "%s of %s, to %s%s\n\n", w.ID, w.Object.ID, w.URL, kindOf(w))
	for i := range w.Attempts {
		a := &w.Attempts[i]
		fmt.Fprintf(out, "  attempt %d  %s  %s, after %.0f ms%s\n", a.Attempt, a.At.Format("2006-01-02 15:04:05"), e.std.ink.judged(a.Response.OK(), responseText(&a.Response)), a.Response.TookMS, said(&a.Response))
	}
	fmt.Fprintln(out)
	x, err := tap.Explain(e.key, []byte(last.Body))
	if err != nil || last.Masked {
		fmt.Fprintln(out, "The body is masked here, so its signature cannot be explained.")
		return nil
	}
	explain(out, x, e.key)
	if e.expect != "" {
		return compareSignature(out, x, e.expect)
	}
	switch {
	case acknowledged(*w) && !genuine(*w):
		fmt.Fprintf(out, "\nThis webhook was forged (%s), and the merchant has acknowledged it: its code must refuse it.\n", w.Forge)
		return errFailed
	case acknowledged(*w):
		fmt.Fprintln(out, "\nThe merchant has acknowledged this webhook.")
		return nil
	case !genuine(*w) && last.Response.Status != 0:
		fmt.Fprintf(out, "\nThis webhook was forged (%s): to refuse it is right.\n", w.Forge)
		return nil
	}
	fmt.Fprintf(out, "\nWhy: %s\n", why(&last.Response))
	return e.tryMistakes(ctx, w, x)
}

// said is the beginning of a response's body.
func said(r *control.Response) string {
	if text := strings.Join(strings.Fields(r.Body), " "); text != "" {
		return fmt.Sprintf(": %.100q", text)
	}
	return ""
}

// whys say what a status usually means at the address of a webhook.
var whys = map[int]string{
	http.StatusUnauthorized:         "the merchant's code refuses the signature, or a login stands before it",
	http.StatusForbidden:            "the merchant's code refuses the signature, or a firewall or a login stands before it",
	http.StatusNotFound:             "the merchant has no page at this address; compare post.url with the shop's route",
	http.StatusMethodNotAllowed:     "the page at this address does not take POST",
	http.StatusUnsupportedMediaType: "the page does not take application/json",
	419:                             "the framework wants a CSRF token; except the webhook's path from that protection",
	http.StatusTooManyRequests:      "the merchant limits the rate of requests; except the webhook's path",
	http.StatusBadRequest:           "the merchant's code cannot read the body, or refuses the signature",
	http.StatusUnprocessableEntity:  "the merchant's code does not accept the body",
}

// why says what the response means, and what to do.
func why(r *control.Response) string {
	switch text := whys[r.Status]; {
	case r.Status == 0:
		return strings.TrimSuffix(r.Failure+"; "+r.Remedy, "; ")
	case text != "":
		return text
	case r.Status/100 == 3:
		return "the merchant redirects, and a webhook follows no redirect: give the final address as post.url (https, with or without the slash at its end)"
	case r.Status >= 500:
		return "the merchant's code failed; its own log says why"
	}
	return fmt.Sprintf("HTTP %d is not 2xx", r.Status)
}

// tryMistakes sends the webhook again with the signature of each known mistake, if that was asked for.
func (e *explainer) tryMistakes(ctx context.Context, w *control.Webhook, x *tap.Explanation) error {
	last := w.Attempts[len(w.Attempts)-1]
	switch {
	case !tap.RefusesSignature(last.Response.Status):
		return errFailed
	case e.ends:
		fmt.Fprintln(e.std.out, "To find a mistake in the shop's signature, start tapmock in another terminal, trigger the payment again, and call tapmock explain -try.")
		return errFailed
	case !e.try:
		fmt.Fprintf(e.std.out, "Which signature does the shop compute? Give it as -expect, or let tapmock explain -try %s find its mistake by sending the webhook again.\n", w.ID)
		return errFailed
	}
	mistakes := x.Mistakes()
	for _, m := range mistakes {
		again, err := e.client.ResendWebhookSigned(ctx, w.ID, m.Signature)
		if err != nil {
			return err
		}
		switch r := again.Attempts[0].Response; {
		case r.OK():
			fmt.Fprintf(e.std.out, "The shop accepts the webhook with the signature of this mistake, so it computes it so:\n  %s\n", m.Cause)
			return errFailed
		case r.Status == 0:
			fmt.Fprintf(e.std.out, "The shop does not answer any more (%s), so its mistake cannot be found by sending: start it again, or give the signature that it computes as -expect.\n", r.Failure)
			return errFailed
		}
	}
	fmt.Fprintf(e.std.out, "The shop refuses the signature of each of the %d known mistakes too: it makes another one, uses another key or algorithm, or refuses the webhook for another reason.\n", len(mistakes))
	return errFailed
}
