package inspector

import (
	"cmp"
	"slices"

	"github.com/tapmock/tapmock/mockserver/control"
)

// maxRelated bounds the refunds that a charge's trace contains: the latest ones.
const maxRelated = 20

// material is what a trace is made of: that of an object, and of the refunds of a charge.
type material struct {
	entries   []control.Entry
	scheduled []control.Effect
	webhooks  []control.Webhook
	calls     []control.Call
}

// add adds what is known of a refund.
func (m *material) add(v *visit, refund string) error {
	t, err := v.client.RefundTrace(v.r.Context(), refund)
	if err != nil {
		return err
	}
	webhooks, err := v.client.Webhooks(v.r.Context(), refund)
	if err != nil {
		return err
	}
	calls, err := v.callsOf(refund)
	m.entries, m.scheduled = append(m.entries, t.Entries...), append(m.scheduled, t.Scheduled...)
	m.webhooks, m.calls = append(m.webhooks, webhooks...), append(m.calls, calls...)
	return err
}

// sort brings everything into the order in which it happened.
func (m *material) sort() {
	slices.SortStableFunc(m.entries, func(a, b control.Entry) int { return cmp.Compare(a.Seq, b.Seq) })
	slices.SortStableFunc(m.scheduled, func(a, b control.Effect) int { return a.Due.Compare(b.Due) })
	slices.SortStableFunc(m.calls, func(a, b control.Call) int { return cmp.Compare(a.Entry, b.Entry) })
}
