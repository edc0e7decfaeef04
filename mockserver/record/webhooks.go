package record

import (
	"cmp"
	"slices"
	"time"

	"github.com/tapmock/tapmock/mockserver/control"
	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/scenarios"
)

// delivery is a webhook delivery: its attempts with all their copies.
type delivery struct {
	control.Webhook
	entry    *control.Entry // of the first copy
	attempts []attempt
	body     string // of the first attempt
}

// attempt is one attempt of a delivery.
type attempt struct {
	at        time.Time
	responses []control.Response // one for each copy
	tookMS    float64            // all of them
}

// isOK reports whether the merchant acknowledged one of the copies.
func (a *attempt) isOK() bool {
	return slices.ContainsFunc(a.responses, func(r control.Response) bool { return r.OK() })
}

// readDeliveries puts the deliveries into the order in which they were first sent.
func (r *recording) readDeliveries(webhooks []control.Webhook) (all []*delivery) {
	for _, w := range webhooks {
		if len(w.Attempts) == 0 || w.Object.ID != r.charge.ID {
			continue
		}
		d := &delivery{Webhook: w, entry: r.bySeq[w.Attempts[0].Entry], body: w.Attempts[0].Body}
		for i, a := range w.Attempts {
			if i == 0 || a.Attempt != w.Attempts[i-1].Attempt {
				d.attempts = append(d.attempts, attempt{at: a.At})
			}
			last := &d.attempts[len(d.attempts)-1]
			last.responses = append(last.responses, a.Response)
			last.tookMS += a.Response.TookMS
		}
		all = append(all, d)
	}
	slices.SortFunc(all, func(x, y *delivery) int { return cmp.Compare(x.Attempts[0].Entry, y.Attempts[0].Entry) })
	for _, e := range r.all(tap.EventWebhook) {
		if !slices.ContainsFunc(all, func(d *delivery) bool { return d.ID == e.Delivery }) {
			r.note("webhook delivery %s is in the trace, but not among the webhooks; it is left out", e.Delivery)
		}
	}
	return all
}

// step is a callback with its place in the journal.
type step struct {
	seq uint64
	scenarios.Callback
}

// callbacks are the webhooks and returns; none if they are those that a scenario without callbacks has.
func (r *recording) callbacks(settings scenarios.Settings) []scenarios.Callback {
	var steps []step
	for _, d := range r.deliveries {
		steps = append(steps, step{d.Attempts[0].Entry, scenarios.Callback{Webhook: r.webhook(d)}})
	}
	steps = append(steps, r.pendingWebhooks()...)
	webhooks := len(steps)
	returns := r.returns(settings)
	plainAt := plainReturn(steps)
	if len(returns) == 1 && isPlainReturn(returns[0].Return, plainAt) {
		returns = nil
	}
	steps = append(steps, returns...)
	slices.SortStableFunc(steps, func(x, y step) int { return cmp.Compare(x.seq, y.seq) })
	if webhooks == 1 && len(steps) == 1 && isPlainWebhook(steps[0].Webhook) {
		return nil
	}
	var all []scenarios.Callback
	if webhooks == 0 && r.first(tap.EventSettled) != nil && r.charge.PostURL != "" {
		all = append(all, scenarios.Callback{Webhook: &scenarios.Webhook{Never: true}})
	}
	for _, s := range steps {
		all = append(all, s.Callback)
	}
	return all
}

// isPlainWebhook reports whether a webhook is the one that a scenario without callbacks sends.
func isPlainWebhook(w *scenarios.Webhook) bool {
	return w.At == scenarios.Moment{Event: scenarios.Settled} && w.Copies == 0 && w.Genuine() && !w.Retries.Set
}

// plainReturn is the default moment of the return beside these webhooks.
func plainReturn(webhooks []step) scenarios.Moment {
	for i, s := range webhooks {
		if s.Webhook.At == (scenarios.Moment{Event: scenarios.Settled}) {
			return scenarios.Moment{Event: scenarios.FirstAttempt, N: i + 1}
		}
	}
	return scenarios.Moment{Event: scenarios.Settled}
}

// webhook is the step that sends a delivery.
func (r *recording) webhook(d *delivery) *scenarios.Webhook {
	first := d.attempts[0]
	w := &scenarios.Webhook{Retries: r.retries(d)}
	if n := len(first.responses); n > 1 {
		w.Copies = min(n, 50)
		r.note("%s had %d copies; the journal does not say whether they were sent at the same instant, and the scenario sends them one after the other", d.ID, n)
	}
	w.At = r.after(r.causeOf(d), first.at, first.tookMS)
	r.twist(d, w)
	return w
}

