package gateway

import (
	"github.com/tapmock/tapmock/mockserver/journal"
	"github.com/tapmock/tapmock/mockserver/payment"
	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/mockserver/timeline"
	"github.com/tapmock/tapmock/scenarios"
)

// state is all that an account is: plain data. A reset replaces it; what runs it is [live]. Pointers in it lead only to values that are
// never changed: scripts, scenario sets, settings, requests, sent webhooks and their results.
type state struct {
	epoch       uint64 // of the account: one more after each reset. What comes back from an earlier epoch is dropped
	settings    *tap.Settings
	ownSettings bool // they were changed for the account
	timeline    timeline.Timeline[action]
	journal     journal.Journal[fact]
	findings    int // journal entries that are findings

	payments     shelf[Payment, *Payment]
	refunds      shelf[Refund, *Refund]
	ordinals     [maxKinds]uint64 // objects created so far, by the number of their kind; authorizations count as charges
	faultless    [maxKinds]uint64 // objects created up to these ordinals have no faults any more
	idempotent   map[idempotent]original
	saved        map[string][]payment.SavedCard // customer id → cards saved for KFAST
	idle         []uint64                       // lanes whose payments may be evicted, in the order in which they became idle
	idleCaptures int                            // captures in them, besides the payments that the lanes began with
	evicted      int                            // charges and authorizations evicted so far

	customers records[payment.Customer] // created, changed or deleted through the API; those that a payment has made follow from it
	tokens    records[payment.Token]
	invoices  shelf[Invoice, *Invoice]
	orders    map[string]uint64 // ids of the invoices' orders → places of the invoices

	choice     choice
	deliveries uint64 // webhook deliveries so far
	lastSent   *Sent  // the last genuine webhook
	answers    uint64 // answers of the API delayed so far
	relayTasks uint64 // relay tasks so far
}

// maxKinds is more than there are kinds of objects.
const maxKinds = 8

// choice is from what the scenarios of new charges are chosen, and what was chosen before.
type choice struct {
	own               *scenarios.Set // searched before those of the server; nil: none
	defaults          defaults       // of the account
	queue             []queued       // scenarios of the next charges
	queued            int            // scenarios put into the queue so far
	creates           [maxKinds]int  // create calls so far, by the number of the kind
	calls             map[string]int // create calls by order, and list calls
	consecutiveFaults int            // charges in a row with an injected fault
	chaos             []chaosCall    // create calls under chaos
	chaosCut          bool           // there were more than are remembered

	memory int                        // bytes that the account's own scenarios need: its file and those held
	held   map[*scenarios.Script]held // scripts that count in it
	taken  int                        // entries that create calls under way have taken from the queue
}

func newState(epoch uint64, settings *tap.Settings, journalMax int) state {
	return state{epoch: epoch, settings: settings, journal: journal.Journal[fact]{Max: journalMax}, idempotent: map[idempotent]original{}, saved: map[string][]payment.SavedCard{}, choice: choice{calls: map[string]int{}}}
}
