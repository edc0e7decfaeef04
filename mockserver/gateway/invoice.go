package gateway

import (
	"cmp"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"

	"github.com/tapmock/tapmock/mockserver/payment"
	"github.com/tapmock/tapmock/mockserver/tap"
	"github.com/tapmock/tapmock/mockserver/webhook"
	"github.com/tapmock/tapmock/scenarios"
)

// Invoice is an invoice of an account with the progress of its scenario. The charges that pay it follow scenarios of their own. The gateway returns
// copies, which do not change.
type Invoice struct {
	payment.Invoice
	progress
}

func (v *Invoice) head() *payment.Head { return &v.Head }

func (v *Invoice) run() *progress { return &v.progress }

func (v *Invoice) text(f payment.Fact) string { return v.Describe(f) }

func (v *Invoice) post() (string, *payment.Delivered) { return v.Request.PostURL, &v.Post }

func (v *Invoice) version() version {
	return version{id: v.ID, kind: tap.KindInvoice.Number(), number: int16(v.Latest())}
}

func (v *Invoice) at(_ *tx, of version) evidence { return invoiceEvidence{v.Version(int(of.number))} }

func (v *Invoice) conclude(*tx, effect) {} // nothing of an invoice is decided later

// notifies reports whether a script's webhook steps notify the merchant: never without post.url; the plain webhook only once the invoice is paid
// (Rest of v2 8, documented).
func (v *Invoice) notifies(script *scenarios.Script) bool {
	return v.Request.PostURL != "" && (!script.PlainWebhook || v.Status == tap.InvoicePaid)
}

// invoiceEvidence is an invoice as a webhook showed it.
type invoiceEvidence struct{ payment.Invoice }

func (v invoiceEvidence) masked() (evidence, bool) {
	v.Request = v.Request.Masked()
	return v, false
}

func (v invoiceEvidence) signed(s *Sent, key string) Delivery {
	how := s.twisted()
	forger := rand.New(rand.NewPCG(how.seed, how.seed))
	shown := v.Invoice
	switch how.forge {
	case scenarios.SaysCaptured:
		shown.Status = tap.InvoicePaid
	case scenarios.UnknownID:
		shown.ID = tap.ShortID("inv", fmt.Sprint(forger.Uint64()), shown.Created)
	case scenarios.AnotherAmount, scenarios.AnotherCurrency:
		req := *shown.Request
		if shown.Request = &req; how.forge == scenarios.AnotherAmount {
			req.Amount = tenth(req.Amount, req.Currency)
		} else {
			req.Currency = tap.AnotherCurrency(req.Currency)
		}
	}
	d := Delivery{webhook.Message{Key: key, URL: s.url, Format: v.Settings.WebhookFormat, OneHash: true, Body: shown.WebhookBody()}, v.Settings.WebhookTimeout}
	places, _ := tap.Decimals(shown.Request.Currency)
	f := forgeable{amount: shown.Request.Amount, places: places, parts: shown.HashParts}
	return f.forge(d, how.forge, func(a tap.Amount) []byte {
		req := *shown.Request
		req.Amount, shown.Request = a, &req
		return shown.WebhookBody()
	})
}

// NoInvoiceError says that the account has no invoice with this id.
type NoInvoiceError struct{ ID string }

// Error names the id.
func (e *NoInvoiceError) Error() string {
	return fmt.Sprintf("this key's account has no invoice %q; each key is an account of its own", tap.Clip(e.ID, 60))
}

func (t *tx) invoice(id string) (*Invoice, error) {
	if v := t.invoices.find(id); v != nil {
		return v, nil
	}
	return nil, &NoInvoiceError{id}
}

// CreateInvoice makes the invoice of a create call that was begun with [ForInvoice], whose link begins with base, and the messages with which Tap
// would send the link. If the account has as many records as charges are allowed, its oldest invoice that is paid or cancelled goes. Errors:
// [*FullError]; [ErrReset] if the account was reset since.
func (a *Account) CreateInvoice(begun *Begun, req *tap.InvoiceRequest, base string) (made Invoice, err error) {
	err = a.withMemory(func(t *tx) error {
		if begun.epoch != t.epoch {
			return ErrReset
		}
		v, err := t.createInvoice(begun, req, base)
		if err == nil {
			made = *v
		}
		return err
	})
	if err != nil {
		begun.Abort(false)
	}
	return made, err
}