// causeOf is the entry that a delivery is scheduled after. One that a call sent again comes after all that had happened by then, not only after
// the delivery that it repeats.
func (r *recording) causeOf(d *delivery) uint64 {
	switch {
	case d.entry == nil:
		return 0
	case d.ResendOf == "":
		return d.entry.Cause
	}
	for i := range slices.Backward(r.entries) {
		if e := &r.entries[i]; e.Seq < d.entry.Seq {
			if _, _, ok := r.moment(e); ok {
				return e.Seq
			}
		}
	}
	return d.entry.Cause
}

// twist says how a webhook differs from a genuine one.
func (r *recording) twist(d *delivery, w *scenarios.Webhook) {
	switch {
	case d.Forge == "signature":
		w.Forge = scenarios.WrongKey
		r.note("%s was sent with a signature that a call had chosen; the scenario signs it with a wrong key", d.ID)
	case d.Forge != "":
		w.Forge = scenarios.Forgery(d.Forge)
	case d.Replay || d.ResendOf != "":
		w.Replay = new(true)
		r.noteReplay(d)
	}
}

// noteReplay notes that a delivery was sent again that was not the last genuine one, which a replay repeats.
func (r *recording) noteReplay(d *delivery) {
	if d.ResendOf == "" {
		return
	}
	last := ""
	for _, other := range r.deliveries {
		if other.Attempts[0].Entry < d.Attempts[0].Entry && other.Forge == "" && !other.Replay && other.ResendOf == "" {
			last = other.ID
		}
	}
	if origin := r.originOf(d); origin != last {
		r.note("%s was %s sent again; the scenario sends the last genuine webhook before it again, %s", d.ID, origin, cmp.Or(last, "if there is one"))
	}
}

// originOf is the id of the delivery that was sent again, also through another one that had been sent again.
func (r *recording) originOf(d *delivery) string {
	id := d.ResendOf
	for range r.deliveries {
		i := slices.IndexFunc(r.deliveries, func(o *delivery) bool { return o.ID == id })
		if i < 0 || r.deliveries[i].ResendOf == "" {
			break
		}
		id = r.deliveries[i].ResendOf
	}
	return id
}

// retries are the waits before the further attempts of a delivery, if they are not the default ones.
func (r *recording) retries(d *delivery) scenarios.Retries {
	var waits []time.Duration
	for i := 1; i < len(d.attempts); i++ {
		waits = append(waits, between(d.attempts[i-1].at, d.attempts[i].at, d.attempts[i].tookMS))
	}
	genuine := d.Forge == "" && !d.Replay && d.ResendOf == ""
	standard := r.standard.WebhookRetries
	if !genuine {
		standard = nil
	}
	last := d.attempts[len(d.attempts)-1]
	if due := r.pendingRetry(len(d.attempts) + 1); due != nil && genuine && !last.isOK() {
		waits = append(waits, between(last.at, due.Due, 0))
		r.note("%s had not been acknowledged when it was recorded; the scenario makes no attempt after the next one", d.ID)
	}
	isStandard := slices.Equal(waits, standard) || last.isOK() && len(waits) < len(standard) && slices.Equal(waits, standard[:len(waits)])
	if isStandard {
		return scenarios.Retries{}
	}
	return scenarios.Retries{Set: true, Waits: waits[:min(len(waits), 20)]}
}

// pendingRetry is the scheduled attempt with a number, or nil.
func (r *recording) pendingRetry(number int) *control.Effect {
	for i, e := range r.scheduled {
		if e.Kind == "webhook" && e.Attempt == number && e.Gate == "" {
			return &r.scheduled[i]
		}
	}
	return nil
}

// pendingWebhooks are webhooks that were scheduled and not sent yet.
func (r *recording) pendingWebhooks() (steps []step) {
	for _, e := range r.scheduled {
		if e.Kind == "webhook" && e.Attempt == 1 && e.Gate == "" {
			r.note("a webhook was scheduled, but not sent when it was recorded; the scenario sends a genuine one at its time")
			steps = append(steps, step{lastSeq, scenarios.Callback{Webhook: &scenarios.Webhook{At: r.after(0, e.Due, 0)}}})
		}
	}
	return steps
}

// lastSeq is the place of what had not happened yet.
const lastSeq = 1<<64 - 1
