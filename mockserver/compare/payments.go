package compare

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/tapmock/tapmock/mockserver/control"
)

// Payment is what the control API has of a charge; an authorization is one too, with the charge of its trace.
type Payment struct {
	Name     string            // in differences; default: A for the first one, B for the second
	Trace    control.Trace     // as [control.Client.Trace] returns it
	Webhooks []control.Webhook // as [control.Client.Webhooks] returns them
	Settings map[string]string // that its scenario sets; nil if they are not known
}

// Payments compares two payments: first their journals, from where they part, without ids and times; then the state of the charges, what
// is scheduled, their webhooks, and bodies and headers of the last ones. See the package's comment for what is compared only in its form.
func Payments(a, b *Payment) []Difference {
	f := newFinder(a.Name, b.Name)
	f.ownA, f.ownB = own{a.Trace.Charge.ID, a.Trace.Charge.Order}, own{b.Trace.Charge.ID, b.Trace.Charge.Order}
	f.journals(a.Trace.Entries, b.Trace.Entries)
	f.states(&a.Trace.Charge, &b.Trace.Charge)
	if a.Settings != nil && b.Settings != nil {
		f.settings(a.Settings, b.Settings)
	}
	f.differAs(KindScheduled, "scheduled", "what is scheduled", scheduled(a.Trace.Scheduled), scheduled(b.Trace.Scheduled))
	sentA, sentB := inOrder(a.Webhooks), inOrder(b.Webhooks)
	f.webhooks(sentA, sentB)
	if lastA, lastB := lastAttempt(sentA), lastAttempt(sentB); lastA != nil && lastB != nil {
		f.of = "the last webhook's "
		f.bodies([]byte(lastA.Body), []byte(lastB.Body), acrossPayments)
		f.headers(lastA.Headers, lastB.Headers)
	}
	return f.result()
}

// states adds the differences of two charges.
func (f *finder) states(a, b *control.Charge) {
	f.differ(KindState, "status", string(a.Status), string(b.Status))
	f.differ(KindState, "code", a.Code, b.Code)
	f.differ(KindState, "message", a.Message, b.Message)
	f.amounts(a, b)
	f.differ(KindState, "currency", a.Currency, b.Currency)
	f.differ(KindState, "scenario", a.Scenario, b.Scenario)
	f.differ(KindState, "screen", a.Screen, b.Screen)
	f.differOwn(KindState, "post.url", "post.url", a.PostURL, b.PostURL)
	f.differ(KindState, "post.status", string(a.PostStatus), string(b.PostStatus))
	f.differ(KindState, "redirect.status", string(a.RedirectStatus), string(b.RedirectStatus))
}

// amounts adds the difference of two amounts, and if only their decimals differ says so.
func (f *finder) amounts(a, b *control.Charge) {
	if a.Amount == b.Amount {
		return
	}
	text := f.sentence("amount", a.Amount, b.Amount)
	if placesA, placesB := places(a.Amount), places(b.Amount); placesA != placesB {
		text += fmt.Sprintf(": with %s against %s", counted(placesA, "decimal"), counted(placesB, "decimal"))
	}
	f.add(Difference{Kind: KindState, Where: "amount", A: a.Amount, B: b.Amount, Text: text})
}

// places is how many decimals an amount has.
func places(amount string) int {
	_, decimals, _ := strings.Cut(amount, ".")
	return len(decimals)
}

// settings adds the settings that differ; one that a scenario does not set is that of the account.
func (f *finder) settings(a, b map[string]string) {
	both := maps.Clone(a)
	maps.Copy(both, b)
	for _, key := range slices.Sorted(maps.Keys(both)) {
		f.differAs(KindSetting, key, "the setting "+key, a[key], b[key])
	}
}

// scheduled names what is scheduled, without ids and times.
func scheduled(effects []control.Effect) string {
	if len(effects) == 0 {
		return "nothing"
	}
	var all []string
	for _, e := range effects {
		text := e.Kind
		if e.Attempt > 0 {
			text += fmt.Sprintf(" attempt %d", e.Attempt)
		}
		if e.Gate != "" {
			text += " at the gate " + e.Gate
		}
		all = append(all, text)
	}
	return strings.Join(all, ", ")
}

// inOrder are webhooks in the order in which their first attempts were made.
func inOrder(webhooks []control.Webhook) []control.Webhook {
	first := func(w control.Webhook) uint64 {
		if len(w.Attempts) == 0 {
			return 0
		}
		return w.Attempts[0].Entry
	}
	all := slices.Clone(webhooks)
	slices.SortStableFunc(all, func(a, b control.Webhook) int { return cmp.Compare(first(a), first(b)) })
	return all
}

// lastAttempt is the last attempt of the last webhook, nil if there is none.
func lastAttempt(webhooks []control.Webhook) *control.WebhookAttempt {
	if len(webhooks) == 0 {
		return nil
	}
	return last(&webhooks[len(webhooks)-1])
}

// OfAuthorization is the trace of an authorization as that of a charge.
func OfAuthorization(t control.AuthorizationTrace) control.Trace {
	return control.Trace{Charge: t.Authorization.Charge, Entries: t.Entries, Scheduled: t.Scheduled, Text: t.Text}
}