func (t *tx) createInvoice(begun *Begun, req *tap.InvoiceRequest, base string) (*Invoice, error) {
	if err := t.roomForRecord(t.dropInvoice); err != nil {
		return nil, err
	}
	if err := t.hold(begun.Script); err != nil {
		t.a.gw.records.Add(-1)
		return nil, err
	}
	t.leaveQueue(begun)
	if req.Customer.ID == "" { // the documented answer to a create call has the id of a new customer
		if c, err := t.newCustomer(requestOf(&req.Customer)); err == nil {
			with := *req
			with.Customer.ID = c.ID
			req = &with
		}
	}
	ordinal := &t.ordinals[tap.KindInvoice.Number()]
	*ordinal++
	v := t.invoices.add(Invoice{Invoice: payment.NewInvoice(t.a.seed, *ordinal, req, begun.Settings, base, t.now()), progress: progress{Script: begun.Script}})
	if t.orders == nil {
		t.orders = map[string]uint64{}
	}
	t.orders[v.OrderID()] = v.number
	t.a.gw.invoices.add(v.ID, t.a)
	v.createdBy = t.write(v.Name(), 0, fact{Fact: payment.Said(tap.EventCreated, "")})
	t.dispatch(v, v.createdBy, false)
	t.react(v, tap.EventCreated, v.createdBy)
	return v, nil
}

// dispatch journals the messages with an invoice's link instead of sending them.
func (t *tx) dispatch(v *Invoice, cause uint64, reminder bool) {
	if v.Status != tap.InvoiceCreated || !v.Request.Dispatch && !reminder {
		return
	}
	messages := v.Messages(reminder)
	for _, text := range messages {
		t.note(v.Name(), cause, tap.EventMessage, tap.Mask(text))
	}
	if len(messages) > 0 && !reminder {
		v.Deliver(t.now())
	}
}

// dropInvoice makes room: of the invoices that are paid or cancelled and have no webhook under way, the oldest goes.
func (t *tx) dropInvoice() bool {
	var oldest *Invoice
	for v := range t.invoices.all() {
		if v.Over() && !t.timeline.Pending(v.lane) && (oldest == nil || v.Ordinal < oldest.Ordinal) {
			oldest = v
		}
	}
	if oldest == nil {
		return false
	}
	t.note(oldest.Name(), 0, tap.EventDeleted, "to make room for another within the limits")
	t.forgetInvoice(oldest)
	return true
}

func (t *tx) forgetInvoice(v *Invoice) {
	t.letGo(v.Script)
	delete(t.orders, v.OrderID())
	t.a.gw.invoices.remove(v.ID)
	t.invoices.remove(v)
}

// Invoice returns an invoice. The error is a [*NoInvoiceError].
func (a *Account) Invoice(id string) (v Invoice, err error) {
	a.update(func(t *tx) {
		var found *Invoice
		if found, err = t.invoice(id); err == nil {
			v = *found
		}
	})
	return v, err
}

// RetrieveInvoice returns an invoice as a GET shows it, and the fault that is injected into the call, or nil. The error is a [*NoInvoiceError].
func (a *Account) RetrieveInvoice(id string) (v Invoice, f *scenarios.Fault, err error) {
	a.update(func(t *tx) {
		var found *Invoice
		if found, err = t.invoice(id); err != nil {
			return
		}
		f, v = t.fault(found, scenarios.GetInvoice), *found
		if f != nil && isStale(f) {
			v.Invoice = found.Version(found.Latest() - 1)
		}
	})
	return v, f, err
}

// changeInvoice makes a move of an invoice, which journals its facts.
func (a *Account) changeInvoice(id string, move func(*tx, *Invoice) ([]payment.Fact, error)) (shown Invoice, err error) {
	err = a.change(func(t *tx) error {
		v, err := t.invoice(id)
		if err != nil {
			return err
		}
		facts, err := move(t, v)
		if err == nil {
			t.emit(v, facts, v.createdBy)
		}
		shown = *v
		return err
	})
	return shown, err
}

// UpdateInvoice gives an invoice another request, unless a fault of the call prevents it, and returns the invoice and that fault, or nil. Errors:
// [*NoInvoiceError], [*payment.MoveError], [*payment.ChangesError].
func (a *Account) UpdateInvoice(id string, req *tap.InvoiceRequest) (shown Invoice, f *scenarios.Fault, err error) {
	err = a.change(func(t *tx) error {
		v, err := t.invoice(id)
		if err == nil {
			f, err = t.updated(v, scenarios.UpdateInvoice, func([]payment.Fact) ([]payment.Fact, error) { return v.Update(req, t.now()) })
			shown = *v
		}
		return err
	})
	return shown, f, err
}

// CancelInvoice cancels an invoice. Errors as of [Account.UpdateInvoice].
func (a *Account) CancelInvoice(id string) (Invoice, error) {
	return a.changeInvoice(id, func(t *tx, v *Invoice) ([]payment.Fact, error) { return v.Cancel(t.now()) })
}

// FinalizeInvoice makes a draft an invoice, and its messages. Errors as of [Account.UpdateInvoice].
func (a *Account) FinalizeInvoice(id string) (Invoice, error) {
	return a.changeInvoice(id, func(t *tx, v *Invoice) (facts []payment.Fact, err error) {
		if facts, err = v.Finalize(t.now()); err == nil {
			t.dispatch(v, v.createdBy, false)
		}
		return facts, err
	})
}

