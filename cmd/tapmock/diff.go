package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/tapmock/tapmock/mockserver/compare"
	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/mockserver/tap"
)

const diffHelp = `tapmock diff [flags] A [B]: what is the difference? The first one is in one sentence, the others follow. A and B are ids: of two charges or two authorizations, of two webhooks, or of a webhook and a payment, refund or invoice, whose body GET is asked for then. With the id of one webhook alone its attempts are compared.

The exit code is 0 if there is no difference, 1 if there is one, or another failure. Ids, times and references of two payments always differ: of them only the form is compared.

Examples:
  tapmock diff chg_TS01… chg_TS05…     # where do two payments part?
  tapmock diff whd_1 whd_2             # which part of the hashed string, which field?
  tapmock diff whd_3                   # the attempts of one webhook
  tapmock diff whd_3 chg_TS01…         # does the webhook say what GET says?
  tapmock diff -json whd_1 whd_2 | jq -r .differences[].where`

// differ is a run of diff.
type differ struct {
	std    streams
	client *control.Client
	key    string
	json   bool
}

// compared is what diff has found between two things, as -json prints it.
type compared struct {
	A           string               `json:"a"` // id, attempt, or GET and an id
	B           string               `json:"b"`
	Equal       bool                 `json:"equal"`
	Differences []compare.Difference `json:"differences"`

	legend  []string // what the names in the sentences stand for
	without string   // what was not compared, in words
}

// diff prints the differences of two payments, two webhooks, the attempts of one, or a webhook and the answer to GET.
func diff(ctx context.Context, std streams, args []string, getenv func(string) string) error {
	fs := newFlags("diff")
	var at attached
	at.define(fs)
	d := &differ{std: std}
	fs.BoolVar(&d.json, "json", false, "print each comparison as a line of JSON: a, b, equal, and the differences, the first one first")
	if err := parseFlags(fs, args, std.out, diffHelp); err != nil {
		return helped(err)
	}
	if err := checkCompared(fs.Args()); err != nil {
		return usageError{err}
	}
	var err error
	if d.client, err = at.open(getenv); err != nil {
		return err
	}
	defer d.client.CloseIdle()
	d.key = at.key
	found, err := d.compare(ctx, fs.Args())
	if err != nil {
		return unreachable(d.client, err)
	}
	return d.print(found)
}

// isWebhook reports whether an id is that of a webhook.
func isWebhook(id string) bool { return strings.HasPrefix(id, "whd_") }

// checkCompared is an error if ids cannot be compared with each other.
func checkCompared(ids []string) error {
	if len(ids) == 0 || len(ids) > 2 {
		return fmt.Errorf("diff takes two ids, or that of one webhook, not %d; tapmock webhooks lists webhooks, tapmock tail shows charges", len(ids))
	}
	for _, id := range ids {
		if kind := tap.KindOf(id); !isWebhook(id) && getPaths[kind] == "" {
			return fmt.Errorf("%q is not the id of a webhook (whd_…), charge (chg_…), authorization (auth_…), refund (re_…) or invoice (inv_…)", id)
		}
	}
	a, b := ids[0], ids[len(ids)-1]
	switch kind := tap.KindOf(a); {
	case isWebhook(a) || isWebhook(b):
		return nil
	case len(ids) == 1:
		return fmt.Errorf("to what is %s compared? Name a second id", a)
	case kind != tap.KindOf(b):
		return fmt.Errorf("%s and %s are of different kinds; compare two of one kind, or a webhook with one", a, b)
	case !kind.IsPayment():
		return fmt.Errorf("two objects of the kind %s are compared by their webhooks: tapmock webhooks %s lists the ids", kind, a)
	}
	return nil
}

// compare chooses the comparison by the ids.
func (d *differ) compare(ctx context.Context, ids []string) ([]compared, error) {
	a, b := ids[0], ids[len(ids)-1]
	switch {
	case len(ids) == 1:
		return d.attempts(ctx, a)
	case isWebhook(a) && isWebhook(b):
		return d.webhooks(ctx, a, b)
	case isWebhook(a) || isWebhook(b):
		return d.withGet(ctx, a, b)
	}
	return d.payments(ctx, a, b)
}

