package main

import (
	"context"
	"fmt"
	"slices"

	"github.com/tapmock/tapmock/mockserver/control"
)

// webhooks lists the webhook deliveries of an account, the latest last.
func webhooks(ctx context.Context, std streams, args []string, getenv func(string) string) error {
	fs := newFlags("webhooks")
	var at attached
	at.define(fs)
	refused := fs.Bool("refused", false, "only those that the merchant has not acknowledged")
	asJSON := fs.Bool("json", false, "print each as a line of JSON, as the control API has it")
	if err := parseFlags(fs, args, std.out, "tapmock webhooks [flags] [ID]: list the webhooks of a running mock, or of the charge, authorization, refund or invoice with an id.\n\nExamples:\n  tapmock webhooks\n  tapmock webhooks -refused -json | jq .url"); err != nil {
		return helped(err)
	}
	if fs.NArg() > 1 {
		return usageError{fmt.Errorf("webhooks takes one id, not %d", fs.NArg())}
	}
	client, err := at.open(getenv)
	if err != nil {
		return err
	}
	defer client.CloseIdle()
	all, err := client.Webhooks(ctx, fs.Arg(0))
	if err != nil {
		return unreachable(client, err)
	}
	slices.Reverse(all)
	if *refused {
		all = slices.DeleteFunc(all, acknowledged)
	}
	return printWebhooks(std, all, *asJSON)
}

// acknowledged reports whether the merchant has acknowledged a webhook.
func acknowledged(w control.Webhook) bool {
	return slices.ContainsFunc(w.Attempts, func(a control.WebhookAttempt) bool { return a.Response.OK() })
}

func printWebhooks(std streams, all []control.Webhook, asJSON bool) error {
	for i := range all {
		w := &all[i]
		if asJSON {
			if err := printJSON(std.out, w); err != nil {
				return err
			}
			continue
		}
		last := w.Attempts[len(w.Attempts)-1]
		fmt.Fprintf(std.out, "%-8s %s  %s  %s  %s%s\n", w.ID, last.At.Format("2006-01-02 15:04:05"), w.Object.ID, std.ink.judged(last.Response.OK(), responseText(&last.Response)), plural(len(w.Attempts), "attempt", "attempts"), kindOf(w))
	}
	if len(all) == 0 && !asJSON {
		fmt.Fprintln(std.err, "there are no webhooks")
	}
	return nil
}

// kindOf says what is not genuine about a webhook.
func kindOf(w *control.Webhook) string {
	switch {
	case w.Forge != "":
		return ", forged (" + w.Forge + ")"
	case w.Replay:
		return ", a replay"
	case w.ResendOf != "":
		return ", sent again from " + w.ResendOf
	}
	return ""
}

// responseText is the merchant's response in a few words.
func responseText(r *control.Response) string {
	if r.Status == 0 {
		return r.Failure
	}
	return fmt.Sprintf("HTTP %d", r.Status)
}
