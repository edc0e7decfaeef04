package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/tapmock/tapmock/mockserver/control"
)

// webhooks lists the webhook deliveries of an account, the latest last.
func webhooks(ctx context.Context, std streams, args []string, getenv func(string) string) error {
	fs := newFlags("webhooks")
	var at attached
	at.define(fs)
	onlyRefused := fs.Bool("refused", false, "only genuine ones that the merchant has not acknowledged")
	asJSON := fs.Bool("json", false, "print each as a line of JSON, as the control API has it")
	if err := parseFlags(fs, args, std.out, "tapmock webhooks [flags] [ID]: list the webhooks of a running mock, or of the charge, authorization, refund or invoice with an id; or one, with its own id.\n\nExamples:\n  tapmock webhooks\n  tapmock webhooks -refused -json | jq .url"); err != nil {
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
	all, err := webhooksOf(ctx, client, fs.Arg(0))
	if err != nil {
		return err
	}
	slices.Reverse(all)
	if *onlyRefused {
		all = slices.DeleteFunc(all, func(w control.Webhook) bool { return !refused(w) })
	}
	return printWebhooks(std, all, *asJSON)
}

// webhooksOf are the webhooks of the object with an id, of all objects, or the one webhook with the id.
func webhooksOf(ctx context.Context, client *control.Client, id string) ([]control.Webhook, error) {
	if strings.HasPrefix(id, "whd_") {
		w, err := client.Webhook(ctx, id)
		return []control.Webhook{w}, unreachable(client, err)
	}
	all, err := client.Webhooks(ctx, id)
	if err == nil && len(all) == 0 && id != "" {
		return nil, known(ctx, client, id)
	}
	return all, unreachable(client, err)
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
		fmt.Fprintf(std.out, "%-8s %s  %s  %s  %s to %s%s\n", w.ID, last.At.Format("2006-01-02 15:04:05"), w.Object.ID, std.ink.judged(last.Response.OK(), responseText(&last.Response)), plural(len(w.Attempts), "attempt", "attempts"), w.URL, kindOf(w))
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