// attempts compares each attempt of a webhook with the one before it.
func (d *differ) attempts(ctx context.Context, id string) ([]compared, error) {
	w, err := d.client.Webhook(ctx, id)
	if err != nil {
		return nil, err
	}
	if len(w.Attempts) < 2 {
		return nil, fmt.Errorf("%s has only %s; name another webhook, or a charge, to compare it with", id, plural(len(w.Attempts), "attempt", "attempts"))
	}
	var all []compared
	for i := 1; i < len(w.Attempts); i++ {
		a, b := attemptOf(&w, i-1), attemptOf(&w, i)
		all = append(all, compared{A: id + " " + a.Name, B: id + " " + b.Name, Differences: compare.Attempts(d.key, a, b), without: "times and the number of the attempt"})
	}
	return all, nil
}

// attemptOf is an attempt with a name of its own: copies of a webhook have the same number.
func attemptOf(w *control.Webhook, i int) *compare.Attempt {
	sent, same := &w.Attempts[i], 0
	for _, other := range w.Attempts {
		if other.Attempt == sent.Attempt {
			same++
		}
	}
	name := fmt.Sprintf("attempt %d", sent.Attempt)
	if same > 1 {
		name += fmt.Sprintf(" (entry %d)", sent.Entry)
	}
	return &compare.Attempt{Name: name, Object: w.Object, Sent: sent}
}

// webhooks compares two webhooks.
func (d *differ) webhooks(ctx context.Context, a, b string) ([]compared, error) {
	one, err := d.client.Webhook(ctx, a)
	if err != nil {
		return nil, err
	}
	other, err := d.client.Webhook(ctx, b)
	if err != nil {
		return nil, err
	}
	c := compared{A: a, B: b, Differences: compare.Webhooks(d.key, &one, &other)}
	if one.Object != other.Object {
		c.without = "ids, times and references"
	}
	return []compared{c}, nil
}

// payments compares two charges or two authorizations.
func (d *differ) payments(ctx context.Context, a, b string) ([]compared, error) {
	one, err := compare.Fetch(ctx, d.client, "A", a)
	if err != nil {
		return nil, err
	}
	other, err := compare.Fetch(ctx, d.client, "B", b)
	if err != nil {
		return nil, err
	}
	return []compared{{A: a, B: b, Differences: compare.Payments(one, other), without: "ids, times and references", legend: []string{legend(one), legend(other)}}}, nil
}

// legend says what the name of a payment stands for.
func legend(p *compare.Payment) string {
	c, text := &p.Trace.Charge, ""
	if c.Order != "" {
		text += ", order " + c.Order
	}
	if c.Scenario != "" {
		text += ", scenario " + c.Scenario
	}
	return fmt.Sprintf("%s is %s%s", p.Name, c.ID, text)
}

// print prints the comparisons. The error is [errFailed] if one has found a difference.
func (d *differ) print(all []compared) error {
	var result error
	for i := range all {
		c := &all[i]
		if c.Equal = len(c.Differences) == 0; !c.Equal {
			result = errFailed
		}
		if !d.json {
			d.asText(c)
			continue
		}
		if c.Equal {
			c.Differences = []compare.Difference{}
		}
		if err := printJSON(d.std.out, c); err != nil {
			return err
		}
	}
	return result
}

// asText prints a comparison for a person.
func (d *differ) asText(c *compared) {
	out := d.std.out
	for _, line := range c.legend {
		fmt.Fprintln(out, line)
	}
	if c.Equal {
		text := fmt.Sprintf("%s and %s are equal", c.A, c.B)
		if c.without != "" {
			text += ", except for " + c.without
		}
		fmt.Fprintln(out, d.std.ink.good(text))
		return
	}
	if len(c.legend) > 0 {
		fmt.Fprintln(out)
	}
	fmt.Fprintln(out, d.std.ink.bad("First difference:"), c.Differences[0].Text)
	for _, other := range c.Differences[1:] {
		fmt.Fprintln(out, "  "+other.Text)
	}
}
