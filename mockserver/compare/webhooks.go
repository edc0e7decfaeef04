package compare

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tapmock/tapmock/mockserver/control"
)

// Webhooks compares two webhooks: their last attempts as [Attempts] does, then how they were forged or repeated, their addresses, and their
// attempts with the merchant's responses. key is the secret key of the account.
func Webhooks(key string, a, b *control.Webhook) []Difference {
	f := newFinder(a.ID, b.ID)
	if lastA, lastB := last(a), last(b); lastA != nil && lastB != nil {
		f.attempts(key, &Attempt{Object: a.Object, Sent: lastA}, &Attempt{Object: b.Object, Sent: lastB})
	}
	f.differAs(KindWebhook, "kind", "the webhook", kindOf(a), kindOf(b))
	f.differAs(KindWebhook, "address", "the address", a.URL, b.URL)
	if len(a.Attempts) > 1 || len(b.Attempts) > 1 {
		f.differAs(KindWebhook, "responses", "the result", answers(a), answers(b))
	}
	return f.result()
}

// last is the last attempt of a webhook, nil if it has none.
func last(w *control.Webhook) *control.WebhookAttempt {
	if len(w.Attempts) == 0 {
		return nil
	}
	return &w.Attempts[len(w.Attempts)-1]
}

// kindOf says whether a webhook is genuine.
func kindOf(w *control.Webhook) string {
	switch {
	case w.Forge != "":
		return "forged (" + w.Forge + ")"
	case w.Replay:
		return "a replay"
	case w.ResendOf != "":
		return "sent again on request"
	}
	return "genuine"
}

// webhooks adds the differences of the webhooks of two payments: which ones there are, and how the merchant responded.
func (f *finder) webhooks(a, b []control.Webhook) {
	if len(a) != len(b) {
		f.add(Difference{Kind: KindWebhook, Where: "webhooks", A: fmt.Sprint(len(a)), B: fmt.Sprint(len(b)),
			Text: fmt.Sprintf("%s has %s and %s has %d", f.a, counted(len(a), "webhook"), f.b, len(b))})
	}
	al := align(kinds(a), kinds(b))
	for i := range a {
		where := fmt.Sprintf("webhook %d", i+1)
		if al.ofA[i] < 0 {
			f.differ(KindWebhook, where, described(&a[i]), "")
			continue
		}
		one, other := &a[i], &b[al.ofA[i]]
		f.differOwn(KindWebhook, where+" address", "the address of "+where, one.URL, other.URL)
		f.differAs(KindWebhook, where+" responses", "the result of "+where, answers(one), answers(other))
	}
	for i := range b {
		if al.ofB[i] < 0 {
			f.differ(KindWebhook, fmt.Sprintf("webhook %d", i+1), "", described(&b[i]))
		}
	}
}

func kinds(webhooks []control.Webhook) []string {
	all := make([]string, len(webhooks))
	for i := range webhooks {
		all[i] = kindOf(&webhooks[i])
	}
	return all
}

// described is a webhook in a few words.
func described(w *control.Webhook) string {
	return fmt.Sprintf("%s, %s, %s", w.ID, kindOf(w), answers(w))
}

// answers are the responses to the attempts of a webhook, with their number. They are one value, since a failure causes the next attempt.
func answers(w *control.Webhook) string {
	var all []string
	for i := range w.Attempts {
		all = append(all, answer(&w.Attempts[i].Response))
	}
	if len(all) > 10 {
		all = slices.Concat(all[:9], []string{"…"}, all[len(all)-1:])
	}
	return counted(len(w.Attempts), "attempt") + " (" + strings.Join(all, ", ") + ")"
}

// answer is the merchant's response in a few words.
func answer(r *control.Response) string {
	if r.Status == 0 {
		return r.Failure
	}
	return fmt.Sprintf("HTTP %d", r.Status)
}