// RemindInvoice makes the messages once more. Errors as of [Account.UpdateInvoice].
func (a *Account) RemindInvoice(id string) (Invoice, error) {
	return a.changeInvoice(id, func(t *tx, v *Invoice) ([]payment.Fact, error) {
		err := v.Remind(t.now())
		if err == nil {
			t.dispatch(v, v.createdBy, true)
		}
		return nil, err
	})
}

// Invoices returns the invoices that were created within a time, the latest first, at most max, and whether there are more.
func (a *Account) Invoices(from, to int64, max int) (some []Invoice, more bool) {
	a.update(func(t *tx) {
		var found []*Invoice
		for v := range t.invoices.all() {
			if at := v.Created.UnixMilli(); at >= from && at <= to {
				found = append(found, v)
			}
		}
		slices.SortFunc(found, func(x, y *Invoice) int { return cmp.Compare(y.Ordinal, x.Ordinal) })
		more = len(found) > max
		for _, v := range found[:min(len(found), max)] {
			some = append(some, *v)
		}
	})
	return some, more
}

// afterPayment pays the invoice for which a captured charge was made. An invoice that cannot be paid any more stays as it is.
func (t *tx) afterPayment(c *Payment, cause uint64) {
	if c.Request.OrderID == "" {
		return
	}
	v := t.invoices.at(t.orders[c.Request.OrderID])
	if v == nil || c.Kind() != tap.KindCharge || c.Status != tap.Captured || v.Charge == c.ID {
		return
	}
	if !t.timeline.Pending(v.lane) { // otherwise what is pending of it stays in its lane
		v.lane = c.lane
	}
	facts, err := v.Pay(&c.Payment, t.now())
	if err != nil {
		t.note(v.Name(), cause, tap.EventChangeRefused, err.Error())
		return
	}
	t.emit(v, facts, cause)
}

// Errors of the page of an invoice.
var (
	ErrInvoicePaid      = errors.New("the invoice is paid")
	ErrInvoiceCancelled = errors.New("the merchant has cancelled the invoice")
	ErrInvoiceExpired   = errors.New("the invoice has expired")
)

// payable is the reason why an invoice cannot be paid now, or nil.
func (t *tx) payable(v *Invoice) error {
	switch {
	case v.Status == tap.InvoicePaid:
		return ErrInvoicePaid
	case v.Status != tap.InvoiceCreated:
		return ErrInvoiceCancelled
	case v.Expired(t.now()):
		return ErrInvoiceExpired
	}
	return nil
}

// InvoicePage is an invoice as its page shows it.
type InvoicePage struct {
	Invoice
	Refused error // why it cannot be paid; nil: it can
}

// InvoicePage returns an invoice of any account by the id in its link. The error is a [*NoInvoiceError].
func (g *Gateway) InvoicePage(id string) (page InvoicePage, err error) {
	a := g.invoices.find(id)
	if a == nil {
		return page, &NoInvoiceError{id}
	}
	a.update(func(t *tx) {
		var v *Invoice
		if v, err = t.invoice(id); err == nil {
			page = InvoicePage{*v, t.payable(v)}
		}
	})
	return page, err
}

// PayInvoice makes the charge that pays an invoice, or finds the one that was made and is not over, and returns it. Errors: [*NoInvoiceError],
// [ErrInvoicePaid], [ErrInvoiceCancelled], [ErrInvoiceExpired], those of [Account.CreateCharge].
func (g *Gateway) PayInvoice(id string) (Payment, error) {
	g.invoices.paying.Lock() // so that a double click makes one charge
	defer g.invoices.paying.Unlock()
	page, err := g.InvoicePage(id)
	if err = cmp.Or(err, page.Refused); err != nil {
		return Payment{}, err
	}
	a := g.invoices.find(id)
	if a == nil { // it was evicted since
		return Payment{}, &NoInvoiceError{id}
	}
	if open, ok := a.openChargeOf(page.OrderID()); ok {
		return open, nil
	}
	made, err := a.CreateCharge(page.ChargeRequest(), nil, page.Base)
	return made.Payment, err
}

// openChargeOf returns the charge of an invoice's order that is not over.
func (a *Account) openChargeOf(order string) (open Payment, ok bool) {
	a.update(func(t *tx) {
		for c := range t.payments.all() {
			if c.Request.OrderID == order && c.Status == tap.Initiated && !c.Abandoned {
				open, ok = *c, true
				return
			}
		}
	})
	return open, ok
}

// invoiceIndex finds the account of an invoice by the id in its link.
type invoiceIndex struct {
	pages  pageIndex
	paying sync.Mutex // while a charge is made
}

func (i *invoiceIndex) add(id string, a *Account) { i.pages.add(id, Payer{account: a}) }

func (i *invoiceIndex) remove(id string) { i.pages.remove(id) }

func (i *invoiceIndex) find(id string) *Account {
	p, _ := i.pages.find(id)
	return p.account
}
